"""Does the deathwatch close the gate, tell, rest and judge as the daemon tells it to?"""

import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe, get_context
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.painter import COIN, FLAG, SKULL, Painter, painter
from tests.e2e.shared import on, png, watch
from traybot.core.botfile import read_bot
from traybot.core.exits import Ending
from traybot.core.verdicts import Verdict
from traybot.shells.channel import Channel, Document
from traybot.shells.hearing import read_verdict
from traybot.shells.memory import Memory
from traybot.workers import deathwatch
from traybot.workers.birth import Birth
from traybot.workers.deathwatch import Deathwatch

SKULL_HERE, FLAG_HERE = (50, 40, SKULL), (150, 40, FLAG)
DEATH = watch("death", see="skull.png", then="recover")
#: Far more looks than it takes to see anything.
QUIET_SECONDS = 0.25


class NotingChannel(Channel):
    """Notes for each document how the gate stood in the moment in which it was sent."""

    memory: Memory
    gates: list[int]

    def send(self, document: Document) -> bool:
        """Note, then send."""
        self.gates.append(self.memory.condemned.value)
        return super().send(document)


class Watching:
    """A deathwatch at work, and the daemon's end of its pipe."""

    def __init__(self, folder: Path, settings: str) -> None:
        for name, picture in (("skull", SKULL), ("flag", FLAG), ("coin", COIN)):
            (folder / f"{name}.png").write_bytes(png(picture))
        plan, problems = read_bot("bot", str(folder), tomllib.loads(settings))
        assert plan is not None, problems
        self.memory = Memory(get_context("spawn"))
        ours, theirs = Pipe(duplex=True)
        self.birth = Birth("deathwatch", 1, plan, self.memory, theirs, None, None, "a test")
        self.channel = Channel(ours, patient=True)
        self.theirs = NotingChannel(theirs, patient=True)
        self.theirs.memory, self.theirs.gates = self.memory, []
        self._heard: list[Document] = []

    def serve(self) -> None:
        """Be the deathwatch's process."""
        worker = Deathwatch(self.birth, self.theirs)
        worker.serve()
        worker._eyes.close()  # noqa: SLF001  a process would end here
        self.theirs.close()

    def tell(self, do: str, life: int | None = None) -> None:
        """Say what the daemon says."""
        self.channel.send({"do": do} if life is None else {"do": do, "life": life})

    def next(self, seconds: float = 10.0) -> Document | None:
        """Give the next document; none if none comes in time."""
        if not self._heard and self.channel.wait(seconds):
            self._heard = self.channel.receive()
        return self._heard.pop(0) if self._heard else None

    def verdict(self) -> Verdict:
        """Give the next document, which must be a verdict."""
        document = self.next()
        assert document is not None, "no verdict"
        assert document["say"] == "verdict", document
        return read_verdict(document)

    def judged(self) -> list[str]:
        """Give what holds by the next document, which must tell that."""
        document = self.next()
        assert document is not None, "no judgement"
        assert document["say"] == "judged", document
        return list(document["holding"])

    def is_quiet(self) -> bool:
        """Whether nothing is told for a while."""
        return self.next(QUIET_SECONDS) is None

    def rests(self) -> bool:
        """Whether it does not look for a while."""
        before = self.memory.looked_at.value
        return self.is_quiet() and self.memory.looked_at.value == before


@contextmanager
def watching(folder: Path, settings: str) -> Iterator[Watching]:
    """Have a deathwatch at work for the length of a `with` block."""
    end = Watching(folder, settings)
    thread = threading.Thread(target=end.serve)
    thread.start()
    try:
        yield end
    finally:
        end.channel.close()
        thread.join(10.0)
        assert not thread.is_alive(), "it outlives its pipe"


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Painter]:
    """A grey window."""
    with painter(desktop.display) as canvas:
        yield canvas


def test_the_gate_is_closed_before_anybody_is_told(canvas: Painter, tmp_path: Path) -> None:
    """In the moment in which the verdict is sent the life can press no more."""
    with watching(tmp_path, on(canvas, DEATH)) as end:
        end.memory.allowed.value = 7
        end.tell("watch", 7)
        eventually(lambda: end.memory.looked_at.value, what="a look")
        assert end.memory.may_press(7)
        painted = time.monotonic()
        canvas.paint(SKULL_HERE)
        verdict = end.verdict()
        assert end.theirs.gates == [7]
        assert not end.memory.may_press(7)
        times = [verdict.seen_at, verdict.decided_at, verdict.gated_at, time.monotonic()]
        assert times == sorted(times)
        assert end.memory.verdict_at.value == verdict.decided_at > painted
        assert (verdict.life, verdict.watch, verdict.then) == (7, "death", "recover")


@pytest.mark.parametrize("then", ["notify", "pause", "send"])
def test_what_ends_no_life_leaves_the_gate_alone(
    canvas: Painter, tmp_path: Path, then: str
) -> None:
    """Only stop, restart and recover close it."""
    canvas.paint(SKULL_HERE)
    with watching(tmp_path, on(canvas, watch("it", see="skull.png", then=then))) as end:
        end.tell("watch", 3)
        assert end.verdict().gated_at == 0.0
        assert end.memory.condemned.value == 0


def test_at_rest_it_looks_at_nothing(canvas: Painter, tmp_path: Path) -> None:
    """Before the first life, and when told to rest; the next life wakes it."""
    canvas.paint(SKULL_HERE)
    with watching(tmp_path, on(canvas, DEATH)) as end:
        assert end.rests()
        end.tell("watch", 1)
        assert end.verdict().life == 1
        eventually(lambda: not end.rests(), what="a look now and then")
        end.tell("rest")
        eventually(end.rests, what="rest")
        canvas.paint()
        end.tell("watch", 2)
        end.tell("judge", 2)
        assert end.judged() == []
        canvas.paint(SKULL_HERE)
        assert end.verdict().life == 2


