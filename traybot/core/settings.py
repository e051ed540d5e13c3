"""What can be configured? Sections of options with their defaults, limits and one sentence each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traybot.core import options as o
from traybot.core.hotkey import parse_chord, takes_typing
from traybot.core.options import Option, Problem
from traybot.text import _, later

#: The looks of the icon; each has its folder of pictures.
LOOKS = ("color", "light", "dark", "mono", "high-contrast", "template")
_CORNERS = ("off", "top-left", "top-right", "bottom-left", "bottom-right")


def chord(value: object) -> str:
    """Read a hotkey such as "ctrl+shift+f8"; an empty text means none."""
    if not isinstance(value, str):
        message = _('must be a hotkey such as "ctrl+shift+f8", or "" for none, not {value}')
        raise ValueError(message.format(value=o.shown(value)))  # noqa: TRY004  the readers of options raise ValueError alone
    if value and (why := takes_typing(parse_chord(value))):
        raise ValueError(why)
    return value


SECTIONS: Mapping[str, tuple[Option, ...]] = {
    "daemon": (
        Option(
            "log_level",
            o.choice("debug", "info", "warning", "error"),
            "info",
            later("how much the log says"),
        ),
        Option(
            "takeover",
            o.choice("off", "pause"),
            "off",
            later(
                "what a real key press or mouse movement by the user does to a running bot; "
                "bumps and hotkeys do not count"
            ),
        ),
        Option(
            "awake", o.flag, default=True, doc=later("keep the machine awake while a routine runs")
        ),
        Option(
            "lock",
            o.choice("pause", "run"),
            "pause",
            later(
                "what a locked screen does to a running bot, as this stands when it is locked; it "
                "plays on when the screen is unlocked"
            ),
        ),
    ),
    "hotkeys": (
        Option("toggle", chord, "ctrl+shift+f8", later("start, pause or resume")),
        Option("stop", chord, "ctrl+shift+f9", later("stop the bot now")),
        Option("panic", chord, "ctrl+shift+f10", later("stop everything and let go of everything")),
        Option(
            "corner",
            o.choice(*_CORNERS),
            "off",
            later("push the mouse into this corner of the screen and the bot stops"),
        ),
    ),
    "tray": (
        Option("enabled", o.flag, default=True, doc=later("show an icon in the tray")),
        Option(
            "icons",
            o.choice("auto", *LOOKS),
            "color",
            later(
                "how the icon looks: `light` and `dark` are for panels that are so, `template` "
                "is for macOS, `auto` takes the one that fits the desktop's theme"
            ),
        ),
    ),
    "capture": (
        Option(
            "backend",
            o.choice("auto", "mss"),
            "auto",
            later("how pictures are taken; read when a child starts"),
        ),
        Option(
            "pause",
            o.flag,
            default=True,
            doc="pause a bot while its picture is black, frozen, gone, minimized or being resized",
        ),
    ),
    "recorder": (
        Option("seconds", o.number(0, 600), 10.0, later("how much of the past an incident shows")),
        Option("incidents", o.integer(0, 10_000), 50, later("how many incidents are kept")),
    ),
    "notify": (
        Option(
            "level",
            o.choice("off", "errors", "all"),
            "errors",
            later(
                "which notices the menu shows: none, what went wrong or was asked for, or all; "
                "the log has them all"
            ),
        ),
    ),
    "bots": (
        Option("folder", o.any_text, "", later("where the bots lie; empty for the usual place")),
        Option("chosen", o.any_text, "", later("the bot that start means at first")),
        Option(
            "autostart", o.flag, default=False, doc=later("start the chosen bot with the daemon")
        ),
    ),
}
#: Read and checked, but nobody acts on them yet; the reference page says so.
WITHOUT_EFFECT = frozenset({"recorder.seconds", "recorder.incidents"})


@dataclass(frozen=True, slots=True)
class Settings:
    """All sections, each a plain dict of plain values: they travel to the children as they are."""

    sections: Mapping[str, Mapping[str, Any]]


def read_settings(document: Mapping[str, Any]) -> tuple[Settings, list[Problem]]:
    """Check a parsed settings file whole; where something is wrong its default is in the value."""
    problems = [
        Problem(
            "", key, _("unknown section {name}").format(name=o.shown(key)), o.nearest(key, SECTIONS)
        )
        for key in document
        if key not in SECTIONS
    ]
    sections = {}
    for name, rows in SECTIONS.items():
        sections[name], wrong = o.read_table(document.get(name, {}), rows, name)
        problems += wrong
    return Settings(sections), problems + _check_hotkeys(sections["hotkeys"])


def _check_hotkeys(section: Mapping[str, Any]) -> list[Problem]:
    """Each hotkey can mean one thing only."""
    problems = []
    taken: dict[object, str] = {}
    for row in SECTIONS["hotkeys"]:
        text = section[row.name]
        if row.read is not chord or not text:
            continue
        other = taken.setdefault(parse_chord(text), row.name)
        if other != row.name:
            what = _('{name}: "{chord}" is the hotkey for {other} already').format(
                name=row.name, chord=text, other=other
            )
            remedy = _('choose another, or "" for none')
            problems.append(Problem("hotkeys", row.name, what, remedy))
    return problems


DEFAULTS = read_settings({})[0]


def reference_page() -> str:
    """Write docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "One file, `settings.toml`, in your folder for settings (see the [README](../README.md)).",
        "What it does not name has its default, and it need not be there at all.",
        "",
        "A running daemon reads it again half a second after you saved it, and everything takes",
        "hold then. A mistake in it is told with its line, by a notice, in the menu, by",
        "`traybot status` and by `traybot doctor`;",
        "meanwhile the settings stay as they were. Damaged when the daemon starts, it gives way to",
        "a copy of the last sound one, and no bot is started by itself; `traybot run BOT` refuses.",
        "",
        "A line `schema = 1` at the head is not needed. A newer traybot that must change the file",
        "itself keeps the old one beside it; a file by a newer traybot is refused, not changed.",
        "",
        "Example:",
        "",
        "    [hotkeys]",
        '    stop = "ctrl+shift+f11"',
    ]
    for section, rows in SECTIONS.items():
        lines += ["", f"## [{section}]", "", "| option | takes | default | what for |"]
        lines += ["| --- | --- | --- | --- |", *(_line(section, row) for row in rows)]
    return "\n".join(lines) + "\n"


def _line(section: str, row: Option) -> str:
    doc = row.doc + " (no effect yet)" * (f"{section}.{row.name}" in WITHOUT_EFFECT)
    return f"| `{row.name}` | {o.takes(row)} | `{o.shown(row.default)}` | {doc} |"
