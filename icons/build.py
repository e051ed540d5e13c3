"""How do the drawings become the pictures that the tray shows? `python icons/build.py`.

Each SVG here is drawn as a PNG of the same name in `traybot/icons`, 64 pixels wide and high. Needs
rsvg-convert (Debian: apt install librsvg2-bin). The pictures are kept with the code: an installed
traybot needs no drawing program.
"""

# ruff: noqa: INP001 - a folder of drawings, not a package

import shutil
import subprocess
import sys
from pathlib import Path

DRAWINGS = Path(__file__).parent
PICTURES = DRAWINGS.parent / "traybot" / "icons"

#: Twice the largest size that a tray asks for on an ordinary screen, so that it is sharp on others.
PIXELS = "64"


def main() -> int:
    """Draw them all; give the exit code."""
    program = shutil.which("rsvg-convert")
    if program is None:
        sys.stderr.write("cannot draw the icons: no rsvg-convert (apt install librsvg2-bin)\n")
        return 1
    PICTURES.mkdir(exist_ok=True)
    for drawing in sorted(DRAWINGS.glob("*.svg")):
        picture = PICTURES / f"{drawing.stem}.png"
        size = ["--width", PIXELS, "--height", PIXELS]
        subprocess.run([program, *size, "--output", str(picture), str(drawing)], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
