"""Does `traybot bench` measure what it says, by the real parts?"""

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from traybot.cli import bench, bench_death, bench_seeing, main
from traybot.cli.bench_death import Deaths
from traybot.cli.bench_seeing import Cost


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few of everything."""
    monkeypatch.setattr(bench, "_PICTURES", 5)
    monkeypatch.setattr(bench, "_DEATHS", 3)
    monkeypatch.setattr(bench_seeing, "_PLACES", 2)
    monkeypatch.setattr(bench_death, "_QUIET", 0.2)


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.usefixtures("short")
def test_it_measures_all_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pictures, searches that are right, and deaths, on a screen of its own; and draws them."""
    monkeypatch.setenv("DISPLAY", ":no-such-screen")
    out = tmp_path / "speed.png"
    assert main(["bench", "--no-display", "--json", "--plot", str(out)]) == 0
    document = json.loads(capsys.readouterr().out)
    rows = {row["what"]: row for row in document["rows"]}
    assert len(rows) == 7
    assert all(0 < row["p50_ms"] <= row["p99_ms"] for row in rows.values())
    assert rows["a picture, 1920 x 1080"]["n"] == 5
    for side in (24, 64, 200):
        assert rows[f"a search, {side} x {side}, anywhere"]["right"] == 2
    assert rows["a death on the screen, to the routine gone"]["n"] == 3
    assert 0 <= document["watcher_share"] < 1
    with Image.open(out) as drawn:
        assert drawn.size[0] == 1000
    assert os.environ["DISPLAY"] == ":no-such-screen"


def test_the_table_has_a_line_for_each(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the plain search beside ours; where no death can be measured it says why."""
    cost = Cost("a search", (2.0, 1.0, 3.0), (20.0, 40.0, 60.0), 3)
    for deaths, words in (
        (Deaths((4.0, 5.0), 0.004), "a death on the screen, to the routine gone"),
        (None, "cannot measure a death"),
    ):
        found = bench._Found((cost,), deaths, "cannot measure a death: no X11")  # noqa: SLF001
        monkeypatch.setattr(bench, "_measure", lambda found=found: found)
        assert main(["bench"]) == 0
        said = capsys.readouterr().out
        assert "20 times as fast as a plain search, 3 of 3 right" in said
        assert words in said
        assert ("0.4 % of a core" in said) == (deaths is not None)


def test_it_says_where_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before it measures for half a minute."""
    assert main(["bench", "--plot", str(tmp_path / "no" / "b.png")]) == 1
    assert "no such folder" in capsys.readouterr().err


def test_without_a_screen_there_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names what is missing."""
    monkeypatch.delenv("DISPLAY", raising=False)
    assert main(["bench"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("traybot: cannot ")
    assert error.count("\n") == 1


def test_a_quantile_is_one_of_the_times() -> None:
    """The nearest above; the last for all of them."""
    cost = Cost("it", (4.0, 1.0, 3.0, 2.0))
    assert [cost.quantile(share) for share in (0.0, 0.5, 0.99, 1.0)] == [1.0, 3.0, 4.0, 4.0]
