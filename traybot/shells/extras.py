"""Is an optional part of traybot installed? Asked without loading it, for that may take seconds."""

import importlib.util

from traybot.errors import BackendUnavailable
from traybot.text import _

#: What reads text: the distributions of the extra `ocr`, by the names they are imported by.
OCR = ("rapidocr", "onnxruntime")


def need_ocr() -> None:
    """Raise `BackendUnavailable`, with the remedy, where text cannot be read."""
    missing = [name for name in OCR if importlib.util.find_spec(name) is None]
    if missing:
        raise BackendUnavailable(
            _("cannot read text: {package} is not installed").format(package=missing[0]),
            _('get it with: pip install "traybot[ocr]"; see docs/writing-a-bot.md, Text'),
        )
