"""Is a template found where it is, and nowhere else?"""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vision.scenes import blobs, cut, noise, resized, template_of
from traybot.core.geometry import Rect
from traybot.vision.match import best, find, find_all
from traybot.vision.pixels import Pixels, to_grey
from traybot.vision.scores import same_colors, same_colors_at
from traybot.vision.templates import make_template

pytestmark = pytest.mark.anywhere

FRAME = noise(160, 120, 4)


@pytest.mark.parametrize("x", [0, 70, 136])
@pytest.mark.parametrize("y", [0, 50, 104])
def test_an_exact_copy_is_found_at_its_place_also_at_edges_and_corners(x: int, y: int) -> None:
    """A piece of the picture is found exactly where it was cut, with a score of 1."""
    match = find(FRAME, template_of(FRAME, x, y, 24, 16))
    assert match is not None
    assert match.rect == Rect(x, y, 24, 16)
    assert match.score == pytest.approx(1.0, abs=1e-9)
    assert (match.scale, match.template) == (1.0, "piece")


@given(st.data())
@settings(max_examples=60)
def test_any_piece_of_any_size_is_found(data: st.DataObject) -> None:
    """Whatever is cut out of a picture without repetitions is found where it was."""
    width, height = data.draw(st.integers(4, 160)), data.draw(st.integers(4, 120))
    x, y = data.draw(st.integers(0, 160 - width)), data.draw(st.integers(0, 120 - height))
    match = best(FRAME, template_of(FRAME, x, y, width, height))
    assert match is not None
    assert match.rect == Rect(x, y, width, height)
    assert match.score > 0.999


@pytest.mark.parametrize("pixels", [FRAME, FRAME[:, :, :3], to_grey(FRAME)])
def test_colour_with_or_without_alpha_and_grey_give_the_same(pixels: Pixels) -> None:
    """A frame may have four channels, three, or brightness alone."""
    match = find(pixels, template_of(FRAME, 30, 20, 24, 16))
    assert match is not None
    assert match.rect == Rect(30, 20, 24, 16)


def test_alpha_of_a_frame_means_nothing() -> None:
    """A screen's fourth byte, zero on many systems, changes no score."""
    clear = FRAME.copy()
    clear[:, :, 3] = 0
    template = template_of(FRAME, 30, 20, 24, 16)
    assert best(clear, template) == best(FRAME, template)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (23, 40), (40, 15), (0, 0)])
def test_a_frame_smaller_than_the_template_has_no_match(width: int, height: int) -> None:
    """Even one pixel too few on one side, one pixel alone or none gives no match and no error."""
    template = template_of(FRAME, 0, 0, 24, 16)
    frame = np.zeros((height, width, 4), np.uint8)
    assert best(frame, template) is None
    assert find(frame, template) is None
    assert find_all(frame, template) == []


def test_a_frame_as_large_as_the_template_is_searched() -> None:
    """The one place there is counts."""
    match = find(FRAME, make_template(FRAME, "whole"))
    assert match is not None
    assert match.rect == Rect(0, 0, 160, 120)


@pytest.mark.parametrize("level", [0, 1, 127, 128, 255])
def test_a_frame_of_one_colour_has_no_match(level: int) -> None:
    """Black, white and grey screens, as between two scenes, are like no template."""
    frame = np.full((120, 160, 4), level, np.uint8)
    assert best(frame, template_of(FRAME, 30, 20, 24, 16)) is None


def test_a_step_of_a_gradient_is_no_edge() -> None:
    """A wallpaper's gradient, one level from step to step, is not the edge of a button."""
    steps = np.arange(160) // 20 + 100
    frame = np.tile(steps.astype(np.uint8), (120, 1))
    edge = np.zeros((24, 24, 3), np.uint8)
    edge[:, 12:] = 200
    template = make_template(edge, "edge")
    assert best(frame, template) is None
    frame[40:64, 100:124] = edge[:, :, 0]
    match = find(frame, template)
    assert match is not None
    assert match.rect == Rect(100, 40, 24, 24)
    assert [one.rect for one in find_all(frame, template)] == [match.rect]


