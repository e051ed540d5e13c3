"""Which parts are there, and how are they joined? The only file that knows every name."""

import contextlib
import logging
import multiprocessing
import os
import secrets
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traybot.core import events as e
from traybot.core.commands import Report
from traybot.core.phases import Phase
from traybot.core.state import State
from traybot.core.status import present
from traybot.engine import Engine, Ports
from traybot.errors import TraybotError
from traybot.shells import forkserver, instance, leftovers, logs, requests, settings_file, signals
from traybot.shells.autostart import repair_autostart
from traybot.shells.awake import AwakeKeeper
from traybot.shells.bot_shelf import BotShelf, bots_folder
from traybot.shells.children import Children, Means
from traybot.shells.control import ControlServer
from traybot.shells.desk import Desk
from traybot.shells.faces import Faces
from traybot.shells.hands_line import HandsLine
from traybot.shells.launcher import Launcher
from traybot.shells.mailbox import Mailbox
from traybot.shells.memory import Memory
from traybot.shells.paths import Paths
from traybot.shells.program import Program
from traybot.shells.reporter import Reporter
from traybot.shells.share import Share, ShareAddress
from traybot.shells.share_keeper import ShareKeeper
from traybot.shells.snapshot import snapshot
from traybot.system import choose
from traybot.system.base import MARK
from traybot.workers.birth import Birth
from traybot.workers.entry import live
from traybot.workers.hands import HandsBirth
from traybot.workers.hands import main as hands_main

_log = logging.getLogger(__name__)

#: Under this number the command line that started the daemon hears about its own bot.
_OWN_TICKET = -1
_QUIT_SECONDS = 3.0
#: The last lines on standard output are waited for so long, should nobody read them.
_TOLD_SECONDS = 1.0
#: Whoever holds us up when the machine may sleep again learns of it by our end.
_LET_SLEEP_SECONDS = 0.5
#: The reply to a start whose bot is wrong; the command line's exit code for that as well.
_INVALID = 5


@dataclass(frozen=True, slots=True)
class Options:
    """How the daemon is to run."""

    bot: str = ""
    tray: bool = True
    hotkeys: bool = True
    #: End by itself after so many seconds; None: never.
    seconds: float | None = None
    as_json: bool = False
    #: Tell events on standard output.
    tell: bool = True


