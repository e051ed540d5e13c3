"""What does doctor look at on the desktop? Each check asks the real thing and changes nothing."""

import os
import sys
from collections.abc import Callable
from typing import Any

from traybot.cli.finding import Check, Finding, Heard, bad, good
from traybot.errors import SettingsError, TraybotError
from traybot.shells import settings_file
from traybot.shells.paths import Paths
from traybot.system import choose
from traybot.text import _, in_english, joined

_DARK = 4
_WIDTH = 320


#: A deathwatch that has not looked for so long does not see a death.
_BLIND_SECONDS = 5.0


def _session(_paths: Paths, _heard: Heard) -> list[Finding]:
    if not choose.LINUX:
        return [good("session", sys.platform)]
    display, wayland = os.environ.get("DISPLAY"), os.environ.get("WAYLAND_DISPLAY")
    if wayland:
        text = _("Wayland ({wayland}), X11 display {display}").format(
            wayland=wayland, display=display or _("none")
        )
        return [bad("session", text, _("log in to an X11 session: Wayland is not supported"))]
    if not display:
        text, remedy = _("no display: DISPLAY is not set"), _("run it inside an X11 session")
        return [bad("session", text, remedy)]
    text = _("X11, display {display}").format(display=display)
    desktop = os.environ.get("XDG_CURRENT_DESKTOP")
    return [good("session", joined(", ", (text, desktop)) if desktop else text)]


def _hanging(_paths: Paths, _heard: Heard) -> list[Finding]:
    text = _("the X server {display} does not answer").format(display=os.environ.get("DISPLAY"))
    remedy = _("wait, or end the session from a console; nothing that needs a screen was tried")
    return [bad("session", text, remedy)]


def _tray(_paths: Paths, heard: Heard) -> list[Finding]:
    if heard.status is not None:
        text = str(heard.status["tray"])
        none = text.startswith("none") or "no tray on this desktop" in text
        shown = not none or "not wanted" in text
        remedy = "" if shown else _("see docs/troubleshooting.md, Tray")
        return [Finding("tray", shown, str(heard.shown["tray"]), remedy)]
    if not choose.LINUX:
        return [good("tray", _("part of the system"))]
    from traybot.shells import tray_host

    hosts = [
        name
        for name, there in (("StatusNotifier", _notifier), ("XEmbed", tray_host.xembed_host))
        if there()
    ]
    if hosts:
        return [good("tray", _("host: {hosts}").format(hosts=", ".join(hosts)))]
    remedy = _("start a panel with a tray; all else works")
    return [bad("tray", _("nobody here shows icons"), remedy)]


def _notifier() -> bool:
    from traybot.shells import tray_host

    return tray_host.has_bus() and tray_host.notifier_host()


def _hotkeys(paths: Paths, heard: Heard) -> list[Finding]:
    status = heard.status
    if status is not None:
        keys = heard.shown["hotkeys"]
        plain = {name: str(key["state"]) for name, key in status["hotkeys"].items()}
    elif heard.trouble:
        text = _("not tried: the daemon that does not answer may hold them")
        return [good("hotkeys", text)]
    else:
        keys = _try_hotkeys(paths)
        plain = {name: str(in_english(key["state"])) for name, key in keys.items()}
    found = [_hotkey(name, key, plain[name]) for name, key in keys.items()]
    wished = {name: str((status or {}).get(name, "off")) for name in ("corner", "takeover")}
    return found + [_wished(name, state, heard) for name, state in wished.items() if state != "off"]


def _hotkey(name: str, key: dict[str, str], state: str) -> Finding:
    well = state.startswith("bound") or "switched off" in state
    remedy = "" if well else _("see docs/troubleshooting.md, Hotkeys")
    text = joined(": ", (key["chord"], key["state"]))
    return Finding(f"hotkey.{name}", well, text, remedy)


