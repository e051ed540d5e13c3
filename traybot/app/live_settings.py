"""Where do the settings reach while the daemon runs?"""

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from traybot.shells import settings_file
from traybot.shells.memory import Memory

Sections = Mapping[str, Mapping[str, Any]]


class LiveSettings:
    """The settings in force; any thread may read `sections` and reload."""

    def __init__(self, path: Path) -> None:
        """Read the file; `SettingsError` if it is wrong."""
        self._path = path
        self._reloading = threading.Lock()
        self.sections: Sections = settings_file.load(path).sections

    def reload(self, publish: Callable[[str, Mapping[str, Any]], object], memory: Memory) -> None:
        """Read the file again and give the changed sections to the children, whole."""
        with self._reloading:
            before, self.sections = self.sections, settings_file.load(self._path).sections
            changed = [name for name, section in self.sections.items() if section != before[name]]
            for name in changed:
                publish(name, self.sections[name])
            memory.settings_version.value += bool(changed)
            logging.getLogger().setLevel(str(self.sections["daemon"]["log_level"]).upper())
