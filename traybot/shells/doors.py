"""How do lives reach hands, whichever hands there is? Each by a line whose far end we keep too."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import Pipe

from traybot.shells.channel import Channel, End, give_end


@dataclass(frozen=True, slots=True)
class Door:
    """A life's line to hands. We keep hands' end too, so that it outlives any one hands."""

    life: int
    window: str
    end: End

    def hand_in(self, handles: End, channel: Channel, pid: int) -> None:
        """Give a hands its end; one that is dying does not take it, the next one will."""
        with contextlib.suppress(OSError):
            give_end(handles, self.end, pid)
            channel.send({"do": "attach", "life": self.life, "window": self.window})

    def tell_lost(self) -> None:
        """Tell the life, in hands' place, that its question was lost."""
        Channel(self.end, patient=False).send({"lost": True})


class Doors:
    """The lines of all lives; the engine's thread only."""

    def __init__(self) -> None:
        """Begin with none."""
        self._doors: dict[int, Door] = {}

    def __iter__(self) -> Iterator[Door]:
        """Give every door."""
        return iter(self._doors.values())

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._doors)

    def make(self, life: int, window: str) -> tuple[Door, End]:
        """Make a life's line; its own end is given too, to be closed once it is passed on."""
        ours, theirs = Pipe(duplex=True)
        door = self._doors[life] = Door(life, window, theirs)
        return door, ours

    def close(self, life: int) -> None:
        """The life is gone."""
        door = self._doors.pop(life, None)
        if door is not None:
            door.end.close()
