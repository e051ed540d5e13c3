"""Does a bot's object follow the daemon: its pauses, its settings, its messages?"""

import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Pipe, get_context
from pathlib import Path

import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.painter import SKULL, Painter, painter
from tests.e2e.shared import let_pass, on, png
from tests.vision.scenes import resized
from traybot.core.botfile import read_bot
from traybot.shells.channel import Channel
from traybot.shells.memory import GO, HOLD, LEAVE, Memory
from traybot.shells.share import Share, ShareAddress
from traybot.workers.birth import Birth
from traybot.workers.bot import Bot
from traybot.workers.line import Left, Line
from traybot.workers.sight import NotSeen

LIFE = 5
AT_BIRTH = {"capture": {"backend": "mss", "fps": 10}}


class Stage:
    """A bot's object, and the daemon's side of it."""

    def __init__(self, folder: Path, settings: str, share: ShareAddress | None = None) -> None:
        (folder / "skull.png").write_bytes(png(SKULL))
        plan, problems = read_bot("bot", str(folder), tomllib.loads(settings))
        assert plan is not None, problems
        self.memory = Memory(get_context("spawn"))
        self.memory.pause.value = GO
        ours, theirs = Pipe(duplex=True)
        self.channel = Channel(ours, patient=True)
        self.theirs = Channel(theirs, patient=True)
        birth = Birth(
            "routine", LIFE, plan, self.memory, theirs, None, share, "a test", settings=AT_BIRTH
        )
        self.bot = Bot(birth, Line(birth, self.theirs))

    def ask(self, pause: int) -> None:
        """Ask the life to hold, to go on or to leave, as the engine does."""
        self.memory.pause.value = pause
        self.channel.send({"do": "look"})

    def park(self) -> None:
        """Ask the life to hold, and wait until it does."""
        self.ask(HOLD)
        eventually(self.parked, what="the parked life")

    def parked(self) -> bool:
        """Whether the life has said that it stands still."""
        return {"say": "parked"} in self.channel.receive()

    def close(self) -> None:
        """Let go of everything."""
        self.channel.close()
        self.theirs.close()
        self.bot.screen._screen.close()  # noqa: SLF001  a process would end here
        self.bot.screen._place.close()  # noqa: SLF001  likewise


@contextmanager
def playing(stage: Stage, play: Callable[[Bot], object]) -> Iterator[list[object]]:
    """Have an author's code run on a thread; the list gets what came of it."""
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(play(stage.bot))
        except (NotSeen, Left) as end:
            outcome.append(type(end))
        finally:
            stage.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield outcome
    finally:
        stage.ask(LEAVE)
        thread.join(10.0)
        assert not thread.is_alive(), "the author's code goes on"


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Painter]:
    """A grey window."""
    with painter(desktop.display) as canvas:
        yield canvas


def test_a_wait_does_not_count_paused_time(canvas: Painter, tmp_path: Path) -> None:
    """A picture that comes after a long pause is still in time."""
    stage = Stage(tmp_path, on(canvas))
    with playing(stage, lambda bot: bot.screen.wait("skull.png", timeout=2)) as outcome:
        stage.park()
        let_pass(2.2)
        canvas.paint((50, 40, SKULL))
        stage.ask(GO)
        (found,) = eventually(lambda: outcome, what="the end of the wait")
    assert found is not NotSeen


def test_a_pause_makes_nothing_stand_still(canvas: Painter, tmp_path: Path) -> None:
    """`wait_still` wants so much time in which the bot has watched."""
    stage = Stage(tmp_path, on(canvas))
    with playing(stage, lambda bot: bot.screen.wait_still(0.5, timeout=5)) as outcome:
        stage.park()
        let_pass(0.8)
        stage.ask(GO)
        resumed = time.monotonic()
        eventually(lambda: outcome, what="the end of the wait")
        assert time.monotonic() - resumed >= 0.3
    assert outcome == [None]