def test_of_two_look_alikes_the_better_wins_wherever_it_is() -> None:
    """A poorer copy nearer to the origin does not win over the exact one."""
    frame = noise(200, 100, seed=5)
    piece = cut(noise(30, 20, seed=6), 0, 0, 30, 20)
    spoilt = piece.copy()
    spoilt[:4] = 255 - spoilt[:4]
    frame[5:25, 5:35], frame[70:90, 150:180] = spoilt, piece
    match = find(frame, make_template(piece, "piece"), threshold=0.5)
    assert match is not None
    assert (match.rect.x, match.rect.y) == (150, 70)


def test_what_is_absent_is_not_found_but_the_nearest_is_told() -> None:
    """Below the threshold `find` gives nothing; `best` still gives a place and an honest score."""
    template = make_template(noise(30, 20, seed=7), "absent")
    assert find(FRAME, template) is None
    match = best(FRAME, template)
    assert match is not None
    assert 0 < match.score < 0.5


def test_the_threshold_itself_is_enough() -> None:
    """A score equal to the threshold counts as found."""
    template = make_template(noise(30, 20, seed=7), "absent")
    match = best(FRAME, template)
    assert match is not None
    assert find(FRAME, template, threshold=match.score) == match
    assert find(FRAME, template, threshold=match.score + 1e-9) is None
    assert find_all(FRAME, template, threshold=match.score)[0] == match
    assert find_all(FRAME, template, threshold=match.score + 1e-6) == []


def test_brightness_and_contrast_do_not_matter() -> None:
    """A dimmed screen shows the same picture."""
    dimmed = (FRAME * 0.5 + 20).astype(np.uint8)
    match = find(dimmed, template_of(FRAME, 30, 20, 24, 16), threshold=0.99)
    assert match is not None
    assert match.rect == Rect(30, 20, 24, 16)


@pytest.mark.parametrize("scale", [0.8, 1.25])
def test_a_set_of_scales_finds_other_sizes(scale: float) -> None:
    """A thing shown smaller or larger than it was taken is found, with its scale and size."""
    piece = blobs(60, 40, seed=8)
    width, height = round(60 * scale), round(40 * scale)
    frame = noise(240, 160, seed=9)
    frame[50 : 50 + height, 90 : 90 + width] = resized(piece, width, height)
    match = find(frame, make_template(piece, "piece"), scales=(0.8, 1.0, 1.25))
    assert match is not None
    assert match.scale == scale
    assert match.rect == Rect(90, 50, width, height)


def test_scales_that_cannot_be_are_passed_over() -> None:
    """A scale that makes the template larger than the frame, or nearly nothing, harms no other."""
    match = find(FRAME, template_of(FRAME, 30, 20, 24, 16), scales=(10.0, 0.1, 1.0))
    assert match is not None
    assert match.scale == 1.0
    assert find(FRAME, template_of(FRAME, 30, 20, 24, 16), scales=(10.0, 0.1)) is None


def test_all_copies_are_found_once_each() -> None:
    """Three copies give three matches: what surrounds each of them is no further one."""
    piece = blobs(30, 20, seed=10)
    frame = noise(200, 150, seed=11)
    places = {(10, 10), (120, 30), (60, 100)}
    for x, y in places:
        frame[y : y + 20, x : x + 30] = piece
    matches = find_all(frame, make_template(piece, "piece"), threshold=0.6)
    assert {(match.rect.x, match.rect.y) for match in matches} == places


def test_copies_side_by_side_are_all_found() -> None:
    """Tiles that touch are neighbours, not shadows of one another."""
    piece = noise(16, 16, seed=12)
    frame = np.tile(piece, (3, 4, 1))
    matches = find_all(frame, make_template(piece, "tile"))
    found = {(match.rect.x, match.rect.y) for match in matches}
    assert found == {(x, y) for x in (0, 16, 32, 48) for y in (0, 16, 32)}