def _wished(name: str, state: str, heard: Heard) -> Finding:
    well = state.startswith("on")
    remedy = "" if well else _("use a hotkey or the menu instead")
    return Finding(name, well, str(heard.shown[name]), remedy)


def _try_hotkeys(paths: Paths) -> dict[str, dict[str, str]]:
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
    return {name: {"chord": chord, "state": states[name]} for name, chord in chords}


def _backends(_paths: Paths, _heard: Heard) -> list[Finding]:
    """Name what does the work here; what is not to be had is another check's fault."""
    makers: dict[str, Callable[[], Any]] = {
        "processes": choose.processes,
        "input": choose.injector,
        "windows": choose.windows,
        "autostart": choose.autostart,
        "awake": choose.awake,
        "theme": choose.theme,
    }
    named = []
    for name, make in makers.items():
        try:
            made = make()
        except TraybotError:
            named.append(joined(": ", (name, _("none"))))
            continue
        named.append(f"{name}: {type(made).__name__}")
        getattr(made, "close", lambda: None)()
    return [good("backends", joined(", ", named))]


def _capture(paths: Paths, heard: Heard) -> list[Finding]:
    from traybot.vision.cameras import opener
    from traybot.vision.pictures import save_png
    from traybot.vision.screen import Screen

    with Screen(opener(_backend(paths))) as screen:
        pixels = screen.grab(None).pixels
    paths.prepare()
    out = paths.state / "doctor.png"
    step = max(1, pixels.shape[1] // _WIDTH)
    save_png(out, pixels[::step, ::step])
    out.chmod(0o600)
    text = _("{width} x {height}, saved as {path}").format(
        width=pixels.shape[1], height=pixels.shape[0], path=out
    )
    if int(pixels[:, :, :3].max()) <= _DARK:
        text = _("all of it is black: {picture}").format(picture=text)
        remedy = _("is the screen locked or empty? look at the picture")
        return [bad("capture", text, remedy)]
    return [good("capture", text), *_looks(heard.status)]


def _backend(paths: Paths) -> str:
    """Give what `[capture] backend` says; damaged settings are another check's fault."""
    try:
        return str(settings_file.load(paths.settings).sections["capture"]["backend"])
    except SettingsError:
        return "auto"


def _looks(status: dict[str, Any] | None) -> list[Finding]:
    """Say how long ago the running bot's deathwatch looked."""
    age = (status or {}).get("ages", {}).get("looked")
    if status is None or age is None or status["phase"] != "running" or not status["watches"]:
        return []
    text = _("the deathwatch looked {seconds:.1f} s ago").format(seconds=age)
    longest = max(_BLIND_SECONDS, *(2 * watch["every_ms"] / 1000 for watch in status["watches"]))
    if age > longest:
        return [bad("watches", text, _("see the log, then: traybot restart"))]
    return [good("watches", text)]


def _input(_paths: Paths, _heard: Heard) -> list[Finding]:
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
        text = _("the pointer was sent to {wanted}, and went to {found}").format(
            wanted=f"{(beside, y)}, {(x, y)}", found=f"{there}, {back}"
        )
        return [bad("input", text, _("leave the mouse alone and try again"))]
    return [good("input", _("the pointer went where it was sent, and back"))]


def _awake(_paths: Paths, heard: Heard) -> list[Finding]:
    if heard.status is None:
        return []
    state = str(heard.status["awake"])
    well = not state.startswith("unavailable")
    remedy = "" if well else _("switch the machine's sleep off")
    return [Finding("awake", well, str(heard.shown["awake"]), remedy)]


#: Where the X server hangs: whatever asked it would hang too.
WITHOUT_SCREEN: dict[str, Check] = {"session": _hanging, "awake": _awake}

CHECKS: dict[str, Check] = {
    "session": _session,
    "tray": _tray,
    "hotkeys": _hotkeys,
    "backends": _backends,
    "capture": _capture,
    "input": _input,
    "awake": _awake,
}
