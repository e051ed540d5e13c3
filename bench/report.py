"""What do the measurements say? `python bench/report.py FOLDER` writes docs/performance.md.

Reads the JSON that each measurement has written into the folder. What is missing there is said to
be missing; nothing is carried over from an earlier run.
"""

import json
import os
import platform
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import capture
import cv2
import report_search
from at_place import PLACES
from report_tables import table

from traybot.vision.plot import OTHERS, OURS, Axis, Bar, bars, save

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
PICTURES = ROOT / "docs" / "pictures"
#: What this writes stands between these lines.
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
NOT_THERE = "Not measured in this run.\n"


def main() -> int:
    """Write the page anew."""
    # One that failed has left an empty file.
    files = [path for path in Path(sys.argv[1]).glob("*.json") if path.stat().st_size]
    found = {path.stem: json.loads(path.read_text("utf-8")) for path in files}
    parts = [
        f"{_machine()}\n",
        "## Targets\n",
        _targets(found),
        "## Pictures of the screen\n",
        _pictures(found),
        "## A search at an unknown place, beside peers\n",
        report_search.page(found["beside"], PICTURES) if "beside" in found else NOT_THERE,
        "## A search at a known place, the picture of the screen included\n",
        _known(found),
        "## Twenty templates on one frame\n",
        _many(found),
        "## Templates that are turned and scaled\n",
        _features(found),
        "## A death\n",
        _deaths(found),
    ]
    page = PAGE.read_text(encoding="utf-8")
    written = f"{BEGIN}\n\n" + "\n".join(parts) + f"\n{END}"
    page = re.sub(f"{BEGIN}.*{END}", lambda _: written, page, flags=re.DOTALL)
    PAGE.write_text(page, encoding="utf-8")
    return 0


def _machine() -> str:
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return (
        f"Machine: {model[1] if model else platform.machine()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release().partition('-')[0]}, Python "
        f"{platform.python_version()}, OpenCV {cv2.__version__} on one thread, Xvfb, no GPU. "
        f"Load {os.getloadavg()[2]:.0f} over the last quarter of an hour: other work ran beside."
    )


def _targets(found: dict[str, Any]) -> str:
    """Say for each target what was wanted, what was reached, and whether that is enough."""
    rows: list[list[str]] = []
    if "capture" in found and "C, XShmGetImage" in found["capture"]["1920x1080"]:
        for case, (_, limit) in capture.CASES.items():
            ratio = found["capture"][case]["ours, Screen.grab"]["ratio"]
            rows.append(_target(f"a picture of {case}, beside C", ratio, limit, "x"))
    if "beside" in found:
        rows += report_search.targets(found["beside"], _target)
    rows += _known_targets(found)
    if "many" in found:
        rows.append(_target("20 templates on one frame", found["many"]["ratio"], 0.1, "x", 0.05))
    if "latency" in found:
        rows += _death_targets(found["latency"])
    if "features" in found:
        rows += _feature_targets(found["features"])
    return table(["what", "wanted", "reached", ""], rows) if rows else NOT_THERE


def _target(
    what: str,
    value: float,
    limit: float,
    unit: str,
    stretch: float | None = None,
    *,
    up: bool = False,
) -> list[str]:
    """Make a row; `up`: more is better."""
    good = value >= limit if up else value <= limit
    best = stretch is not None and (value >= stretch if up else value <= stretch)
    sign = "≥" if up else "≤"
    space = "" if unit in {"x", ""} else " "
    verdict = "reached, the further one too" if best else "reached" if good else "**not reached**"
    wanted = f"{sign} {limit:g}{space}{unit}"
    if stretch is not None:
        wanted += f", further {stretch:g}{space}{unit}"
    return [what, wanted, f"{value:.4g}{space}{unit}", verdict]


def _pictures(found: dict[str, Any]) -> str:
    if "capture" not in found:
        return NOT_THERE
    rows, drawn = [], []
    extra = found.get("capture_peers", {})
    for case, ways in found["capture"].items():
        everybody = {**ways, **extra.get(case, {})}
        for way, cost in sorted(everybody.items(), key=lambda item: item[1]["ms"]):
            rows.append([case, way, f"{cost['ms']:.3f}", f"{cost['ratio']:.2f}"])
            color = OURS if way.startswith("ours") else OTHERS
            drawn.append(Bar(f"{case}, {way}", cost["ms"], f"{cost['ms']:.3g} ms", color))
    axis = Axis("milliseconds for a picture, median", 0.001, 100.0, log=True)
    save(bars("A picture of the screen", axis, drawn), PICTURES / "bench-capture.png")
    told = table(["picture", "way", "median ms", "x the first way"], rows)
    return (
        f"{told}\n![Milliseconds for a picture](pictures/bench-capture.png)\n\n"
        "By `python bench/capture.py` and, for the last three, `python bench/capture_peers.py`: "
        "ways in turn; the ratio is the median of those inside each round, to C's `XShmGetImage` "
        "where there is a C compiler. Who asks runs on one core, the X server on another; only "
        "where it says so both on one.\n"
    )


