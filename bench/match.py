"""How fast is our search, and how right, beside OpenCV's full one in grey?

    python bench/match.py                     both sets, 324 cases, the table
    python bench/match.py --held-out N        N and 36 that no number in the code was chosen by
    python bench/match.py --json              one document

Each case is searched by both, one after the other on one thread. That thread's processor time is
counted, for the machine may be busy; "x" is the median of the ratios, and the ratio of the means.
The time begins with the captured picture (BGRA) and ends with the answer; templates are loaded
before, as a watch does. A quick search is made three times, and its median counts. Further: twenty
templates on one picture, and looks at a known place.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
from cases import SIDES, Case, cases, later_cases

from traybot.vision import match
from traybot.vision.scene import Scene
from traybot.vision.templates import Template, make_template

THRESHOLD = 0.9
#: So often a search that takes fewer milliseconds than this is made.
REPEATS, QUICK = 3, 60.0
Place = tuple[int, int] | None


def full(frame: np.ndarray, template: np.ndarray) -> Place:
    """Search as everybody does: grey, TM_CCOEFF_NORMED, the best place if it is good enough."""
    grey = cv2.cvtColor(frame, cv2.COLOR_BGRA2GRAY)
    scores = cv2.matchTemplate(grey, template, cv2.TM_CCOEFF_NORMED)
    scores[~np.isfinite(scores)] = 0
    _, score, _, place = cv2.minMaxLoc(scores)
    return place if score >= THRESHOLD else None


def ours(frame: np.ndarray, template: Template) -> Place:
    """Search as traybot does where nothing is known of the place."""
    found = match.find(frame, template, threshold=THRESHOLD)
    return None if found is None else (found.rect.x, found.rect.y)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Give milliseconds and the answer."""
    began = time.thread_time()
    answer = work()
    return (time.thread_time() - began) * 1000.0, answer


def repeated(work: Callable[[], Any]) -> tuple[float, Any]:
    """Give the median of the milliseconds of a few searches, or those of one that takes long."""
    spent, answer = timed(work)
    times = [spent]
    while spent < QUICK and len(times) < REPEATS:
        times.append(timed(work)[0])
    return statistics.median(times), answer


def once(case: Case) -> dict[str, Any]:
    """Search one case by both."""
    grey = cv2.cvtColor(case.template, cv2.COLOR_BGR2GRAY)
    load_ms, template = timed(lambda: _loaded(case.template))
    full_ms, place = repeated(lambda: full(case.frame, grey))
    our_ms, our_place = repeated(lambda: ours(case.frame, template))
    return {
        "screen": case.screen,
        "kind": case.kind,
        "side": case.side,
        "full_ms": full_ms,
        "ms": our_ms,
        "load_ms": load_ms,
        "x": our_ms / full_ms,
        "full_right": case.right(place),
        "right": case.right(our_place),
        "full_false": case.kind == "absent" and not case.right(place),
        "false": case.kind == "absent" and not case.right(our_place),
    }


