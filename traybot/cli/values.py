"""How is a value on the command line read, and which do not go together?"""

import argparse
from typing import TYPE_CHECKING

from traybot.text import _

if TYPE_CHECKING:
    from traybot.core.geometry import Rect

#: What each kind of `find` has no use for; with what stands there unsaid.
_USELESS = {
    "feature": {"--all": False, "--threshold": 0.9, "--scale": (1.0,)},
    "text": {"--threshold": 0.9, "--scale": (1.0,)},
}
_NAMES = {"--all": "every", "--threshold": "threshold", "--scale": "scales"}


def unfit(given: argparse.Namespace) -> str:
    """Say which option would change nothing for this kind of `find`; "" if each has its use."""
    for option, unsaid in _USELESS.get(given.kind, {}).items():
        if getattr(given, _NAMES[option]) != unsaid:
            return _("{option} has no use with --kind {kind}").format(
                option=option, kind=given.kind
            )
    return ""


def count(text: str) -> int:
    """Read a number of lines."""
    if not text.isdecimal():
        message = _('"{text}" is not a number of lines').format(text=text)
        raise argparse.ArgumentTypeError(message)
    return int(text)


def seconds(text: str) -> float:
    """Read a duration."""
    from traybot.core.durations import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def score(text: str) -> float:
    """Read a score, from 0 to 1."""
    return _numbers(text, low=0.0, high=1.0)[0]


def scales(text: str) -> tuple[float, ...]:
    """Read scales, with commas between them."""
    return _numbers(*text.split(","), low=0.1, high=10.0)


def _numbers(*texts: str, low: float, high: float) -> tuple[float, ...]:
    for text in texts:
        try:
            inside = low <= float(text) <= high
        except ValueError:
            inside = False
        if not inside:
            message = _('"{text}" is not a number from {low:g} to {high:g}').format(
                text=text, low=low, high=high
            )
            raise argparse.ArgumentTypeError(message)
    return tuple(float(text) for text in texts)


def region(text: str) -> "Rect":
    """Read a place on the screen."""
    from traybot.core.geometry import Rect

    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError as error:
        message = _('"{text}" is not a region such as 0,0,640,200').format(text=text)
        raise argparse.ArgumentTypeError(message) from error
    rect = Rect(x, y, width, height)
    if rect.empty:
        message = _('"{text}" has no pixel in it').format(text=text)
        raise argparse.ArgumentTypeError(message)
    return rect
