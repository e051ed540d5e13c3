"""Does a desktop that reads and clicks our menu get what it asks for, and hit what it means?"""

from traybot.core.menu import MenuItem
from traybot.shells.dbus_menu import DBusMenu

BELOW = (MenuItem("death: 0.10"),)
MENU = (
    MenuItem("running"),
    MenuItem(""),
    MenuItem("a_bot", "choose:a_bot", checked=True, radio=True),
    MenuItem("Stop", "stop"),
    MenuItem("Watches", items=BELOW),
)


def make(*, changes: bool = False) -> tuple[DBusMenu, list[str]]:
    """Make a menu with those lines, and a list of what was clicked."""
    clicked: list[str] = []
    menu = DBusMenu(clicked.append, lambda: changes)
    menu.change(MENU)
    return menu, clicked


def number(menu: DBusMenu, label: str) -> int:
    """Give the number of a line."""
    answer = menu.answer("GetGroupProperties", ([], []))
    assert answer
    found: dict[str, int] = {
        properties.get("label", ("s", ""))[1]: line for line, properties in answer[1][0]
    }
    return found[label]


def test_words_change_without_another_layout() -> None:
    """The same lines with other words are told line by line: an open menu stays as it is."""
    menu, _ = make()
    (name, _, (changed, removed)) = menu.change((MenuItem("dead"), *MENU[1:]))[0]
    assert (name, len(changed), removed) == ("ItemsPropertiesUpdated", 1, [])
    assert menu.change((MenuItem("dead"), *MENU[1:])) == []


def test_a_click_means_its_line_whatever_has_moved() -> None:
    """A number that was read before a line came above it still stops, and nothing else."""
    menu, clicked = make()
    stop = number(menu, "Stop")
    assert menu.change((MenuItem("another", "choose:another"), *MENU))[0][0] == "LayoutUpdated"
    menu.answer("Event", (stop, "clicked", ("i", 0), 0))
    assert clicked == ["stop"]


def test_a_line_that_is_gone_or_dim_posts_nothing() -> None:
    """A late click on what is no longer offered is lost, not guessed at."""
    menu, clicked = make()
    stop, first = number(menu, "Stop"), number(menu, "running")
    menu.change(MENU[:3])
    menu.answer("EventGroup", ([(stop, "clicked", ("i", 0), 0), (first, "clicked", ("i", 0), 0)],))
    assert clicked == []


def test_a_menu_below_a_line_is_found_there() -> None:
    """A layout is given as deep as it is asked for."""
    menu, _ = make()
    for depth, lines in ((-1, 1), (1, 0)):
        answer = menu.answer("GetLayout", (0, depth, []))
        assert answer
        root = answer[1][1]
        _, properties, below = root[2][-1][1]
        assert properties["children-display"] == ("s", "submenu")
        assert len(below) == lines


def test_underscores_are_letters() -> None:
    """A single one would be taken for the mark of a key to press."""
    menu, _ = make()
    assert number(menu, "a__bot")


def test_opening_and_closing_are_heard() -> None:
    """An open menu is known, and a click closes it."""
    menu, _ = make(changes=True)
    assert menu.answer("AboutToShow", (0,)) == ("b", (True,))
    menu.answer("Event", (0, "opened", ("s", ""), 0))
    assert menu.open
    menu.answer("Event", (number(menu, "Stop"), "clicked", ("i", 0), 0))
    assert not menu.open


def test_a_menu_that_opens_below_an_open_one_changes_nothing() -> None:
    """Other lines would move away under the hand: Return would hit one that nobody chose."""
    opened: list[int] = []

    def opening() -> bool:
        opened.append(1)
        return True

    menu = DBusMenu(lambda _: None, opening)
    menu.change(MENU)
    below = number(menu, "Watches")
    assert menu.answer("AboutToShow", (below,)) == ("b", (False,))
    assert menu.answer("AboutToShowGroup", ([below],)) == ("aiai", ([], []))
    assert not opened
    assert menu.answer("AboutToShowGroup", ([0, below],)) == ("aiai", ([0], []))


def test_what_is_unknown_is_not_answered() -> None:
    """The caller gets an error from whoever speaks to the bus."""
    assert make()[0].answer("Nonsense", ()) is None
