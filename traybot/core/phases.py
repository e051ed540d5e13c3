"""Where can a bot be?"""

from enum import StrEnum

from traybot.text import _, later


class Phase(StrEnum):
    """One word for what is going on; the words the user reads in status, events and menu."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    DEAD = "dead"
    RECOVERING = "recovering"
    BACKOFF = "backoff"
    FAILED = "failed"
    NEEDS_HUMAN = "needs_human"

    @property
    def words(self) -> str:
        """As a sentence has it."""
        words = self.value.replace("_", " ")
        return _(words)


_WORDS = (
    later("idle"),
    later("starting"),
    later("running"),
    later("pausing"),
    later("paused"),
    later("stopping"),
    later("dead"),
    later("recovering"),
    later("backoff"),
    later("failed"),
    later("needs human"),
)


#: A bot plays, or is about to play on by itself: the machine is to stay awake.
AT_WORK = frozenset({Phase.STARTING, Phase.RUNNING, Phase.DEAD, Phase.RECOVERING, Phase.BACKOFF})
#: Nothing of a bot is left.
AT_REST = frozenset({Phase.IDLE, Phase.FAILED})
