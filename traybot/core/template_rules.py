"""Which pictures can be templates? Limits and reasons, for whoever can read pixels.

A template that could match anything is refused: one without contrast would score 1.0 everywhere,
and a watch for it would always hold.
"""

#: Smallest width and height: fewer pixels are found everywhere.
MIN_SIDE = 4
#: Largest width and height, in pixels.
MAX_SIDE = 4096
MAX_BYTES = 32 * 1024 * 1024
#: Least standard deviation of brightness, in levels of 255. Noise and JPEG artefacts stay below.
MIN_DEVIATION = 3.0
#: From this alpha on a pixel counts.
OPAQUE = 128

TRANSPARENT = ("it is fully transparent", "leave opaque what is to be found")


def fault(size: tuple[int, int], deviation: float, colored: float) -> tuple[str, str]:
    """Give what is wrong and the remedy; two empty texts if nothing is.

    `size` in pixels; the standard deviations are those of the pixels that count: of their
    brightness, and of the colour channel that varies most, in levels of 255.
    """
    width, height = size
    if min(width, height) < MIN_SIDE:
        what = f"it is {width} x {height} pixels, less than {MIN_SIDE} x {MIN_SIDE}"
        return what, "take a larger piece"
    if deviation >= MIN_DEVIATION:
        return "", ""
    if colored >= MIN_DEVIATION:
        what = "its brightness is the same everywhere, only its colour changes"
    else:
        what = "it is flat, the same colour everywhere"
    what += f" (deviation {deviation:.1f}, at least {MIN_DEVIATION:g} is needed)"
    return what, 'take a larger piece with an edge in it, or use kind = "color"'
