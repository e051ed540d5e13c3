"""Does a look for text say what is on the screen, while a reading takes longer than a look?"""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing

import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.painter import Painter, painter
from tests.ocr import needs_ocr, page
from traybot.core.geometry import Rect
from traybot.core.watchfile import read_watches
from traybot.errors import BotError
from traybot.shells import extras
from traybot.vision.pixels import Pixels
from traybot.vision.text import Line
from traybot.workers.eyes import Eyes
from traybot.workers.looks import Sight, prepare
from traybot.workers.text_looks import Desk, Readings, Seen, TextLook

BLANK, DEAD, ALIVE = page(), page((10, 10, "dead")), page((10, 10, "alive"))
PLACE = Rect(100, 200, 240, 90)
DEAD_LINE = Line("dead", 0.9, Rect(10, 10, 40, 20))


class SlowReader:
    """Reads when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[Pixels, Readings]] = []

    def ask(self, pixels: Pixels) -> Readings:
        """Note what is to be read."""
        future: Readings = Future()
        self.asked.append((pixels, future))
        return future

    def answer(self, *lines: Line) -> None:
        """Have the last picture read."""
        self.asked[-1][1].set_result(lines)


@pytest.fixture
def slow() -> SlowReader:
    """A reader that waits for the test."""
    return SlowReader()


@pytest.fixture
def text(slow: SlowReader) -> TextLook:
    """A look for the word dead."""
    return TextLook("dead", slow.ask)


def test_a_look_waits_for_nothing(slow: SlowReader, text: TextLook) -> None:
    """It concludes nothing while the picture is being read, then what the picture said, once."""
    assert text.look(DEAD, 1.0, PLACE) is None
    assert text.look(DEAD, 2.0, PLACE) is None
    slow.answer(DEAD_LINE)
    assert text.look(DEAD, 3.0, PLACE) == Seen(1.0, DEAD_LINE, PLACE)
    assert len(slow.asked) == 1


def test_unchanged_pixels_are_another_sighting(slow: SlowReader, text: TextLook) -> None:
    """Nothing is read again, and each look says what is still there, with its own time."""
    text.look(DEAD, 1.0, PLACE)
    slow.answer(DEAD_LINE)
    text.look(DEAD, 2.0, PLACE)
    assert text.look(DEAD.copy(), 3.0, PLACE) == Seen(3.0, DEAD_LINE, PLACE)
    assert len(slow.asked) == 1


def test_what_was_read_counts_though_the_screen_goes_on(slow: SlowReader, text: TextLook) -> None:
    """A word before a moving ground is seen: the next picture is read after the last."""
    text.look(DEAD, 1.0, PLACE)
    assert text.look(ALIVE, 2.0, PLACE) is None
    slow.answer(DEAD_LINE)
    assert text.look(ALIVE, 3.0, PLACE) == Seen(1.0, DEAD_LINE, PLACE)
    assert [pixels.tobytes() for pixels, _ in slow.asked] == [DEAD.tobytes(), ALIVE.tobytes()]


def test_a_word_that_blinks_is_seen(slow: SlowReader, text: TextLook) -> None:
    """A picture that goes away while it is read, and leaves the one before, still counts."""
    text.look(BLANK, 1.0, PLACE)
    slow.answer()
    assert text.look(BLANK, 2.0, PLACE) == Seen(1.0, None, PLACE)
    assert text.look(DEAD, 3.0, PLACE) is None
    assert text.look(BLANK, 4.0, PLACE) == Seen(4.0, None, PLACE)
    slow.answer(DEAD_LINE)
    assert text.look(BLANK, 5.0, PLACE) == Seen(3.0, DEAD_LINE, PLACE)


def test_what_is_judged_anew_is_read_anew(slow: SlowReader, text: TextLook) -> None:
    """A reading that began before the judgement says nothing about the screen after it."""
    text.look(DEAD, 1.0, PLACE)
    text.anew()
    slow.answer(DEAD_LINE)
    assert text.look(ALIVE, 2.0, PLACE) is None
    slow.answer()
    assert text.look(ALIVE, 3.0, PLACE) == Seen(2.0, None, PLACE)


def test_without_the_extra_the_watch_is_a_mistake_of_the_bots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The line names the watch, what is missing and how to get it."""
    monkeypatch.setattr(extras, "OCR", ("no_such_reader",))
    with pytest.raises(BotError, match=r'the watch "it".*no_such_reader.*pip install'):
        Desk().look_for("it", "dead")


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Painter]:
    """A grey window."""
    with painter(desktop.display) as canvas:
        yield canvas


@needs_ocr
def test_a_text_on_the_screen_is_seen_where_it_stands(canvas: Painter) -> None:
    """The sight has the line, how sure the reader is, and the place on the screen."""
    (spec,), problems = read_watches(
        [{"name": "it", "kind": "text", "text": "(?i)game over", "region": [30, 20, 240, 90]}]
    )
    assert not problems
    with closing(Eyes(f"^{canvas.title}$", ".", "a test")) as eyes:
        look = prepare(spec, eyes)

        def read(sees: bool) -> Sight:  # noqa: FBT001  the answer itself
            """Look until a reading says so."""
            sights: list[Sight] = []

            def said_so() -> bool:
                eyes.new_tick()
                sights.append(look(0.0))
                return sights[-1].sees is sees

            eventually(said_so, 20.0, "a reading")
            assert all(sight.working for sight in sights if sight.sees is None)
            return sights[-1]

        canvas.paint((30, 20, page((10, 10, "Level 3"))))
        assert read(sees=False).why == ""
        painted = time.monotonic()
        canvas.paint((30, 20, page((10, 10, "Level 3"), (60, 50, "Game Over"))))
        seen = read(sees=True)
    assert (seen.why, seen.at > painted) == ("Game Over", True)
    assert seen.score is not None
    assert seen.score > 0.8
    assert seen.rect is not None
    x, y = seen.rect.x - canvas.rect.x, seen.rect.y - canvas.rect.y
    assert abs(x - 90) <= 6
    assert 64 <= y <= 88
