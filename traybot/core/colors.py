"""Which colour? Colours as people write them."""

import re

from traybot.text import _

_WRITTEN = re.compile(r"#?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")


def parse_color(text: object) -> tuple[int, int, int]:
    """Read `"#c02020"` as red, green, blue (0 to 255 each); `ValueError` says what is expected."""
    found = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        message = _('must be a colour such as "#c02020", not {text!r:.60}').format(text=text)
        raise ValueError(message)
    red, green, blue = (int(part, 16) for part in found.groups())
    return red, green, blue