def _known(found: dict[str, Any]) -> str:
    if "at_place" not in found:
        return NOT_THERE
    rows, drawn = [], []
    grey = {row["side"]: row["ms"] for row in found["at_place"] if row["who"] == "pyautogui, grey"}
    for row in found["at_place"]:
        faster = f"{grey[row['side']] / row['ms']:.0f}" if row["side"] in grey else ""
        rows.append(
            [
                f"{row['side']}",
                row["who"],
                f"{row['ms']:.3f}",
                faster,
                f"{row['right']} of {PLACES}",
            ]
        )
        color = OURS if row["who"].startswith("traybot") else OTHERS
        name = f"{row['side']} px, {row['who'].removeprefix('traybot, ')}"
        drawn.append(Bar(name, row["ms"], f"{row['ms']:.3g} ms", color))
    axis = Axis("milliseconds, picture included, median", 0.01, 1000.0, log=True)
    save(bars("Found where it was, or near it", axis, drawn), PICTURES / "bench-known-place.png")
    told = table(["side", "who", "median ms", "times as fast as pyautogui, grey", "right"], rows)
    return (
        f"{told}\n![Milliseconds at a known place](pictures/bench-known-place.png)\n\n"
        "By `python bench/at_place.py`. pyautogui looks everywhere each time, for it remembers "
        "nothing; the factor is a gain for what is watched, not for a first search.\n"
    )


def _known_targets(found: dict[str, Any]) -> list[list[str]]:
    rows = {(row["side"], row["who"]): row["ms"] for row in found.get("at_place", [])}
    grey = rows.get((64, "pyautogui, grey"))
    if grey is None:
        return []
    targets = []
    for who, limit in (("at the last place", 700), ("moved by 15 pixels", 150)):
        factor = grey / rows[64, f"traybot, {who}"]
        what = f"{who}, picture included, 64x64: times as fast as `locateOnScreen`, grey"
        targets.append(_target(what, factor, limit, "x", up=True))
    return targets


def _many(found: dict[str, Any]) -> str:
    if "many" not in found:
        return NOT_THERE
    many = found["many"]
    return (
        f"{many['count']} templates of all three sides on a fresh frame take {many['ms']:.0f} ms, "
        f"as many plain searches {many['plain_ms']:.0f} ms: {many['ratio']:.3f} of it (median of "
        f"{len(many['rows'])} frames); {many['right']} of {many['asked']} answers are right. By "
        "`python bench/many.py`.\n"
    )


def _deaths(found: dict[str, Any]) -> str:
    if "latency" not in found:
        return NOT_THERE
    keys = ("p50", "p99", "gate p50", "gate p99")
    rows = [
        [name, *(f"{row[key]:.2f}" for key in keys), f"{row['core']:.2f} %"]
        for name, row in found["latency"]["death_ms"].items()
    ]
    head = ["screen", "p50 ms", "p99 ms", "to the gate shut, p50", "p99"]
    told = table([*head, "the deathwatch's share of a core"], rows)
    return (
        f"{told}\nFrom the X server's word that the pixels are shown to the routine's process "
        "gone, by `python bench/latency.py`; once the gate is shut nothing is pressed any more, "
        "and the rest is the end of the process. A look at a region of the same pixels takes "
        f"{found['latency']['same_again_ms']:.4f} ms, without the picture.\n"
    )


def _death_targets(latency: dict[str, Any]) -> list[list[str]]:
    limits = {"still": (5, 10, 1), "60 fps": (20, 35, 10)}
    rows = []
    for name, (p50, p99, core) in limits.items():
        row = latency["death_ms"][name]
        further = {"still": (6.0, None), "60 fps": (None, 5.0)}[name]
        rows.append(_target(f"death to routine gone, {name}, p50", row["p50"], p50, "ms"))
        rows.append(
            _target(f"death to routine gone, {name}, p99", row["p99"], p99, "ms", further[0])
        )
        rows.append(_target(f"deathwatch, {name}", row["core"], core, "% of a core", further[1]))
    same = latency["same_again_ms"]
    rows.append(_target("a decision on unchanged 200x100 pixels", same, 0.02, "ms"))
    return rows


def _features(found: dict[str, Any]) -> str:
    if "features" not in found:
        return NOT_THERE
    head = ["set", "n", "right", "SIFT right", "wrong place", "refused", "median ms", "SIFT ms"]
    head += ["found though absent", "median ms there"]
    names = ("cases", "right", "sift_right", "wrong", "refused", "ms", "sift_ms", "false")
    rows = [
        [title, *(f"{row[name]:.3g}" for name in (*names, "absent_ms"))]
        for title, row in found["features"].items()
    ]
    return (
        f"{table(head, rows)}\nPieces of 200x120, turned by up to 20 degrees and 0.8 to 1.25 times "
        "as large, in a region of 300 pixels, tilted by up to 30 degrees where it says so; beside "
        "OpenCV's SIFT with a homography; by `python bench/features.py`.\n"
    )


def _feature_targets(features: dict[str, Any]) -> list[list[str]]:
    rows = []
    for title, row in features.items():
        what = f"turned templates found, {title}, of {row['cases']}"
        rows.append(_target(what, row["right"], row["sift_right"], "(SIFT's)", up=True))
        rows.append(_target(f"a look for a turned template, {title}", row["ms"], 15, "ms"))
    return rows


if __name__ == "__main__":
    sys.exit(main())
