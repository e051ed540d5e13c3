"""What can go wrong that somebody handles? Any other exception is a bug and keeps its traceback."""

from traybot.text import joined


class TraybotError(Exception):
    """Something a person can act on: one line, what failed and what to do about it."""

    def __init__(self, what: str, remedy: str = "") -> None:
        """`what` begins with "cannot"; `remedy` is a short instruction, without brackets."""
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        """Give the one line a person reads."""
        return joined("", (self.what, " (", self.remedy, ")")) if self.remedy else self.what


class BotError(TraybotError):
    """A bot folder has a mistake; the text names file and place."""


class SettingsError(TraybotError):
    """The settings have a mistake; the text names file, line or key."""


class TemplateError(BotError):
    """A template picture cannot be used: missing, flat, empty, truncated or too large."""


class CaptureError(TraybotError):
    """The screen cannot be read now: no display, or the display went away."""


class ScreenSilent(CaptureError):
    """The screen is there and gives no answer in time."""


class WindowMissing(TraybotError):
    """The window that a bot names is not on the screen."""


class WindowMinimized(WindowMissing):
    """It is there, as an icon."""


class BackendUnavailable(TraybotError):
    """A way to do something does not work here; the text says why and what does."""


class Refused(TraybotError):
    """A request makes no sense in the present phase."""


class NoDaemon(TraybotError):
    """No daemon runs that could be asked."""


class AlreadyRunning(TraybotError):
    """Another daemon of this user runs already."""