def test_without_a_life_it_judges_and_concludes_nothing(canvas: Painter, tmp_path: Path) -> None:
    """It tells what holds, whatever has fired before, and the next life dies of it again."""
    flag = watch("flag", see="flag.png")
    with watching(tmp_path, on(canvas, DEATH, flag)) as end:
        canvas.paint(SKULL_HERE)
        end.tell("watch", 1)
        assert end.verdict().life == 1
        canvas.paint(SKULL_HERE, FLAG_HERE)
        assert end.verdict().watch == "flag"
        end.tell("judge", 0)
        assert end.judged() == ["death", "flag"]
        assert end.memory.condemned.value == 1
        assert end.rests()
        end.tell("watch", 2)
        assert {end.verdict().watch, end.verdict().watch} == {"death", "flag"}
        assert end.memory.condemned.value == 2
        canvas.paint(FLAG_HERE)
        end.tell("judge", 0)
        assert end.judged() == ["flag"]


def test_with_a_life_its_verdict_comes_before_the_judgement(
    canvas: Painter, tmp_path: Path
) -> None:
    """What holds at a resume ends the life, though it was told before; then the looks are done."""
    confirmed = watch("death", see="skull.png", then="stop", confirm=5)
    with watching(tmp_path, on(canvas, confirmed)) as end:
        canvas.paint(SKULL_HERE)
        end.tell("watch", 4)
        end.tell("only_tell")
        assert end.verdict().gated_at == 0.0
        assert end.memory.condemned.value == 0
        assert end.is_quiet()
        end.tell("judge", 4)
        assert end.verdict().gated_at > 0.0
        assert end.memory.condemned.value == 4
        assert end.judged() == ["death"]


def test_what_ended_a_life_must_be_gone_before_it_ends_the_next(
    canvas: Painter, tmp_path: Path
) -> None:
    """Where no recovery was judged, a picture that stays does not count twice."""
    with watching(tmp_path, on(canvas, watch("death", see="skull.png", then="restart"))) as end:
        canvas.paint(SKULL_HERE)
        end.tell("watch", 1)
        assert end.verdict().life == 1
        end.tell("watch", 2)
        assert end.is_quiet()
        canvas.paint()
        end.tell("watch", 3)
        assert end.is_quiet()
        canvas.paint(SKULL_HERE)
        assert end.verdict().life == 3


def test_a_verdict_about_a_life_that_is_over_counts_for_the_next(
    canvas: Painter, tmp_path: Path
) -> None:
    """It came too late to change anything, so it is concluded again."""
    stop = watch("stop", see="flag.png", then="stop")
    again = watch("death", see="skull.png", then="restart")
    with watching(tmp_path, on(canvas, again, stop)) as end:
        canvas.paint(SKULL_HERE)
        end.tell("watch", 1)
        assert end.verdict().watch == "death"
        canvas.paint(SKULL_HERE, FLAG_HERE)
        assert end.verdict().watch == "stop"
        end.tell("watch", 2)
        verdict = end.verdict()
        assert (verdict.watch, verdict.life) == ("stop", 2)
        assert end.is_quiet()


def test_a_life_that_ended_by_itself_used_up_no_verdict(canvas: Painter, tmp_path: Path) -> None:
    """What fired about it counts for the next; what was only told is not told again."""
    here = watch("here", see="skull.png")
    halt = watch("halt", see="skull.png", then="pause")
    with watching(tmp_path, on(canvas, here, halt)) as end:
        canvas.paint(SKULL_HERE)
        end.tell("watch", 1)
        assert [end.verdict().watch, end.verdict().watch] == ["halt", "here"]
        end.tell("rest")
        end.tell("watch", 2)
        verdict = end.verdict()
        assert (verdict.watch, verdict.life) == ("halt", 2)
        assert end.is_quiet()


def test_a_new_deathwatch_goes_on_with_the_clock_of_the_life(
    canvas: Painter, tmp_path: Path
) -> None:
    """A timer counts how long the life has run, whoever watched it; the next life's is at zero."""
    old = '[[watch]]\nname = "old"\nkind = "timer"\nafter = "1h"\nthen = "notify"\nevery = "20ms"\n'
    with watching(tmp_path, on(canvas, old)) as end:
        end.memory.note_running(7, 3600.0)
        end.tell("watch", 8)
        assert end.is_quiet()
    with watching(tmp_path, on(canvas, old)) as end:
        end.memory.note_running(7, 3600.0)
        end.tell("watch", 7)
        assert end.verdict().watch == "old"


def test_it_leaves_when_it_is_told(canvas: Painter, tmp_path: Path) -> None:
    """As it does when the daemon's end of the pipe is gone."""
    with watching(tmp_path, on(canvas, DEATH)) as end:
        end.tell("leave")
        eventually(lambda: end.theirs.closed, what="its end")


#: Watches that cannot look, and words of the line that tells.
UNUSABLE = {
    "no such picture": (watch("it", see="nothing.png"), "nothing.png"),
}


@pytest.mark.parametrize("why", UNUSABLE)
def test_a_watch_that_cannot_look_makes_the_bot_invalid(
    canvas: Painter, tmp_path: Path, why: str
) -> None:
    """It never says that it is ready; to start it again would not help."""
    settings, words = UNUSABLE[why]
    end = Watching(tmp_path, on(canvas, settings))
    ended = deathwatch.run(end.birth, end.theirs)
    end.theirs.close()
    assert ended.ending is Ending.INVALID
    assert words in ended.why
    assert end.channel.receive() == []
    end.channel.close()
