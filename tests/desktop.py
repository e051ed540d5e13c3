"""A desktop of one's own: X server, window manager, session bus, tray; for as long as a test needs.

Nothing here waits a fixed time: a part is up when it says so itself, or the test fails by its log.
"""

import os
import select
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal, Self, TypeVar

import psutil
from Xlib import X
from Xlib.display import Display

Value = TypeVar("Value")
Tray = Literal["trayer", "xfce4-panel"]

#: How long a part of the desktop may take to come up, on a busy machine too.
START_SECONDS = 20.0
#: How long it may take to leave when asked, before it is killed.
STOP_SECONDS = 5.0
#: How often `eventually` looks again.
LOOK_SECONDS = 0.01

TRAYER = (
    "trayer --edge top --align right --widthtype request --heighttype pixel --height 32 "
    "--SetDockType true --transparent false --expand true"
)
WATCHER_ASKED = (
    "dbus-send --session --print-reply --dest=org.kde.StatusNotifierWatcher /StatusNotifierWatcher "
    "org.freedesktop.DBus.Properties.Get "
    "string:org.kde.StatusNotifierWatcher string:IsStatusNotifierHostRegistered"
)
#: One panel with a spring and a tray, so that the tray sits at the right end of the top edge.
PANEL_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
"""


def eventually(
    predicate: Callable[[], Value], deadline_seconds: float = 5.0, what: str = "it"
) -> Value:
    """Give the first true value of `predicate`, or fail naming `what` did not come true in time."""
    deadline = time.monotonic() + deadline_seconds
    pause = threading.Event()
    while not (value := predicate()):
        if time.monotonic() > deadline:
            message = f"{what} did not come true within {deadline_seconds:g} s"
            raise AssertionError(message)
        pause.wait(LOOK_SECONDS)
    return value


class Desktop:
    """A virtual desktop in a `with` block; `env` is what a program needs to run on it.

    Programs on it find a home folder of their own, empty at first, and none of the real user's
    settings. A panel needs a session bus and gets one unasked.
    """

    def __init__(
        self,
        *,
        manager: str | None = "openbox",
        bus: bool = False,
        tray: Tray | None = None,
        size: str = "1280x800x24",
    ) -> None:
        self.manager = manager
        self.bus = bus or tray == "xfce4-panel"
        self.tray = tray
        self.size = size
        self.display = ""
        self.folder = Path()
        self.env: dict[str, str] = {}
        self._parts: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        """Start every part asked for; what began is ended again if one does not come up."""
        self.folder = Path(tempfile.mkdtemp(prefix="traybot-desktop-"))
        self.env = _environment(self.folder)
        try:
            self._start_server()
            if self.bus:
                self._start_bus()
            if self.manager:
                self._start_manager(self.manager)
            if self.tray == "trayer":
                self._start_trayer()
            elif self.tray == "xfce4-panel":
                self._start_panel()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.stop()

    @property
    def pids(self) -> set[int]:
        """The processes that are this desktop; their children belong to it too."""
        return {part.pid for part in self._parts}

    @contextmanager
    def connection(self) -> Iterator[Display]:
        """Connect to the X server from this process, for a look or a key press."""
        with closing(Display(self.display)) as connection:
            yield connection

    def stop(self) -> None:
        """End what was started, last first, and wait for each; may be called again."""
        while self._parts:
            part = self._parts.pop()
            # What the bus and the panel started would otherwise outlive them.
            helpers = psutil.Process(part.pid).children(recursive=True)
            part.terminate()
            _gone(part, helpers)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start_server(self) -> None:
        """Start Xvfb; it takes a free display number itself and tells which."""
        options = "-nolisten tcp -noreset +extension XTEST +extension RANDR"
        number = self._start_and_hear(
            "Xvfb", ["-screen", "0", self.size, *options.split(), "-displayfd"]
        )
        self.display = f":{number}"
        self.env["DISPLAY"] = self.display

    def _start_bus(self) -> None:
        address = self._start_and_hear("dbus-daemon", ["--session", "--nofork", "--print-address"])
        self.env["DBUS_SESSION_BUS_ADDRESS"] = address

    def _start_manager(self, manager: str) -> None:
        """Start a window manager; it has taken over when it lists the windows it manages.

        Its own window it names earlier, and a window that comes up in between is overlooked by it.
        """
        self._start(manager)
        with self.connection() as connection:
            root, atom = connection.screen().root, connection.intern_atom("_NET_CLIENT_LIST")
            self._await(manager, lambda: root.get_full_property(atom, X.AnyPropertyType))

    def _start_trayer(self) -> None:
        """Start a tray of the old kind; it is there when it owns the tray's selection."""
        self._start(*TRAYER.split())
        with self.connection() as connection:
            atom = connection.intern_atom("_NET_SYSTEM_TRAY_S0")
            self._await("trayer", lambda: connection.get_selection_owner(atom) != X.NONE)

    def _start_panel(self) -> None:
        """Start a tray of the new kind; it is there when the bus knows a host for tray items."""
        settings = Path(self.env["XDG_CONFIG_HOME"], "xfce4/xfconf/xfce-perchannel-xml")
        settings.mkdir(parents=True)
        (settings / "xfce4-panel.xml").write_text(PANEL_SETTINGS, encoding="utf-8")
        self._start("xfce4-panel")
        self._await("xfce4-panel", self._host_registered)

    def _host_registered(self) -> bool:
        """Tell whether a StatusNotifierItem host has announced itself."""
        answer = subprocess.run(
            WATCHER_ASKED.split(), env=self.env, capture_output=True, check=False, timeout=5
        )
        return b"boolean true" in answer.stdout

    def _start(self, *command: str, pass_fds: tuple[int, ...] = ()) -> None:
        """Start a part in a session of its own, so that Ctrl+C reaches the tests alone."""
        with self._log(command[0]).open("wb") as log:
            part = subprocess.Popen(
                command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=pass_fds,
                start_new_session=True,
            )
        self._parts.append(part)

    def _start_and_hear(self, program: str, arguments: list[str]) -> str:
        """Start a part that takes a descriptor as its last argument and writes one line there."""
        ours, theirs = os.pipe()
        with open(ours, "rb") as pipe:  # noqa: PTH123 -- a descriptor, not a path
            try:
                *options, flag = arguments
                joined = [f"{flag}={theirs}"] if flag.startswith("--") else [flag, str(theirs)]
                self._start(program, *options, *joined, pass_fds=(theirs,))
            finally:
                os.close(theirs)
            heard = select.select([pipe], [], [], START_SECONDS)[0] and pipe.readline()
        if not heard:
            raise AssertionError(self._silent(program))
        return heard.decode().strip()

    def _await(self, program: str, predicate: Callable[[], object]) -> None:
        """Wait until a part is up; fail with what it wrote if it does not come."""
        try:
            eventually(predicate, START_SECONDS)
        except AssertionError:
            raise AssertionError(self._silent(program)) from None

    def _log(self, program: str) -> Path:
        return self.folder / f"{program}.log"

    def _silent(self, program: str) -> str:
        """Word the failure of a part by the end of its log."""
        said = self._log(program).read_text(encoding="utf-8", errors="replace")[-2000:]
        return (
            f"{program} did not come up within {START_SECONDS:g} s; it wrote: {said or 'nothing'}"
        )


