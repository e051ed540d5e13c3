"""Are words read that stand in a picture, where they stand, once, and without a network?"""

import re
import socket
from pathlib import Path

import numpy as np
import pytest

from tests.ocr import needs_ocr, page
from traybot.core.geometry import Rect
from traybot.errors import BackendUnavailable
from traybot.shells import extras
from traybot.vision.pixels import Pixels
from traybot.vision.text import Line, Reader, digest, seek

LINES = (
    Line("Game Over", 0.9, Rect(10, 10, 80, 20)),
    Line("score: 12", 0.8, Rect(12, 40, 60, 18)),
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    """One reader for this file: to load it takes a second."""
    reader = Reader()
    reader.open()
    return reader


@needs_ocr
@pytest.mark.parametrize("pixels", [11, 16, 28])
def test_words_are_read_where_they_stand(reader: Reader, pixels: int) -> None:
    """Letters of usual sizes are read, line by line; the rectangle lies around them."""
    words = (10, 8, "Game Over"), (30, 50, "Score: 12 345")
    first, second = reader.read(page(*words, pixels=pixels))
    assert (first.text, second.text) == ("Game Over", "Score: 12 345")
    for line, (x, y, _) in zip((first, second), words, strict=True):
        assert line.score > 0.8
        assert abs(line.rect.x - x) <= 6
        assert y - 6 <= line.rect.y <= y + pixels
        assert pixels * 0.6 <= line.rect.height <= pixels * 1.8


@needs_ocr
@pytest.mark.parametrize("size", [(300, 16), (1200, 24)])
def test_a_strip_is_read(reader: Reader, size: tuple[int, int]) -> None:
    """A region may be as low as its line of text."""
    strip = page((4, 0, "Game Over"), size=size, pixels=12)
    assert [line.text for line in reader.read(strip)] == ["Game Over"]


@needs_ocr
def test_what_stands_beside_each_other_is_one_line(reader: Reader) -> None:
    """A label and its value, far apart, are read from left to right."""
    wide = page((20, 30, "Lives"), (300, 30, "3 of 5"), size=(420, 90))
    assert [line.text for line in reader.read(wide)] == ["Lives 3 of 5"]


@needs_ocr
@pytest.mark.parametrize("shape", [(1, 1), (3, 300), (300, 3), (40, 60), (0, 5)])
def test_nothing_is_read_where_nothing_is_written(reader: Reader, shape: tuple[int, int]) -> None:
    """Empty, tiny and flat pictures have no lines, and are no mistake."""
    assert reader.read(np.full((*shape, 4), 30, np.uint8)) == ()


@needs_ocr
def test_the_same_pixels_are_read_once(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two regions that change by turns cost two readings, not one each time."""
    read: list[tuple[int, ...]] = []
    library = reader._library  # noqa: SLF001  what costs the time

    def counted(picture: Pixels) -> object:
        read.append(picture.shape)
        return library(picture)

    monkeypatch.setattr(reader, "_library", counted)
    one, other = page((10, 10, "Round 17")), page((10, 10, "Round 18"))
    said = [reader.read(picture)[0].text for picture in (one, other, one.copy(), other.copy())]
    assert said == ["Round 17", "Round 18"] * 2
    assert len(read) == 2


@needs_ocr
def test_reading_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The models come with the package: no name is looked up, no connection opened."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("it asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert Reader().read(page((10, 10, "alone")))[0].text == "alone"


@needs_ocr
def test_a_lost_model_is_not_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package has no model, the remedy is to install it anew."""
    import rapidocr

    monkeypatch.setattr(rapidocr, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(BackendUnavailable, match=r"no model .*install it anew"):
        Reader().open()


def test_without_the_extra_the_remedy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line names what is missing and how to get it."""
    monkeypatch.setattr(extras, "OCR", ("no_such_reader",))
    with pytest.raises(BackendUnavailable, match=r'no_such_reader.*pip install "traybot\[ocr\]"'):
        Reader().read(page())


#: A pattern, and the text, score and rectangle it is found with.
SOUGHT = {
    "Over": ("Game Over", 0.9, Rect(10, 10, 80, 20)),
    r"score: (\d+)": ("score: 12", 0.8, Rect(12, 40, 60, 18)),
    r"(?i)OVER\s+score": ("Game Over\nscore: 12", 0.8, Rect(10, 10, 80, 48)),
    r"(?m)^score": ("score: 12", 0.8, Rect(12, 40, 60, 18)),
}


@pytest.mark.parametrize("pattern", SOUGHT)
def test_a_pattern_is_found_in_its_lines(pattern: str) -> None:
    """Rectangle and score are those of the lines it touches."""
    line = seek(LINES, re.compile(pattern))
    assert line is not None
    assert (line.text, line.score, line.rect) == SOUGHT[pattern]


def test_a_pattern_that_is_not_there_is_not_found() -> None:
    """Letters count as written unless the pattern says otherwise."""
    assert seek(LINES, re.compile("game over")) is None
    assert seek((), re.compile("x")) is None


def test_a_pattern_of_nothing_is_found_in_nothing() -> None:
    """What matches an empty text holds where nothing is written."""
    assert seek((), re.compile("^$")) == Line("", 1.0, Rect(0, 0, 0, 0))


def test_pictures_are_told_apart_by_pixels_and_shape() -> None:
    """The same bytes in another shape are another picture."""
    flat = np.zeros((4, 6, 3), np.uint8)
    assert digest(flat) == digest(flat.copy())
    assert digest(flat) != digest(flat.reshape(6, 4, 3))
    dotted = flat.copy()
    dotted[0, 0, 0] = 1
    assert digest(flat) != digest(dotted)
