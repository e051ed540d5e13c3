"""How do the drawings become the pictures that are shown? `python icons/build.py`.

Each SVG here, one per phase, becomes a PNG of the same name in each look's folder in
`traybot/icons`, 64 pixels wide and high, and the running one the program's own icon, `traybot.ico`
and `traybot.icns` beside this file. `--all FOLDER` draws every look at every size from 16 to 256,
with an .ico and an .icns for each. Needs rsvg-convert (Debian: apt install librsvg2-bin) and
Pillow. The pictures are kept with the code: an installed traybot needs no drawing program.
"""

# ruff: noqa: INP001 - a folder of drawings, not a package

import argparse
import colorsys
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

DRAWINGS = Path(__file__).parent
PICTURES = DRAWINGS.parent / "traybot" / "icons"

#: Twice the largest size that a tray asks for on an ordinary screen, so that it is sharp on others.
PIXELS = 64
SIZES = (16, 22, 24, 32, 48, 64, 128, 256)
#: Of these an .icns is made; Pillow doubles the larger ones by itself.
ICNS_SIZES = (32, 64, 128, 256)
#: The program's own icon in folders and menus.
OWN = "running"

#: How much smaller a shape is drawn that gets an edge, and how wide that is, as parts of the whole.
_INNER, _EDGE = 0.86, 0.05
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
#: A pixel whose darkest channel is above this is white.
_PALE = 215
_COLOUR = re.compile("#[0-9a-f]{6}")


def lightness(drawing: str, shift: float, glyph: str) -> str:
    """Make a drawing's colours lighter or darker, and what is white in it `glyph`."""

    def shifted(found: re.Match[str]) -> str:
        if found[0] == "#ffffff":
            return glyph
        red, green, blue = (int(found[0][at : at + 2], 16) / 255 for at in (1, 3, 5))
        hue, light, full = colorsys.rgb_to_hls(red, green, blue)
        parts = colorsys.hls_to_rgb(hue, min(0.85, max(0.1, light + shift)), full)
        return "#" + "".join(f"{round(255 * part):02x}" for part in parts)

    return _COLOUR.sub(shifted, drawing)


def rendered(drawing: str, size: int) -> Image.Image:
    """Draw an SVG."""
    program = shutil.which("rsvg-convert")
    if program is None:
        sys.exit("cannot draw the icons: no rsvg-convert (apt install librsvg2-bin)")
    command = [program, "--width", str(size), "--height", str(size)]
    done = subprocess.run(command, input=drawing.encode(), capture_output=True, check=True)
    return Image.open(io.BytesIO(done.stdout)).convert("RGBA")


def edged(
    drawing: str, size: int, ink: tuple[int, int, int], around: tuple[int, int, int]
) -> Image.Image:
    """Draw the shape in one ink with an edge around it; what is white in it gets the edge's."""
    large = 4 * size
    inner = round(_INNER * large)
    picture = Image.new("RGBA", (large, large))
    corner = (large - inner) // 2
    picture.paste(rendered(drawing, inner), (corner, corner))
    *colours, alpha = picture.split()
    # The colours all differ from white in one channel at least.
    white = ImageChops.darker(ImageChops.darker(colours[0], colours[1]), colours[2])
    shape = ImageChops.darker(alpha, white.point(lambda value: 255 * (value < _PALE)))
    width = 2 * round(_EDGE * large / 2) + 1
    grown = alpha.filter(ImageFilter.GaussianBlur(width / 2)).point(lambda v: min(255, 6 * v))
    done = Image.new("RGBA", (large, large), (*around, 0))
    done.putalpha(grown)
    done.paste(Image.new("RGBA", (large, large), (*ink, 255)), (0, 0), shape)
    return done.resize((size, size), Image.Resampling.LANCZOS)


def stencilled(drawing: str, size: int) -> Image.Image:
    """Draw the shape in black alone, with holes for what is white in it: macOS gives the colour."""
    *colours, alpha = rendered(drawing, 4 * size).split()
    white = ImageChops.darker(ImageChops.darker(colours[0], colours[1]), colours[2])
    shape = ImageChops.darker(alpha, white.point(lambda value: 255 * (value < _PALE)))
    done = Image.new("RGBA", shape.size, (*_BLACK, 0))
    done.putalpha(shape)
    return done.resize((size, size), Image.Resampling.LANCZOS)


#: Each look, and how a drawing is drawn in it. `light` and `dark` are for panels that are so.
LOOKS: dict[str, Callable[[str, int], Image.Image]] = {
    "color": rendered,
    "light": lambda drawing, size: rendered(lightness(drawing, -0.14, "#ffffff"), size),
    "dark": lambda drawing, size: rendered(lightness(drawing, 0.2, "#14171c"), size),
    "mono": lambda drawing, size: edged(drawing, size, (236, 238, 242), (44, 48, 56)),
    "high-contrast": lambda drawing, size: edged(drawing, size, _BLACK, _WHITE),
    "template": stencilled,
}


def save_bundles(draw: Callable[[str, int], Image.Image], drawing: str, stem: Path) -> None:
    """Write the .ico and the .icns: every size drawn by itself, none scaled."""
    drawn = {size: draw(drawing, size) for size in SIZES}
    drawn[256].save(
        stem.with_suffix(".ico"),
        sizes=[(size, size) for size in SIZES],
        append_images=[drawn[size] for size in SIZES[:-1]],
    )
    bundled = [drawn[size] for size in ICNS_SIZES]
    bundled[-1].save(stem.with_suffix(".icns"), append_images=bundled[:-1])


def save_all(folder: Path) -> None:
    """Draw every look of every phase at every size."""
    for look, draw in LOOKS.items():
        for path in sorted(DRAWINGS.glob("*.svg")):
            drawing = path.read_text(encoding="utf-8")
            for size in SIZES:
                place = folder / look / str(size)
                place.mkdir(parents=True, exist_ok=True)
                draw(drawing, size).save(place / f"{path.stem}.png", optimize=True)
            save_bundles(draw, drawing, folder / look / path.stem)


def main() -> None:
    """Draw what the product needs, or everything."""
    parser = argparse.ArgumentParser(description="Draw the icons.")
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every look, size and kind")
    folder = parser.parse_args().all
    if folder:
        save_all(folder)
        return
    for look, draw in LOOKS.items():
        (PICTURES / look).mkdir(parents=True, exist_ok=True)
        for path in sorted(DRAWINGS.glob("*.svg")):
            picture = draw(path.read_text(encoding="utf-8"), PIXELS)
            picture.save(PICTURES / look / f"{path.stem}.png", optimize=True)
    own = (DRAWINGS / f"{OWN}.svg").read_text(encoding="utf-8")
    save_bundles(rendered, own, DRAWINGS / "traybot")


if __name__ == "__main__":
    main()
