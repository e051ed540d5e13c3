"""Does the menu show the facts that stand beside the state?"""

from dataclasses import replace

import pytest

from tests.core import chapters
from tests.core.bots import make_plan
from tests.core.world import World
from traybot.core.menu import Facts, MenuItem, menu_of
from traybot.core.watchfile import WatchSpec

pytestmark = pytest.mark.anywhere

DEATH = WatchSpec("death")


def line(menu: tuple[MenuItem, ...], label: str) -> MenuItem:
    """Give the line with this label."""
    return next(item for item in menu if item.label == label)


def test_each_watch_is_shown_with_its_last_score() -> None:
    """One that has looked has a figure; one that has not has its name alone."""
    state = replace(chapters.playing().state, plan=make_plan(watches=(DEATH,)))
    name = DEATH.name
    for scores, label in (({name: 0.876}, f"{name}: 0.88"), ({}, name)):
        watches = line(menu_of(state, "", Facts(scores)), "Watches")
        assert watches.items[0].label == label
        assert not watches.items[0].clickable


def test_a_bot_that_rests_watches_nothing() -> None:
    """The line is there and dim, so that the lines below it do not jump."""
    watches = line(menu_of(World().state, ""), "Watches")
    assert (watches.items, watches.enabled) == ((), False)


def test_bots_are_shown_by_their_titles() -> None:
    """With the name where two have the same; a click names the bot all the same."""
    bots = (("a", ""), ("b", ""), ("c", ""), ("d", "broken"))
    state = replace(World().state, bots=bots)
    menu = menu_of(state, "", Facts(titles={"a": "Koules", "b": "Mines", "c": "Mines"}))
    shown = {item.action: item.label for item in menu if item.radio}
    assert shown == {
        "choose:a": "Koules",
        "choose:b": "Mines (b)",
        "choose:c": "Mines (c)",
        "choose:d": "d (has a mistake)",
    }


def test_notices_are_shown_newest_first_and_cut() -> None:
    """A long one must not make the menu wider than the screen."""
    menu = menu_of(World().state, "", Facts(notices=("new\nlines", "x" * 500)))
    labels = [item.label for item in line(menu, "Last notices").items]
    assert labels == ["new lines", "x" * 69 + "…"]


def test_the_tick_at_autostart_is_the_systems_word() -> None:
    """Where the system cannot start us the line cannot be clicked."""
    for autostart, shown in ((True, (True, True)), (False, (False, True)), (None, (False, False))):
        item = line(menu_of(World().state, "", Facts(autostart=autostart)), "Start at login")
        assert (item.checked, item.enabled) == shown


def test_a_mistake_in_the_settings_stands_in_the_menu() -> None:
    """With its place, and a click opens the file."""
    trouble = "settings.toml, line 3: [hotkeys] stop: must be a hotkey"
    for told, label in (("", "Settings"), (trouble, f"Settings: {trouble}")):
        item = line(menu_of(World().state, "", Facts(settings_trouble=told)), label)
        assert item.action == "settings"
        assert item.clickable
