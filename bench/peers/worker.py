"""Who answers for a peer? A process of its own: a JSON line in for each question, one out.

    python worker.py pyautogui-grey
    {"frame": "frame.npy", "template": "template.png", "repeats": 3}
    {"place": [12, 30], "ms": 83.1, "ref_ms": 71.9}

Each question is timed beside the plain grey search of OpenCV in the same process, on one core, with
one OpenCV thread; by the process's own time, so that other work on the machine hardly counts.
"""

import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import finders
import numpy as np

#: A search faster than this, in milliseconds, is repeated: its median counts.
QUICK = 60.0


def main() -> None:
    """Answer until the questions end."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a peer prints is no answer
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    cv2.setNumThreads(1)
    finder, plain = finders.FINDERS[sys.argv[1]](), finders.plain_grey()
    print(json.dumps({"ready": True, "opencv": cv2.__version__}), file=answers)
    for line in sys.stdin:
        try:
            answer = _answer(json.loads(line), finder, plain)
        except Exception as error:  # noqa: BLE001  a peer may fail in every way, and that is an answer
            answer = {"error": f"{type(error).__name__}: {error}"[:200]}
        print(json.dumps(answer), file=answers)


def _answer(asked: dict[str, Any], finder: finders.Finder, plain: finders.Finder) -> dict[str, Any]:
    frame = np.ascontiguousarray(np.load(asked["frame"])[:, :, :3])
    path = Path(asked["template"])
    template = cv2.imread(str(path))
    search, reference = finder(template, path), plain(template, path)
    began = time.process_time()
    reference(frame)
    beside = (time.process_time() - began) * 1000.0
    place, spent = None, []
    while len(spent) < asked["repeats"] and (not spent or spent[0] < QUICK):
        began = time.process_time()
        place = search(frame)
        spent.append((time.process_time() - began) * 1000.0)
    where = None if place is None else [int(place[0]), int(place[1])]
    return {"place": where, "ms": statistics.median(spent), "ref_ms": beside}


if __name__ == "__main__":
    main()
