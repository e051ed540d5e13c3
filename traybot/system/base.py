"""What must each operating system offer us, beyond what libraries hide?

Contracts only. Objects that satisfy them are used by one thread at a time, the one that made them.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from traybot.system.lives_over import LivesOver, Swept
from traybot.text import later

#: Codes of keys are 0 to 255 on every system we know (X keycodes, Windows and macOS virtual keys).
KEY_CODES = 256
#: In the environment of every process of one daemon, with a token of that daemon; and, set by each
#: life in its own, what its programs inherit.
MARK = "TRAYBOT_INSTANCE"
LIFE_MARK = "TRAYBOT_LIFE"
#: Mouse buttons are numbered as X does: 1 left, 2 middle, 3 right, 8 back, 9 forward.
BUTTONS = 16


@dataclass(frozen=True, slots=True)
class HeldInput:
    """What our input device holds down, as the system itself says."""

    keys: frozenset[int] = frozenset()
    buttons: frozenset[int] = frozenset()

    def __len__(self) -> int:
        """How many keys and buttons are down."""
        return len(self.keys) + len(self.buttons)


class Injector(Protocol):
    """Presses keys and moves the mouse, at once: gate and ledger are not its business.

    Each call has reached the window system when it returns. Releasing what is not held does
    nothing.
    """

    def code_of(self, key: str) -> int:
        """Give the code of a key name (`core.keys`); `BotError` where there is no such key."""
        ...

    def strokes(self, text: str) -> list[tuple[int, ...]]:
        """Give for each character the codes to hold together, modifiers first, the key last."""
        ...

    def press(self, code: int) -> None:
        """Put a key down."""
        ...

    def release(self, code: int) -> None:
        """Let a key go."""
        ...

    def press_button(self, button: int) -> None:
        """Put a mouse button down."""
        ...

    def release_button(self, button: int) -> None:
        """Let a mouse button go."""
        ...

    def move(self, x: int, y: int) -> None:
        """Put the pointer at a screen pixel."""
        ...

    def scroll(self, dx: int, dy: int) -> None:
        """Turn the wheel by notches: right and up are positive."""
        ...

    def pointer(self) -> tuple[int, int]:
        """Where the pointer is now, in screen pixels."""
        ...

    def held(self) -> HeldInput:
        """What our own device holds down now, read from the system; never what the user holds.

        Where a system cannot tell the two apart the answer is what this object pressed itself.
        """
        ...

    def close(self) -> None:
        """Let go of the connection, and of nothing else; may be called twice."""
        ...


class Hotkeys(Protocol):
    """Listens for chords everywhere on the desktop; calls back from its own thread."""

    def bind(self, chords: Sequence[tuple[str, str]]) -> dict[str, str]:
        """Listen for `(action, chord)` pairs in place of the former ones; give each action's state.

        States: "bound", "taken" (another program has it), "unsupported" (this keyboard or system
        cannot), each may be followed by ": why". Never raises for a bad chord.
        """
        ...

    def states(self) -> dict[str, str]:
        """Give each action's state as it is now; from any thread."""
        ...

    def stop(self) -> None:
        """Stop listening; returns when the thread has ended; may be called twice."""
        ...


@dataclass(frozen=True, slots=True)
class SessionChange:
    """Something begins or is over: the screen is locked, the machine sleeps, the session ends."""

    what: Literal["lock", "suspend", "end"]
    begins: bool


class ProcessHandle(Protocol):
    """One process that cannot be mistaken for another, even when its number is used again."""

    pid: int

    def fileno(self) -> int:
        """A number to wait for, ready once the process is gone; -1: wait for its sentinel."""
        ...

    def kill(self) -> None:
        """End it and its group, or what is left of the group."""
        ...

    def ask(self) -> None:
        """Ask the process and its group to leave, the way this system does."""
        ...

    def suspend(self) -> None:
        """Freeze the process and its group."""
        ...

    def resume(self) -> None:
        """Thaw the process and its group."""
        ...

    def signal(self, number: int) -> None:
        """Send a signal to the process alone; does nothing where there are no signals."""
        ...

    def reap(self) -> bool:
        """Collect what of it and its group is dead and was handed to us; whether more may come."""
        ...

    def close(self) -> None:
        """Forget it; may be called twice."""
        ...


