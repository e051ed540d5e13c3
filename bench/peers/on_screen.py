"""How long does pyautogui take to find a template on the screen? `on_screen.py TEMPLATE.png N`.

Runs in the peer's environment, on the display that DISPLAY names, on one core.
"""

import json
import os
import sys
import time
from collections.abc import Callable

answers_to = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what a peer prints is no answer

import cv2  # noqa: E402
import pyautogui  # noqa: E402
import pyscreeze  # noqa: E402

# As where gnome-screenshot is installed: it then takes its pictures by Pillow, its fastest way.
pyscreeze.GNOMESCREENSHOT_EXISTS = True


def main() -> None:
    """Measure, and print one JSON document."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    path, times = sys.argv[1], int(sys.argv[2])
    answers = {}
    for name, grayscale in (("pyautogui, grey", True), ("pyautogui, BGR", False)):

        def look(*, grayscale: bool = grayscale) -> list[int] | None:
            try:
                box = pyautogui.locateOnScreen(path, confidence=0.9, grayscale=grayscale)
            except (pyautogui.ImageNotFoundException, pyscreeze.ImageNotFoundException):
                return None
            return [int(box.left), int(box.top)] if box else None

        answers[name] = _timed(look, times)
    print(json.dumps(answers), file=answers_to, flush=True)


def _timed(action: Callable[[], list[int] | None], times: int) -> dict[str, object]:
    place, spent = action(), []
    for _ in range(times):
        began = time.perf_counter()
        place = action()
        spent.append((time.perf_counter() - began) * 1000.0)
    return {"place": place, "ms": spent}


if __name__ == "__main__":
    main()
