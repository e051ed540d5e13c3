"""What do twenty templates on one frame cost, beside twenty plain searches? `many.py OUT.json`."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in our processes

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import cases
import cv2
import numpy as np
import screens

from traybot.vision import match
from traybot.vision.pixels import Pixels, to_grey
from traybot.vision.scene import Scene
from traybot.vision.templates import make_template

COUNT = 20


def main() -> int:
    """Measure on every screen of the held-out set, and write the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    rows = [
        _measure(name, screens.screen(name), turn)
        for turn in range(options.rounds)
        for name in screens.HELD_OUT
    ]
    document = {
        "count": COUNT,
        "ms": statistics.median(row["ms"] for row in rows),
        "plain_ms": statistics.median(row["plain_ms"] for row in rows),
        "ratio": statistics.median(row["ms"] / row["plain_ms"] for row in rows),
        "right": sum(row["right"] for row in rows),
        "asked": COUNT * len(rows),
        "rows": rows,
    }
    options.out.write_text(json.dumps(document), encoding="utf-8")
    print({name: value for name, value in document.items() if name != "rows"})
    return 0


def _measure(name: str, clean: Pixels, turn: int) -> dict[str, float]:
    """Look for templates of all sides on a fresh frame, sharing what can be shared."""
    dice = np.random.default_rng([20_270, turn])
    cuts = [cases.cut(clean, cases.SIDES[number % 3], dice) for number in range(COUNT)]
    templates = [make_template(piece, "it") for piece, _ in cuts]
    for template in templates:
        match.ready(template)
    frame = cases.seen(clean, "exact", dice)
    began = time.process_time()
    scene = Scene(frame)
    found = [match.find(scene, template) for template in templates]
    middle = time.process_time()
    grey = to_grey(frame)
    for template in templates:
        cv2.minMaxLoc(cv2.matchTemplate(grey, template.grey, cv2.TM_CCOEFF_NORMED))
    plain = time.process_time()
    right = sum(
        one is not None and _right(clean, piece, (one.rect.x, one.rect.y), place)
        for one, (piece, place) in zip(found, cuts, strict=True)
    )
    spent, beside = (middle - began) * 1000.0, (plain - middle) * 1000.0
    return {"screen": name, "ms": spent, "plain_ms": beside, "right": right}


def _right(clean: Pixels, piece: Pixels, found: tuple[int, int], place: tuple[int, int]) -> bool:
    side = piece.shape[0]
    return cases.Case(0, "", "", side, clean, clean, piece, place).right(found)


if __name__ == "__main__":
    sys.exit(main())
