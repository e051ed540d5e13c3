"""Does a life stand still, go on and leave when told, and press only by asking?"""

import multiprocessing
import select
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

import pytest

from tests.core.bots import make_plan
from tests.desktop import eventually
from traybot.errors import TraybotError
from traybot.shells.channel import Channel
from traybot.shells.memory import GO, HOLD, LEAVE, Memory
from traybot.shells.share import Share
from traybot.workers.birth import Birth
from traybot.workers.line import Left, Line

MARK = "line"
SPAWN = multiprocessing.get_context("spawn")
Document = dict[str, Any]


class Life:
    """A line; the test is in the places of daemon and hands, the author's code in a thread."""

    def __init__(self, *, hands: bool = True) -> None:
        self.memory = Memory(SPAWN)
        self.memory.pause.value = GO
        ours, theirs = Pipe(duplex=True)
        hands_end, life_end = Pipe(duplex=True)
        self.daemon, self.hands = Channel(ours, patient=False), Channel(hands_end, patient=False)
        self._closing = [theirs, life_end]
        birth = Birth(
            child="routine",
            life=1,
            plan=make_plan(),
            memory=self.memory,
            pipe=theirs,
            hands=life_end if hands else None,
            share=None,
            token=MARK,
        )
        self.line = Line(birth, Channel(theirs, patient=True))
        self.result: list[object] = []
        self._thread: threading.Thread | None = None

    def begin(self, code: Callable[[], object]) -> None:
        """Run the author's code."""

        def run() -> None:
            try:
                self.result.append(code())
            except BaseException as error:  # noqa: BLE001  told by `ended`
                self.result.append(error)

        self.result = []
        self._thread = threading.Thread(target=run)
        self._thread.start()

    def ended(self) -> object:
        """Wait for the end of the author's code; give what it returned or raised."""
        assert self._thread is not None
        self._thread.join(10.0)
        assert not self._thread.is_alive(), "the code must come to its end"
        return self.result[0]

    def said(self, **wanted: object) -> Document:
        """Wait for the next words to the daemon; they must be these."""
        return self._next(self.daemon, wanted)

    def asked(self, **wanted: object) -> Document:
        """Wait for the next question to hands; it must be this one."""
        return self._next(self.hands, wanted)

    def _next(self, channel: Channel, wanted: Document) -> Document:
        found: list[Document] = []

        def come() -> bool:
            found.extend(channel.receive())
            return bool(found)

        eventually(come, 10.0, str(wanted))
        (document,) = found
        assert wanted.items() <= document.items()
        return document

    def answer(self, **answer: object) -> None:
        """Take the next question to hands and answer it."""
        self.hands.send({"n": self.asked()["n"], **answer})

    def let_play(self, pause: int = GO) -> None:
        """Change what is asked of the life, and wake it."""
        self.memory.pause.value = pause
        self.daemon.send({"do": "look"})

    def close(self) -> None:
        """End every pipe, so that the code ends."""
        self.daemon.close()
        self.hands.close()
        for end in self._closing:
            end.close()


@pytest.fixture
def life() -> Iterator[Life]:
    """A life that may play."""
    life = Life()
    yield life
    life.close()


def test_a_checkpoint_costs_nothing_while_nothing_is_asked(life: Life) -> None:
    """It only tells that the life lives."""
    before = time.monotonic()
    life.line.checkpoint()
    assert life.memory.heartbeat.value >= before
    assert life.daemon.receive() == []


def test_a_paused_life_parks_and_goes_on(life: Life) -> None:
    """It says that it stands still, does, and goes on when it is let; its own clock stood too."""
    life.memory.pause.value = HOLD
    before = life.line.playing_time()
    began = time.monotonic()
    life.begin(life.line.checkpoint)
    life.said(say="parked")
    life.daemon.send({"do": "look"})
    assert life.daemon.wait(0.05) is False, "it stands still, and says so once"
    life.let_play()
    assert life.ended() is None
    assert life.line.playing_time() - before < time.monotonic() - began - 0.04


@pytest.mark.parametrize("parked", [False, True])
def test_an_asked_life_leaves_at_its_next_call(life: Life, *, parked: bool) -> None:
    """`Left` passes `except Exception`, and is raised again by every later call."""
    if parked:
        life.memory.pause.value = HOLD
        life.begin(life.line.checkpoint)
        life.said(say="parked")
        life.let_play(LEAVE)
        assert isinstance(life.ended(), Left)
    life.memory.pause.value = LEAVE
    for call in (life.line.checkpoint, lambda: life.line.sleep(9.0), lambda: ask(life)):
        with pytest.raises(Left):
            call()
    assert not issubclass(Left, Exception)


def ask(life: Life) -> Document:
    """Have a key pressed."""
    return life.line.ask_hands({"do": "press", "key": "a"})


