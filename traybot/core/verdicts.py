"""What did a watch conclude, where did it see it, and when did each thing happen?"""

from dataclasses import dataclass

from traybot.core.geometry import Rect
from traybot.core.watchfile import STUCK
from traybot.text import _


@dataclass(frozen=True, slots=True)
class Verdict:
    """One firing of a watch; times are seconds of the system-wide monotonic clock."""

    watch: str
    then: str
    life: int
    #: When the picture was taken, the watch concluded, the gate was closed (0: left open).
    seen_at: float
    decided_at: float
    gated_at: float = 0.0
    score: float | None = None
    rect: Rect | None = None
    why: str = ""

    @property
    def latency(self) -> float:
        """Seconds from the picture to the conclusion."""
        return self.decided_at - self.seen_at

    @property
    def stuck(self) -> bool:
        """Whether a limit of the table `[stuck]` was passed."""
        return self.watch.startswith(STUCK)

    @property
    def sentence(self) -> str:
        """What it concluded, for a person."""
        return (
            _("stuck: {why}").format(why=self.why)
            if self.stuck
            else _("{why} was seen").format(why=self.watch)
        )