class Processes(Protocol):
    """What we need to know of processes and to do to them; may be called from any thread."""

    def die_with_parent(self, number: int) -> None:
        """Have the kernel send us this signal when the thread that made us ends."""
        ...

    def adopt_orphans(self) -> None:
        """Become the parent of whatever our descendants leave behind."""
        ...

    def offer_to_be_killed(self) -> None:
        """Have the system choose us first where memory runs out, and not who supervises us."""
        ...

    def own_group(self) -> None:
        """Leave the session and group that we were born in for our own."""
        ...

    def handle(self, pid: int, *, outlives: bool = False) -> ProcessHandle:
        """Hold on to one just born, and `tie` it unless it `outlives` us, as the user's does.

        `ProcessLookupError` if it is gone already.
        """
        ...

    def tie(self, pid: int) -> None:
        """Have it end with us, where it cannot ask for that itself."""
        ...

    def mark_forks(self, life: int) -> None:
        """Mark this process as a life's, so that what it forks can be told from another's."""
        ...

    def leave_heir(self, line: int) -> None:
        """Have our end seen before our memory is taken down, where there is a way to that.

        `line` is the reading end of a pipe; when its other end is closed nothing of us stays.
        """
        ...

    def end_orphans(self, token: str, spared: Container[int], over: LivesOver) -> Swept:
        """Kill what these lives left behind and we have adopted.

        It never takes long: what forks faster than it is killed is left for the next call.
        """
        ...

    def end_marked(self, token: str, spared: int = 0) -> int:
        """Kill every process, but ourselves and one, that carries the mark; give how many."""
        ...

    def marked(self, token: str) -> list[int]:
        """Every process on this machine, but ourselves, that carries the mark of this daemon."""
        ...


class AutostartWord(StrEnum):
    """What the system will do with us at login."""

    ON = "on"
    OFF = "off"
    #: There is an entry, and the system passes it over, mostly because its own settings say so.
    DISABLED = "disabled by the system"
    #: There is an entry for a program that is gone, or for another one than this.
    ELSEWHERE = "points elsewhere"


#: Shown by `_`, for a person; JSON has the words themselves.
_AUTOSTART_WORDS = (
    later("on"),
    later("off"),
    later("disabled by the system"),
    later("points elsewhere"),
)


@dataclass(frozen=True, slots=True)
class AutostartStatus:
    """A word, one sentence why, and what to do about it if it is not as it should be."""

    word: AutostartWord
    why: str
    remedy: str = ""


class Autostart(Protocol):
    """Has the system start us at login; asks the system itself each time, and keeps nothing.

    May be called from any thread. Writing fails as a `TraybotError`.
    """

    def enable(self, command: Sequence[str]) -> None:
        """Have this command started at login, in place of whatever was before."""
        ...

    def disable(self) -> None:
        """Have nothing started; nothing happens if there is no entry."""
        ...

    def status(self) -> AutostartStatus:
        """Say what the system will really do."""
        ...

    def repair(self) -> bool:
        """Point an entry of ours that is on, and whose program is gone, to this installation.

        Gives whether that was needed. What the user did not have on is left as it is.
        """
        ...


class Awake(Protocol):
    """Keeps the machine and its screen awake; made and used by one thread alone.

    Whatever happens to this process, the system takes the hold back when it is gone.
    """

    def hold(self, reason: str) -> None:
        """Keep it awake from now on; called again it makes sure that this is still so.

        `BackendUnavailable` says why that cannot be had here.
        """
        ...

    def release(self) -> None:
        """Let it sleep; may be called twice."""
        ...


class Theme(Protocol):
    """Says whether the desktop is dark; made and used by one thread alone."""

    def dark(self) -> bool | None:
        """Whether it is dark; None if nobody tells."""
        ...

    def wait(self, ear: int) -> None:
        """Return when that may have changed, or when the descriptor `ear` is readable."""
        ...

    def close(self) -> None:
        """Let go of every connection; may be called twice."""
        ...
