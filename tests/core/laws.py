"""What must never happen, whatever happens: checked at every command and after every step."""

from collections import Counter
from typing import TYPE_CHECKING

from traybot.core import commands as c
from traybot.core import events as e
from traybot.core import policy
from traybot.core.phases import Phase
from traybot.core.state import DEATHWATCH, RECOVERY, ROUTINE, State
from traybot.core.watchfile import ENDING

if TYPE_CHECKING:
    from tests.core.world import World

_AT_REST = {Phase.IDLE, Phase.FAILED}
_PAUSE = {Phase.PAUSING, Phase.PAUSED}


class Laws:
    """Keeps a book of its own, from commands and requests alone, and compares."""

    def __init__(self) -> None:
        """Begin with a daemon that does nothing."""
        #: A person wants a bot to play: true from a start to a stop.
        self.wanted = False
        #: A stop was asked for and is not complete.
        self.stopping = False
        self.user_paused = False
        #: Why nobody can see the desktop, as far as nobody asked to play on regardless.
        self.away: set[str] = set()
        self.asked: Counter[int] = Counter()
        self.answered: Counter[int] = Counter()
        #: Lives whose gate was closed for good, as far as the core was told.
        self.condemned: set[int] = set()
        self.deadly = 0
        self.backoffs: list[float] = []
        #: What the user was told of failures.
        self.notices: list[str] = []
        self.left = 0

    def hear(self, event: e.Event, before: State) -> None:
        """Note what a person wished for, before the core's answer is judged."""
        if isinstance(event, e.Request) and event.ticket:
            self.asked[event.ticket] += 1
        match event:
            case e.StopRequested() | e.PanicRequested():
                self.wanted, self.stopping = False, before.phase not in _AT_REST
            case e.StartRequested() | e.RestartRequested() | e.ToggleRequested():
                self.wanted = self.wanted or not before.leaving
            case e.VerdictReached() if event.verdict.gated_at:
                self.condemned.add(event.verdict.life)
            case e.GateFoundShut() if event.life:
                self.condemned.add(event.life)
        self._note_pause(event, before)
        self._note_session(event, before)

    def _note_session(self, event: e.Event, before: State) -> None:
        insists = isinstance(event, e.ResumeRequested | e.ToggleRequested | e.StartRequested)
        match event:
            case e.SessionAway():
                self.away.add(event.why)
            case e.SessionBack():
                self.away.discard(event.why)
            case e.QuitRequested() | e.SessionEnding():
                self.wanted = False
            case _ if insists and before.phase in {*_PAUSE, Phase.NEEDS_HUMAN}:
                self.away.clear()

    def _note_pause(self, event: e.Event, before: State) -> None:
        if isinstance(event, e.ToggleRequested):
            pause, resume = before.phase is Phase.RUNNING, before.phase in _PAUSE
        else:
            pause = isinstance(event, e.PauseRequested)
            pause |= isinstance(event, e.UserTookOver) and before.phase is Phase.RUNNING
            resume = isinstance(event, e.ResumeRequested)
        if pause and before.phase in {Phase.RUNNING, *_PAUSE}:
            self.user_paused = True
        if resume:
            self.user_paused = False

    def judge(self, command: c.Command, world: "World") -> None:
        """Check one command at the moment it is carried out."""
        assert not self.left or isinstance(command, c.Reply), "done after everything has ended"
        match command:
            case c.LoadBot():
                assert self.wanted, "a bot is read though nobody wants to start one"
                assert not world.processes, "a run begins before the one before it has ended"
                self.stopping, self.user_paused, self.backoffs, self.deadly = False, False, [], 0
            case c.StartChild():
                self._judge_start(command, world)
            case c.FreeLife():
                self._judge_free(command, world)
            case c.KillChild() | c.AskChild() | c.SuspendChild() | c.ContinueChild():
                alive = {(p.name, p.life) for p in world.processes.values()}
                assert (command.child, command.life) in alive, "a life is meant that is gone"
            case c.Reply():
                assert command.ticket in self.asked, "an answer that nobody waits for"
                self.answered[command.ticket] += 1
                assert self.answered[command.ticket] == 1, "a request was answered twice"
            case c.Leave():
                assert not world.processes, "leaves while a child is alive"
                self.left += 1

    def _judge_start(self, command: c.StartChild, world: "World") -> None:
        place = "watcher" if command.child == DEATHWATCH else "player"
        assert place not in world.processes, f"two lives at once: {command}, {world.processes}"
        assert self.wanted, "a child starts though a stop was asked for"
        assert not self.stopping, "a child starts before the stop is complete"
        if command.child == ROUTINE:
            self.deadly = 0
        if command.child in {ROUTINE, RECOVERY}:
            assert not self.user_paused, "a life starts while the user has paused"

    def _judge_free(self, command: c.FreeLife, world: "World") -> None:
        player, watcher = world.processes.get("player"), world.processes.get("watcher")
        assert player is not None, "the gate opens for nobody"
        assert player.life == command.life, "the gate opens for a life that is gone"
        assert player.ready, "the gate opens for a life that is not ready"
        assert not player.killed, "the gate opens for a life that was ended"
        assert not player.asked, "the gate opens for a life that was asked to leave"
        assert not player.suspended, "the gate opens for a frozen life"
        assert watcher is not None, "the gate opens unwatched"
        assert watcher.ready, "the gate opens before the deathwatch is ready"
        assert not watcher.killed, "the gate opens under a deathwatch that was ended"
        assert command.life not in self.condemned, "the gate opens for a condemned life"
        assert not world.hands_asked, "the gate opens while something of another life is held"
        assert not self.user_paused, "the gate opens while the user has paused"
        assert not self.away, "the gate opens while nobody can see the desktop"

    def look(
        self, before: State, event: e.Event, commands: list[c.Command], world: "World"
    ) -> None:
        """Check the step as a whole."""
        state = world.state
        if state.phase in _AT_REST:
            assert not world.processes, f"{state.phase}, but alive: {world.processes}"
            self.stopping = self.user_paused = False
        if state.phase is Phase.FAILED:
            self.wanted = False
        if self.away:
            assert state.phase is not Phase.RUNNING, "plays while nobody can see the desktop"
            assert state.player is None or state.phase is not Phase.RECOVERING, "recovers unseen"
        if state.phase is Phase.RUNNING:
            assert not self.user_paused, "plays while the user has paused"
        self._look_at_restarts(state, commands, event.at)
        if isinstance(event, e.VerdictReached):
            self._look_at_verdict(before, event, commands)

    def _look_at_restarts(self, state: State, commands: list[c.Command], now: float) -> None:
        failed = [command for command in commands if _reports(command, "failed")]
        notices = [x.text for x in commands if isinstance(x, c.Notify) and "has failed" in x.text]
        self.notices += notices
        assert len(failed) == len(notices) <= 1, "a failure has one report and one notice"
        assert bool(failed) <= (state.phase in {Phase.FAILED, Phase.STARTING}), (
            "failed, but goes on"
        )
        self.backoffs += [now for command in commands if _reports(command, "backoff")]
        recent = [at for at in self.backoffs if now - at < policy.WINDOW_SECONDS]
        assert len(recent) <= policy.RESTARTS, "restarts without bounds"

    def _look_at_verdict(
        self, before: State, event: e.VerdictReached, commands: list[c.Command]
    ) -> None:
        acted = any(isinstance(x, c.Report) and x.fields.get("acted") for x in commands)
        if acted and event.verdict.then in ENDING:
            self.deadly += 1
            assert self.deadly == 1, "a second verdict acts before the first one's recovery ended"
            assert before.latched is None
        if not acted or self.user_paused:
            told = {type(command) for command in commands}
            assert told <= {c.Report, c.Notify}, f"more than notices: {commands}"


def _reports(command: c.Command, name: str) -> bool:
    return isinstance(command, c.Report) and command.event == name
