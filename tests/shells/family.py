"""A daemon that has lives and hands and nothing else, for tests: run as a program, or held by one.

It obeys JSON lines on standard input and tells JSON lines on standard output.
"""

import json
import logging
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from tests.core.bots import make_plan
from tests.desktop import eventually
from traybot.core import events as e
from traybot.shells import forkserver, leftovers, signals
from traybot.shells.children import Children, Means
from traybot.shells.hands_line import HandsLine
from traybot.shells.launcher import Launcher
from traybot.shells.mailbox import Mailbox
from traybot.shells.memory import GO, HOLD, Memory
from traybot.shells.share import Share
from traybot.shells.spare import Nursery, SpareServer
from traybot.shells.stacks import Stacks
from traybot.system import choose
from traybot.system.base import MARK
from traybot.workers.birth import Birth
from traybot.workers.cradle import pack, wait_for_birth
from traybot.workers.entry import live
from traybot.workers.hands import HandsBirth
from traybot.workers.hands import main as hands_main

Document = dict[str, Any]


class Family:
    """The program's side; everything on its main thread."""

    def __init__(self, folder: Path, *, hands: bool, spare: bool = False) -> None:
        signals.block()
        self.token = f"family-{os.getpid()}"
        os.environ[MARK] = self.token
        forkserver.keep_files_in(folder / "mp")
        forkserver.need_no_tracker()
        spawn = multiprocessing.get_context("spawn")
        self.processes = choose.processes()
        self.processes.adopt_orphans()
        self.memory, self.mailbox = Memory(spawn), Mailbox()
        self.launcher = Launcher("starter")
        nursery = Nursery(
            spawn, self.memory, wait_for_birth, pack, self.processes.tie, self.launcher.submit
        )
        self.server: Any = SpareServer(nursery) if spare else forkserver
        #: How many births have begun.
        self.births = 0
        self.hands = HandsLine(spawn, self.memory, hands_main, HandsBirth)
        if hands:
            self.hands.start()
        self.children = Children(
            Means(
                context=self.server if spare else forkserver.life_context(),
                processes=self.processes,
                memory=self.memory,
                hands=self.hands,
                share=Share(spawn, folder / "mp"),
                launcher=self.launcher,
                live=live,
                birth=Birth,
                token=self.token,
                settings=dict,
                pictures=str(folder / "pictures"),
                stacks=Stacks(folder / "stacks"),
                wake=self.mailbox.wake,
                hurry=lambda: None,
                unstick=self.server.kill if spare else forkserver.unstick,
                ready_server=self.ready_server,
                restart_server=self.server.forget,
                spared=lambda: {self.server.pid() or 0},
            )
        )

    def ready_server(self) -> None:
        """Have lives come from somewhere; called as each birth begins."""
        self.births += 1
        self.server.start()

    def serve(self) -> None:
        """Obey and tell until standard input ends."""
        sources = (self.hands, self.children)
        commands = os.fdopen(0, "rb", buffering=0)
        while True:
            waitables: list[Any] = [w for source in sources for w in source.waitables()]
            times = [s for source in sources if (s := source.seconds_left()) is not None]
            wait([0, self.mailbox.fileno(), *waitables], min(times, default=None))
            if wait([0], 0):
                line = commands.readline()
                if not line:
                    return
                self.obey(json.loads(line))
            self.mailbox.collect()
            for source in sources:
                for event in source.collect():
                    self.tell(event)

    def obey(self, command: Document) -> None:
        """Carry out one command."""
        child, life = command.get("child", "routine"), command.get("life", 0)
        match command["do"]:
            case "start":
                plan = make_plan(folder=command["folder"], **command.get("plan", {}))
                self.memory.allowed.value, self.memory.pause.value = 0, HOLD
                self.children.start(child, life, plan)
            case "free":
                self.memory.pause.value = GO
                self.memory.allowed.value = life
                self.children.tell(child, {"do": "look"})
            case "kill" | "ask" | "suspend" | "resume" as verb:
                getattr(self.children, verb)(child, life)
            case "look":
                self.say(
                    event="Look",
                    pids=self.children.pids(),
                    hands=self.hands.pid,
                    forkserver=self.server.pid(),
                    births=self.births,
                    counters=dict(zip(self.children.counters, self.memory.counters, strict=False)),
                    marked=self.processes.marked(self.token),
                )

    def tell(self, event: e.Event) -> None:
        """Say what happened."""
        fields: Document = {"event": type(event).__name__}
        if isinstance(event, e.ChildEvent):
            fields |= {"child": event.child, "life": event.life}
        if isinstance(event, e.ChildExited):
            fields |= {"ending": event.exit.ending.value, "why": event.exit.why}
        self.say(**fields)

    def say(self, **fields: object) -> None:
        """Write a line."""
        sys.stdout.write(json.dumps(fields) + "\n")
        sys.stdout.flush()

    def end(self) -> None:
        """End everything, hands last."""
        self.children.end()
        self.launcher.stop(3.0)
        self.server.end()
        self.hands.end(3.0)
        self.say(event="Left", left=leftovers.end_all(self.processes, self.token))
        self.mailbox.close()