def test_a_window_that_is_late_is_waited_for(desktop: Desktop, tmp_path: Path) -> None:
    """A program needs a moment until its window is there; a look waits for it."""
    settings = '[bot]\nwindow = "^late$"\n[routine]\nrun = "routine:play"\n'
    stage = Stage(tmp_path, settings)
    with playing(stage, lambda bot: bot.screen.grab().shape) as outcome:
        let_pass(0.2)
        assert not outcome
        with painter(desktop.display, title="late"):
            assert eventually(lambda: outcome, what="a picture") == [(240, 320, 4)]


@pytest.mark.parametrize(
    "call",
    [
        lambda bot: bot.sleep(60),
        lambda bot: bot.screen.wait("skull.png", timeout=60),
        lambda bot: bot.screen.wait_still(60, timeout=60),
    ],
)
def test_every_wait_ends_when_the_life_is_asked_to_leave(
    canvas: Painter, tmp_path: Path, call: Callable[[Bot], object]
) -> None:
    """By an exception that no `except Exception` catches, parked or not."""
    stage = Stage(tmp_path, on(canvas))

    def play(bot: Bot) -> None:
        with pytest.raises(Left):  # no Exception: an author's `except` lets it pass
            call(bot)
        raise Left

    with playing(stage, play) as outcome:
        stage.park()
        stage.ask(LEAVE)
        assert eventually(lambda: outcome, what="the end") == [Left]


def test_paused_tells_a_pause_and_nothing_else(canvas: Painter, tmp_path: Path) -> None:
    """A life that is asked to leave is not paused."""
    stage = Stage(tmp_path, on(canvas))
    told = []
    for asked in (GO, HOLD, LEAVE):
        stage.memory.pause.value = asked
        told.append(stage.bot.paused)
    stage.close()
    assert told == [False, True, False]


@pytest.fixture
def share(tmp_path: Path) -> Iterator[Share]:
    """A Manager with one section of settings."""
    share = Share(get_context("spawn"), tmp_path)
    share.start(AT_BIRTH)
    yield share
    share.end()


def test_settings_change_under_a_running_bot(canvas: Painter, tmp_path: Path, share: Share) -> None:
    """They are those of its birth until their version says that there are others.

    Without a Manager the last reading holds.
    """
    stage = Stage(tmp_path, on(canvas), share.address)
    settings = stage.bot.settings
    kept = settings.capture
    assert (settings.capture.backend, settings.capture.fps) == ("mss", 10)
    share.publish("capture", {"backend": "mss", "fps": 20})
    assert settings.capture.fps == 10, "asked again though the version stands"
    stage.memory.settings_version.value += 1
    assert settings.capture.fps == 20
    assert kept.fps == 10
    share.end()
    stage.memory.settings_version.value += 1
    assert settings.capture.fps == 20
    stage.close()


def test_messages_are_for_one_life(canvas: Painter, tmp_path: Path, share: Share) -> None:
    """They come in order, once; those for another life are not seen."""
    stage = Stage(tmp_path, on(canvas), share.address)
    sent = [{"watch": "it", "score": score, "why": ""} for score in (0.9, 1.0)]
    for message in sent:
        assert stage.bot.messages._line.share.send(LIFE, message)  # noqa: SLF001  as the deathwatch
    assert stage.bot.messages.take() == sent
    assert stage.bot.messages.take() == []
    assert stage.bot.messages._line.share.send(LIFE + 1, sent[0])  # noqa: SLF001  likewise
    assert list(stage.bot.messages) == []
    stage.close()


def test_pictures_are_looked_for_at_the_size_that_the_window_has(
    canvas: Painter, tmp_path: Path
) -> None:
    """A bot says at which size they were taken; what it clicks is where they are shown."""
    third = f"reference = [{canvas.rect.width * 2 // 3}, {canvas.rect.height * 2 // 3}]\n"
    stage = Stage(tmp_path, on(canvas).replace("[bot]\n", f"[bot]\n{third}"))
    canvas.paint((50, 40, resized(SKULL, 60, 45)))
    found = stage.bot.screen.find("skull.png")
    every = stage.bot.screen.find_all("skull.png")
    stage.close()
    assert found is not None
    assert (found.rect.x, found.rect.y) == (50, 40)
    assert [one.rect for one in every] == [found.rect]