class Daemon:
    """Every part of one daemon, made in order and ended in reverse."""

    def __init__(self, options: Options, paths: Paths) -> None:
        """Take the instance lock and read the settings; starts no process and no thread."""
        signals.block()
        paths.prepare()
        self._options, self._paths = options, paths
        self._lock = instance.InstanceLock(paths.lock)
        self._settings = settings_file.load(paths.settings)
        logs.open_log(paths.log, str(self._settings.sections["daemon"]["log_level"]))
        self._token = secrets.token_hex(8)
        os.environ[MARK] = self._token
        forkserver.keep_files_in(paths.runtime / "mp")
        forkserver.start_tracker()
        self._began = time.monotonic()
        stream = sys.stdout if options.tell else None
        self.reporter = Reporter(self._began, stream, as_json=options.as_json)
        self.code = 0
        #: False if standard output's reader did not take the last lines.
        self.told = True
        self._build()

    def _build(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._processes = choose.processes()
        self._mailbox = Mailbox()
        self._memory = Memory(spawn)
        self._shelf = BotShelf(bots_folder(self._settings, self._paths))
        self._starter, self._keeper = Launcher("starter"), Launcher("keeper")
        self._hands = HandsLine(spawn, self._memory, hands_main, HandsBirth)
        self._share = Share(spawn, self._paths.runtime / "mp")
        self._shares = ShareKeeper(
            self._share, self._keeper, lambda: self._settings.sections, self._mailbox.wake
        )
        self._children = Children(
            Means(
                context=forkserver.life_context(),
                processes=self._processes,
                memory=self._memory,
                hands=self._hands,
                share=self._share,
                launcher=self._starter,
                live=live,
                birth=Birth,
                token=self._token,
                settings=lambda: self._settings.sections,
                wake=self._mailbox.wake,
                unstick=forkserver.kill,
                restart_server=forkserver.forget,
                spared=lambda: {forkserver.pid() or 0},
            )
        )
        self._shares.moved = self._tell_share
        self._program = Program(self._processes)
        self._awake = AwakeKeeper(
            choose.awake, lambda: bool(self._settings.sections["daemon"]["awake"])
        )
        self.engine = Engine(self._ports(), self._begin, self._end)
        self._open_desk()
        self._faces: Faces | None = None

    def _open_desk(self) -> None:
        self._desk = Desk(self._mailbox, self._shelf, self.reporter, lambda: self.engine.state)
        self._control = ControlServer(self._paths.socket, self._desk.obey)
        self._desk.snapshot, self._desk.reload = self.snapshot, self._reload
        self._desk.answer = self._control.answer

    def _ports(self) -> Ports:
        return Ports(
            mailbox=self._mailbox,
            memory=self._memory,
            lives=self._children,
            hands=self._hands,
            shelf=self._shelf,
            program=self._program,
            watchers=self,
            others=(self._shares,),
        )

    def run(self) -> int:
        """Run on the main thread until everything has ended; gives the exit code."""
        self._faces = Faces(
            self.wish,
            self._settings.sections,
            tray=self._options.tray,
            hotkeys=self._options.hotkeys,
        )
        self.engine.start()
        self._control.start()
        signals.listen(lambda name: self._post(e.QuitRequested, name))
        if self._options.seconds is not None:
            timer = threading.Timer(self._options.seconds, self._post, (e.QuitRequested, "--for"))
            timer.daemon = True
            timer.start()
        self._faces.run()
        self.engine.wait()
        self._control.stop()
        self._lock.release()
        self.told = self.reporter.close(_TOLD_SECONDS)
        logs.close_log()
        if self.engine.crashed:
            what = f"cannot go on: {self.engine.crashed!r}"
            raise TraybotError(what, f"see {self._paths.log}")
        return self.code

    def wish(self, action: str, by: str) -> None:
        """A hotkey or a menu item was used; from any thread."""
        request = requests.read_request(action, "", 0, by)
        if request is not None:
            self._mailbox.post(request)

    def _post(self, kind: type[e.Request], by: str) -> None:
        self._mailbox.post(kind(time.monotonic(), 0, by))

    # --- on the engine's thread ------------------------------------------------------------------

    def _begin(self) -> None:
        """Start the processes that are there from the first moment on."""
        with contextlib.suppress(OSError):
            self._processes.adopt_orphans()
        self._hands.start()
        self._starter.submit(forkserver.start)
        self._shares.start()
        self._keeper.submit(repair_autostart)
        self._desk.find_bots(self._options.bot)
        self._keeper.submit(self._desk.check_bots)
        self._begin_with(self._settings.sections["bots"])

    def _begin_with(self, wished: Mapping[str, Any]) -> None:
        """Start the bot of the command line, or the one that the settings want started."""
        now = time.monotonic()
        if self._options.bot:
            bot, by = self._options.bot, "the command line"
            self._mailbox.post(e.StartRequested(now, _OWN_TICKET, by, bot=bot))
        elif wished["chosen"]:
            kind = e.StartRequested if wished["autostart"] else e.BotChosen
            self._mailbox.post(kind(now, 0, "the settings", bot=str(wished["chosen"])))

    def _end(self) -> None:
        """End every process of ours, hands last; then read from the system what is left."""
        self._memory.allowed.value = 0
        for part in (
            self._children.end,
            self._faces.stop if self._faces else lambda: None,
            lambda: self._starter.stop(_QUIT_SECONDS),
            lambda: self._keeper.stop(_QUIT_SECONDS),
            self._share.end,
            forkserver.end,
            lambda: self._hands.end(_QUIT_SECONDS),
            forkserver.end_tracker,
            self._program.release,
        ):
            try:
                part()
            except Exception:  # noqa: BLE001  whatever fails here, the rest must still end
                _log.exception("a part did not end in order")
        left = leftovers.end_all(self._processes, self._token)
        self.reporter.summary(time.monotonic(), leftovers.held_left(), left)
        self._mailbox.close()

    def _tell_share(self, address: ShareAddress) -> None:
        document = {"do": "share", "address": address.address, "key": address.key.hex()}
        for child in ("routine", "recovery", "deathwatch"):
            self._children.tell(child, document)

    # --- what the engine's watchers hear (ports.Watchers) ----------------------------------------

    def report(self, report: Report, at: float) -> None:
        """Pass an event on to log, stream and followers."""
        self.reporter.tell(report.event, at, report.life, dict(report.fields))

    def notify(self, text: str) -> None:
        """Tell the user, where there is a way to."""
        self.reporter.tell("notice", time.monotonic(), 0, {"text": text})

    def reply(self, ticket: int, code: int, text: str) -> None:
        """Answer whoever asked; what nobody asked for by command is told as a notice."""
        if ticket > 0:
            self._control.answer(ticket, requests.answer(code, text))
        elif ticket == _OWN_TICKET and code and not self.engine.state.leaving:
            self._own_bot_failed(code, text)
        elif code:
            self.notify(text)

    def _own_bot_failed(self, code: int, text: str) -> None:
        sys.stderr.write(f"traybot: {text}\n")
        if code == _INVALID or self.engine.state.phase is Phase.IDLE:
            self.code = code
            self._post(e.QuitRequested, "its bot's mistake")

    def show(self, state: State) -> None:
        """Show a state in the tray; keep the machine awake as long as it wants that."""
        self._awake.show(state.phase)
        if self._faces is not None:
            self._faces.show(present(state))

    # --- on the control thread -------------------------------------------------------------------

    def _reload(self) -> None:
        """Read the settings again and give the changed sections to the children, whole."""
        fresh = settings_file.load(self._paths.settings)
        before, self._settings = self._settings, fresh
        changed = [name for name, s in fresh.sections.items() if s != before.sections[name]]
        for name in changed:
            self._share.publish(name, fresh.sections[name])
        self._memory.settings_version.value += bool(changed)

    def snapshot(self) -> dict[str, Any]:
        """Give what `traybot status --json` shows; from any thread."""
        return snapshot(
            self.engine.state,
            self._memory,
            self._children,
            pids={
                "daemon": os.getpid(),
                "hands": self._hands.pid,
                "manager": self._share.pid,
                "forkserver": forkserver.pid(),
                "program": self._program.pid,
            },
            faces=self._faces.health() if self._faces else {},
            input_trouble=self._hands.trouble,
            awake=self._awake.state,
            seconds=time.monotonic() - self._began,
        )
