"""Does `traybot find` tell where a thing is, and how near it was if it is not there?"""

import json
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.desktop import Desktop
from tests.e2e.painter import SKULL, painter
from tests.ocr import needs_ocr, page
from tests.vision.scenes import blobs, noise, resized
from traybot.cli import main
from traybot.shells import extras
from traybot.vision.pixels import Pixels

GROUND = blobs(400, 300, seed=3)
KEY = blobs(40, 30, seed=7)


class Asked:
    """Asks as a person would, in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys
        self.save("key.png", KEY)

    def save(self, name: str, pixels: Pixels) -> str:
        """Write a picture; gives its path."""
        path = str(self.folder / name)
        assert cv2.imwrite(path, pixels)
        return path

    def __call__(self, *options: str, code: int = 0, wanted: str = "key.png") -> str:
        """Look for the key, or for something else, and give what is said."""
        wanted = str(self.folder / wanted) if wanted.endswith(".png") else wanted
        assert main(["find", wanted, *options]) == code
        said = self._capsys.readouterr()
        return said.err if code else said.out

    def json(self, *options: str, wanted: str = "key.png") -> dict[str, Any]:
        """Likewise, as a program would."""
        document = json.loads(self(*options, "--json", wanted=wanted))
        assert document["ms"] > 0
        assert document["load_ms"] >= 0
        return dict(document)


@pytest.fixture
def asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Asked:
    """A folder with a template, and who asks."""
    return Asked(tmp_path, capsys)


def scene(*things: tuple[int, int, Pixels]) -> Pixels:
    """Paint things on a ground."""
    picture = GROUND.copy()
    for x, y, thing in things:
        height, width = thing.shape[:2]
        picture[y : y + height, x : x + width] = thing
    return picture


def test_a_turned_thing_is_told_with_its_corners(asked: Asked) -> None:
    """By key points, in a region: its angle and corners as places of the picture; drawn too."""
    thing = noise(120, 80, seed=5)
    turn = cv2.getRotationMatrix2D((60.0, 40.0), -20.0, 1.0)
    turn[:, 2] += (140, 110)
    picture = GROUND.copy()
    cv2.warpAffine(thing, turn, (400, 300), dst=picture, borderMode=cv2.BORDER_TRANSPARENT)
    asked.save("thing.png", thing)
    options = ("--in", asked.save("a.png", picture), "--region", "100,60,250,220")
    shown = asked.folder / "shown.png"
    document = asked.json(
        *options, "--kind", "feature", "--show", str(shown), wanted=str(asked.folder / "thing.png")
    )
    assert document["found"] is True
    assert document["angle"] == pytest.approx(20, abs=2)
    true = np.array([(0, 0, 1), (120, 0, 1), (120, 80, 1), (0, 80, 1)]) @ turn.T
    assert np.abs(np.array(document["corners"]) - true).max() <= 4
    drawn = cv2.imread(str(shown))
    assert drawn is not None
    x, y = document["corners"][0]
    assert (drawn[y - 60, x - 100] == (0, 255, 0)).all()


def test_it_tells_where(asked: Asked) -> None:
    """The place, the size and the score, for people and for programs."""
    picture = asked.save("a.png", scene((120, 60, KEY)))
    said = asked("--in", picture)
    assert re.fullmatch(r"found: (1\.000|0\.99\d) at 120,60, 40 x 30 pixels\n", said)
    document = asked.json("--in", picture)
    assert document["found"] is True
    assert document["rect"] == [120, 60, 40, 30]
    assert document["score"] > 0.99


def test_all_places_come_best_first(asked: Asked) -> None:
    """With --all each place has its line; one that is noisier comes later."""
    worn = cv2.addWeighted(KEY, 0.8, noise(40, 30, seed=2), 0.2, 0.0)
    picture = asked.save("a.png", scene((20, 20, np.asarray(worn, np.uint8)), (300, 200, KEY)))
    found = asked.json("--in", picture, "--all", "--threshold", "0.7")["all"]
    assert [one["rect"][:2] for one in found[:2]] == [[300, 200], [20, 20]]
    assert asked("--in", picture, "--all", "--threshold", "0.7").count("found:") == len(found)


def test_a_region_counts_from_the_pictures_corner(asked: Asked) -> None:
    """What is outside is not looked at; a place is the picture's."""
    picture = asked.save("a.png", scene((120, 60, KEY)))
    assert asked.json("--in", picture, "--region", "100,50,90,60")["rect"] == [120, 60, 40, 30]
    assert asked.json("--in", picture, "--region", "200,50,90,60")["found"] is False
    error = asked("--in", picture, "--region", "900,0,10,10", code=1)
    assert error == (
        "traybot: cannot look at [900, 0, 10, 10]: the picture is 400 x 300 "
        "(choose a region inside it)\n"
    )


