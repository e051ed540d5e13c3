"""How long? Durations as people write them ("50ms", "2s", "1.5h") and as we read them out."""

import re

from traybot.text import _

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_WRITTEN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)\s*")


def parse_duration(text: str) -> float:
    """Give seconds; `ValueError` says what a duration looks like."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        message = _('"{text}" is not a duration such as "50ms", "2s", "5m" or "1.5h"').format(
            text=text
        )
        raise ValueError(message)
    return float(found[1]) * _UNITS[found[2]]


def format_duration(seconds: float) -> str:
    """Write seconds the way `parse_duration` reads them, in the largest unit that fits."""
    for unit, size in (("h", 3600.0), ("m", 60.0), ("s", 1.0)):
        if seconds >= size:
            return f"{seconds / size:g}{unit}"
    return f"{seconds * 1000:g}ms"
