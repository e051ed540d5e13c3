"""Who is hit, and how? One or two of our processes, by what kills, what asks, or what freezes."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from signal import Signals

from bench.chaos_story import Story

#: The role and how often it is hit, in proportion.
ROLES = {
    "routine": 6,
    "recovery": 12,
    "heir": 2,
    "deathwatch": 5,
    "hands": 4,
    "manager": 2,
    "forkserver": 2,
    "daemon": 0.4,
}
#: The first is the surest.
DEADLY = (
    Signals.SIGKILL,
    Signals.SIGTERM,
    Signals.SIGINT,
    Signals.SIGHUP,
    Signals.SIGQUIT,
    Signals.SIGSEGV,
    Signals.SIGABRT,
    Signals.SIGALRM,
    Signals.SIGUSR1,
)
#: The daemon takes these as a wish to quit.
KIND_ENDS = {Signals.SIGTERM, Signals.SIGINT, Signals.SIGHUP}
#: Stands still for a moment, or for good.
FREEZE, STOP = "freeze", "SIGSTOP"
Blow = Signals | str


class Blows:
    """Deals them; by pidfd, and only to what is certainly ours."""

    def __init__(self, dice: random.Random, story: Story, mark: str) -> None:
        self._dice, self._story, self._mark = dice, story, mark.encode()
        #: Who stands still for good.
        self.frozen: dict[str, int] = {}

    def strike(
        self, pids: dict[str, int], fresh: Callable[[], dict[str, int]]
    ) -> list[tuple[str, Blow]]:
        """Deal one or two, the second at once or in the midst of the repair of the first."""
        dealt = [self._one(pids)]
        if self._dice.random() < 0.4:
            if self._dice.random() < 0.6:
                time.sleep(self._dice.random() * 0.4)
                if dealt[0][0] != "daemon":
                    pids = fresh()
            # Who is frozen for good after the daemon's death is promised to nobody.
            fatal = dealt[0][0] == "daemon" and dealt[0][1] in DEADLY
            others = {role: pid for role, pid in pids.items() if role != dealt[0][0]}
            dealt.append(self._one(others, DEADLY[0] if fatal else None))
        return dealt

    def _one(self, pids: dict[str, int], blow: Blow | None = None) -> tuple[str, Blow]:
        roles = [role for role in ROLES if role in pids and role not in self.frozen]
        role = self._dice.choices(roles, [ROLES[role] for role in roles])[0]
        blow = blow or self._draw(role)
        number = Signals.SIGSTOP if isinstance(blow, str) else blow
        self.send(pids[role], number)
        name = blow if isinstance(blow, str) else blow.name
        self._story.dealt_one(role, name, pids[role])
        if blow is FREEZE:
            time.sleep(self._dice.random() * 0.3)
            self.send(pids[role], Signals.SIGCONT)
        elif blow is STOP:
            self.frozen[role] = pids[role]
        return role, blow

    def _draw(self, role: str) -> Blow:
        if self._dice.random() < 0.2:
            # A daemon that stands still for good keeps no promise but that of its death.
            return FREEZE if role == "daemon" or self._dice.random() < 0.6 else STOP
        return DEADLY[0] if self._dice.random() < 0.5 else self._dice.choice(DEADLY)

    def thaw(self) -> None:
        """Let those go on who still stand."""
        for pid in self.frozen.values():
            self.send(pid, Signals.SIGCONT)
        self.frozen.clear()

    def send(self, pid: int, number: Signals) -> None:
        """Signal a process, if it is there and carries our mark."""
        with suppress(OSError):
            handle = os.pidfd_open(pid)
            try:
                ours = self._mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                if ours:
                    signal.pidfd_send_signal(handle, number)
            finally:
                os.close(handle)
