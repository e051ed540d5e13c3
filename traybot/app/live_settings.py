"""Where do the settings reach while the daemon runs, and what holds when their file is damaged?

Each sound file is copied to the state folder. A file that is damaged at the start gives way to that
copy; one that gets damaged later, to the settings that are in force. Either way `trouble` says so,
until the file is mended.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from traybot.core.settings import DEFAULTS, Settings
from traybot.errors import SettingsError
from traybot.shells import logs, settings_file
from traybot.shells.memory import Memory
from traybot.system import whole_file
from traybot.text import _

Sections = Mapping[str, Mapping[str, Any]]

_log = logging.getLogger(__name__)


class LiveSettings:
    """The settings in force; any thread may read `sections` and `trouble`, and reload."""

    def __init__(self, path: Path, copy: Path, *, strict: bool = False) -> None:
        """`copy` is where the last sound file is kept.

        Read the file; one that is damaged is a `SettingsError` if `strict`, and else a trouble.
        """
        self._path, self._copy = path, copy
        self._reloading = threading.Lock()
        #: What is wrong with the file, and which settings hold instead; "" if it is sound.
        self.trouble = ""
        #: The same without the folder, for a line of the menu.
        self.short_trouble = ""
        try:
            self.sections: Sections = self._read().sections
        except SettingsError as error:
            if strict:
                raise
            self.sections, held = self._last_good()
            self._say(error, held)

    def reload(
        self, publish: Callable[[str, Mapping[str, Any]], object], memory: Memory
    ) -> list[str]:
        """Read the file again, give the changed sections to the children whole; name those.

        `SettingsError` if it is damaged: then everything stays as it was.
        """
        with self._reloading:
            try:
                settings = self._read_again()
            except SettingsError as error:
                self._say(error, _("the settings stay as they were"))
                raise
            self.trouble = self.short_trouble = ""
            before, self.sections = self.sections, settings.sections
            changed = [name for name, section in self.sections.items() if section != before[name]]
            for name in changed:
                publish(name, self.sections[name])
            self.tell_watchers(memory)
            memory.settings_version.value += bool(changed)
            logs.set_level(str(self.sections["daemon"]["log_level"]))
            return changed

    def tell_watchers(self, memory: Memory) -> None:
        """Write down for deathwatches what they must know at once."""
        memory.pauses_on_picture.value = bool(self.sections["capture"]["pause"])

    def _read_again(self) -> Settings:
        if not self._path.parent.is_dir():
            # A file that is gone was taken away; with its folder gone, something has happened.
            what = _("cannot find the folder {folder}").format(folder=self._path.parent)
            raise SettingsError(what, _("bring it back, or start traybot anew"))
        return self._read()

    def _read(self) -> Settings:
        settings, text = settings_file.load_with_text(self._path)
        self._keep(text)
        try:
            kept = settings_file.bring_up_to_date(self._path)
        except SettingsError as error:
            _log.warning("the settings file stays of an older schema: %s", error)
        else:
            if kept:
                _log.info("the settings file was brought up to date; the old one is %s", kept)
        return settings

    def _keep(self, text: str | None) -> None:
        """Copy a sound file, for the day on which it is damaged; no file, no copy."""
        try:
            if text is None:
                self._copy.unlink(missing_ok=True)
            elif not self._copy.is_file() or self._copy.read_bytes() != text.encode():
                whole_file.write(self._copy, text.encode())
        except OSError as error:
            _log.warning("the sound settings were not copied: %s", error)

    def _last_good(self) -> tuple[Sections, str]:
        """Give what holds at a start with a damaged file, and how that is called."""
        try:
            settings, text = settings_file.load_with_text(self._copy)
            if text is not None:
                return settings.sections, _("the last sound settings hold")
        except SettingsError as error:
            _log.warning("the copy of the settings is of no use: %s", error)
        return DEFAULTS.sections, _("the defaults hold")

    def _say(self, error: SettingsError, held: str) -> None:
        self.trouble = _("{error}; {held}").format(error=error, held=held)
        short = error.what.replace(str(self._path), self._path.name)
        self.short_trouble = short.removeprefix("cannot use ").removeprefix("cannot read ")