def test_a_near_miss_is_explained(asked: Asked) -> None:
    """The best score, its place and the threshold; and which threshold tells it from the rest."""
    worn = cv2.addWeighted(KEY, 0.6, noise(40, 30, seed=2), 0.4, 0.0)
    picture = asked.save("a.png", scene((120, 60, np.asarray(worn, np.uint8))))
    document = asked.json("--in", picture)
    assert document["found"] is False
    assert document["rect"] == [120, 60, 40, 30]
    said = asked("--in", picture)
    best = f"{document['score']:.2f}"
    assert said.startswith(f"not found: best {best} at 120,60; threshold 0.90; ")
    assert "the next best place scores" in said or "other places are like it too" in said
    advised = re.search(r"a threshold of (0\.\d+) tells", said)
    if advised:
        assert asked.json("--in", picture, "--threshold", advised[1])["rect"][:2] == [120, 60]


def test_another_size_is_found_out(asked: Asked) -> None:
    """A template that was cut at another size is told so, with the size that fits."""
    picture = asked.save("a.png", scene((120, 60, resized(KEY, 60, 45))))
    said = asked("--in", picture)
    assert "at 1.50 times its size it scores" in said
    assert "--scale 1.50" in said
    document = asked.json("--in", picture, "--scale", "1,1.5")
    assert (document["rect"], document["scale"]) == ([120, 60, 60, 45], 1.5)
    assert ", 1.5 times its size" in asked("--in", picture, "--scale", "1.5")


def test_what_does_not_fit_is_not_found(asked: Asked) -> None:
    """A template larger than where it is looked for has no score at all."""
    picture = asked.save("a.png", GROUND)
    said = asked("--in", picture, "--region", "0,0,30,30")
    assert said.startswith("not found: the template has 40 x 30 pixels, more than")
    document = asked.json("--in", picture, "--region", "0,0,30,30")
    assert (document["found"], document["rect"], document["score"]) == (False, None, None)


def test_a_place_outside_the_region_is_told(asked: Asked) -> None:
    """Who gave the wrong region learns the right one; places count from the whole picture."""
    picture = asked.save("a.png", scene((120, 60, KEY)))
    said = asked("--in", picture, "--region", "200,100,150,150")
    assert re.search(r"outside the region it scores (1\.00|0\.99) at 120,60\n", said)
    worn = cv2.addWeighted(KEY, 0.7, noise(40, 30, seed=2), 0.3, 0.0)
    picture = asked.save("b.png", scene((120, 60, np.asarray(worn, np.uint8))))
    said = asked("--in", picture, "--region", "100,50,90,90", "--threshold", "1")
    assert re.search(r"best 0\.\d\d at 120,60; threshold 1\.00; ", said)


def test_other_colours_are_told(asked: Asked) -> None:
    """What has the same brightness in other colours is no match, as for a watch."""
    turned = np.ascontiguousarray(KEY)
    shifted = turned.astype(np.int16)
    shifted[:, :, 2] += 57  # red weighs 0.299, blue 0.114: the brightness stays
    shifted[:, :, 0] -= 150
    clipped = shifted.clip(0, 255).astype(np.uint8)
    asked.save("key.png", np.asarray(clipped, np.uint8))
    grey = cv2.cvtColor(np.asarray(clipped, np.uint8), cv2.COLOR_BGR2GRAY)
    picture = asked.save("a.png", scene((120, 60, np.dstack([grey] * 3))))
    assert asked.json("--in", picture)["found"] is False
    said = asked("--in", picture)
    assert re.search(r"best (1\.00|0\.99) at 120,60; .*its colours are others", said)