class Held:
    """A test's side of a family that runs in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self.process, self.folder = process, folder

    def do(self, command: str, **fields: object) -> None:
        """Have a command carried out."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": command, **fields}) + "\n")
        self.process.stdin.flush()

    def warm_up(self) -> None:
        """Have every helper process started, so that none is new in a later test."""
        self.start("def play(bot): pass\n", 0)
        self.heard("ChildExited", life=0)

    def start(self, code: str, life: int = 1, **plan: object) -> None:
        """Start a life of a routine with this code."""
        folder = self.folder / f"bot-{life}"
        folder.mkdir(exist_ok=True)
        (folder / "routine.py").write_text(code, encoding="utf-8")
        self.do("start", life=life, folder=str(folder), plan=plan)

    def heard(self, event: str, **fields: object) -> Document:
        """Wait for the next line of that kind; others are passed over."""
        assert self.process.stdout is not None
        wanted = {"event": event, **fields}
        for line in self.process.stdout:
            document: Document = json.loads(line)
            if all(document.get(key) == value for key, value in wanted.items()):
                return document
        raise AssertionError(f"the family left before {wanted}: {self.errors()}")

    def look(self) -> Document:
        """Ask how it is."""
        self.do("look")
        return self.heard("Look")

    def until(self, predicate: Callable[[Document], Any], what: str) -> Document:
        """Look until something is so."""
        return eventually(lambda: one if predicate(one := self.look()) else None, 10.0, what) or {}

    def errors(self) -> str:
        """What the family and its children wrote to standard error, the log included."""
        return (self.folder / "errors.txt").read_text(encoding="utf-8")


@contextmanager
def family(folder: Path, *, hands: bool = False, spare: bool = False) -> Iterator[Held]:
    """A family in a `with` block; at its end it must leave by itself and leave nothing."""
    wishes = ["hands" if hands else "", "spare" if spare else ""]
    command = [sys.executable, "-m", "tests.shells.family", str(folder), *wishes]
    with (
        (folder / "errors.txt").open("w") as errors,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        held = Held(process, folder)
        try:
            yield held
            if process.poll() is None:
                assert process.stdin is not None
                process.stdin.close()
                assert held.heard("Left")["left"] == 0
                assert process.wait(10.0) == 0, held.errors()
        finally:
            process.kill()


def main() -> None:
    """Run as a program."""
    logging.basicConfig(stream=sys.stderr, level=logging.DEBUG)
    one = Family(Path(sys.argv[1]), hands=bool(sys.argv[2]), spare=bool(sys.argv[3]))
    try:
        one.serve()
    finally:
        one.end()


if __name__ == "__main__":
    main()
