"""How do we get a cookie for an X server without a word on our output? By python-xlib's own reader.

It prints what it thinks of a damaged or empty authority file to standard output, where our JSON
goes. Importing this module sends its words to our log instead, for the whole process.
"""

import logging

from Xlib import xauth
from Xlib.support.connect import get_auth, get_display

__all__ = ["get_auth", "get_display"]

_log = logging.getLogger(__name__)


def _note(text: str) -> None:
    """Take the place of `print` in there."""
    _log.debug("%s", text)


vars(xauth)["print"] = _note
