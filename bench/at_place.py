"""What does a look at a known place cost, capture included? `python bench/at_place.py OUT.json`.

On a virtual screen with a picture on it: pyautogui, which looks everywhere each time, beside our
`Seeker`, which looks where the thing was, and then around it. All on one core.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import cases
import cv2
import numpy as np
import peer_envs
import screens
from PIL import Image
from Xlib.display import Display

from tests.desktop import Desktop
from traybot.core.geometry import Rect
from traybot.vision.pixels import Pixels, to_grey
from traybot.vision.scene import Scene
from traybot.vision.screen import Screen
from traybot.vision.seeker import Seeker, View
from traybot.vision.templates import make_template

#: At how many places of the picture things are looked for.
PLACES = 3
SIDES = (24, 64, 200)
#: How far the thing has moved since the last look, in pixels.
MOVED = 15
_WORKER = Path(__file__).parent / "peers" / "on_screen.py"
#: Rows of a picture that go to the X server at once: a request has a limit.
_BAND = 30

Row = dict[str, float | int | str]


def main() -> int:
    """Measure, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--peer-times", type=int, default=12)
    parser.add_argument("--our-times", type=int, default=300)
    options = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    picture = screens.screen(next(iter(screens.HELD_OUT)))
    size = f"{screens.WIDTH}x{screens.HEIGHT}x24"
    with Desktop(manager=None, size=size) as desktop, tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DISPLAY": desktop.display, "XAUTHORITY": os.devnull}  # pyautogui wants one
        _show(picture)
        rows = [row for side in SIDES for row in _measure(picture, side, Path(folder), options)]
    options.out.write_text(json.dumps(rows), encoding="utf-8")
    for row in rows:
        print(*row.values())
    return 0


def _show(picture: Pixels) -> None:
    """Put a picture behind everything."""
    display = Display()
    root = display.screen().root
    pixmap = root.create_pixmap(screens.WIDTH, screens.HEIGHT, display.screen().root_depth)
    brush = root.create_gc()
    image = Image.fromarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    for top in range(0, screens.HEIGHT, _BAND):
        band = image.crop((0, top, screens.WIDTH, min(screens.HEIGHT, top + _BAND)))
        pixmap.put_pil_image(brush, 0, top, band)
    root.change_attributes(background_pixmap=pixmap)
    root.clear_area()
    display.sync()
    display.close()


def _measure(picture: Pixels, side: int, folder: Path, options: argparse.Namespace) -> list[Row]:
    """Take the times of everybody for one side; medians over some places."""
    times: dict[str, list[float]] = {}
    right: dict[str, int] = {}
    for place in _places(picture, side):
        x, y = place
        template = picture[y : y + side, x : x + side].copy()
        asked = cases.Case(0, "", "", side, picture, picture, template, place)
        path = folder / f"{side}-{x}.png"
        cv2.imwrite(str(path), template)
        peers = _peers(path, options.peer_times)
        for name, (spent, found) in {**peers, **_ours(template, place, options.our_times)}.items():
            times.setdefault(name, []).extend(spent)
            right[name] = right.get(name, 0) + asked.right(found)
    return [
        {
            "side": side,
            "who": name,
            "ms": statistics.median(spent),
            "n": len(spent),
            "right": right[name],
        }
        for name, spent in times.items()
    ]


def _places(picture: Pixels, side: int) -> list[tuple[int, int]]:
    """Choose places where there is something to be seen, the same in each run."""
    dice = np.random.default_rng(side)
    places: list[tuple[int, int]] = []
    while len(places) < PLACES:
        x, y = (int(dice.integers(50, end - side - 50)) for end in (screens.WIDTH, screens.HEIGHT))
        if to_grey(picture[y : y + side, x : x + side]).std() > 20:
            places.append((x, y))
    return places


Answers = dict[str, tuple[list[float], tuple[int, int] | None]]


def _peers(path: Path, times: int) -> Answers:
    python = peer_envs.python("pyautogui")
    if python is None:
        return {}
    told = subprocess.run(
        [str(python), str(_WORKER), str(path), f"{times}"],
        capture_output=True,
        text=True,
        check=True,
    )
    answers = json.loads(told.stdout)
    return {
        name: (one["ms"], tuple(one["place"]) if one["place"] else None)
        for name, one in answers.items()
    }


def _ours(template: Pixels, place: tuple[int, int], times: int) -> Answers:
    with Screen() as screen:

        def part(rect: Rect) -> View:
            frame = screen.grab(rect)
            return View(Scene(frame.pixels), frame.rect.x, frame.rect.y)

        def whole() -> View:
            return part(Rect(0, 0, screens.WIDTH, screens.HEIGHT))

        seeker = Seeker(make_template(template, "it"))

        def look() -> tuple[int, int] | None:
            found = seeker.look(part, whole)
            return (found.rect.x, found.rect.y) if found else None

        def anew() -> tuple[int, int] | None:
            seeker._pixels = None  # noqa: SLF001  as if other pixels had been there
            return look()

        def moved() -> tuple[int, int] | None:
            last = seeker._last  # noqa: SLF001  as if it had been seen elsewhere the last time
            if last is not None:
                elsewhere = replace(last.rect, x=place[0] + MOVED)
                seeker._last = replace(last, rect=elsewhere)  # noqa: SLF001
            return anew()

        look()
        answers = {"traybot, at the last place": _timed(anew, times)}
        answers["traybot, there, the same pixels"] = _timed(look, times)
        answers[f"traybot, moved by {MOVED} pixels"] = _timed(moved, times)
    return answers


def _timed(
    action: Callable[[], tuple[int, int] | None], times: int
) -> tuple[list[float], tuple[int, int] | None]:
    found, spent = action(), []
    for _ in range(times):
        began = time.perf_counter()
        found = action()
        spent.append((time.perf_counter() - began) * 1000.0)
    return spent, found


if __name__ == "__main__":
    sys.exit(main())
