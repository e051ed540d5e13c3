"""What does a picture cost that peers take? `python bench/capture_peers.py OUT.json`.

As `capture.py`, with the floor from C beside each of them, in their own environment.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import capture
import peer_envs

from tests.desktop import Desktop
from traybot.core.geometry import Rect
from traybot.vision.screen import Screen

_WORKER = Path(__file__).parent / "peers" / "grabs.py"


@contextmanager
def peers() -> Iterator[dict[str, capture.Way]]:
    """Start the peers' process; nothing where their environment cannot be made."""
    python = peer_envs.python("pyautogui")
    if python is None:
        yield {}
        return
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [str(python), str(_WORKER)], stdin=pipe, stdout=pipe, text=True
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        asked, told = running.stdin, running.stdout
        names = json.loads(told.readline())

        def way(name: str) -> capture.Way:
            def block(number: int, rect: Rect) -> list[float]:
                question = {"way": name, "number": number, "rect": rect.as_list()}
                print(json.dumps(question), file=asked, flush=True)
                return list(json.loads(told.readline())["ms"])

            return block

        yield {name: way(name) for name in names}
        asked.close()


def main() -> int:
    """Measure, and write what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--blocks", type=int, default=6)
    options = parser.parse_args()
    table: dict[str, dict[str, dict[str, float]]] = {}
    with Desktop(manager=None, size=capture.SIZE) as desktop:
        os.environ |= {"DISPLAY": desktop.display, "XAUTHORITY": os.devnull}  # pyautogui wants one
        subprocess.run(
            ["/usr/bin/xsetroot", "-mod", "16", "7", "-fg", "navy", "-bg", "tan"], check=True
        )
        capture.pin(desktop.pids, together=False)
        with Screen() as screen, capture.floor() as floor, peers() as others:
            first = floor or {capture.OURS: capture.timed(screen.grab)}
            for case, (rect, _) in capture.CASES.items():
                capture.pin(desktop.pids, together=case == capture.TOGETHER)
                rounds = [
                    capture.round_of({**first, **others}, rect) for _ in range(options.blocks)
                ]
                table[case] = {name: capture.summary(name, rounds) for name in others}
    options.out.write_text(json.dumps(table), encoding="utf-8")
    print(json.dumps(table, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