def test_a_better_copy_does_not_hide_its_neighbour_on_any_side() -> None:
    """Of nine tiles that touch, the spoilt ones are found around the exact one."""
    piece = noise(16, 16, seed=13)
    spoilt = piece.copy()
    spoilt[6:9] = 255 - spoilt[6:9]
    frame = np.tile(spoilt, (3, 3, 1))
    frame[16:32, 16:32] = piece
    matches = find_all(frame, make_template(piece, "tile"), threshold=0.5)
    assert (matches[0].rect.x, matches[0].rect.y) == (16, 16)
    found = {(match.rect.x, match.rect.y) for match in matches}
    assert found == {(x, y) for x in (0, 16, 32) for y in (0, 16, 32)}


def test_all_matches_come_best_first_and_not_more_than_asked_for() -> None:
    """The limit keeps the best ones, and scores fall along the list."""
    template = template_of(FRAME, 30, 20, 24, 16)
    matches = find_all(FRAME, template, threshold=0.05, limit=5)
    scores = [match.score for match in matches]
    assert len(matches) == 5
    assert scores == sorted(scores, reverse=True)
    assert matches[0] == best(FRAME, template)
    assert find_all(FRAME, template, limit=0) == []


def test_the_same_thing_at_two_scales_is_one_match() -> None:
    """Scales close to each other do not double what they both see."""
    piece = blobs(60, 40, seed=8)
    frame = noise(240, 160, seed=9)
    frame[50:90, 90:150] = piece
    matches = find_all(frame, make_template(piece, "piece"), threshold=0.5, scales=(0.95, 1.0))
    assert [match.scale for match in matches] == [1.0]


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 60), st.integers(0, 255))
@settings(max_examples=60)
def test_no_frame_gives_a_score_outside_the_scale(
    seed: int, width: int, height: int, top: int
) -> None:
    """Whatever the screen shows, a score is a number from 0 to 1 and the place is inside."""
    dice = np.random.default_rng(seed)
    frame = dice.integers(0, top + 1, (height, width, 4), dtype=np.uint8)
    frame[: height // 2] = top
    match = best(frame, template_of(FRAME, 30, 20, 9, 7), scales=(0.7, 1.0, 2.0))
    if match is not None:
        assert 0.0 < match.score <= 1.0
        assert match.rect.within(Rect(0, 0, width, height)) == match.rect


def test_what_is_no_picture_is_the_callers_mistake() -> None:
    """An array of another type or shape is refused with words, not by a crash in OpenCV."""
    template = template_of(FRAME, 30, 20, 24, 16)
    for wrong in (np.zeros((50, 50)), np.zeros((50, 50, 2), np.uint8), np.zeros(50, np.uint8)):
        with pytest.raises(ValueError, match="not a picture"):
            best(wrong, template)  # type: ignore[arg-type]


def _look_alikes(hue: tuple[int, int, int]) -> tuple[Pixels, Pixels]:
    """Give a large frame with a lattice of pieces of one brightness and other hue, and the piece.

    Blue, green and red are shifted so that the brightness stays, but for rounding.
    """
    piece = noise(24, 24, seed=5)[:, :, :3] // 2 + 64
    other = np.clip(piece.astype(int) + np.array(hue), 0, 255).astype(np.uint8)
    frame = np.full((500, 700, 3), 90, np.uint8)
    for y in range(10, 460, 40):
        for x in range(10, 660, 40):
            frame[y : y + 24, x : x + 24] = other
    return frame, piece


def test_of_hundreds_of_places_in_other_colours_the_one_in_its_own_is_found() -> None:
    """All of them are as bright as the template; only one has its colours, and only that counts."""
    frame, piece = _look_alikes((70, -20, 26))
    assert find(frame, make_template(piece, "piece")) is None
    frame[210:234, 410:434] = piece
    match = find(frame, make_template(piece, "piece"))
    assert match is not None
    assert match.rect == Rect(410, 210, 24, 24)
    assert [one.rect for one in find_all(frame, make_template(piece, "piece"))] == [match.rect]


def test_colours_of_many_places_are_judged_as_those_of_one() -> None:
    """Asked together, each place gets the answer that it gets alone; masks are heeded."""
    dice = np.random.default_rng(8)
    frame = noise(200, 160, 4)
    cutout = frame[40:72, 50:90].copy()
    cutout[:, :, 3] = 255  # else a screen's fourth byte
    cutout[:9, :, 3] = 0
    for template in (template_of(frame, 50, 40, 40, 32), make_template(cutout, "masked")):
        rows = np.append(dice.integers(0, 128, 60), 40)
        columns = np.append(dice.integers(0, 160, 60), 50)
        for threshold in (0.3, 0.9):
            alone = [
                same_colors(frame, template, int(x), int(y), threshold)
                for y, x in zip(rows, columns, strict=True)
            ]
            together = same_colors_at(frame, template, rows, columns, threshold)
            assert together.tolist() == alone
            assert alone[-1]


#: Ground and letters of a button, in blue, green and red.
BUTTONS = {
    "red": ((30, 30, 200), (255, 255, 255)),
    "green": ((40, 170, 40), (255, 255, 255)),
    "blue": ((200, 90, 20), (240, 240, 240)),
    "yellow": ((30, 200, 230), (20, 20, 20)),
    "grey": ((90, 90, 90), (255, 255, 255)),
}
#: What a screen makes of a level: dimmed, or paled by a veil of white.
VEILS = {
    "as it is": (1.0, 0.0),
    "dimmed": (0.85, 0.0),
    "dark": (0.5, 0.0),
    "paler": (0.7, 76.0),
    "pale": (0.5, 127.0),
}


def button(colors: tuple[tuple[int, int, int], tuple[int, int, int]]) -> Pixels:
    """Draw a button with a word."""
    ground, letters = colors
    drawn = np.full((40, 120, 3), ground, np.uint8)
    cv2.putText(drawn, "START", (12, 28), cv2.FONT_HERSHEY_SIMPLEX, 0.9, letters, 2)
    return drawn


@pytest.mark.parametrize("veil", VEILS)
@pytest.mark.parametrize("name", BUTTONS)
def test_a_coloured_picture_is_found_darker_and_paler_and_no_other_colour_is(
    name: str, veil: str
) -> None:
    """A panel that fades in is seen before it is there in full, whatever its colours."""
    factor, added = VEILS[veil]
    template = make_template(button(BUTTONS[name]), name)
    for other, colors in BUTTONS.items():
        scene = np.full((200, 300, 3), 60, np.uint8)
        scene[::7] = (20, 80, 40)
        scene[100:140, 150:270] = button(colors)
        shown = np.clip(scene * factor + added, 0, 255).astype(np.uint8)
        found = find(shown, template)
        assert (found is not None) == (other == name), (other, found)


def test_a_place_of_other_colours_hides_none_beside_it() -> None:
    """Gems of equal brightness in a row, the wrong pair the purer one: the right one is found."""
    level = noise(16, 16, 1).astype(np.int16) // 4 + 100
    blue, red = np.array([60, -8, -7]), np.array([-30, -10, 31])
    gems = [np.clip(level + hue, 0, 255).astype(np.uint8) for hue in (blue, red, blue)]
    scene = np.full((60, 160, 3), 40, np.uint8)
    for place, gem in enumerate(gems):
        scene[20:36, 30 + 16 * place : 46 + 16 * place] = gem
    template = template_of(scene, 46, 20, 32, 16)
    scene[20:36, 62:78] += noise(16, 16, seed=2) // 32  # the wrong pair is without it
    wanted = Rect(46, 20, 32, 16)
    assert same_colors(scene, template, 46, 20, 0.8)
    assert not same_colors(scene, template, 30, 20, 0.8)
    assert [one.rect for one in find_all(scene, template, threshold=0.8)] == [wanted]
    found = find(scene, template, threshold=0.8)
    assert found is not None
    assert found.rect == wanted
