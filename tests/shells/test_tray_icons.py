"""The pictures of the tray: one for each phase, from one drawing each."""

from itertools import combinations
from pathlib import Path

from PIL import Image, ImageChops

from traybot.core.phases import Phase
from traybot.shells.tray import PICTURES

DRAWINGS = Path(__file__).parents[2] / "icons"


def names(folder: Path, ending: str) -> set[str]:
    """Give the names of a folder's files."""
    return {path.stem for path in folder.glob(f"*.{ending}")}


def test_each_phase_has_its_picture_and_each_picture_its_drawing() -> None:
    """No name without a file, no file without a name; else: python icons/build.py."""
    phases = {str(phase) for phase in Phase}
    assert names(PICTURES, "png") == phases
    assert names(DRAWINGS, "svg") == phases


def test_the_pictures_have_one_size_and_clear_corners() -> None:
    """A panel of any colour may be behind them."""
    for name in Phase:
        with Image.open(PICTURES / f"{name}.png") as picture:
            assert (picture.size, picture.mode) == ((64, 64), "RGBA"), name
            assert picture.getpixel((0, 0))[3] == 0, name  # type: ignore[index]


def test_the_pictures_differ_in_shape_and_not_only_in_colour() -> None:
    """Who sees no colours, or has a panel in one colour, still tells the phases apart."""
    shapes = {}
    for name in Phase:
        with Image.open(PICTURES / f"{name}.png") as picture:
            white = Image.new("RGBA", picture.size, "white")
            # At the size of a panel, in black and white: ink or no ink.
            flat = Image.alpha_composite(white, picture).resize((22, 22)).convert("L")
            shapes[name] = flat.point(lambda value: 255 * (value < 200)).convert("1")
    for (name, one), (other_name, other) in combinations(shapes.items(), 2):
        differing = ImageChops.logical_xor(one, other).histogram()[-1]
        assert differing > 25, (name, other_name)
