"""How long do pyautogui, Pillow and mss take for a picture? A JSON line in, one out, till the end.

{"way": "mss", "number": 30, "rect": [0, 0, 200, 100]}
{"ms": [0.21, ...]}
"""

import json
import os
import sys
import time
from collections.abc import Callable

answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # what a peer prints is no answer

import mss  # noqa: E402
import numpy as np  # noqa: E402
import pyautogui  # noqa: E402
import pyscreeze  # noqa: E402
from PIL import ImageGrab  # noqa: E402

# As where gnome-screenshot is installed: it then takes its pictures by Pillow, its fastest way.
pyscreeze.GNOMESCREENSHOT_EXISTS = True

Rect = tuple[int, int, int, int]


def main() -> None:
    """Answer until the questions end."""
    taker = mss.MSS()

    def by_mss(rect: Rect) -> object:
        left, top, width, height = rect
        return np.array(taker.grab((left, top, left + width, top + height)))

    def by_pillow(rect: Rect) -> object:
        left, top, width, height = rect
        return np.array(ImageGrab.grab((left, top, left + width, top + height), xdisplay=""))

    def by_pyautogui(rect: Rect) -> object:
        return np.array(pyautogui.screenshot(region=rect))

    ways: dict[str, Callable[[Rect], object]] = {
        "mss, np.array": by_mss,
        "Pillow ImageGrab": by_pillow,
        "pyautogui.screenshot": by_pyautogui,
    }
    print(json.dumps(list(ways)), file=answers)
    for line in sys.stdin:
        asked = json.loads(line)
        take, spent = ways[asked["way"]], []
        for _ in range(asked["number"]):
            began = time.perf_counter()
            take(tuple(asked["rect"]))
            spent.append((time.perf_counter() - began) * 1000.0)
        print(json.dumps({"ms": spent}), file=answers)


if __name__ == "__main__":
    main()
