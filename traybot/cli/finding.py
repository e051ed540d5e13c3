"""What has a check of doctor found, and what does it go by?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from traybot.shells.paths import Paths


@dataclass(frozen=True, slots=True)
class Heard:
    """What the daemon says of itself."""

    #: To go by, in English; None if none answers.
    status: dict[str, Any] | None
    #: The same to be shown, in the user's language.
    shown: dict[str, Any]
    #: Why none answers, should one be there.
    trouble: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    ok: bool
    text: str
    remedy: str = ""


#: A check: asks, and gives what it found.
Check = Callable[[Paths, Heard], list[Finding]]


def good(check: str, text: str, remedy: str = "") -> Finding:
    """Say that something is as it should be, and perhaps what can be done with it."""
    return Finding(check, ok=True, text=text, remedy=remedy)


def bad(check: str, text: str, remedy: str) -> Finding:
    """Say what is at fault, and what to do."""
    return Finding(check, ok=False, text=text, remedy=remedy)
