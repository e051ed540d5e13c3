"""How often is a turned template found in a region of 300 pixels, and how fast, beside SIFT?

    python bench/features.py [--json] [--count N]

Pieces of 200 x 120 of the screens in `screens.py`, turned by up to 20 degrees, 0.8 to 1.25 times as
large; and as many that are tilted by up to 30 degrees besides. Right: the middle is within 8
pixels. Templates are described before; what is timed is a look at the region, in processor time of
the one thread, for the machine may be busy. SIFT: OpenCV's own settings, ratio test 0.8, homography
by RANSAC. And the region of the case before, where the template is absent: nothing may be found.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in our processes

import argparse
import json
import math
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import screens

from traybot.errors import TemplateError
from traybot.vision.features import FeatureSeeker
from traybot.vision.pixels import Pixels, to_grey
from traybot.vision.templates import make_template

WIDTH, HEIGHT, REGION = 200, 120, 300


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """A region that shows a template turned."""

    screen: str
    region: Pixels
    template: Pixels
    middle: tuple[float, float]


def tilt(middle: tuple[float, float], dice: np.random.Generator) -> Pixels:
    """Give what a tilt about an axis through the middle does, seen from three times its width.

    A point at height z above the screen is enlarged by f / (f - z).
    """
    far, angle, axis = 3.0 * WIDTH, math.radians(dice.uniform(-30, 30)), dice.uniform(0, math.pi)
    across, down = -math.sin(axis), math.cos(axis)
    shorter, rise = math.cos(angle) - 1, math.sin(angle) / far
    flat = np.eye(3)
    flat[:2, :2] += shorter * np.outer((across, down), (across, down))
    flat[2, :2] = (-rise * across, -rise * down)
    there = np.array([[1, 0, middle[0]], [0, 1, middle[1]], [0, 0, 1]], np.float64)
    return np.asarray(there @ flat @ np.linalg.inv(there))


def warps(count: int, names: list[str], seed: int, *, tilted: bool) -> Iterator[Warp]:
    """Turn pieces of screens; the region is not centred on them."""
    dice = np.random.default_rng(seed)
    for number in range(count):
        name = names[number % len(names)]
        screen = screens.screen(name)
        while True:
            x, y = int(dice.integers(250, 1470)), int(dice.integers(250, 710))
            template = screen[y : y + HEIGHT, x : x + WIDTH]
            if to_grey(template).std() >= 8:
                break
        middle = (x + WIDTH / 2, y + HEIGHT / 2)
        turn = cv2.getRotationMatrix2D(middle, dice.uniform(-20, 20), dice.uniform(0.8, 1.25))
        whole = np.vstack((turn, (0.0, 0.0, 1.0)))
        if tilted:
            whole = tilt(middle, dice) @ whole
        turned = cv2.warpPerspective(screen, whole, (1920, 1080))
        left, top = (
            int(min(max(0, place + dice.integers(-40, 41) - REGION / 2), most - REGION))
            for place, most in zip(middle, (1920, 1080), strict=True)
        )
        region = turned[top : top + REGION, left : left + REGION].copy()
        yield Warp(name, region, template.copy(), (middle[0] - left, middle[1] - top))


def middle_of(corners: tuple[tuple[int, int], ...]) -> tuple[float, float]:
    """Give where the diagonals cross: a tilted piece is not in the middle of what surrounds it."""
    (a, b), (c, d), (e, f), (g, h) = corners
    whole = (e - a) * (h - d) - (f - b) * (g - c)
    part = ((c - a) * (h - d) - (d - b) * (g - c)) / whole
    return a + part * (e - a), b + part * (f - b)


class Sift:
    """The yardstick."""

    def __init__(self, template: Pixels) -> None:
        self._sift = cv2.SIFT.create()
        self._points, self._words = self._sift.detectAndCompute(to_grey(template), None)

    def find(self, region: Pixels) -> tuple[float, float] | None:
        """Give the middle."""
        points, words = self._sift.detectAndCompute(to_grey(region), None)
        if words is None or self._words is None or len(points) < 4:
            return None
        good = [
            two[0]
            for two in cv2.BFMatcher(cv2.NORM_L2).knnMatch(self._words, words, k=2)
            if len(two) == 2 and two[0].distance < 0.8 * two[1].distance
        ]
        if len(good) < 4:
            return None
        source = np.array([self._points[pair.queryIdx].pt for pair in good], np.float32)
        target = np.array([points[pair.trainIdx].pt for pair in good], np.float32)
        matrix, _ = cv2.findHomography(source, target, cv2.RANSAC, 4.0)
        if matrix is None:
            return None
        place = np.array([[[WIDTH / 2, HEIGHT / 2]]], np.float32)
        x, y = cv2.perspectiveTransform(place, matrix)[0, 0]
        return float(x), float(y)


def measure(count: int, names: list[str], seed: int, *, tilted: bool = False) -> dict[str, Any]:
    """Look at every region by both."""
    numbers = dict.fromkeys(("cases", "refused", "right", "wrong", "sift_right", "false"), 0)
    times: dict[str, list[float]] = {"ms": [], "sift_ms": [], "absent_ms": []}
    before: Pixels | None = None
    for warp in warps(count, names, seed, tilted=tilted):
        numbers["cases"] += 1
        sift = Sift(warp.template)
        began = time.thread_time()
        place = sift.find(warp.region)
        times["sift_ms"].append((time.thread_time() - began) * 1000)
        numbers["sift_right"] += place is not None and math.dist(place, warp.middle) <= 8
        try:
            seeker = FeatureSeeker(make_template(warp.template, "case"))
        except TemplateError:
            numbers["refused"] += 1
            continue
        began = time.thread_time()
        found = seeker.find(warp.region)
        times["ms"].append((time.thread_time() - began) * 1000)
        if found is not None:
            right = math.dist(middle_of(found.corners), warp.middle) <= 8
            numbers["right" if right else "wrong"] += 1
        if before is not None:
            began = time.thread_time()
            numbers["false"] += seeker.find(before, thorough=False) is not None
            times["absent_ms"].append((time.thread_time() - began) * 1000)
        before = warp.region
    return {**numbers, **{name: statistics.median(each) for name, each in times.items()}}


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=96, help="cases of each set")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    document = {
        "tuning": measure(options.count, list(screens.TUNING), 11),
        "held out": measure(options.count, list(screens.HELD_OUT), 12),
        "tilted, tuning": measure(options.count, list(screens.TUNING), 13, tilted=True),
        "tilted, held out": measure(options.count, list(screens.HELD_OUT), 14, tilted=True),
    }
    if options.json:
        print(json.dumps(document, indent=1))
        return
    for name, row in document.items():
        print(
            f"{name:16} {row['cases']} cases: right {row['right']} ({row['refused']} refused, "
            f"{row['wrong']} wrong), {row['ms']:.1f} ms; SIFT {row['sift_right']}, "
            f"{row['sift_ms']:.1f} ms; absent {row['absent_ms']:.1f} ms, {row['false']} false"
        )


if __name__ == "__main__":
    main()
