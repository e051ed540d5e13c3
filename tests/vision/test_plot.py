"""Are numbers drawn where they belong?"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from traybot.vision.plot import GROUND, LIMIT, OURS, WIDTH, Axis, Bar, Point, bars, points, save

TENS = Axis("milliseconds", 0.1, 1000.0, log=True)


def columns(image: Image.Image, color: tuple[int, int, int]) -> np.ndarray:
    """Give the columns in which a colour is."""
    return np.flatnonzero((np.asarray(image) == color).all(axis=2).any(axis=0))


def test_an_axis_knows_its_ends_and_steps() -> None:
    """By tens it takes equal steps for equal ratios; what is outside lies at an end."""
    assert [round(TENS.share(value), 3) for value in (0.1, 1, 10, 1000)] == [0, 0.25, 0.5, 1]
    assert (TENS.share(0.0), TENS.share(1e9)) == (0, 1)
    assert TENS.ticks() == pytest.approx([0.1, 1, 10, 100, 1000])
    plain = Axis("share", 0, 100)
    assert (plain.share(25), plain.ticks()) == (0.25, [0, 20, 40, 60, 80, 100])


def test_a_longer_bar_is_longer() -> None:
    """Twice the steps of ten, twice the length; the mark stands where its value is."""
    short = columns(bars("it", TENS, [Bar("a", 1.0, "1 ms", OURS)]), OURS)
    image = bars("it", TENS, [Bar("a", 10.0, "10 ms", OURS)], mark=10.0)
    long = columns(image, OURS)
    assert short[0] == long[0]
    assert abs((long[-1] - long[0]) - 2 * (short[-1] - short[0])) <= 2
    assert abs(columns(image, LIMIT)[0] - long[-1]) <= 2


def test_points_stand_where_they_belong() -> None:
    """Further right, further up; names of points at one place do not hide each other."""
    up = Axis("% right", 0, 100)
    low = np.argwhere((np.asarray(points("it", TENS, up, [Point("", 1, 10, OURS)])) == OURS).all(2))
    high = np.argwhere(
        (np.asarray(points("it", TENS, up, [Point("", 100, 90, OURS)])) == OURS).all(2)
    )
    assert low[:, 0].mean() > high[:, 0].mean() + 200
    assert low[:, 1].mean() < high[:, 1].mean() - 200
    crowd = [Point(f"peer {number}", 10, 99, OURS) for number in range(4)]
    alone = (np.asarray(points("it", TENS, up, crowd[:1])) == OURS).all(2).sum()
    assert (np.asarray(points("it", TENS, up, crowd)) == OURS).all(2).sum() > alone * 1.4


def test_a_picture_is_small_and_true(tmp_path: Path) -> None:
    """Saved with few colours, it has the same size and ground."""
    path = tmp_path / "plot.png"
    save(bars("it", TENS, [Bar("a", 1.0, "1 ms")]), path)
    assert path.stat().st_size < 20_000
    with Image.open(path) as image:
        assert image.size[0] == WIDTH
        assert image.convert("RGB").getpixel((0, 0)) == GROUND
