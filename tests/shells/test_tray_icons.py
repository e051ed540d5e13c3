"""The pictures of the tray: one for each phase, from one drawing each."""

from itertools import combinations, product
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from traybot.core.phases import Phase
from traybot.core.settings import LOOKS
from traybot.shells.tray_pictures import PICTURES

DRAWINGS = Path(__file__).parents[2] / "icons"


def names(folder: Path, ending: str) -> set[str]:
    """Give the names of a folder's files."""
    return {path.stem for path in folder.glob(f"*.{ending}")}


def test_each_phase_has_its_picture_and_each_picture_its_drawing() -> None:
    """No name without a file, no file without a name; else: python icons/build.py."""
    phases = {str(phase) for phase in Phase}
    assert names(DRAWINGS, "svg") == phases
    assert {folder.name for folder in PICTURES.iterdir()} == set(LOOKS)
    for look in LOOKS:
        assert names(PICTURES / look, "png") == phases, look


def test_the_pictures_have_one_size_and_clear_corners() -> None:
    """A panel of any colour may be behind them."""
    for look, name in product(LOOKS, Phase):
        with Image.open(PICTURES / look / f"{name}.png") as picture:
            assert (picture.size, picture.mode) == ((64, 64), "RGBA"), name
            assert picture.getpixel((0, 0))[3] == 0, name  # type: ignore[index]


#: What each look is made for.
PAPERS = {look: "black" if look in {"mono", "dark"} else "white" for look in LOOKS}


@pytest.mark.parametrize(("look", "paper"), PAPERS.items())
def test_the_pictures_differ_in_shape_and_not_only_in_colour(look: str, paper: str) -> None:
    """Who sees no colours, or has a panel in one colour, still tells the phases apart."""
    shapes = {}
    for name in Phase:
        with Image.open(PICTURES / look / f"{name}.png") as picture:
            behind = Image.new("RGBA", picture.size, paper)
            # At the size of a panel, in black and white: ink or no ink.
            flat = Image.alpha_composite(behind, picture).resize((22, 22)).convert("L")
            inked = ImageChops.difference(flat, Image.new("L", flat.size, paper))
            shapes[name] = inked.point(lambda value: 255 * (value > 55)).convert("1")
    for (name, one), (other_name, other) in combinations(shapes.items(), 2):
        differing = ImageChops.logical_xor(one, other).histogram()[-1]
        assert differing > 15, (name, other_name)
