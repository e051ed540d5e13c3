"""Is the search that leaves places out as right as the one that looks everywhere?"""

import cv2
import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.vision.scenes import blobs, cut, framed, noise
from traybot.errors import TemplateError
from traybot.vision.blocks import Piece
from traybot.vision.bounded import Hunt
from traybot.vision.full import Full
from traybot.vision.match import best, find, find_all
from traybot.vision.pixels import Pixels, to_grey
from traybot.vision.scene import Scene
from traybot.vision.templates import Template, make_template

WIDTH, HEIGHT = 400, 300
KINDS = ("blobs", "noise", "tiles", "slope", "words", "bars")


def picture(kind: str, seed: int) -> Pixels:
    """Make a picture of a kind that is hard in its own way, (300, 400, 3)."""
    dice = np.random.default_rng(seed)
    if kind == "noise":
        return noise(WIDTH, HEIGHT, seed=seed)
    if kind == "tiles":
        tile = blobs(int(dice.integers(16, 50)), int(dice.integers(16, 50)), seed)
        pixels = np.tile(tile, (30, 30, 1))[:HEIGHT, :WIDTH].copy()
        pixels[100:140, 200:260] = blobs(60, 40, seed + 1)
        return pixels
    if kind == "slope":
        rows, columns = np.mgrid[:HEIGHT, :WIDTH]
        wave = np.sin(columns / dice.uniform(10, 60)) + np.cos(rows / dice.uniform(10, 60))
        values = 128 + 50 * wave + dice.standard_normal(wave.shape) * 2
        return np.repeat(values.clip(0, 255).astype(np.uint8)[..., np.newaxis], 3, axis=2)
    if kind == "words":
        pixels = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
        for row in range(12, HEIGHT, 14):
            word = "".join(dice.choice(list("ilmneoa "), 60))
            cv2.putText(pixels, word, (2, row), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 0, 0), 1)
        return pixels
    pixels = blobs(WIDTH, HEIGHT, seed)
    if kind == "bars":
        pixels[: HEIGHT // 4], pixels[:, : WIDTH // 4] = 0, 0
    return pixels


def worn(pixels: Pixels, seed: int) -> Pixels:
    """Make a picture darker and noisy, as a game is a moment later."""
    dice = np.random.default_rng(seed)
    values = pixels * dice.uniform(0.8, 1.0) + dice.standard_normal(pixels.shape) * 4
    return values.round().clip(0, 255).astype(np.uint8)


@st.composite
def searches(draw: st.DrawFn) -> tuple[Pixels, Template]:
    """Give a picture and a template that is or is not in it, with or without transparency."""
    kind, seed = draw(st.sampled_from(KINDS)), draw(st.integers(0, 10_000))
    pixels = picture(kind, seed)
    source = pixels if draw(st.booleans()) else picture(draw(st.sampled_from(KINDS)), seed + 7)
    width, height = draw(st.integers(12, 90)), draw(st.integers(12, 90))
    x, y = draw(st.integers(0, WIDTH - width)), draw(st.integers(0, HEIGHT - height))
    piece = cut(source, x, y, width, height)
    border = draw(st.sampled_from((0, 0, 1, 3)))
    try:
        template = framed(piece, border) if border else make_template(piece, "piece")
    except TemplateError:
        reject()  # flat
    return (worn(pixels, seed) if draw(st.booleans()) else pixels), template


@given(searches(), st.sampled_from((0.6, 0.8, 0.9, 0.98)))
@settings(max_examples=80, deadline=None)
def test_the_best_place_is_the_full_search_s_or_the_bounds_give_up(
    search: tuple[Pixels, Template], floor: float
) -> None:
    """Equal in score; and where no place reaches the floor both say so."""
    pixels, template = search
    hunt = Hunt(Scene(pixels), Piece(template), floor)
    if not hunt.best():
        return  # the full search is made then
    scores = Full(Scene(pixels), Piece(template)).scores
    top = float(scores.max())
    if top >= floor + 2e-3:
        assert hunt.place is not None
        x, y = hunt.place
        assert hunt.score == pytest.approx(top, abs=2e-3)
        assert scores[y, x] == pytest.approx(top, abs=2e-3)
    elif top < floor - 2e-3:
        assert hunt.score < floor


@given(searches())
@settings(max_examples=30, deadline=None)
def test_every_place_of_the_full_search_is_among_those_found(
    search: tuple[Pixels, Template],
) -> None:
    """None from the threshold on is left out by a bound."""
    pixels, template = search
    found = Hunt(Scene(pixels), Piece(template), 0.9).every()
    if found is None:
        return
    places, _ = found
    seen = set(zip(places.rows.tolist(), places.columns.tolist(), strict=True))
    good = np.argwhere(Full(Scene(pixels), Piece(template)).scores >= 0.9 + 2e-3)
    assert {(int(y), int(x)) for y, x in good} <= seen


def test_most_searches_need_no_full_one() -> None:
    """The bounds settle what they are made for: pictures with structure, a template of one."""
    settled = 0
    for seed in range(20):
        pixels = picture("blobs", seed)
        template = make_template(cut(pixels, 13 * seed, 9 * seed, 48, 40), "piece")
        hunt = Hunt(Scene(worn(pixels, seed)), Piece(template), 0.9)
        settled += hunt.best() and hunt.place == (13 * seed, 9 * seed)
    assert settled == 20


@pytest.mark.parametrize("x", [0, 1, 175, 351, 352])
@pytest.mark.parametrize("y", [0, 3, 257, 260])
def test_a_template_at_an_edge_is_found(x: int, y: int) -> None:
    """Also where its blocks end beside the last whole one of the picture."""
    pixels = picture("blobs", 3)[:299, :399]
    template = make_template(cut(pixels, min(x, 351), min(y, 259), 48, 40), "piece")
    hunt = Hunt(Scene(pixels), Piece(template), 0.9)
    assert hunt.best()
    assert hunt.place == (min(x, 351), min(y, 259))


def test_look_alikes_of_another_colour_are_no_match() -> None:
    """A red button is not a green one of the same brightness; the nearest is told all the same."""
    pixels = blobs(WIDTH, HEIGHT, 5)
    button = blobs(60, 40, 6) // 2 + 40
    red = button.copy()
    red[:, :, 2] += 40  # brightness by 12
    red[:, :, 1] -= 20  # and down by 12
    pixels[200:240, 300:360] = red
    template = make_template(button, "button")
    assert find(pixels, template) is None
    assert find_all(pixels, template) == []
    nearest = best(pixels, template)
    assert nearest is not None
    assert (nearest.rect.x, nearest.rect.y) == (300, 200)
    assert nearest.score > 0.98
    pixels[20:60, 30:90] = worn(button, 1)
    match = find(pixels, template)
    assert match is not None
    assert (match.rect.x, match.rect.y) == (30, 20)
    assert [one.rect for one in find_all(pixels, template)] == [match.rect]


def test_a_dimmed_screen_keeps_its_colours() -> None:
    """Half as bright, and noisy, it still is the same picture."""
    pixels = blobs(WIDTH, HEIGHT, 5)
    template = make_template(cut(pixels, 100, 100, 60, 40), "piece")
    dim = (pixels * 0.5).astype(np.uint8)
    match = find(dim, template)
    assert match is not None
    assert (match.rect.x, match.rect.y) == (100, 100)


def test_one_scene_serves_many_templates() -> None:
    """What was made for one search is as good for the next."""
    scene = Scene(picture("blobs", 8))
    for x in range(0, 340, 20):
        template = make_template(cut(scene.pixels, x, x // 2, 60, 40), "piece")
        match = find(scene, template)
        assert match is not None
        assert (match.rect.x, match.rect.y) == (x, x // 2)


@pytest.mark.parametrize("size", [(33, 34), (64, 64), (161, 97)])
@pytest.mark.parametrize("level", [None, 255])
def test_means_of_blocks_are_exact(size: tuple[int, int], level: int | None) -> None:
    """At each side they are the means of the pixels, of black and white and of odd sizes too."""
    grey = to_grey(noise(*size, seed=3))
    if level is not None:
        grey = np.full_like(grey, level)
    for side in (2, 4, 8, 16):
        rows, columns = grey.shape[0] // side, grey.shape[1] // side
        blocks = grey[: rows * side, : columns * side].reshape(rows, side, columns, side)
        assert np.array_equal(Scene(grey).means(side), blocks.mean(axis=(1, 3)) - 128)
