"""How good and how fast is our search beside its peers? `python bench/beside.py OUT.json`.

Every peer answers the same questions, each in a process of its own, in turn; slow ones answer a
part of them, chosen by dice with a fixed seed, so that no peer takes longer than it is given.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import cases
import cv2
import games
import numpy as np
import screens
from peer_line import Line, Peer

PEERS = (
    Peer("cv2-grey", "", "plain cv2, grey"),
    Peer("cv2-bgr", "", "plain cv2, BGR"),
    Peer("pyautogui-grey", "pyautogui", "pyautogui, grey"),
    Peer("pyautogui-bgr", "pyautogui", "pyautogui, BGR"),
    Peer("mtm", "mtm", "Multi-Template-Matching"),
    Peer("airtest", "airtest", "airtest, its strategy"),
    Peer("airtest-tpl", "airtest", "airtest `tpl`"),
    Peer("airtest-mstpl", "airtest", "airtest `mstpl`"),
    Peer("airtest-sift", "airtest", "airtest `sift`"),
    Peer("airtest-brisk", "airtest", "airtest `brisk`"),
    Peer("guibot-template", "guibot", "guibot template"),
    Peer("guibot-feature", "guibot", "guibot feature"),
    Peer("maafw-template", "maafw", "maafw TemplateMatch"),
    Peer("maafw-feature", "maafw", "maafw FeatureMatch", 200),
    Peer("ok-script", "ok-script", "ok-script, whole frame"),
)
OURS = Peer("traybot", "", "**traybot**")
#: The fewest questions that tell anything.
_FEWEST = 12
#: After so many answers they are written down.
_KEEP = 200
#: How often a quick search is repeated.
_REPEATS = 3

Row = dict[str, Any]


def every_case(count: int, rounds: int) -> Iterator[tuple[str, cases.Case]]:
    """Give the questions, with the set each belongs to."""
    yield from (("tuning", case) for case in cases.cases(count // 2, held_out=False))
    yield from (("held out", case) for case in cases.cases(count // 2, held_out=True))
    if rounds:
        yield from (("held out", case) for case in cases.later_cases())
    yield from (("games", case) for case in games.game_cases(rounds))


def main() -> int:
    """Ask everybody everything, and write what they answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--cases", type=int, default=288, help="out of packages' pictures")
    parser.add_argument("--rounds", type=int, default=2, help="of 18 cases for each game screen")
    parser.add_argument("--seconds", type=float, default=40.0, help="for each slow peer")
    parser.add_argument("--only", nargs="*", help="peers by name")
    options = parser.parse_args()
    lines = _lines(options.only)
    _, first = next(every_case(2, 0))
    total = options.cases + 18 * (len(screens.LATER) + options.rounds * len(games.SCREENS))
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        shares = {
            line.peer.name: _share(line, first, Path(folder), total, options.seconds)
            for line in lines
        }
        rows: list[Row] = []
        for row in _ask_all(lines, shares, Path(folder), options):
            rows.append(row)
            if len(rows) % _KEEP == 0:
                _write(options.out, lines, rows)
    for line in lines:
        line.close()
    _write(options.out, lines, rows)
    return 0


def _write(out: Path, lines: list[Line], rows: list[Row]) -> None:
    """Keep what there is so far: a run takes long."""
    about = {line.peer.name: {"title": line.peer.title, **line.ready} for line in lines}
    out.write_text(json.dumps({"peers": about, "answers": rows}), encoding="utf-8")


def _memory() -> str | None:
    """Give a folder in memory for the frames, where there is one."""
    shared = Path("/dev/shm")  # noqa: S108  frames of 8 MB, gone with the run
    return str(shared) if shared.is_dir() else None


def _lines(only: list[str] | None) -> list[Line]:
    lines = []
    for peer in (*PEERS, OURS):
        if only and peer.name not in only:
            continue
        worker = {"worker": Path(__file__).with_name("ours.py")} if peer is OURS else {}
        try:
            lines.append(Line(peer, **worker))
        except OSError as error:
            print(f"{peer.name} is left out: {error}", file=sys.stderr)
    return lines


def _share(line: Line, case: cases.Case, folder: Path, total: int, seconds: float) -> float:
    """Find out by one question which part of all a peer has time for."""
    question = _question(case, folder, 1)
    line.ask(question)  # the first search also loads what a peer loads late
    answer = line.ask(question)
    spent = (answer.get("ms", 1000.0) + answer.get("ref_ms", 100.0)) / 1000.0
    if line.peer.name in {OURS.name, "cv2-grey"}:
        return 1.0  # all the others are compared to these
    return max(_FEWEST / total, min(1.0, seconds / (spent * total)))


def _ask_all(
    lines: list[Line], shares: dict[str, float], folder: Path, options: argparse.Namespace
) -> Iterator[Row]:
    dice = random.Random(7)
    for number, (family, case) in enumerate(every_case(options.cases, options.rounds)):
        question = _question(case, folder, _REPEATS)
        for line in dice.sample(lines, len(lines)):
            if dice.random() >= shares[line.peer.name] or case.side < line.peer.least_side:
                continue
            yield _row(line.peer.name, family, case, line.ask(question))
        if number % 20 == 0:
            print(f"case {number}", file=sys.stderr)


def _question(case: cases.Case, folder: Path, repeats: int) -> dict[str, Any]:
    frame, template = folder / "frame.npy", folder / f"template-{case.number}.png"
    np.save(frame, case.frame)
    cv2.imwrite(str(template), case.template)
    return {"frame": str(frame), "template": str(template), "repeats": repeats}


def _row(peer: str, family: str, case: cases.Case, answer: dict[str, Any]) -> Row:
    """Judge an answer."""
    place = tuple(answer["place"]) if answer.get("place") else None
    return {
        "peer": peer,
        "family": family,
        "case": case.number,
        "screen": case.screen,
        "kind": case.kind,
        "side": case.side,
        "present": case.place is not None,
        "found": place is not None,
        "right": "error" not in answer and case.right(place),
        "ms": answer.get("ms"),
        "ref_ms": answer.get("ref_ms"),
        "error": answer.get("error"),
    }


if __name__ == "__main__":
    sys.exit(main())
