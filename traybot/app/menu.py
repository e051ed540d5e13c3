"""What does the menu show that is in no state, and what do its own lines do?"""

import logging
import os
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from traybot.app.live_settings import LiveSettings
from traybot.core.menu import Facts
from traybot.core.state import State
from traybot.core.status import Status, present
from traybot.errors import TraybotError
from traybot.shells import signals
from traybot.shells.launcher import Launcher
from traybot.shells.memory import Memory
from traybot.shells.paths import Paths
from traybot.system import choose
from traybot.system.autostart_command import own_command
from traybot.system.base import LIFE_MARK, MARK, AutostartWord
from traybot.text import _

_log = logging.getLogger(__name__)

_NOTICES = 5
_NEW_SETTINGS = _("# Settings of traybot. What is not named here has its default.") + "\n"


@dataclass(frozen=True, slots=True)
class Known:
    """Where the facts are found; each may be read from any thread."""

    memory: Memory
    settings: LiveSettings
    state: Callable[[], State]
    #: What people call each bot.
    titles: Callable[[], Mapping[str, str]] = dict


class MenuSide:
    """Gathers the facts, and carries out what concerns no bot; safe from any thread."""

    def __init__(
        self, keeper: Launcher, paths: Paths, known: Known, changed: Callable[[str], None]
    ) -> None:
        """`changed` is told after each deed, on the keeper's thread, with what went wrong."""
        self._keeper, self._paths, self._known = keeper, paths, known
        self._changed = changed
        #: The last of either kind, the newest first: minor or not, and the text.
        self._notices: deque[tuple[bool, str]] = deque(maxlen=2 * _NOTICES)
        self._lock = threading.Lock()
        #: As the system said last; None: it cannot start us, or was not asked yet.
        self._autostart: bool | None = None

    def note(self, text: str, *, minor: bool = False) -> None:
        """Keep a notice for the menu; many minor ones do not push out the others."""
        with self._lock:
            same = [one for one in self._notices if one[0] == minor]
            if len(same) == _NOTICES:
                self._notices.remove(same[-1])
            self._notices.appendleft((minor, text))

    def _shown(self) -> tuple[str, ...]:
        """Give the notices that the settings want shown, the newest first."""
        level = self._known.settings.sections["notify"]["level"]
        with self._lock:
            wanted = [text for minor, text in self._notices if level == "all" or not minor]
        return tuple(wanted[:_NOTICES]) if level != "off" else ()

    def facts(self, state: State) -> Facts:
        """Give what is known; asks nobody, so that the engine may call it."""
        names = [watch.name for watch in state.plan.watches] if state.plan else []
        return Facts(
            scores=self._known.memory.scored(names),
            notices=self._shown(),
            autostart=self._autostart,
            settings_trouble=self._known.settings.short_trouble,
            titles=self._known.titles(),
        )

    def fresh(self) -> Status:
        """Give what is so now; asks the system about autostart."""
        self._autostart = _starts_at_login()
        state = self._known.state()
        return present(state, self.facts(state))

    def do(self, action: str) -> None:
        """Carry out a line of the menu, soon and on another thread."""
        deeds: dict[str, Callable[[], None]] = {
            "log": lambda: _open(self._paths.log),
            "settings": lambda: _open(_made(self._paths.settings)),
            "autostart": _toggle_autostart,
            "look": lambda: None,
        }
        if action in deeds:
            self._keeper.submit(lambda: self._carry_out(deeds[action]))

    def _carry_out(self, deed: Callable[[], None]) -> None:
        trouble = ""
        try:
            deed()
        except TraybotError as error:
            trouble = str(error)
        except OSError as error:
            trouble = _("cannot do that: {error}").format(error=error)
        self._changed(trouble)


def _starts_at_login() -> bool | None:
    try:
        return choose.autostart().status().word is AutostartWord.ON
    except (TraybotError, OSError):
        return None


def _toggle_autostart() -> None:
    autostart = choose.autostart()
    if autostart.status().word is AutostartWord.ON:
        autostart.disable()
    else:
        autostart.enable(own_command())


def _made(settings: Path) -> Path:
    """Give the settings file, made if there is none: an editor must have something to open."""
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(_NEW_SETTINGS, encoding="utf-8")
    return settings


def _open(path: Path) -> None:
    """Show a file to the user; the program that does is the user's and lives on without us."""
    ours = (MARK, LIFE_MARK)
    try:
        with signals.unblocked():
            opener = subprocess.Popen(
                choose.opening(str(path)),
                env={key: value for key, value in os.environ.items() if key not in ours},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
    except OSError as error:
        raise TraybotError(
            _("cannot open {path}: {error}").format(path=path, error=error), _("open it by hand")
        ) from error
    # It may stay as long as the user reads; somebody must collect it, and Popen would warn.
    threading.Thread(target=opener.wait, name="opener", daemon=True).start()
