"""Does a bot read: by a watch of its deathwatch, and by its routine?"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desktop import Desktop
from tests.e2e.painter import SKULL, Painter, painter
from tests.e2e.shared import SharedDaemon, on, shared_daemon, watch
from tests.ocr import needs_ocr, page
from tests.running import make_bot
from traybot.cli import main
from traybot.shells import extras

pytestmark = pytest.mark.e2e

REGION = [30, 20, 240, 90]
DEAD = watch("death", kind="text", text="(?i)game over", region=REGION)


@pytest.fixture(scope="module")
def daemon(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedDaemon]:
    """A daemon for this file."""
    with shared_daemon(tmp_path_factory.mktemp("home")) as daemon:
        yield daemon


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Painter]:
    """A grey window."""
    with painter(desktop.display) as canvas:
        yield canvas


@needs_ocr
def test_a_text_ends_a_life(daemon: SharedDaemon, canvas: Painter) -> None:
    """The watch is silent at other words, fires at its own, and tells what it read."""
    canvas.paint((30, 20, page((10, 10, "Score: 99"))))
    with daemon.playing(on(canvas, DEAD.replace("notify", "stop"))):
        daemon.go_round()
        assert not daemon.told("verdict")
        canvas.paint((30, 20, page((10, 10, "Score: 99"), (20, 50, "GAME OVER"))))
        verdict = daemon.heard("verdict")
        assert (verdict["watch"], verdict["why"]) == ("death", "GAME OVER")
        assert verdict["score"] > 0.8
        daemon.heard("gone", child="routine")


@needs_ocr
def test_other_watches_do_not_wait_for_a_reading(daemon: SharedDaemon, canvas: Painter) -> None:
    """A picture is seen at once though a whole moving window is being read beside it."""
    reads = watch("text", kind="text", text="never written")
    sees = watch("death", see="skull.png", region=[0, 0, 60, 60])
    with daemon.playing(on(canvas, reads, sees)):
        daemon.go_round()
        for number in range(3):
            words = 60, 100, page((10, 10, f"Round {number} of 9"), size=(220, 120))
            canvas.paint(words)
            daemon.go_round(5)
            canvas.paint(words, (10, 10, SKULL))
            verdict = daemon.heard("verdict", watch="death")
            assert verdict["latency_ms"] < 100


@needs_ocr
def test_a_routine_reads(daemon: SharedDaemon, canvas: Painter) -> None:
    """`bot.screen.text` gives the lines of a region, and nothing where nothing is written."""
    canvas.paint((30, 20, page((10, 10, "Game Over"), (20, 50, "Score: 12 345"))))
    daemon.play_through(
        on(canvas),
        f"""
        assert bot.screen.text({REGION}) == "Game Over\\nScore: 12 345", bot.screen.text({REGION})
        assert bot.screen.text((0, 120, 100, 50)) == ""
        """,
    )


def test_without_the_extra_a_bot_that_reads_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`traybot check` names the line, what is missing and how to get it."""
    make_bot(home, "reader", "def play(bot): ...", DEAD)
    monkeypatch.setattr(extras, "OCR", ("no_such_reader",))
    assert main(["check", "reader"]) == 5
    error = capsys.readouterr().err
    assert re.search(r"bot.toml, line \d+: cannot read text", error)
    assert 'no_such_reader is not installed (get it with: pip install "traybot[ocr]"' in error
