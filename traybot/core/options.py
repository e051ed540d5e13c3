"""What may be written in a table of a TOML file? One row per option, read by one function.

`bot.toml` and the settings are both made of such rows, so a wrong value is reported the same way in
both, and the reference pages are written from the same rows.
"""

import difflib
import json
import re
import reprlib
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from traybot.core.durations import format_duration, parse_duration
from traybot.core.geometry import Rect
from traybot.text import _

#: So many characters of a wrong value are shown.
_SHOWN = 60
_LARGEST_PIXEL = 1_000_000

#: Turns a TOML value into ours; `ValueError` says what was expected.
Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Option:
    """One key: how its value is read, what it is when absent, and one sentence about it."""

    name: str
    read: Reader
    default: Any
    doc: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a file. `table` and `index` say where, so that a shell can find the line."""

    table: str
    key: str
    what: str
    remedy: str = ""
    index: int = 0


def read_table(
    table: object, options: Iterable[Option], name: str, index: int = 0
) -> tuple[dict[str, Any], list[Problem]]:
    """Read a TOML table by its rows: every option has a value then, every mistake is listed."""
    rows = {option.name: option for option in options}
    values = {option.name: option.default for option in rows.values()}
    if not isinstance(table, Mapping):
        return values, [
            Problem(name, "", _("must be a table"), _("write [{name}]").format(name=name), index)
        ]
    problems = []
    for key, value in table.items():
        row = rows.get(key)
        if row is None:
            what = _("unknown option {name}").format(name=shown(key))
            problems.append(Problem(name, key, what, nearest(key, rows), index))
            continue
        try:
            values[key] = row.read(value)
        except ValueError as error:
            problems.append(Problem(name, key, f"{key}: " + str(error), _(row.doc), index))
    for option in rows.values():
        if option.required and option.name not in table:
            what = _('"{name}" is missing').format(name=option.name)
            problems.append(Problem(name, "", what, _(option.doc), index))
    return values, problems


def nearest(key: str, known: Iterable[str]) -> str:
    """Say which of the known names was meant, or which there are."""
    names = sorted(known)
    near = difflib.get_close_matches(key[:_SHOWN], names, n=1)
    if near:
        return _('did you mean "{name}"?').format(name=near[0])
    return _("known are {names}").format(names=", ".join(names))


def shown(value: object) -> str:
    """Write a value for a message: in one line, not long, and nearly as the file has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(
            value if len(value) <= _SHOWN else value[:_SHOWN] + "…", ensure_ascii=False
        )
    try:
        return reprlib.repr(value)
    except ValueError:
        return _("so many digits")


def takes(option: Option) -> str:
    """Say what an option takes, in the words of its reader, which refuses this."""
    try:
        option.read(object())
    except ValueError as error:
        return str(error).removeprefix("must be ").partition(", not ")[0]
    return "anything"


def _expected(what: str, value: object) -> ValueError:
    return ValueError(_("must be {what}, not {value}").format(what=what, value=shown(value)))


def flag(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise _expected(_("true or false"), value)
    return value


def text(value: object) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not _is_text(value):
        raise _expected(_("a text"), value)
    return value


def any_text(value: object) -> str:
    """Read a text, which may be empty."""
    if not isinstance(value, str):
        raise _expected(_("a text"), value)
    return value


def entry_point(value: object) -> str:
    """Read the place of a function, "module:function"."""
    module, colon, function = value.partition(":") if isinstance(value, str) else ("", "", "")
    if colon and module.replace(".", "_").isidentifier() and function.isidentifier():
        return f"{module}:{function}"
    message = _('{value} is not of the form module:function, such as "routine:play"')
    raise ValueError(message.format(value=shown(value)))


def texts(value: object) -> tuple[str, ...]:
    """Read a list of texts; one text alone is a list of one."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not items or not all(map(_is_text, items)):
        raise _expected(_('a list of texts such as ["a", "b"]'), value)
    return tuple(items)


def command(value: object) -> tuple[str, ...]:
    """Read a program and its arguments as a list; a program alone may be a text."""
    if isinstance(value, str) and len(value.split()) > 1:
        try:
            words = shlex.split(value)
        except ValueError:  # a quote that does not end
            words = value.split()
        listed = json.dumps(words, ensure_ascii=False)
        raise ValueError(_("write it as a list: {listed}").format(listed=listed))
    return texts(value)


def _is_text(value: object) -> bool:
    """No system takes a NUL in a name or a command."""
    return isinstance(value, str) and bool(value) and "\0" not in value


def pattern(value: object) -> str:
    """Read a regular expression."""
    if not isinstance(value, str) or not value:
        raise _expected(_("a regular expression"), value)
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        message = _("{value} is no regular expression: {error}")
        raise ValueError(message.format(value=shown(value), error=error)) from None
    return value


def number(low: float, high: float) -> Reader:
    """Read a number between two limits."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _expected(
                _("a number from {low:g} to {high:g}").format(low=low, high=high), value
            )
        if not low <= value <= high:
            raise _expected(
                _("a number from {low:g} to {high:g}").format(low=low, high=high), value
            )
        return float(value)

    return read


def integer(low: int, high: int) -> Reader:
    """Read a whole number between two limits."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            limits = _("a whole number from {low} to {high}").format(low=low, high=high)
            raise _expected(limits, value)
        return value

    return read


def numbers(low: float, high: float) -> Reader:
    """Read a list of numbers between two limits."""
    one = number(low, high)

    def read(value: object) -> tuple[float, ...]:
        if not isinstance(value, list) or not value:
            raise _expected(_("a list of numbers such as [0.8, 1.25]"), value)
        return tuple(one(item) for item in value)

    return read


def duration(low: float, high: float) -> Reader:
    """Read a duration such as "50ms" between two limits in seconds."""

    def read(value: object) -> float:
        limits = {"low": format_duration(low), "high": format_duration(high)}
        if not isinstance(value, str):
            quoted = _('a duration from {low} to {high} in quotes such as "50ms" or "2s"')
            raise _expected(quoted.format(**limits), value)
        seconds = parse_duration(value)
        if not low <= seconds <= high:
            raise _expected(_("a duration from {low} to {high}").format(**limits), value)
        return seconds

    return read


def choice(*words: str) -> Reader:
    """Read one of a few words."""

    def read(value: object) -> str:
        if value not in words:
            raise _expected(_("one of {words}").format(words=", ".join(words)), value)
        return str(value)

    return read


def region(value: object) -> Rect:
    """Read `[x, y, width, height]` in pixels."""
    numbers = _pixels(value, 4)
    if not numbers:
        raise _expected(_("[x, y, width, height] in whole pixels"), value)
    rect = Rect(*numbers)
    if rect.empty:
        raise _expected(_("a region with width and height above 0"), value)
    return rect


def size(value: object) -> tuple[int, int]:
    """Read `[width, height]` in pixels."""
    numbers = _pixels(value, 2)
    if not numbers:
        raise _expected(_("[width, height] in whole pixels"), value)
    width, height = numbers
    if width <= 0 or height <= 0:
        raise _expected(_("[width, height] above 0"), value)
    return width, height


def _pixels(value: object, count: int) -> list[int]:
    """Give the numbers of a list of so many whole numbers, and nothing for anything else."""
    if not isinstance(value, list) or len(value) != count:
        return []
    if not all(isinstance(item, int) and not isinstance(item, bool) for item in value):
        return []
    # No screen is that large; what takes these numbers further has 32 bits for each.
    return value if all(abs(item) <= _LARGEST_PIXEL for item in value) else []
