"""Who may ask hands for a press, and within which limits? A life, by its line."""

from dataclasses import dataclass, field

from traybot.shells.channel import Channel, Document
from traybot.system.base import BUTTONS
from traybot.text import _

#: Of one request: hands must not be busy for longer than the daemon waits for it to let go.
_MOST_NOTCHES = 200


@dataclass(slots=True)
class Guest:
    """A life that may ask."""

    life: int
    window: str
    channel: Channel
    #: Its last question, and what the answer was.
    number: object = None
    answer: Document = field(default_factory=dict)


def button_of(request: Document) -> int:
    """Give the mouse button that is meant; `ValueError` if there is none of that number."""
    return _between(request, "button", 1, BUTTONS - 1)


def notches_of(request: Document, name: str) -> int:
    """Give how far the wheel is to turn; `ValueError` beyond what is done at once."""
    return _between(request, name, -_MOST_NOTCHES, _MOST_NOTCHES)


def _between(request: Document, name: str, low: int, high: int) -> int:
    number = int(request[name])
    if not low <= number <= high:
        message = _("{name} must be from {low} to {high}").format(name=name, low=low, high=high)
        raise ValueError(message)
    return number
