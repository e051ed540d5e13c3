"""How does a desktop read our menu and click in it? By com.canonical.dbusmenu, answered here.

Each line keeps its number as long as it means the same, whatever stands around it: a desktop that
clicks a number it read a second ago never hits another action.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from traybot.core.menu import MenuItem

INTERFACE = "com.canonical.dbusmenu"
#: A D-Bus signature and the values that go with it.
Reply = tuple[str, tuple[Any, ...]]
Properties = dict[str, tuple[str, Any]]

#: What the menu tells of itself.
PROPERTIES: Properties = {
    "Version": ("u", 3),
    "TextDirection": ("s", "ltr"),
    "Status": ("s", "normal"),
    "IconThemePath": ("as", []),
}


class DBusMenu:
    """The lines as the desktop knows them; it sends nothing, but says what is to be sent."""

    def __init__(self, clicked: Callable[[str], None], opening: Callable[[], bool]) -> None:
        """`opening` is called before the menu opens, and says whether it changed the menu."""
        self._clicked, self._opening = clicked, opening
        self._numbers: dict[object, int] = {}
        self._shown = _Layout()
        self._revision = 1
        #: Whether a person has it open, as far as the desktop tells.
        self.open = False

    def fits(self, menu: tuple[MenuItem, ...]) -> bool:
        """Whether it has the same lines as are shown, if with other words."""
        return self._laid_out(menu).below == self._shown.below

    def change(self, menu: tuple[MenuItem, ...]) -> list[tuple[str, str, tuple[Any, ...]]]:
        """Take another menu; give the signals that tell: name, signature, values."""
        before, self._shown = self._shown, self._laid_out(menu)
        if self._shown.below != before.below:
            self._revision += 1
            return [("LayoutUpdated", "ui", (self._revision, 0))]
        changed = [
            (number, _properties(item))
            for number, item in self._shown.items.items()
            if item != before.items[number]
        ]
        return [("ItemsPropertiesUpdated", "a(ia{sv})a(ias)", (changed, []))] if changed else []

    def answer(self, method: str, arguments: tuple[Any, ...]) -> Reply | None:
        """Do what a desktop asks for; None if there is no such method."""
        match method:
            case "GetLayout":
                parent, depth, _ = arguments
                return "u(ia{sv}av)", (self._revision, self._node(parent, depth))
            case "GetGroupProperties":
                wanted = arguments[0] or list(self._shown.items)
                found = [
                    (n, _properties(self._shown.items[n])) for n in wanted if n in self._shown.items
                ]
                return "a(ia{sv})", (found,)
            case "GetProperty":
                number, name = arguments
                return "v", (_properties(self._shown.items[number])[name],)
            # The menu as a whole is brought up to date; a menu below it opens in an open one, where
            # other lines would move away under the hand.
            case "AboutToShow":
                return "b", (arguments[0] == 0 and self._opening(),)
            case "AboutToShowGroup":
                return "aiai", ([0] if 0 in arguments[0] and self._opening() else [], [])
        return self._told(method, arguments)

    def _told(self, method: str, arguments: tuple[Any, ...]) -> Reply | None:
        if method == "Event":
            self._hear(arguments[0], arguments[1])
            return "", ()
        if method == "EventGroup":
            for number, event, _, _ in arguments[0]:
                self._hear(number, event)
            return "ai", ([],)
        return None

    def _hear(self, number: int, event: str) -> None:
        if event in {"opened", "closed"} and number == 0:
            self.open = event == "opened"
        item = self._shown.items.get(number)
        if event == "clicked" and item is not None and item.enabled and item.action:
            self.open = False
            self._clicked(item.action)

    def _node(self, number: int, depth: int) -> tuple[Any, ...]:
        below = self._shown.below.get(number, []) if depth else []
        lines = [("(ia{sv}av)", self._node(child, depth - 1)) for child in below]
        item = self._shown.items.get(number)
        shown = _properties(item) if item else {"children-display": ("s", "submenu")}
        return number, shown, lines

    def _laid_out(self, menu: tuple[MenuItem, ...]) -> "_Layout":
        layout = _Layout()
        self._lay(layout, menu, 0, ())
        return layout

    def _lay(
        self, layout: "_Layout", menu: tuple[MenuItem, ...], above: int, path: tuple[int, ...]
    ) -> None:
        numbers = layout.below[above] = []
        for place, item in enumerate(menu):
            here = (*path, place)
            number = self._number(here, item)
            numbers.append(number)
            layout.items[number] = item
            if item.items:
                self._lay(layout, item.items, number, here)

    def _number(self, path: tuple[int, ...], item: MenuItem) -> int:
        kind = (bool(item.label), item.checked is None, item.radio, bool(item.items))
        meaning = item.action or (path, kind)
        return self._numbers.setdefault(meaning, len(self._numbers) + 1)


@dataclass(slots=True)
class _Layout:
    """Which line is below which; 0 is the menu itself."""

    items: dict[int, MenuItem] = field(default_factory=dict)
    below: dict[int, list[int]] = field(default_factory=dict)


def _properties(item: MenuItem) -> Properties:
    """What a desktop may know of a line; a single underscore would mark a key to press."""
    if not item.label:
        return {"type": ("s", "separator"), "visible": ("b", True)}
    properties: Properties = {
        "label": ("s", item.label.replace("_", "__")),
        "enabled": ("b", item.clickable or bool(item.items)),
        "visible": ("b", True),
    }
    if item.items:
        properties["children-display"] = ("s", "submenu")
    if item.checked is not None:
        properties["toggle-type"] = ("s", "radio" if item.radio else "checkmark")
        properties["toggle-state"] = ("i", int(item.checked))
    return properties