def test_something_quite_else_is_not_near(asked: Asked) -> None:
    """Where nothing is like it the advice is to look whether it is there."""
    picture = asked.save("a.png", np.full((300, 400, 3), 40, np.uint8))
    assert "nothing is much like it" in asked("--in", picture)


def test_a_picture_shows_what_was_found(asked: Asked) -> None:
    """--show draws the place, in another colour if it was a near miss."""
    picture = asked.save("a.png", scene((120, 60, KEY)))
    for threshold, color in (("0.9", (0, 255, 0)), ("1", (0, 160, 255))):
        worn = asked.save("b.png", scene((120, 60, np.asarray(cv2.blur(KEY, (3, 3)), np.uint8))))
        out = str(asked.folder / "out.png")
        asked(
            "--in", picture if threshold == "0.9" else worn, "--threshold", threshold, "--show", out
        )
        drawn = cv2.imread(out)
        assert drawn is not None
        assert drawn.shape == (300, 400, 3)
        assert tuple(drawn[60, 130]) == color


@pytest.mark.parametrize(
    "options",
    [
        ["--threshold", "2"],
        ["--threshold", "high"],
        ["--scale", "0"],
        ["--scale", "1,,2"],
        ["--kind", "smell"],
        ["--region", "1,2,3"],
    ],
)
def test_an_option_with_a_mistake_is_a_usage_error(asked: Asked, options: list[str]) -> None:
    """The exit code is 2 and the option is named."""
    with pytest.raises(SystemExit) as end:
        asked(*options)
    assert end.value.code == 2


def test_a_template_that_cannot_be_used_is_refused(asked: Asked) -> None:
    """Missing or flat: one line, exit code 5 as for a bot's."""
    picture = asked.save("a.png", GROUND)
    asked.save("flat.png", np.full((20, 20, 3), 9, np.uint8))
    for wanted in ("nothing.png", "flat.png"):
        error = asked("--in", picture, wanted=wanted, code=5)
        assert error.startswith("traybot: cannot ")
        assert error.count("\n") == 1


def test_the_screen_is_looked_at(asked: Asked, desktop: Desktop) -> None:
    """Without a picture; the place is the screen's, with a region and without."""
    asked.save("skull.png", SKULL)
    with painter(desktop.display, (50, 40, SKULL)) as canvas:
        place = canvas.place(50, 40, SKULL)
        region = ",".join(map(str, canvas.rect.as_list()))
        assert asked.json(wanted="skull.png")["rect"] == place
        assert asked.json("--region", region, wanted="skull.png")["rect"] == place


@needs_ocr
def test_text_is_found(asked: Asked) -> None:
    """An expression is searched in what is read; a miss tells what is read there."""
    picture = asked.save("a.png", page((20, 10, "Game Over"), (20, 50, "Score: 12")))
    document = asked.json("--in", picture, "--kind", "text", wanted="(?i)game over")
    assert (document["found"], document["text"]) == (True, "Game Over")
    x, y, width, height = document["rect"]
    assert (abs(x - 20) < 6, 5 < y < 20, 60 < width < 130, 10 < height < 32) == (True,) * 4
    said = asked("--in", picture, "--kind", "text", wanted="Level")
    assert said == "not found: what is read there: Game Over | Score: 12\n"
    every = asked.json("--in", picture, "--kind", "text", "--all", wanted="[a-z]{4}")["all"]
    assert [one["text"] for one in every] == ["Score: 12"]


def test_text_needs_its_extra(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it one line says how to get it; a broken expression is told before."""
    picture = asked.save("a.png", GROUND)
    monkeypatch.setattr(extras, "OCR", ("no_such_reader",))
    assert 'pip install "traybot[ocr]"' in asked(
        "--in", picture, "--kind", "text", wanted="x", code=1
    )
    assert 'cannot look for "("' in asked("--in", picture, "--kind", "text", wanted="(", code=1)