def test_a_life_without_a_daemon_leaves(life: Life) -> None:
    """When its pipe ends while it is parked there is nobody left to wait for."""
    life.memory.pause.value = HOLD
    life.begin(life.line.checkpoint)
    life.said(say="parked")
    life.daemon.close()
    assert isinstance(life.ended(), Left)


def test_a_sleep_lasts_and_is_ended_at_once(life: Life) -> None:
    """It lasts as long as asked for; a word of the daemon ends it within milliseconds."""
    began = time.monotonic()
    life.line.sleep(0.05)
    assert time.monotonic() - began >= 0.05
    life.begin(lambda: life.line.sleep(3600.0))
    life.let_play(LEAVE)
    assert isinstance(life.ended(), Left)


def test_what_hands_refuses_for_the_gate_is_tried_again(life: Life) -> None:
    """The author's call returns when it is done, however often the gate was closed."""
    life.begin(lambda: ask(life))
    for _ in range(2):
        life.answer(no="gate")
    life.answer()
    assert "no" not in life.ended()  # type: ignore[operator]  # a document
    assert life.daemon.receive() == []


def test_a_missing_focus_is_told_once(life: Life) -> None:
    """The status says what input waits for, and that it waits no more."""
    life.begin(lambda: ask(life))
    life.answer(no="focus", why="mail is in front")
    life.said(say="blocked", why="mail is in front")
    life.answer(no="focus", why="mail is in front")
    life.answer()
    life.said(say="blocked", why="")
    assert life.ended() is not None


def test_a_wish_that_cannot_be_had_is_an_error(life: Life) -> None:
    """The author hears what hands said is wrong."""
    life.begin(lambda: ask(life))
    life.answer(no="wrong", why="no such key")
    error = life.ended()
    assert isinstance(error, TraybotError)
    assert "no such key" in str(error)


def test_a_pause_lets_go_and_presses_again(life: Life) -> None:
    """What open `hold` blocks hold is pressed anew, in their order, when the life plays on."""
    holds: list[Document] = [{"do": "press", "key": "a"}, {"do": "button_down", "button": 1}]
    for hold in holds:
        life.begin(lambda: life.line.hold(hold))  # noqa: B023  it ends before the next begins
        life.answer()
        assert life.ended() is None
    life.memory.pause.value = HOLD
    life.begin(life.line.checkpoint)
    life.said(say="parked")
    life.let_play()
    for hold in holds:
        life.hands.send({"n": life.asked(**hold)["n"]})
    assert life.ended() is None
    life.begin(lambda: life.line.release({"do": "release", "key": "a"}, holds[0]))
    life.answer()
    assert life.ended() is None


def test_a_release_waits_for_no_gate(life: Life) -> None:
    """In a `finally` block of a life that is paused or asked to leave it still gets through."""
    hold: Document = {"do": "press", "key": "a"}
    life.begin(lambda: life.line.hold(hold))
    life.answer()
    life.ended()
    life.memory.pause.value = LEAVE
    life.begin(lambda: life.line.release({"do": "release", "key": "a"}, hold))
    life.answer(no="wrong", why="whatever")
    assert life.ended() is None


def test_a_lost_question_is_asked_again_under_its_number(life: Life) -> None:
    """Whichever hands finds it, it is one question; late answers to earlier ones fit nothing."""
    life.begin(lambda: ask(life))
    number = life.asked(do="press")["n"]
    life.hands.send({"lost": True})
    assert life.asked(do="press")["n"] == number
    life.hands.send({"n": number - 1, "no": "wrong"})
    life.hands.send({"n": number, "at": [1, 2]})
    assert life.ended() == {"n": number, "at": [1, 2]}
    life.begin(lambda: ask(life))
    life.hands.send({"n": number, "no": "wrong"})
    assert life.asked(do="press")["n"] != number
    life.hands.send({"n": number + 1})
    assert life.ended() == {"n": number + 1}


def test_a_line_that_ends_ends_the_life(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """When daemon and hands are both gone, the life has nothing left to do."""
    monkeypatch.setattr(select, "select", lambda *_: ([], [], []))
    life.begin(lambda: ask(life))
    life.asked(do="press")
    life.hands.close()
    assert isinstance(life.ended(), Left)


def test_without_hands_nothing_can_be_pressed() -> None:
    """It is an error at once, not a wait."""
    life = Life(hands=False)
    with pytest.raises(TraybotError, match="no hands"):
        ask(life)
    life.close()


def test_a_life_learns_where_the_settings_are(life: Life, tmp_path: Path) -> None:
    """The daemon tells a new Manager's address while the life sleeps or is parked."""
    share = Share(SPAWN, tmp_path)
    address = share.start({"tray": {"enabled": True}})
    assert life.line.share.settings() is None
    life.begin(lambda: life.line.sleep(3600.0))
    life.daemon.send({"do": "share", "address": address.address, "key": address.key.hex()})
    life.let_play(LEAVE)
    assert isinstance(life.ended(), Left)
    assert life.line.share.settings() == {"tray": {"enabled": True}}
    share.end()
