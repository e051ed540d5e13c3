"""Which notices does the menu show? Those that the settings want, and always of the newest."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from traybot.app.menu import Known, MenuSide
from traybot.core.state import State


class Rig:
    """A menu side whose notices may be asked for, and the level changed."""

    def __init__(self, level: str) -> None:
        self.notify: dict[str, Any] = {"level": level}
        settings = SimpleNamespace(sections={"notify": self.notify}, short_trouble="")
        memory = SimpleNamespace(scored=lambda _names: {})
        known = Known(cast("Any", memory), cast("Any", settings), State)
        nobody = cast("Any", None)
        self.menu = MenuSide(nobody, nobody, known, lambda _trouble: None)

    def shown(self) -> tuple[str, ...]:
        """Give what the menu shows."""
        return self.menu.facts(State()).notices


@pytest.mark.parametrize(
    ("level", "shown"),
    [("off", ()), ("errors", ("it failed",)), ("all", ("you took over", "it failed"))],
)
def test_the_level_says_which(level: str, shown: tuple[str, ...]) -> None:
    """A minor notice only to who wants all."""
    rig = Rig(level)
    rig.menu.note("it failed")
    rig.menu.note("you took over", minor=True)
    assert rig.shown() == shown


def test_a_change_of_the_level_counts_at_once() -> None:
    """Also for what was told before it."""
    rig = Rig("off")
    rig.menu.note("it failed")
    assert rig.shown() == ()
    rig.notify["level"] = "errors"
    assert rig.shown() == ("it failed",)


def test_many_minor_ones_push_out_no_failure() -> None:
    """Five of either kind are kept, five are shown."""
    rig = Rig("errors")
    rig.menu.note("it failed")
    for number in range(20):
        rig.menu.note(f"minor {number}", minor=True)
    assert rig.shown() == ("it failed",)
    rig.notify["level"] = "all"
    assert rig.shown() == tuple(f"minor {number}" for number in range(19, 14, -1))
