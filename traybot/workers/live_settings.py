"""How does a bot read the daemon's settings? As attributes, fresh for one memory read."""

from collections.abc import Mapping
from typing import Any

from traybot.shells.memory import Memory
from traybot.shells.share import ShareView
from traybot.text import _

_READ_ONLY = "a bot cannot change the settings: they are read only"


class Section:
    """A section's options as attributes, as they were when it was read. Read only."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        """Take a copy."""
        self.__dict__.update(options)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  an option may be anything
        """Say that there is no such option: those that there are stand in the object itself."""
        message = _("the section has no option {name!r}").format(name=name)
        raise AttributeError(message)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse."""
        raise AttributeError(_READ_ONLY)


class LiveSettings:
    """Sections as attributes, options as theirs: `bot.settings.capture.backend`. Read only.

    Nothing is asked while the version stands; if the Manager is gone the last reading holds.
    """

    def __init__(
        self, memory: Memory, share: ShareView, at_birth: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Begin with the settings as they were at the life's birth."""
        self._memory = memory
        self._share = share
        self._version = memory.settings_version.value
        self._sections = at_birth

    def section(self, name: str) -> Mapping[str, Any]:
        """Give a section's options by name; `AttributeError` if there is no such section."""
        version = self._memory.settings_version.value
        if version != self._version:
            fresh = self._share.settings()
            if fresh is not None:
                self._sections, self._version = fresh, version
        if name not in self._sections:
            message = _("the settings have no section {name!r}").format(name=name)
            raise AttributeError(message)
        return self._sections[name]

    def __getattr__(self, name: str) -> Section:
        """Give a section."""
        if name.startswith("_"):
            raise AttributeError(name)
        return Section(self.section(name))

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse, but for what is our own."""
        if not name.startswith("_"):
            raise AttributeError(_READ_ONLY)
        super().__setattr__(name, value)
