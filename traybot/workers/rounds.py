"""When does each watch look? At its own pace, or, where the screen tells what changes, after that.

The damage that a screen tells is asked for before the looks that follow from it: whatever is drawn
later is told anew, so nothing is missed between.
"""

import math
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from traybot.core import wakes
from traybot.core import watch as rules
from traybot.core.geometry import Rect
from traybot.core.watchfile import WatchSpec
from traybot.errors import BackendUnavailable
from traybot.vision.cameras import Damage, open_damage
from traybot.workers.looks import Look, Sight

#: Damage is asked for no more often: a screen on which much moves must not keep us busy.
_BREATH_SECONDS = 0.004
#: So often it is tried again to hear of it, once that could not be had.
_RETRY_SECONDS = 2.0


@dataclass(slots=True)
class Watched:
    """One watch: its rules, its look, what it remembers."""

    spec: WatchSpec
    look: Look
    state: rules.WatchState = field(default_factory=rules.WatchState)
    looked_at: float = 0.0
    sight: Sight | None = None
    #: What it looked at last, on the screen; None: nothing yet.
    place: Rect | None = None
    #: Something was drawn there since, or it must look for another reason.
    stirred: bool = True
    #: Its last look was its own idea, after a long rest, and found that it may sleep on.
    uncalled: bool = False
    #: Another verdict, or the life's own end, went before its last one: nothing has come of it.
    overruled: bool = False
    #: Why it cannot look now.
    blind: str = ""
    #: When that was told last, monotonic seconds.
    blind_told_at: float = -math.inf

    @property
    def acts(self) -> bool:
        """Whether its verdict ends or pauses the life."""
        return self.spec.ends_life or self.spec.then == "pause"

    @property
    def may_look(self) -> float:
        """From when on it looks if something is drawn."""
        return wakes.may_look(self.looked_at, self.spec.every, uncalled=self.uncalled)

    @property
    def asleep(self) -> bool:
        """Whether only something drawn can change what it concludes."""
        sight = self.sight
        if self.stirred or self.place is None or sight is None:
            return False
        return sight.sees is not None and not sight.working and wakes.sleeps(self.spec, self.state)


class Rounds:
    """The order in which the watches of one deathwatch look."""

    def __init__(self, watches: Sequence[Watched]) -> None:
        """Hear nothing yet."""
        self.watches = watches
        self._damage: Damage | None = None
        self._tried_at = 0.0
        #: Something was drawn, and nobody has asked where.
        self._told = False
        self._asked_at = 0.0
        #: How often something was drawn where a watch looks: whether a picture is delivered.
        self.deliveries = 0

    def open(self) -> None:
        """Begin to hear what is drawn, where that can be had."""
        self._tried_at = time.monotonic()
        with suppress(BackendUnavailable):
            self._damage = open_damage()

    def close(self) -> None:
        """Hear no more; may be called twice."""
        if self._damage is not None:
            self._damage.close()
        self._damage, self._told = None, False

    def look_soon(self) -> None:
        """Have every watch look at once."""
        for watched in self.watches:
            watched.looked_at, watched.stirred = 0.0, True

    def due(self, watched: Watched) -> float:
        """Give when this watch looks next, if nothing is drawn before."""
        asleep = self._damage is not None and watched.asleep
        if watched.stirred and watched.uncalled and wakes.sleeps(watched.spec, watched.state):
            return watched.may_look
        return wakes.next_look(watched.looked_at, watched.spec.every, asleep=asleep)

    def _wakes(self, watched: Watched) -> float:
        """Give when there is something to do for it: a sleeper begins to listen once it may look.

        Before, what is drawn would only wake us to wait for that.
        """
        due, may = self.due(watched), watched.may_look
        return due if may <= time.monotonic() else min(due, may)

    def seconds(self) -> float | None:
        """Give how long to sleep at most; None if there is no watch."""
        due = min(map(self._wakes, self.watches), default=None)
        if due is None:
            return None
        if self._told:
            due = min(due, self._asked_at + _BREATH_SECONDS)
        return max(0.0, due - time.monotonic())

    def also(self) -> int | None:
        """Give what to wait for besides; nothing while no sleeper could look if it was woken."""
        if self._damage is None or self._told:
            return None
        now = time.monotonic()
        listens = any(watched.asleep and watched.may_look <= now for watched in self.watches)
        return self._damage.fileno() if listens else None

    def hear(self) -> None:
        """Take in what the screen has told, before anybody looks."""
        now = time.monotonic()
        if self._damage is None:
            if now - self._tried_at > _RETRY_SECONDS:
                self.open()
            return
        try:
            self._told = self._damage.heard() or self._told
            if self._told and now - self._asked_at >= _BREATH_SECONDS:
                self._asked_at = now
                self._stir(self._damage.places())
                # What was told while we asked is no longer to be waited for.
                self._told = self._damage.heard()
        except BackendUnavailable:
            self.close()

    def _stir(self, places: Sequence[Rect]) -> None:
        for watched in self.watches:
            where = watched.place
            if where is None or any(not place.within(where).empty for place in places):
                watched.stirred = True
                self.deliveries += 1

    def looked(self, watched: Watched, now: float, sight: Sight, place: Rect | None) -> None:
        """Note a look: the watch may sleep until something is drawn at that place."""
        watched.uncalled = self._damage is not None and watched.asleep
        watched.looked_at, watched.stirred = now, False
        watched.sight, watched.place = sight, place
