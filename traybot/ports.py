"""What does the engine need from the world? Contracts that shells satisfy by their shape.

Every method is called on the engine's thread only, unless it says otherwise.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from traybot.core.botfile import BotPlan
from traybot.core.commands import Report
from traybot.core.events import Event
from traybot.core.state import State


class Source(Protocol):
    """Something that the engine waits for."""

    def waitables(self) -> Iterable[Any]:
        """Objects with a `fileno`, or numbers of descriptors, that get readable."""
        ...

    def seconds_left(self) -> float | None:
        """After how long it must be asked even if nothing got readable; None: never."""
        ...

    def collect(self) -> list[Event]:
        """Give what happened, oldest first; never waits."""
        ...


class Lives(Source, Protocol):
    """Starts lives, speaks to them and ends them."""

    def start(self, child: str, life: int, plan: BotPlan) -> None:
        """Start a life; that it runs is told by an event."""
        ...

    def begin_run(self) -> None:
        """Forget what an earlier run has counted."""
        ...

    def kill(self, child: str, life: int, *, stack: bool = False) -> None:
        """End it now, with all that it started; with `stack` it may write down where it stands."""
        ...

    def ask(self, child: str, life: int) -> None:
        """Ask it to leave."""
        ...

    def suspend(self, child: str, life: int) -> None:
        """Freeze it."""
        ...

    def resume(self, child: str, life: int) -> None:
        """Thaw it."""
        ...

    def tell(self, child: str, document: Mapping[str, Any]) -> None:
        """Say something to the present life of a child, if there is one."""
        ...


class HandsPort(Source, Protocol):
    """Lets go of what we hold."""

    def let_go(self, *, beyond: bool = False, everything: bool = False) -> list[Event]:
        """Have it released; what is known at once is given back, the rest comes by `collect`."""
        ...


class Reader(Protocol):
    """Reads bots from disk."""

    def read(self, bot: str, run: int) -> None:
        """Begin to read and check a bot; the answer is posted, whenever the disk gives it."""
        ...


class ProgramPort(Source, Protocol):
    """Starts the program that a bot plays."""

    def start(self, plan: BotPlan) -> None:
        """Start it, unless it runs."""
        ...

    def restart(self, plan: BotPlan) -> None:
        """End it if it runs, and start it when it is gone; never waits."""
        ...

    def leave(self) -> None:
        """Let it be: one that was asked to go, to be started again, is not."""
        ...


class Watchers(Protocol):
    """Whoever wants to know: log, event stream, tray, notices. May be slow, must not fail."""

    def report(self, report: Report, at: float) -> None:
        """Something happened that people want to hear of."""
        ...

    def notify(self, text: str, *, minor: bool = False) -> None:
        """Tell the user; `minor`: nothing went wrong, and nobody asked to be told."""
        ...

    def reply(self, ticket: int, code: int, text: str) -> None:
        """Answer a request."""
        ...

    def show(self, state: State) -> None:
        """The state has changed."""
        ...
