"""Who hears what happens? The log, the event stream, whoever follows, and the final summary."""

import json
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import IO, Any

from traybot.core.watchfile import ENDING
from traybot.shells.sayings import in_words
from traybot.shells.teller import Teller
from traybot.text import in_english

_log = logging.getLogger("traybot.events")

#: So many stops are remembered: a daemon may run for months.
_STOPS = 1000

#: Says whether it wants to hear more.
Follower = Callable[[dict[str, Any]], bool]


class Reporter:
    """Turns reports into documents and counts what the summary needs. Safe from any thread."""

    def __init__(self, began: float, stream: IO[str] | None, *, as_json: bool) -> None:
        """`stream`, if any, gets each event as a line: JSON, or words for a person."""
        self._began = began
        self._teller = Teller(stream) if stream else None
        self._as_json = as_json
        self._lock = threading.Lock()
        self._followers: list[Follower] = []
        self._counts = {"dead": 0, "starting": 0, "recovered": 0}
        self._stops: deque[float] = deque(maxlen=_STOPS)
        self._longest_stop: float | None = None

    def follow(self, follower: Follower) -> None:
        """Hand every later document to `follower`, which must not block, until it says no."""
        with self._lock:
            self._followers.append(follower)

    def tell(self, event: str, at: float, life: int, fields: dict[str, Any]) -> None:
        """Tell everybody of one event; `at` is a monotonic time."""
        document = self._pass_on(event, at, life, fields)
        _log.info("%s", json.dumps(document))

    def said(self, child: str, life: int, level: str, text: str) -> None:
        """Tell what a bot printed or logged now; the log has it already."""
        fields = {"child": child, "level": level, "text": text}
        self._pass_on("said", time.monotonic(), life, fields)

    def _pass_on(self, event: str, at: float, life: int, fields: dict[str, Any]) -> dict[str, Any]:
        facts = in_english(fields)
        document = {"event": event, "t": round(at - self._began, 6), "life": life, **facts}
        with self._lock:
            self._count(document)
            followers = list(self._followers)
            self._write(document)
        gone = [follower for follower in followers if not follower(document)]
        if gone:
            with self._lock:
                self._followers = [one for one in self._followers if one not in gone]
        return document

    def _count(self, document: dict[str, Any]) -> None:
        event = document["event"]
        if event == "verdict" and document["acted"] and document["then"] in ENDING:
            self._counts["dead"] += 1
        elif event in self._counts:
            self._counts[event] += 1
        stopped = document.get("stop_ms")
        if event == "gone" and stopped is not None:
            self._stops.append(float(stopped))
            self._longest_stop = max(self._stops[-1], self._longest_stop or 0.0)

    def _write(self, document: dict[str, Any]) -> None:
        if self._teller is not None:
            self._teller.tell(json.dumps(document) if self._as_json else _in_words(document))

    def close(self, seconds: float) -> bool:
        """Have everything told, no longer than `seconds`; False if nobody took it."""
        return self._teller is None or self._teller.close(seconds)

    def summary(self, at: float, held_left: int | None, children_left: int) -> None:
        """Tell the last event; the two counts were read from the system itself.

        Of a long run's stops the quantiles are those of the last thousand, the longest is of all.
        """
        stops = sorted(self._stops)
        fields = {
            "deaths": self._counts["dead"],
            "lives": self._counts["starting"],
            "recoveries": self._counts["recovered"],
            "stop_ms": {
                "p50": _quantile(stops, 0.5),
                "p99": _quantile(stops, 0.99),
                "max": self._longest_stop,
            },
            "held_left": held_left,
            "children_left": children_left,
        }
        self.tell("summary", at, 0, fields)


def _quantile(ordered: list[float], share: float) -> float | None:
    """Give the nearest-rank quantile of sorted numbers."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _in_words(document: dict[str, Any]) -> str:
    if document["event"] == "said":
        words = in_words(document["child"], document["life"], document["text"])
        return f"{document['t']:9.3f} s {words}"
    skipped = {"event", "t", "life"}
    facts = [
        f"{key}={value}"
        for key, value in document.items()
        if key not in skipped and value not in (None, "")
    ]
    life = f" life {document['life']}" if document.get("life") else ""
    return f"{document['t']:9.3f} s {document['event']}{life} {' '.join(facts)}".rstrip()
