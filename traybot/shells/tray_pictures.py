"""What does the icon look like? A picture of one look, at the size and in the form asked for."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # Pillow is loaded with the tray only
    from PIL.Image import Image

#: A folder of pictures for each look.
PICTURES = Path(__file__).parents[1] / "icons"
#: The look that has no colours of its own, and the mark of its pictures.
TEMPLATE = "template"
#: What stands where a picture is missing.
_ANY = "idle"


class Pictures:
    """The pictures of one folder; kept once drawn, for there are few."""

    def __init__(self, folder: Path) -> None:
        """Read nothing yet."""
        self._folder = folder
        self._drawn = functools.cache(_draw)

    def use(self, folder: Path) -> bool:
        """Take the pictures of another folder from now on; False if it is this one already.

        From any thread; who shows a picture is to paint it again then.
        """
        before, self._folder = self._folder, folder
        return before != folder

    def file(self, name: str) -> Path:
        """Where a picture lies."""
        path = self._folder / f"{name}.png"
        return path if path.exists() else self._folder / f"{_ANY}.png"

    def at(self, name: str, size: int) -> "Image":
        """Give a picture, `size` pixels wide and high, with clear pixels."""
        return self._drawn(self.file(name), size)

    def argb(self, name: str, size: int) -> bytes:
        """Give its bytes as the bus wants them: alpha, red, green, blue."""
        red, green, blue, alpha = self.at(name, size).split()
        from PIL import Image

        return Image.merge("RGBA", (alpha, red, green, blue)).tobytes()


def _draw(path: Path, size: int) -> "Image":
    from PIL import Image

    with Image.open(path) as picture:
        drawn = picture.convert("RGBA")
    if drawn.size == (size, size):
        return drawn
    return drawn.resize((size, size), Image.Resampling.LANCZOS)