def _loaded(pixels: np.ndarray) -> Template:
    template = make_template(pixels, "case")
    match.ready(template)
    return template


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Put the rows of some cases together."""
    both = sum(row["right"] and row["full_right"] for row in rows)
    return {
        "cases": len(rows),
        "x_median": statistics.median(row["x"] for row in rows),
        "x_mean": statistics.mean(row["ms"] for row in rows)
        / statistics.mean(row["full_ms"] for row in rows),
        "ms_median": statistics.median(row["ms"] for row in rows),
        "full_ms_median": statistics.median(row["full_ms"] for row in rows),
        "load_ms_median": statistics.median(row["load_ms"] for row in rows),
        "right": sum(row["right"] for row in rows),
        "full_right": sum(row["full_right"] for row in rows),
        "kept": both,
        "false": sum(row["false"] for row in rows),
        "full_false": sum(row["full_false"] for row in rows),
    }


def twenty(held_out: bool) -> dict[str, Any]:  # noqa: FBT001  which set
    """Search twenty templates on one picture: sharing its scene, and by twenty full searches."""
    ratios, times = [], []
    right = total = 0
    chosen = list(cases(64, held_out=held_out))
    for name in dict.fromkeys(case.screen for case in chosen):
        some = [case for case in chosen if case.screen == name]
        frame = some[0].frame
        pieces = _pieces(some[0].clean, 20)
        greys = [cv2.cvtColor(piece, cv2.COLOR_BGR2GRAY) for piece, _ in pieces]
        templates = [_loaded(piece) for piece, _ in pieces]
        full_ms, _ = timed(partial(_one_by_one, frame, greys))
        our_ms, answers = timed(partial(_shared, frame, templates))
        ratios.append(our_ms / full_ms)
        times.append(our_ms)
        for answer, (piece, place) in zip(answers, pieces, strict=True):
            total += 1
            right += Case(0, name, "exact", 64, frame, some[0].clean, piece, place).right(answer)
    return {
        "x_median": statistics.median(ratios),
        "ms_median": statistics.median(times),
        "right": right,
        "cases": total,
    }


def _one_by_one(frame: np.ndarray, greys: list[np.ndarray]) -> list[Place]:
    return [full(frame, grey) for grey in greys]


def _shared(frame: np.ndarray, templates: list[Template]) -> list[Place]:
    scene = Scene(frame)
    found = [match.find(scene, template, threshold=THRESHOLD) for template in templates]
    return [None if one is None else (one.rect.x, one.rect.y) for one in found]


def _pieces(pixels: np.ndarray, count: int) -> list[tuple[np.ndarray, tuple[int, int]]]:
    dice = np.random.default_rng(7)
    found: list[tuple[np.ndarray, tuple[int, int]]] = []
    while len(found) < count:
        x, y = int(dice.integers(0, 1920 - 64)), int(dice.integers(0, 1080 - 64))
        piece = pixels[y : y + 64, x : x + 64].copy()
        if cv2.cvtColor(piece, cv2.COLOR_BGR2GRAY).std() >= 8:
            found.append((piece, (x, y)))
    return found


def known_place(repeats: int = 200) -> dict[str, float]:
    """Time looks at a known place and near it, 64 x 64, on a captured picture; no capture in it."""
    case = next(case for case in cases(16, held_out=False) if case.side == 64)
    template = _loaded(case.template)
    assert case.place is not None
    x, y = case.place
    exact = case.frame[y : y + 64, x : x + 64].copy()
    near = case.frame[y - 24 : y + 88, x - 24 : x + 88].copy()
    return {
        "last_place_ms": statistics.median(
            timed(lambda: match.at(exact, template, 0, 0))[0] for _ in range(repeats)
        ),
        "near_ms": statistics.median(
            timed(lambda: match.find(near, template))[0] for _ in range(repeats)
        ),
    }


def measure(count: int, sets: list[bool]) -> dict[str, Any]:
    """Run everything."""
    cv2.setNumThreads(1)
    document: dict[str, Any] = {"machine": platform.processor() or platform.machine(), "sets": {}}
    for held_out in sets:
        rows = [once(case) for case in cases(count, held_out=held_out)]
        if held_out:
            rows += [once(case) for case in later_cases()]
        parts = {"all": rows}
        parts |= {f"side {side}": [row for row in rows if row["side"] == side] for side in SIDES}
        for key in ("kind", "screen"):
            for value in dict.fromkeys(row[key] for row in rows):
                parts[f"{key} {value}"] = [row for row in rows if row[key] == value]
        name = "held out" if held_out else "tuning"
        document["sets"][name] = {part: summary(some) for part, some in parts.items() if some}
        document["sets"][name]["twenty templates"] = twenty(held_out)
    document["known place"] = known_place()
    return document


def show(document: dict[str, Any]) -> None:
    """Print the tables."""
    for name, parts in document["sets"].items():
        print(f"\n{name:18} cases  x median  x mean      ms  full ms   kept    right  false (full)")
        for part, row in parts.items():
            if part == "twenty templates":
                continue
            print(
                f"{part:18} {row['cases']:5}  {row['x_median']:8.3f}  {row['x_mean']:6.3f}"
                f"  {row['ms_median']:6.1f}  {row['full_ms_median']:7.1f}"
                f"  {row['kept']}/{row['full_right']}  {row['right']}/{row['cases']}"
                f"  {row['false']} ({row['full_false']})"
            )
        row = parts["twenty templates"]
        print(
            f"20 templates on one picture: x {row['x_median']:.3f}, {row['ms_median']:.1f} ms,"
            f" {row['right']}/{row['cases']} right"
        )
    place = document["known place"]
    print(f"\nlast place {place['last_place_ms']:.3f} ms, within 24 px {place['near_ms']:.3f} ms")


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=144, help="cases of each set")
    parser.add_argument("--held-out", type=int, help="only that set, so many cases")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sets = [True] if options.held_out else [False, True]
    document = measure(options.held_out or options.count, sets)
    print(json.dumps(document, indent=1)) if options.json else show(document)


if __name__ == "__main__":
    main()