def _environment(folder: Path) -> dict[str, str]:
    """Make the variables of a session that starts in `folder` and knows no other."""
    home, run = folder / "home", folder / "run"
    homes = {
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_DATA_HOME": home / ".local/share",
        "XDG_STATE_HOME": home / ".local/state",
    }
    for place in homes.values():
        place.mkdir(parents=True)
    run.mkdir(mode=0o700)
    foreign = {"DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"}
    env = {name: value for name, value in os.environ.items() if name not in foreign}
    env |= {name: str(place) for name, place in homes.items()}
    return env | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(run),
        "XDG_SESSION_TYPE": "x11",
        "XDG_CURRENT_DESKTOP": "XFCE",
        "GDK_BACKEND": "x11",
        "NO_AT_BRIDGE": "1",  # no accessibility bus: it would outlive the session
        "GTK_A11Y": "none",
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "SDL_AUDIODRIVER": "dummy",
        "SDL_VIDEODRIVER": "x11",
    }


def _gone(part: subprocess.Popen[bytes], helpers: list[psutil.Process]) -> None:
    """Wait for a part that was asked to leave, then end what of it stayed."""
    try:
        part.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        part.kill()
        part.wait()
    for helper in helpers:
        helper.kill() if helper.is_running() else None
    psutil.wait_procs(helpers, STOP_SECONDS)
