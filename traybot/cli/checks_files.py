"""What does doctor look at that needs no desktop? Versions, files, the daemon itself."""

import importlib.metadata
import os
import platform
import shutil
import stat

from traybot import __version__
from traybot.cli.finding import Check, Finding, Heard, bad, good
from traybot.shells import settings_file
from traybot.shells.instance import is_locked
from traybot.shells.paths import Paths
from traybot.system import choose
from traybot.text import _, joined

_LEAST_FREE = 200_000_000
#: Each of these puts its build into the folder `cv2`.
_OPENCVS = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)
#: Of these one wants to know the version when something is odd.
_LIBRARIES = ("numpy", "mss", "pystray", "Pillow", "keyboard", "python-xlib", "jeepney", "tomlkit")


def _versions(_paths: Paths, _heard: Heard) -> list[Finding]:
    python = platform.python_version()
    there = [(one, _version(one)) for one in _LIBRARIES]
    named = ", ".join(f"{one} {version}" for one, version in there if version)
    system = f"traybot {__version__}, Python {python}, {platform.platform()}"
    return [good("versions", system), good("libraries", named)]


def _opencv(_paths: Paths, _heard: Heard) -> list[Finding]:
    """Find builds of OpenCV that lie in the same folder: the extra `ocr` brings a second one."""
    builds = [one for one in _OPENCVS if _version(one)]
    named = ", ".join(f"{one} {_version(one)}" for one in builds)
    if len(builds) == 1:
        return [good("opencv", named)]
    several = _("several builds in one folder: {builds}").format(builds=named)
    remedy = _("pip uninstall {names}; pip install opencv-python").format(names=" ".join(builds))
    if not builds and (version := _unpacked()):
        return [good("opencv", version)]
    return [bad("opencv", several if builds else _("none is installed"), remedy)]


def _unpacked() -> str:
    """Give the version of one that pip does not know, such as a distribution's own."""
    try:
        import cv2
    except ImportError:
        return ""
    return str(cv2.__version__)


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _autostart(_paths: Paths, _heard: Heard) -> list[Finding]:
    found = choose.autostart().status()
    well = found.word in {"on", "off"}
    return [Finding("autostart", well, joined(": ", (_(found.word), found.why)), found.remedy)]


def _daemon(paths: Paths, heard: Heard) -> list[Finding]:
    if heard.status is not None:
        phase, hand = str(heard.status["phase"]), heard.shown["input"]
        text = _("runs, phase {phase}, input {input}").format(phase=_(phase), input=hand)
        return [good("daemon", text)]
    if heard.trouble or is_locked(paths.lock):
        text = heard.trouble or _("its lock is held, and nobody answers on its socket")
        force = _("wait a moment; if that does not help, end it by force")
        return [bad("daemon", text, heard.remedy or force)]
    text = _("none runs")
    if paths.socket.exists():
        text = _("none runs; a socket of an ended one lies there, which harms nothing")
    return [good("daemon", text, _("start it with: traybot"))]


def _settings(paths: Paths, heard: Heard) -> list[Finding]:
    trouble = str(heard.status.get("settings", "ok")) if heard.status else "ok"
    if trouble != "ok":
        return [bad("settings", str(heard.shown["settings"]), _("a mended file is read at once"))]
    settings_file.load(paths.settings)
    there = _("sound") if paths.settings.exists() else _("not there: all defaults")
    return [good("settings", joined(": ", (str(paths.settings), there)))]


def _permissions(paths: Paths, _heard: Heard) -> list[Finding]:
    """Nobody else may read or reach what is ours."""
    if os.name != "posix":
        return [good("permissions", _("as the folder of the user has them"))]
    private = [paths.runtime, paths.socket, paths.log, paths.errors]
    modes = [(path, stat.S_IMODE(path.lstat().st_mode)) for path in private if path.exists()]
    opened = [f"{path} {mode:o}" for path, mode in modes if mode & 0o077]
    if opened:
        text = _("open to others: {files}").format(files="; ".join(opened))
        return [bad("permissions", text, _("take the others' rights away: chmod go="))]
    return [good("permissions", _("what is ours is private"))]


def _disk(paths: Paths, _heard: Heard) -> list[Finding]:
    folder = next(one for one in (paths.state, *paths.state.parents) if one.exists())
    free = shutil.disk_usage(folder).free
    text = _("{megabytes} MB free").format(megabytes=free // 1_000_000)
    room = free > _LEAST_FREE
    return [Finding("disk", room, text, "" if room else _("make room"))]


CHECKS: dict[str, Check] = {
    "versions": _versions,
    "opencv": _opencv,
    "autostart": _autostart,
    "daemon": _daemon,
    "settings": _settings,
    "permissions": _permissions,
    "disk": _disk,
}
