"""Which pictures can be templates? Limits and reasons, for whoever can read pixels.

A template that could match anything is refused: one without contrast would score 1.0 everywhere,
and a watch for it would always hold.
"""

from traybot.text import _, later

#: Smallest width and height: fewer pixels are found everywhere.
MIN_SIDE = 4
#: Largest width and height, in pixels.
MAX_SIDE = 4096
MAX_BYTES = 32 * 1024 * 1024
#: Least standard deviation of brightness, in levels of 255. Noise and JPEG artefacts stay below.
MIN_DEVIATION = 3.0
#: From this alpha on a pixel counts.
OPAQUE = 128

TRANSPARENT = (later("it is fully transparent"), later("leave opaque what is to be found"))


def fault(size: tuple[int, int], deviation: float, colored: float) -> tuple[str, str]:
    """Give what is wrong and the remedy; two empty texts if nothing is.

    `size` in pixels; the standard deviations are those of the pixels that count: of their
    brightness, and of the colour channel that varies most, in levels of 255.
    """
    width, height = size
    if min(width, height) < MIN_SIDE:
        what = _("it is {width} x {height} pixels, less than {least} x {least}").format(
            width=width, height=height, least=MIN_SIDE
        )
        return what, _("take a larger piece")
    if deviation >= MIN_DEVIATION:
        return "", ""
    if colored >= MIN_DEVIATION:
        what = _("its brightness is the same everywhere, only its colour changes")
    else:
        what = _("it is flat, the same colour everywhere")
    what += _(" (deviation {deviation:.1f}, at least {least:g} is needed)").format(
        deviation=deviation, least=MIN_DEVIATION
    )
    return what, _('take a larger piece with an edge in it, or use kind = "color"')
