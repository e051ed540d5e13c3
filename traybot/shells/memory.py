"""Which numbers do daemon and children share without asking anybody? One block, made first of all.

Every field has exactly one writer and no lock: a killed lock holder would leave it locked for ever.
A life inherits the block; it cannot be sent to a running process.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.context import BaseContext

from traybot.core.phases import Phase

#: 256 key codes, then 16 mouse buttons.
LEDGER_SIZE = 256 + 16
COUNTERS = 32
#: A bot may have more; the scores of the rest are shown nowhere.
WATCHES = 64
_PHASES = tuple(Phase)

#: What the engine asks of a life through `pause`.
GO, HOLD, LEAVE = 0, 1, 2


class Memory:
    """The shared block of one bot. In brackets: who writes."""

    def __init__(self, context: BaseContext) -> None:
        """Make the block; to be done once, by the daemon."""
        self._phase = context.Value("i", 0, lock=False)
        #: What the life is asked to do: GO, HOLD or LEAVE (engine).
        self.pause = context.Value("b", HOLD, lock=False)
        #: The life that may press (engine).
        self.allowed = context.Value("i", 0, lock=False)
        #: The last life that may never press again (deathwatch).
        self.condemned = context.Value("i", 0, lock=False)
        #: By which watch, counted from 0 in the bot's order; written first (deathwatch).
        self.condemned_by = context.Value("i", 0, lock=False)
        #: When the life last made a call of ours, or will wake from one, monotonic seconds (life).
        self.heartbeat = context.Value("d", 0.0, lock=False)
        #: Whether its last actions repeat themselves, a `core.repeats.Repeats` (life).
        self.repeats = context.Value("i", 0, lock=False)
        #: When the deathwatch last looked, and last concluded something (deathwatch).
        self.looked_at = context.Value("d", 0.0, lock=False)
        self.verdict_at = context.Value("d", 0.0, lock=False)
        #: A life, and how long it has run, in seconds (deathwatch).
        self._ran = context.Array("d", 2, lock=False)
        #: What each watch scored at its last look, not a number where it has none (deathwatch).
        self.scores = context.Array("d", [math.nan] * WATCHES, lock=False)
        #: What the bot counts (life).
        self.counters = context.Array("d", COUNTERS, lock=False)
        #: For each key code and 256 + button the life that holds it down, 0 if none (hands).
        self.ledger = context.Array("i", LEDGER_SIZE, lock=False)
        #: What our device held when a life began, 1 for each row, and which life that was (hands).
        self.before = context.Array("b", LEDGER_SIZE, lock=False)
        self.before_life = context.Value("i", 0, lock=False)
        #: Whether a picture that is no good pauses the bot, 1 or 0 (whoever reads the settings).
        self.pauses_on_picture = context.Value("b", 0, lock=False)
        #: The process that presses, 0 if there is none (engine).
        self.hands_pid = context.Value("i", 0, lock=False)
        #: Goes up with every change of the settings (engine).
        self.settings_version = context.Value("i", 0, lock=False)

    @property
    def phase(self) -> Phase:
        """Where the bot is, as of the engine's last step."""
        place: int = self._phase.value
        return _PHASES[place]

    @phase.setter
    def phase(self, phase: Phase) -> None:
        self._phase.value = _PHASES.index(phase)

    def may_press(self, life: int) -> bool:
        """Whether the gate is open for this life."""
        return bool(self.allowed.value == life and self.condemned.value < life)

    def note_running(self, life: int, seconds: float) -> None:
        """Write how long a life has run; by the deathwatch alone."""
        if self._ran[0] != life:
            self._ran[1] = 0.0
            self._ran[0] = life
        self._ran[1] = seconds

    def ran_before(self, life: int) -> float:
        """Give how long it had run by the last look of an earlier deathwatch, in seconds."""
        return float(self._ran[1]) if self._ran[0] == life else 0.0

    def note_scores(self, scores: Iterable[float | None]) -> None:
        """Write what the watches scored, in the bot's order; by the deathwatch alone."""
        for place, score in zip(range(WATCHES), scores, strict=False):
            self.scores[place] = math.nan if score is None else score

    def scored(self, watches: Sequence[str]) -> dict[str, float]:
        """Give the last scores of those watches, named in the bot's order, that have one."""
        pairs = zip(watches, self.scores, strict=False)
        return {name: round(score, 3) for name, score in pairs if not math.isnan(score)}

    def held(self) -> Iterator[int]:
        """The ledger's rows that are in use."""
        return (row for row, life in enumerate(self.ledger) if life)
