"""What is in a picture file? Read with limits that hold before anything is decoded.

Pillow decodes, for it tells a picture's size from the header, refuses a file that breaks off, and
stays silent where OpenCV writes to stderr. No array library is needed, so the daemon can check a
bot's templates as well as its children can.
"""

import difflib
import struct
import threading
import warnings
import zlib
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageStat

from traybot.core import template_rules as rules
from traybot.errors import TemplateError, TraybotError
from traybot.text import _

#: Largest width or height of a picture, in pixels: four 4K screens beside each other.
MAX_SIDE = 16_384
#: Largest picture in all, in pixels; decoded it takes four times as many bytes.
MAX_PIXELS = 64_000_000
MAX_BYTES = 64 * 1024 * 1024
FORMATS = ("PNG", "JPEG", "BMP")

#: What Pillow raises for bytes that are no whole picture.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_TOO_LARGE = _("cut out the part that matters")
_NO_PICTURE = _("save it anew as PNG")


#: Python keeps one filter of warnings for all threads together.
_filtering = threading.Lock()


def read_picture(
    path: Path, *, max_side: int = MAX_SIDE, max_bytes: int = MAX_BYTES
) -> Image.Image:
    """Read a PNG, JPEG or BMP file whole, as RGBA: 255 where it has no alpha.

    `TraybotError` names the file, what is wrong with it and the remedy. From any thread.
    """
    data = _read(path, max_bytes)
    try:
        with _filtering, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            _check_header(path, data, max_side)
            return _decode(data)
    except _BOMB as error:
        raise _unusable(path, _("it is far too large"), _TOO_LARGE) from error
    except _BROKEN as error:
        what = _("it is not a whole PNG, JPEG or BMP picture")
        raise _unusable(path, what, _NO_PICTURE) from error


def check_template(path: Path, scale: float = 1.0) -> None:
    """See whether a picture can be a template, at its size and made smaller by `scale`.

    `TemplateError` says why it cannot.
    """
    try:
        picture = read_picture(path, max_side=rules.MAX_SIDE, max_bytes=rules.MAX_BYTES)
    except TraybotError as error:
        raise TemplateError(error.what, error.remedy) from error
    counted = picture.getchannel("A").point(lambda alpha: 255 * (alpha >= rules.OPAQUE))
    if counted.getextrema() == (0, 0):
        fault, remedy = rules.TRANSPARENT
    else:
        grey = ImageStat.Stat(picture.convert("L"), counted).stddev[0]
        colored = max(ImageStat.Stat(picture.convert("RGB"), counted).stddev)
        fault, remedy = rules.fault(picture.size, grey, colored)
        if not fault and scale < 1.0:
            fault, remedy = _too_small(picture.size, scale)
    if fault:
        raise TemplateError(
            _("cannot use the template {path}: {fault}").format(path=path, fault=fault), remedy
        )


def _too_small(size: tuple[int, int], scale: float) -> tuple[str, str]:
    """Give what is wrong with a size made smaller and the remedy; two empty texts if nothing is."""
    width, height = (round(side * scale) for side in size)
    if min(width, height) >= rules.MIN_SIDE:
        return "", ""
    what = _("at the scale {scale:g} it is {width} x {height} pixels, less than {least} x {least}")
    told = what.format(scale=scale, width=width, height=height, least=rules.MIN_SIDE)
    return told, _("take a larger piece, or leave out the scale")


def _read(path: Path, max_bytes: int) -> bytes:
    """Read the file, but never more than `max_bytes`, and nothing that is not a plain file."""
    try:
        if path.is_dir():
            raise _unusable(path, _("it is a folder"), _("name a file in it"))
        if not path.exists():
            raise _unusable(path, _("there is no such file"), _nearest(path))
        if not path.is_file():
            raise _unusable(path, _("it is not a plain file"), _NO_PICTURE)
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        why = getattr(error, "strerror", None) or str(error)
        raise _unusable(
            path, _("it cannot be read: {why}").format(why=why), _("check the file")
        ) from error
    if not data:
        raise _unusable(path, _("it is empty"), _NO_PICTURE)
    if len(data) > max_bytes:
        limit = _("it is larger than {megabytes} MB").format(megabytes=max_bytes // (1024 * 1024))
        raise _unusable(path, limit, _TOO_LARGE)
    return data


def _check_header(path: Path, data: bytes, max_side: int) -> None:
    """Refuse by what the file says of itself, before memory is spent on its pixels."""
    with Image.open(BytesIO(data), formats=FORMATS) as picture:
        width, height = picture.size
        if max(width, height) > max_side or width * height > MAX_PIXELS:
            limit = _("{side} pixels a side, {millions} million in all").format(
                side=max_side, millions=MAX_PIXELS // 1000000
            )
            what = _("it is {width} x {height} pixels; the limit is {limit}").format(
                width=width, height=height, limit=limit
            )
            raise _unusable(path, what, _TOO_LARGE)
        if picture.mode.startswith(("I", "F")):
            what = _("it has more than 8 bits a channel")
            raise _unusable(path, what, _("save it with 8 bits a channel"))


def _decode(data: bytes) -> Image.Image:
    """Decode; raises one of `_BROKEN` for a file that is damaged or breaks off, even at its end."""
    with Image.open(BytesIO(data), formats=FORMATS) as picture:
        picture.verify()
    with Image.open(BytesIO(data), formats=FORMATS) as picture:
        return picture.convert("RGBA")


def _nearest(path: Path) -> str:
    """Word the remedy for a name that is not there: often only its case or ending is wrong."""
    names: list[str] = []
    with suppress(OSError):
        names = [entry.name for entry in path.parent.iterdir()]
    lowered = {name.lower(): name for name in names}
    close = difflib.get_close_matches(path.name.lower(), lowered, n=1)
    return (
        _("did you mean {name}?").format(name=lowered[close[0]]) if close else _("check the name")
    )


def _unusable(path: Path, what: str, remedy: str) -> TraybotError:
    return TraybotError(
        _("cannot use the picture {path}: {what}").format(path=path, what=what), remedy
    )
