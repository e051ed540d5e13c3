"""Are Carbon's hotkeys asked for, heard and given back? Its calls are replaced here."""

from collections.abc import Callable

import pytest

from traybot.shells.macos_hotkeys import BITS, MacHotkeys

CHORDS = [("toggle", "ctrl+shift+f8"), ("stop", "ctrl+shift+f9"), ("panic", "ctrl+shift+f10")]
F8, F9, F10 = 0x64, 0x65, 0x6D
CTRL_SHIFT = BITS["ctrl"] | BITS["shift"]
TAKEN, ODD = -9878, -50


class FakeCarbon:
    """Satisfies `macos_hotkeys.HotkeyCalls`."""

    def __init__(self) -> None:
        self.faults: dict[tuple[int, int], int] = {}
        self.registered: dict[tuple[int, int], int] = {}
        self.pressed: Callable[[int], None] = lambda _: None

    def listen(self, pressed: Callable[[int], None]) -> None:
        """Remember who is to be told."""
        self.pressed = pressed

    def register(self, number: int, modifiers: int, key: int) -> int:
        """Give a chord."""
        fault = self.faults.get((modifiers, key), 0)
        if not fault:
            self.registered[modifiers, key] = number
        return fault

    def unregister(self, number: int) -> None:
        """Take it back."""
        self.registered = {place: n for place, n in self.registered.items() if n != number}


@pytest.fixture
def carbon() -> FakeCarbon:
    """A macOS."""
    return FakeCarbon()


def test_each_chord_says_how_it_is(carbon: FakeCarbon) -> None:
    """Bound, somebody else's, refused with macOS's own number, or none at all."""
    carbon.faults = {(CTRL_SHIFT, F9): TAKEN, (CTRL_SHIFT, F10): ODD}
    hotkeys = MacHotkeys(lambda _: None, carbon)
    states = hotkeys.bind([*CHORDS, ("show", "ctrl+menu")])
    assert states["toggle"] == "bound"
    assert states["stop"] == "taken: another program listens to it"
    assert states["panic"] == "unsupported: macOS refuses it, error -50"
    assert states["show"].startswith("unsupported: this keyboard has no key")
    assert hotkeys.states() == states


def test_a_press_is_heard_and_safety_with_more_held(carbon: FakeCarbon) -> None:
    """Stop fires with Command and Option held too; what is given back is heard no more."""
    heard: list[str] = []
    hotkeys = MacHotkeys(heard.append, carbon)
    hotkeys.bind(CHORDS)
    carbon.pressed(carbon.registered[CTRL_SHIFT, F8])
    carbon.pressed(carbon.registered[CTRL_SHIFT | BITS["super"] | BITS["alt"], F9])
    assert (CTRL_SHIFT | BITS["alt"], F8) not in carbon.registered
    assert heard == ["toggle", "stop"]
    late = carbon.registered[CTRL_SHIFT, F8]
    hotkeys.stop()
    hotkeys.stop()
    carbon.pressed(late)
    assert not carbon.registered
    assert heard == ["toggle", "stop"]
