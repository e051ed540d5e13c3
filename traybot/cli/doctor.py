"""Why does tray, hotkey, capture or input not work here? What is found, with remedies.

Each check asks the real thing and changes nothing that lasts. A check that itself fails is a
finding; the others go on.
"""

import getpass
import importlib.metadata
import json
import os
import platform
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traybot import __version__
from traybot.errors import NoDaemon, TraybotError
from traybot.shells import client, settings_file
from traybot.shells.paths import Paths, find_paths
from traybot.system import choose

_LEAST_FREE = 200_000_000
_DARK = 4
#: Each of these puts its build into the folder `cv2`.
_OPENCVS = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
_WIDTH = 320


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    ok: bool
    text: str
    remedy: str = ""


def doctor(*, full: bool, as_json: bool) -> int:
    """Check everything; exit code 1 if something is at fault."""
    paths = find_paths()
    status = _status(paths)
    found: list[Finding] = []
    for name, check in _CHECKS.items():
        try:
            found += check(paths, status)
        except TraybotError as error:
            found.append(Finding(name, ok=False, text=error.what, remedy=error.remedy))
        except Exception as error:  # noqa: BLE001  a library may fail in every way; that is a finding
            found.append(Finding(name, ok=False, text=repr(error), remedy="see the log"))
    hide = (lambda text: text) if full else _redacted
    rows = [
        {"check": one.check, "ok": one.ok, "text": hide(one.text), "remedy": hide(one.remedy)}
        for one in found
    ]
    well = all(one.ok for one in found)
    if as_json:
        print(json.dumps({"ok": well, "findings": rows}))
    else:
        _tell(rows)
    return 0 if well else 1


