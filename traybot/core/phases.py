"""Where can a bot be?"""

from enum import StrEnum


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
