"""Is the picture any good? What is glanced at every now and then becomes a trouble, or none.

A picture alone proves little: a still one may be a still game. Frozen is a screen that does not
deliver, or one that delivers the same while a second way to look sees something else.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from traybot.text import _, later


class Trouble(StrEnum):
    """What is wrong with the picture; a session that is locked tells so by itself."""

    NONE = ""
    #: All of it turned black.
    BLACK = "black"
    #: Nothing new is delivered.
    FROZEN = "frozen"
    #: The window is an icon.
    MINIMIZED = "minimized"
    #: It is just getting another size.
    RESIZED = "resized"
    #: The window, or the screen, is no longer there.
    GONE = "gone"
    #: It has been gone for so long that waiting makes no sense.
    LOST = "lost"


_WORDS = {
    Trouble.NONE: later("the picture is good"),
    Trouble.BLACK: later("the picture is black"),
    Trouble.FROZEN: later("the picture is frozen"),
    Trouble.MINIMIZED: later("the window is minimized"),
    Trouble.RESIZED: later("the picture is changing its size"),
    Trouble.GONE: later("the window or the screen is gone"),
    Trouble.LOST: later("the window or the screen does not come back"),
}
#: For how long something must be seen, without a break, before it is said; in seconds.
PATIENCE = {
    Trouble.NONE: 0.25,
    Trouble.BLACK: 3.0,
    Trouble.FROZEN: 0.0,
    Trouble.MINIMIZED: 0.25,
    Trouble.RESIZED: 0.0,
    Trouble.GONE: 1.0,
    Trouble.LOST: 0.0,
}
#: A new size must stand still for so long.
SETTLE_SECONDS = 1.0
#: So long may something be gone before the life that waits for it is given up.
LOST_SECONDS = 30.0
#: After so many drawings in so long a time without another pixel a second way to look is asked.
DRAWINGS, UNCHANGED_SECONDS = 30, 10.0


def words(trouble: Trouble) -> str:
    """Give a trouble as a person reads it."""
    text = _WORDS[trouble]
    return _(text)


@dataclass(frozen=True, slots=True)
class Glance:
    """What one glance saw; `at` in monotonic seconds."""

    at: float
    #: Why there is no picture: minimized, gone, frozen; none if there is one.
    missing: Trouble = Trouble.NONE
    #: Width and height of what the bot sees.
    size: tuple[int, int] | None = None
    black: bool = False
    #: Equal for equal pixels.
    pixels: int = 0
    #: How often the screen has told that something was drawn there.
    drawn: int = 0
    #: A second way to look saw something else at the same time.
    contradicted: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one life's picture."""

    trouble: Trouble = Trouble.NONE
    #: What was seen last, and since when without a break.
    seen: Trouble = Trouble.NONE
    since: float = 0.0
    size: tuple[int, int] | None = None
    sized_at: float = float("-inf")
    #: It has shown something: a picture that was black from the start is black on purpose.
    lit: bool = False
    pixels: int = 0
    #: When the pixels last changed, and how often something had been drawn then.
    changed_at: float = 0.0
    drawn: int = 0


def suspicious(health: Health, at: float, drawn: int) -> bool:
    """Whether so much was drawn without another pixel that a second way to look is to be asked."""
    enough = drawn - health.drawn >= DRAWINGS and at - health.changed_at >= UNCHANGED_SECONDS
    return health.size is not None and enough


def look(health: Health, glance: Glance) -> Health:
    """Take in a glance."""
    health = _noted(health, glance)
    seen = _seen(health, glance)
    since = health.since if seen is health.seen else glance.at
    health = replace(health, seen=seen, since=since)
    lasted = glance.at - since
    if seen is Trouble.GONE and lasted >= LOST_SECONDS:
        return replace(health, trouble=Trouble.LOST)
    return replace(health, trouble=seen) if lasted >= PATIENCE[seen] else health


def _noted(health: Health, glance: Glance) -> Health:
    """Remember size and pixels."""
    if glance.missing or glance.size is None:
        return health
    if health.size is None:
        health = replace(health, size=glance.size)
    elif glance.size != health.size:
        health = replace(health, size=glance.size, sized_at=glance.at)
    if glance.pixels != health.pixels or not health.changed_at:
        health = replace(health, pixels=glance.pixels, changed_at=glance.at, drawn=glance.drawn)
    return replace(health, lit=health.lit or not glance.black)


def _seen(health: Health, glance: Glance) -> Trouble:
    """Name what is wrong at this glance; what was never there cannot be missing."""
    if glance.missing:
        return glance.missing if health.size is not None else Trouble.NONE
    if glance.at - health.sized_at < SETTLE_SECONDS:
        return Trouble.RESIZED
    if glance.contradicted and suspicious(health, glance.at, glance.drawn):
        return Trouble.FROZEN
    return Trouble.BLACK if glance.black and health.lit else Trouble.NONE
