"""What is a child given at its birth? Plain values, the shared block, and its pipes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from traybot.core import wakes
from traybot.core.botfile import BotPlan
from traybot.shells.channel import End
from traybot.shells.memory import Memory
from traybot.shells.share import ShareAddress


@dataclass(frozen=True, slots=True)
class Birth:
    """One life's inheritance."""

    child: str
    life: int
    plan: BotPlan
    memory: Memory
    pipe: End
    #: To hands; the deathwatch presses nothing and has none.
    hands: End | None
    share: ShareAddress | None
    #: Marks every process that descends from us.
    token: str
    #: Names of the counters in use, in the order of their places.
    counters: tuple[str, ...] = ()
    #: The settings at its birth; the Manager brings the changes.
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: For the deathwatch: where it keeps pictures.
    pictures: str = ""
    #: Where a life writes its stack when it is told that it is stuck.
    stack_file: str = ""
    #: Where its standard output and error lead: into the log.
    output: End | None = None
    #: Ends what is left of us if the daemon goes.
    lifeline: End | None = None

    @property
    def capture(self) -> str:
        """How pictures of the screen are taken, as `[capture] backend` was at our birth."""
        return str(self.settings.get("capture", {}).get("backend", "auto"))

    @property
    def glances(self) -> Callable[[], bool] | None:
        """Says whether a picture that is no good is to be told; None: a bot that sees nothing."""
        sees = any(watch.kind in wakes.PIXELS | {"still"} for watch in self.plan.watches)
        wished = self.memory.pauses_on_picture
        return (lambda: bool(wished.value)) if sees or self.plan.window else None
