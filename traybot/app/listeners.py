"""Who hears what the engine decided? The log, the event stream, callers, tray and power."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from traybot.app.menu import MenuSide
from traybot.core.commands import Report
from traybot.core.phases import Phase
from traybot.core.state import State
from traybot.core.status import present
from traybot.shells import requests
from traybot.shells.awake import AwakeKeeper
from traybot.shells.control import ControlServer
from traybot.shells.faces import Faces
from traybot.shells.reporter import Reporter
from traybot.shells.session_watch import SessionWatch
from traybot.text import _

#: Under this number the command line that started the daemon hears about its own bot.
OWN_TICKET = -1
#: The reply to a start whose bot is wrong; the command line's exit code for that as well.
_INVALID = 5


@dataclass(slots=True)
class Listeners:
    """What `ports.Watchers` asks for; on the engine's thread."""

    reporter: Reporter
    control: ControlServer
    awake: AwakeKeeper
    session: SessionWatch
    #: The state as of the last step.
    state: Callable[[], State]
    #: What the menu shows beside the state.
    menu: MenuSide
    #: Quit, because of this.
    quit: Callable[[str], None]
    #: There once the daemon runs.
    faces: Faces | None = None
    #: The bot that the daemon's own command line has named.
    own_bot: str = ""
    #: What that command line is to exit with.
    code: int = 0

    def report(self, report: Report, at: float) -> None:
        """Pass an event on to log, stream and followers."""
        self.reporter.tell(report.event, at, report.life, dict(report.fields))

    def notify(self, text: str, *, minor: bool = False) -> None:
        """Tell the user in the menu, if that is wanted; log and followers hear everything."""
        self.menu.note(text, minor=minor)
        self.reporter.tell("notice", time.monotonic(), 0, {"text": text})

    def reply(self, ticket: int, code: int, text: str) -> None:
        """Answer whoever asked; what nobody asked for by command is told as a notice."""
        if ticket > 0:
            self.control.answer(ticket, requests.answer(code, text))
        elif ticket == OWN_TICKET and code and not self.state().leaving:
            self._own_bot_failed(code, text)
        elif code:
            self.notify(text)

    def _own_bot_failed(self, code: int, text: str) -> None:
        if self.state().phase in {Phase.BACKOFF, Phase.FAILED} and code != _INVALID:
            return  # it is tried again, or is told of where it has failed for good
        sys.stderr.write(f"traybot: {text}\n")
        if code == _INVALID or self.state().phase is Phase.IDLE:
            self.code = code
            self.quit("its bot's mistake")

    def show(self, state: State) -> None:
        """Show a state in the tray; keep the machine awake as long as it wants that."""
        self._note_own_bot(state)
        self.awake.show(state.phase)
        self.session.show(may_sleep=state.may_sleep)
        if self.faces is not None:
            self.faces.show(present(state, self.menu.facts(state)), state.phase)

    def _note_own_bot(self, state: State) -> None:
        """A run that has failed is said where it was started, and in the exit code."""
        if not self.own_bot or state.bot != self.own_bot:
            return
        if state.phase is Phase.RUNNING:
            self.code = 0
        elif state.phase is Phase.FAILED and not self.code:
            self.code = state.miss_code
            told = _("{bot} has failed: {why} (it can be started again; Ctrl+C ends traybot)")
            sys.stderr.write(f"traybot: {told.format(bot=state.bot, why=state.reason)}\n")
