"""Is a good template taken as it is, and a useless one refused with a reason?"""

from pathlib import Path

import numpy as np
import pytest

from tests.vision.scenes import blobs, noise, png_claiming
from traybot.errors import TemplateError
from traybot.vision.pictures import save_png
from traybot.vision.pixels import Pixels, to_grey
from traybot.vision.templates import load_template, make_template, scaled

pytestmark = pytest.mark.anywhere


def test_a_template_is_the_file_s_picture(tmp_path: Path) -> None:
    """Colours, brightness, size and name are the file's; without transparency there is no mask."""
    pixels = noise(30, 20)
    save_png(tmp_path / "Knöpfe.png", pixels)
    template = load_template(tmp_path / "Knöpfe.png")
    assert np.array_equal(template.bgr, pixels)
    assert np.array_equal(template.grey, to_grey(pixels))
    assert template.mask is None
    assert template.size == (30, 20)
    assert (template.name, template.path) == ("Knöpfe.png", tmp_path / "Knöpfe.png")
    assert load_template(tmp_path / "Knöpfe.png", "templates/x").name == "templates/x"


def test_alpha_becomes_the_mask() -> None:
    """From half opaque on a pixel counts."""
    pixels = noise(30, 20, 4)
    pixels[:5, :, 3], pixels[5:10, :, 3] = 127, 128
    mask = make_template(pixels, "masked").mask
    assert mask is not None
    assert (mask[:5] == 0).all()
    assert (mask[5:] == 255).all()


@pytest.mark.parametrize(("width", "height"), [(3, 20), (20, 3), (1, 1)])
def test_a_tiny_template_is_refused(width: int, height: int) -> None:
    """Fewer than 4 pixels a side are found everywhere."""
    with pytest.raises(TemplateError, match="less than 4 x 4"):
        make_template(noise(width, height), "tiny")


def test_the_smallest_template_is_taken() -> None:
    """Four by four is enough."""
    assert make_template(noise(4, 4), "small").size == (4, 4)


def test_a_fully_transparent_template_is_refused() -> None:
    """Nothing of it would count."""
    pixels = noise(30, 20, 4)
    pixels[:, :, 3] = 0
    with pytest.raises(TemplateError, match="fully transparent"):
        make_template(pixels, "ghost")


def _flat() -> Pixels:
    return np.full((20, 30, 3), 90, np.uint8)


def _faint() -> Pixels:
    return _flat() + noise(30, 20) // 64


def _flat_where_it_counts() -> Pixels:
    pixels = noise(30, 20, 4)
    pixels[5:15, 5:25] = (90, 90, 90, 255)
    pixels[:, :, 3] = 0
    pixels[5:15, 5:25, 3] = 255
    return pixels


@pytest.mark.parametrize("make", [_flat, _faint, _flat_where_it_counts])
def test_a_flat_template_is_refused(tmp_path: Path, make: object) -> None:
    """It would match everything: one colour, faint noise, or texture that is all transparent."""
    assert callable(make)
    with pytest.raises(TemplateError, match=r"it is flat.*take a larger piece"):
        make_template(make(), "flat")
    save_png(tmp_path / "flat.png", _flat())
    with pytest.raises(TemplateError, match=r"flat\.png: it is flat"):
        load_template(tmp_path / "flat.png")


def test_a_template_of_colours_of_equal_brightness_is_refused_by_its_own_reason() -> None:
    """Brightness alone is compared: red on green of the same brightness would match everything."""
    pixels = _flat()
    pixels[:, :15], pixels[:, 15:] = (0, 0, 200), (0, 102, 0)
    with pytest.raises(TemplateError, match=r"only its colour changes.*kind = \"color\""):
        make_template(pixels, "colours")


def test_a_template_that_is_no_picture_is_a_template_error(tmp_path: Path) -> None:
    """Missing, too large or broken: a mistake of the bot, that names the file."""
    with pytest.raises(TemplateError, match=r"gone\.png.*no such file"):
        load_template(tmp_path / "gone.png")
    (tmp_path / "large.png").write_bytes(png_claiming(4097, 10))
    with pytest.raises(TemplateError, match=r"large\.png.*4097 x 10.*limit is 4096"):
        load_template(tmp_path / "large.png")
    (tmp_path / "half.png").write_bytes(png_claiming(100, 100))
    with pytest.raises(TemplateError, match=r"half\.png.*not a whole"):
        load_template(tmp_path / "half.png")


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.25, 3.0])
def test_a_scaled_template_has_the_size_and_the_look(factor: float) -> None:
    """Every part is `factor` times as large; the mean colour stays."""
    template = make_template(blobs(60, 40), "piece")
    other = scaled(template, factor)
    assert other.size == (round(60 * factor), round(40 * factor))
    assert np.abs(other.bgr.mean(axis=(0, 1)) - template.bgr.mean(axis=(0, 1))).max() < 4
    assert scaled(template, 1.0) is template


def test_hidden_colours_do_not_bleed_into_a_scaled_template() -> None:
    """What counts keeps its colour up to the edge, whatever hides beside it."""
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[:, :, :3] = 255
    pixels[10:30, 10:20] = (60, 60, 60, 255)
    pixels[10:30, 20:30] = (100, 100, 100, 255)
    for factor in (0.6, 1.7):
        other = scaled(make_template(pixels, "square"), factor)
        assert other.mask is not None
        counted = other.bgr[other.mask > 0]
        assert counted.min() >= 60
        assert counted.max() <= 100


def test_a_template_scaled_to_nothing_is_refused() -> None:
    """Under 4 pixels a side there is nothing left to find."""
    with pytest.raises(TemplateError, match="less than"):
        scaled(make_template(noise(30, 20), "piece"), 0.1)
