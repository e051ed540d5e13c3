"""What do the answers of peers say? Tables of times and of right answers, and two pictures."""

import statistics
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cases
from report_tables import table

from traybot.vision.plot import OTHERS, OURS, Axis, Bar, Point, bars, points, save

Answer = dict[str, Any]
_FAMILIES = {
    "tuning": "packages' pictures, tuned on",
    "held out": "held out",
    "games": "real games",
}


class Peer:
    """What one peer answered."""

    def __init__(
        self, name: str, title: str, answers: list[Answer], plain: dict[int, Answer]
    ) -> None:
        self.name, self.title, self.answers = name, title, answers
        self.timed = [one for one in answers if one["ms"]]
        self.present = [one for one in answers if one["present"]]
        self.absent = [one for one in answers if not one["present"]]
        self.right = sum(one["right"] for one in self.present)
        self.wrong = sum(one["found"] and not one["right"] for one in self.present)
        self.invented = sum(one["found"] for one in self.absent)
        self.errors = Counter(one["error"] for one in answers if one["error"])
        #: Of what the full search gets right.
        self.known = [one for one in self.present if plain[one["case"]]["right"]]
        self.kept = sum(one["right"] for one in self.known)

    @property
    def ratio(self) -> float:
        """The median of its time in that of plain OpenCV beside it."""
        return statistics.median(one["ms"] / one["ref_ms"] for one in self.timed)

    @property
    def mean_ratio(self) -> float:
        """All its time in all of theirs."""
        return sum(one["ms"] for one in self.timed) / sum(one["ref_ms"] for one in self.timed)

    def median(self, side: int) -> str:
        """The median milliseconds for one side."""
        times = [one["ms"] for one in self.timed if one["side"] == side]
        return f"{statistics.median(times):.3g}" if times else "-"

    def of(self, family: str) -> list[Answer]:
        """The answers of one set."""
        return [one for one in self.answers if one["family"] == family]


def peers(document: dict[str, Any], family: str = "") -> list[Peer]:
    """Sort the answers by peer, the fastest first."""
    answers = [one for one in document["answers"] if not family or one["family"] == family]
    plain = {one["case"]: one for one in answers if one["peer"] == "cv2-grey"}
    found = []
    for name, about in document["peers"].items():
        own = [one for one in answers if one["peer"] == name]
        if any(one["ms"] for one in own):
            found.append(Peer(name, about["title"], own, plain))
    return sorted(found, key=lambda peer: peer.ratio)


def page(document: dict[str, Any], pictures: Path) -> str:
    """Write the section, and draw its pictures."""
    everybody = peers(document)
    _draw(everybody, pictures)
    head = ["who", "n", "median ms, 24 / 64 / 200", "x plain grey: median, mean"]
    head += ["right, of those present", "wrong place", "found though absent"]
    lines = [table(head, [_row(peer) for peer in everybody])]
    lines.append("![Right answers and time](pictures/bench-peers.png)\n")
    lines.append("![Times beside plain OpenCV](pictures/bench-peers-times.png)\n")
    lines.append(
        "The same by the sets that the questions come from, for the two that answered all:\n"
    )
    lines.append(_by_family(document))
    lines.append(
        "By `python bench/beside.py`: every peer in an environment of its own with pinned versions "
        "(`bench/peers/requirements-*.txt`), asked by its public functions with its own defaults "
        "but a threshold of 0.9 where it takes one, on one core. Times are those of "
        "the peer's process. Each question is timed beside a plain grey search of OpenCV in the "
        "same process, which is what the ratio is to. Slow peers "
        "answered a part, chosen by dice: read n. *Right* is within 2 pixels, or a place that "
        "shows the same. Feature finders are meant for larger pictures than these.\n"
    )
    failed = [
        f"{peer.title}: {why} ({count})" for peer in everybody for why, count in peer.errors.items()
    ]
    if failed:
        lines.append("No answer came from " + "; ".join(failed) + ".\n")
    return "\n".join(lines)


def _row(peer: Peer) -> list[str]:
    times = " / ".join(peer.median(side) for side in cases.SIDES)
    return [
        peer.title,
        f"{len(peer.answers)}",
        times,
        f"{peer.ratio:.3g}, {peer.mean_ratio:.3g}",
        f"{peer.right} of {len(peer.present)}",
        f"{peer.wrong}",
        f"{peer.invented} of {len(peer.absent)}",
    ]


def _by_family(document: dict[str, Any]) -> str:
    rows = []
    for family, title in _FAMILIES.items():
        for peer in peers(document, family):
            if peer.name in {"traybot", "cv2-grey"}:
                kept = f"{peer.kept} of {len(peer.known)}"
                rows.append([title, *_row(peer)[:1], *_row(peer)[1:], kept])
    head = ["set", "who", "n", "median ms, 24 / 64 / 200", "x plain grey: median, mean"]
    head += ["right, of those present", "wrong place", "found though absent"]
    return table([*head, "right, of what plain grey gets right"], rows)


def _draw(everybody: list[Peer], pictures: Path) -> None:
    color = {True: OURS, False: OTHERS}
    dots = [
        Point(
            peer.title.replace("*", "").replace("`", ""),
            peer.ratio,
            100.0 * peer.right / max(1, len(peer.present)),
            color[peer.name == "traybot"],
        )
        for peer in everybody
    ]
    across = Axis("time, as a multiple of plain OpenCV's grey search (median)", 0.01, 100, log=True)
    image = points(
        "Right answers and time", across, Axis("% right, of those present", 0, 100), dots
    )
    save(image, pictures / "bench-peers.png")
    rows = [
        Bar(
            peer.title.strip("*`").replace("`", ""),
            peer.ratio,
            f"{peer.ratio:.3g}",
            color[peer.name == "traybot"],
        )
        for peer in everybody
    ]
    image = bars("Time, as a multiple of plain OpenCV's grey search", across, rows, mark=1.0)
    save(image, pictures / "bench-peers-times.png")


def targets(document: dict[str, Any], target: Callable[..., list[str]]) -> list[list[str]]:
    """Say what of the search's targets is reached, on all questions and on those held out."""
    rows = []
    for family, title in (("", "all"), ("held out", "held out")):
        by_name = {peer.name: peer for peer in peers(document, family)}
        ours, plain = by_name["traybot"], by_name["cv2-grey"]
        rows += [
            target(f"a search beside plain grey, median, {title}", ours.ratio, 0.1, "x", 0.06),
            target(f"a search beside plain grey, mean, {title}", ours.mean_ratio, 0.3, "x", 0.15),
            target(
                f"right, of what plain grey gets right, {title} ({ours.kept} of {len(ours.known)})",
                100.0 * ours.kept / max(1, len(ours.known)),
                99,
                "%",
                99.5,
                up=True,
            ),
            [
                f"found though absent, {title}",
                f"fewer than plain grey's {plain.invented}, further none",
                f"{ours.invented} of {len(ours.absent)}",
                "reached, the further one too"
                if not ours.invented
                else "reached"
                if ours.invented < plain.invented
                else "**not reached**",
            ],
        ]
    return rows
