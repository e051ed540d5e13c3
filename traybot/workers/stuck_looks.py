"""How is a life seen to be stuck, from outside? By the numbers that it writes as it goes.

Each look takes the life's running time, which stands still while it is paused.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from traybot.core.repeats import WORDS, Repeats
from traybot.core.watchfile import WatchSpec
from traybot.shells.memory import Memory
from traybot.text import _


@dataclass(slots=True)
class _Since:
    """Since which running time a value has been the same; a life that is younger begins anew."""

    value: Any = None
    at: float = 0.0
    last: float = 0.0

    def standing(self, value: object, running: float) -> float:
        """Give for how many seconds of running time it has not changed."""
        if value != self.value or running < self.last:
            self.value, self.at = value, running
        self.last = running
        return running - self.at


#: Gives whether it is stuck, and in which words.
StuckLook = Callable[[float], tuple[bool, str]]


def silent(spec: WatchSpec, memory: Memory) -> StuckLook:
    """No call of ours for so long; a sleep has said when it will wake."""
    since = _Since()

    def look(running: float) -> tuple[bool, str]:
        called = float(memory.heartbeat.value)
        asleep = max(0.0, called - time.monotonic())
        seconds = since.standing(called, running)
        if asleep:
            since.at, seconds = running, 0.0
        return seconds >= spec.lasting, _("no call of traybot's for {seconds:.1f} s").format(
            seconds=seconds
        )

    return look


def progress(spec: WatchSpec, memory: Memory) -> StuckLook:
    """Nothing was counted for so long."""
    since = _Since()

    def look(running: float) -> tuple[bool, str]:
        seconds = since.standing(tuple(memory.counters), running)
        return seconds >= spec.lasting, _("nothing counted for {seconds:.1f} s").format(
            seconds=seconds
        )

    return look


def repeating(_spec: WatchSpec, memory: Memory) -> StuckLook:
    """The same again and again, by the life's own account of its actions."""

    def look(_running: float) -> tuple[bool, str]:
        shown = Repeats(memory.repeats.value)
        return bool(shown), WORDS.get(shown, "")

    return look


LOOKS: dict[str, Callable[[WatchSpec, Memory], StuckLook]] = {
    "silent": silent,
    "progress": progress,
    "repeats": repeating,
}
