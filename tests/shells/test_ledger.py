"""Is exactly what the ledger says let go of, and a key that the user holds left alone?"""

import multiprocessing

import pytest

from traybot.errors import BackendUnavailable
from traybot.shells import ledger
from traybot.shells.ledger import (
    BUTTON_ROW,
    Reach,
    note_before,
    release_all,
    release_beyond,
    release_without_hands,
)
from traybot.shells.memory import LEDGER_SIZE, Memory
from traybot.system import choose
from traybot.system.base import BUTTONS
from traybot.system.recorded_input import RecordingInjector


class Keyboard(RecordingInjector):
    """Writes down every release that is asked for, of held keys or not."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.closed = False

    def release(self, code: int) -> None:
        """Note it."""
        self.asked.append(self.name_of(code))
        super().release(code)

    def release_button(self, button: int) -> None:
        """Note it."""
        self.asked.append(f"button {button}")
        super().release_button(button)

    def close(self) -> None:
        """Note it."""
        self.closed = True


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    """The one that whoever asks this system for a way to press gets."""
    keyboard = Keyboard()
    monkeypatch.setattr(choose, "injector", lambda: keyboard)
    return keyboard


@pytest.fixture
def memory(keyboard: Keyboard) -> Memory:
    """A ledger in which life 1 holds a and button 3, life 2 holds b; the user holds shift."""
    memory = Memory(multiprocessing.get_context("spawn"))
    for key, life in (("a", 1), ("b", 2)):
        keyboard.press(keyboard.code_of(key))
        memory.ledger[keyboard.code_of(key)] = life
    keyboard.press_button(3)
    memory.ledger[BUTTON_ROW + 3] = 1
    keyboard.press(keyboard.code_of("shift"))
    return memory


def test_all_rows_are_released_and_nothing_else(memory: Memory, keyboard: Keyboard) -> None:
    """Release is asked for by the ledger's rows alone: what the user holds stays down."""
    assert release_all(memory, keyboard) == 3
    assert keyboard.asked == ["a", "b", "button 3"]
    assert list(memory.held()) == []
    assert keyboard.held().keys == {keyboard.code_of("shift")}
    assert release_all(memory, keyboard) == 0


def test_one_life_is_released_alone(memory: Memory, keyboard: Keyboard) -> None:
    """What another life holds stays down and in the ledger."""
    assert release_all(memory, keyboard, 1) == 2
    assert keyboard.asked == ["a", "button 3"]
    assert list(memory.held()) == [keyboard.code_of("b")]


def test_beyond_the_ledger_the_devices_own_word_counts(memory: Memory, keyboard: Keyboard) -> None:
    """A panic also releases what our device holds and no ledger knows."""
    release_all(memory, keyboard)
    assert release_beyond(memory, keyboard, Reach.LEDGER) == 0
    assert release_beyond(memory, keyboard, Reach.EVERYTHING) == 1
    assert len(keyboard.held()) == 0


def test_what_was_down_before_a_life_stays_down(memory: Memory, keyboard: Keyboard) -> None:
    """After its end goes what it pressed by another library; what was noted first counts."""
    release_all(memory, keyboard)
    assert release_beyond(memory, keyboard, Reach.LIFE) == 0, "no life was noted"
    note_before(memory, keyboard, 7)
    keyboard.press(keyboard.code_of("x"))
    keyboard.press_button(2)
    note_before(memory, keyboard, 7)
    assert release_beyond(memory, keyboard, Reach.LIFE) == 2
    assert keyboard.held().keys == {keyboard.code_of("shift")}


@pytest.mark.parametrize(("reach", "count"), [(Reach.LEDGER, 3), (Reach.EVERYTHING, 4)])
def test_it_can_be_done_without_hands(
    memory: Memory, keyboard: Keyboard, reach: Reach, count: int
) -> None:
    """By a connection of one's own, which is closed again."""
    assert release_without_hands(memory, reach) == count
    assert keyboard.closed


def test_with_nothing_held_no_connection_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """The common case costs nothing."""

    def fail() -> None:
        raise AssertionError("no need to connect")

    monkeypatch.setattr(choose, "injector", fail)
    assert release_without_hands(Memory(multiprocessing.get_context("spawn"))) == 0


def test_without_a_screen_it_is_said_and_nothing_more(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing can be released the log tells, and whoever asked goes on."""

    def fail() -> None:
        raise BackendUnavailable("cannot send input: no screen", "")

    monkeypatch.setattr(choose, "injector", fail)
    assert release_without_hands(memory) == 0
    assert "cannot let go" in caplog.text
    assert len(list(memory.held())) == 3, "whoever can later still knows"


def test_every_key_and_button_has_a_row() -> None:
    """The ledger is as large as what can be pressed."""
    assert LEDGER_SIZE >= ledger.BUTTON_ROW + BUTTONS