def _tell(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        remedy = f" ({row['remedy']})" if row["remedy"] else ""
        print(f"{'ok   ' if row['ok'] else 'FAULT'} {row['check']:12} {row['text']}{remedy}")


def _redacted(text: str) -> str:
    """Leave out who and where: people paste this into the open."""
    text = text.replace(str(Path.home()), "~")
    home = os.environ.get("TRAYBOT_HOME")
    if home:
        text = text.replace(home, "$TRAYBOT_HOME")
    user = getpass.getuser()
    return text.replace(f"/{user}/", "/USER/").replace(f"/{user}", "/USER")


Status = dict[str, Any] | None


def _status(paths: Paths) -> Status:
    """Give the daemon's own word; None if none runs."""
    try:
        return client.ask(paths.socket, {"do": "status"})
    except NoDaemon:
        return None


def _good(check: str, text: str, remedy: str = "") -> Finding:
    return Finding(check, ok=True, text=text, remedy=remedy)


def _bad(check: str, text: str, remedy: str) -> Finding:
    return Finding(check, ok=False, text=text, remedy=remedy)


def _versions(_paths: Paths, _status: Status) -> list[Finding]:
    python = platform.python_version()
    return [_good("versions", f"traybot {__version__}, Python {python}, {platform.platform()}")]


def _session(_paths: Paths, _status: Status) -> list[Finding]:
    if not choose.LINUX:
        return [_good("session", sys.platform)]
    display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    if wayland:
        text = f"Wayland ({wayland}), X11 display {display or 'none'}"
        return [_bad("session", text, "log in to an X11 session: Wayland is not supported")]
    if not display:
        return [_bad("session", "no display: DISPLAY is not set", "run it inside an X11 session")]
    return [_good("session", f"X11, display {display}")]


def _tray(_paths: Paths, status: Status) -> list[Finding]:
    if status is not None:
        text = str(status["tray"])
        none = text.startswith("none") or "no tray on this desktop" in text
        shown = not none or "not wanted" in text
        return [Finding("tray", shown, text, "" if shown else "see docs/troubleshooting.md, Tray")]
    if not choose.LINUX:
        return [_good("tray", "part of the system")]
    from traybot.shells import tray_host

    hosts = [
        name
        for name, there in (("StatusNotifier", _notifier), ("XEmbed", tray_host.xembed_host))
        if there()
    ]
    if hosts:
        return [_good("tray", "host: " + ", ".join(hosts))]
    return [_bad("tray", "nobody here shows icons", "start a panel with a tray; all else works")]


def _notifier() -> bool:
    from traybot.shells import tray_host

    return tray_host.has_bus() and tray_host.notifier_host()


def _hotkeys(paths: Paths, status: Status) -> list[Finding]:
    if status is not None:
        keys = {name: (key["chord"], key["state"]) for name, key in status["hotkeys"].items()}
    else:
        keys = _try_hotkeys(paths)
    found = [_hotkey(name, chord, state) for name, (chord, state) in keys.items()]
    wished = {name: str((status or {}).get(name, "off")) for name in ("corner", "takeover")}
    return found + [_wished(name, state) for name, state in wished.items() if state != "off"]


def _hotkey(name: str, chord: str, state: str) -> Finding:
    well = state.startswith("bound") or "switched off" in state
    remedy = "" if well else "see docs/troubleshooting.md, Hotkeys"
    return Finding(f"hotkey.{name}", well, f"{chord}: {state}", remedy)


def _wished(name: str, state: str) -> Finding:
    well = state.startswith("on")
    return Finding(name, well, state, "" if well else "use a hotkey or the menu instead")


def _try_hotkeys(paths: Paths) -> dict[str, tuple[str, str]]:
    """Bind the chords for a moment, as the daemon would."""
    from traybot.shells.faces import ACTIONS
    from traybot.shells.hotkeys import choose_hotkeys

    wished = settings_file.load(paths.settings).sections["hotkeys"]
    chords = [(name, str(wished[name])) for name in ACTIONS if wished[name]]
    hotkeys = choose_hotkeys(lambda _action: None)
    try:
        states = hotkeys.bind(chords)
    finally:
        hotkeys.stop()
    return {name: (chord, states[name]) for name, chord in chords}


def _opencv(_paths: Paths, _status: Status) -> list[Finding]:
    """Find builds of OpenCV that lie in the same folder: the extra `ocr` brings a second one."""
    builds = [one for one in _OPENCVS if _version(one)]
    named = ", ".join(f"{one} {_version(one)}" for one in builds)
    if len(builds) == 1:
        return [_good("opencv", named)]
    what = f"several builds in one folder: {named}" if builds else "none is installed"
    remedy = f"pip uninstall {' '.join(builds)}; pip install opencv-python"
    return [_bad("opencv", what, remedy)]


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _capture(paths: Paths, _status: Status) -> list[Finding]:
    from traybot.vision.pictures import save_png
    from traybot.vision.screen import Screen

    with Screen() as screen:
        pixels = screen.grab(None).pixels
    paths.prepare()
    out = paths.state / "doctor.png"
    step = max(1, pixels.shape[1] // _WIDTH)
    save_png(out, pixels[::step, ::step])
    out.chmod(0o600)
    size = f"{pixels.shape[1]} x {pixels.shape[0]}"
    if int(pixels[:, :, :3].max()) <= _DARK:
        text = f"{size}, and all of it is black; saved as {out}"
        return [_bad("capture", text, "is the screen locked or empty? look at the picture")]
    return [_good("capture", f"{size}, saved as {out}")]


def _input(_paths: Paths, _status: Status) -> list[Finding]:
    """Move the pointer by one pixel and back, and ask the system each time where it is."""
    hand = choose.injector()
    try:
        x, y = hand.pointer()
        beside = x - 1 if x else 1
        hand.move(beside, y)
        there = hand.pointer()
        hand.move(x, y)
        back = hand.pointer()
    finally:
        hand.close()
    if (there, back) != ((beside, y), (x, y)):
        text = f"the pointer was sent to {(beside, y)} and {(x, y)}, and went to {there} and {back}"
        return [_bad("input", text, "leave the mouse alone and try again")]
    return [_good("input", "the pointer went where it was sent, and back")]


def _autostart(_paths: Paths, _status: Status) -> list[Finding]:
    found = choose.autostart().status()
    well = found.word in {"on", "off"}
    return [Finding("autostart", well, f"{found.word}: {found.why}", found.remedy)]


def _daemon(paths: Paths, status: Status) -> list[Finding]:
    if status is not None:
        return [_good("daemon", f"runs, phase {status['phase']}, input {status['input']}")]
    left = " (a socket of an ended one lies there)" if paths.socket.exists() else ""
    return [_good("daemon", f"none runs{left}", "start it with: traybot")]


def _settings(paths: Paths, status: Status) -> list[Finding]:
    trouble = str(status.get("settings", "ok")) if status else "ok"
    if trouble != "ok":
        return [_bad("settings", trouble, "a mended file is read at once")]
    settings_file.load(paths.settings)
    there = "sound" if paths.settings.exists() else "not there: all defaults"
    return [_good("settings", f"{paths.settings}: {there}")]


def _permissions(paths: Paths, _status: Status) -> list[Finding]:
    """Nobody else may read or reach what is ours."""
    if os.name != "posix":
        return [_good("permissions", "as the folder of the user has them")]
    private = [paths.runtime, paths.socket, paths.log]
    modes = [(path, stat.S_IMODE(path.lstat().st_mode)) for path in private if path.exists()]
    opened = [f"{path} is {mode:o}" for path, mode in modes if mode & 0o077]
    if opened:
        return [_bad("permissions", "; ".join(opened), "take the others' rights away: chmod go=")]
    return [_good("permissions", "what is ours is private")]


def _disk(paths: Paths, _status: Status) -> list[Finding]:
    folder = next(one for one in (paths.state, *paths.state.parents) if one.exists())
    free = shutil.disk_usage(folder).free
    text = f"{free // 1_000_000} MB free"
    return [Finding("disk", free > _LEAST_FREE, text, "" if free > _LEAST_FREE else "make room")]


_CHECKS: dict[str, Callable[[Paths, Status], list[Finding]]] = {
    "versions": _versions,
    "session": _session,
    "tray": _tray,
    "hotkeys": _hotkeys,
    "opencv": _opencv,
    "capture": _capture,
    "input": _input,
    "autostart": _autostart,
    "daemon": _daemon,
    "settings": _settings,
    "permissions": _permissions,
    "disk": _disk,
}
