"""Which windows are on an X display, where are they, and which gets the keys?

With a window manager its list (EWMH) tells the windows; without one, the root's mapped children
do. Which is in front is read from the input focus in both cases: that is where keys go, while
`_NET_ACTIVE_WINDOW` is what the manager says, and stays behind when the manager dies.
"""

import re
from contextlib import AbstractContextManager

from Xlib import X
from Xlib.protocol import request

from traybot.errors import CaptureError
from traybot.system.windowing import Window
from traybot.system.x11_connection import connect, disconnect, drain, losing_is
from traybot.system.x11_pings import PATIENCE_SECONDS, Pings
from traybot.system.x11_properties import Answers, Question, arrived, ask_property, numbers
from traybot.text import later

#: From a focused widget up to its window; deeper trees are not windows of programs.
_DEEPEST = 32


class X11Windows:
    """Satisfies `system.windowing.Windows` on an X server; for the thread that made it.

    `CaptureError` from any call once the server is gone. Windows that vanish meanwhile are skipped.
    """

    def __init__(self, display: str | None = None, patience: float = PATIENCE_SECONDS) -> None:
        """Connect to `display`, or to the one that the environment names.

        A program that does not answer for `patience` seconds hangs.
        """
        self._display, self._patience = display, patience
        self._connection = connect(display)
        self._pings: Pings | None = None
        self._root: int = self._connection.screen().root.id
        #: The window found last for a title, so that the next search asks it first.
        self._found: dict[str, int] = {}

    def all(self) -> list[Window]:
        """Every top-level window, minimized ones too, topmost last."""
        with _looking():
            drain(self._connection)
            return [_window(answers) for answers in self._tops()]

    def find(self, title: str) -> Window | None:
        """Find the window whose title matches: the front one, the last found, or the largest.

        Two round trips while the window stays in front, about 0.2 ms.
        """
        with _looking():
            drain(self._connection)
            found = self._find(re.compile(title), self._found.get(title))
        if found is None:
            self._found.pop(title, None)
            return None
        self._found[title] = found.id
        return _window(found)

    def front(self) -> Window | None:
        """The window that gets the keys now."""
        with _looking():
            drain(self._connection)
            focus = self._connection.get_input_focus().focus
            front = self._top_of(focus)
        return None if front is None else _window(front)

    def answers(self, window: Window) -> bool | None:
        """Whether its program answers pings; None if it has never promised to."""
        if self._pings is None:
            self._pings = Pings(self._display, self._patience)
        return self._pings.answers(window.id)

    def close(self) -> None:
        """Disconnect; may be called twice."""
        if self._pings is not None:
            self._pings.close()
        disconnect(self._connection)

    def _find(self, title: re.Pattern[str], last: int | None) -> Answers | None:
        question = Question(self._connection, last) if last else None
        focus = self._connection.get_input_focus().focus
        remembered = question.answer() if question else None
        if remembered and not (_is_top(remembered) and title.search(remembered.title)):
            remembered = None
        if remembered and _number(focus) == remembered.id:
            return remembered
        front = self._top_of(focus)
        if front and title.search(front.title):
            return front
        if remembered:
            return remembered
        matching = [answers for answers in self._tops() if title.search(answers.title)]
        return max(matching, key=_area, default=None)

    def _tops(self) -> list[Answers]:
        """Ask all top-level windows, the lowest first."""
        listed = self._listed_by_manager()
        if listed is not None:
            return self._ask(listed)
        children = self._ask(self._children(self._root))
        return [top for child in children if child.viewable and (top := self._named(child))]

    def _listed_by_manager(self) -> list[int] | None:
        """Give the window manager's list; None where no manager runs, or it died and left one."""
        asked = [
            ask_property(self._connection, self._root, name)
            for name in (
                "_NET_SUPPORTING_WM_CHECK",
                "_NET_CLIENT_LIST_STACKING",
                "_NET_CLIENT_LIST",
            )
        ]
        sign, stacked, listed = (numbers(question) for question in asked)
        if not sign:
            return None
        # The manager's own window names itself, and vanishes with it.
        itself = ask_property(self._connection, sign[0], "_NET_SUPPORTING_WM_CHECK")
        return (stacked or listed) if numbers(itself) == sign else None

    def _ask(self, windows: list[int]) -> list[Answers]:
        questions = [Question(self._connection, window) for window in windows]
        answers = [question.answer() for question in questions]
        return [answer for answer in answers if answer is not None]

    def _children(self, window: int) -> list[int]:
        tree = request.QueryTree(self._connection.display, defer=True, window=window)
        return [child.id for child in tree.children] if arrived(tree) else []

    def _named(self, child: Answers) -> Answers | None:
        """Give the root's child, or the program's window that an old manager put a frame around."""
        if child.title:
            return child
        inner = self._ask(self._children(child.id))
        return next((answers for answers in inner if answers.managed and answers.title), None)

    def _top_of(self, focus: object) -> Answers | None:
        """Climb from what has the focus to the window a person knows; None if there is none."""
        window = self._under_pointer() if focus == X.PointerRoot else _number(focus)
        titled: Answers | None = None
        for _ in range(_DEEPEST):
            if not window or window == self._root:
                break
            question = Question(self._connection, window)
            tree = request.QueryTree(self._connection.display, defer=True, window=window)
            answers = question.answer()
            if not arrived(tree) or answers is None:
                return None
            if answers.managed:
                return answers
            titled = answers if answers.title else titled
            window = _number(tree.parent)
        return titled

    def _under_pointer(self) -> int:
        """Give the root's child that gets the keys while the focus follows the pointer."""
        return _number(self._connection.screen().root.query_pointer().child)


def _looking() -> AbstractContextManager[None]:
    return losing_is(CaptureError, later("look for windows"))


def _window(answers: Answers) -> Window:
    return Window(answers.id, answers.title, answers.rect, answers.pid, answers.minimized)


def _is_top(answers: Answers) -> bool:
    """Whether it is a window still: neither withdrawn by its program nor a frame left behind."""
    return answers.managed or answers.viewable


def _area(answers: Answers) -> int:
    return answers.rect.width * answers.rect.height


def _number(window: object) -> int:
    """Give a window's number; python-xlib gives an object for a window, a number for none."""
    return int(getattr(window, "id", 0))
