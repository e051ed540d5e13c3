"""What can be configured? Sections of options with their defaults, limits and one sentence each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traybot.core import options as o
from traybot.core.hotkey import parse_chord
from traybot.core.options import Option, Problem

_CORNERS = ("off", "top-left", "top-right", "bottom-left", "bottom-right")


def chord(value: object) -> str:
    """Read a hotkey such as "ctrl+shift+f8"; an empty text means none."""
    text = o.any_text(value)
    if text:
        parse_chord(text)
    return text


SECTIONS: Mapping[str, tuple[Option, ...]] = {
    "daemon": (
        Option(
            "log_level",
            o.choice("debug", "info", "warning", "error"),
            "info",
            "how much the log says",
        ),
        Option(
            "takeover",
            o.choice("off", "pause"),
            "off",
            "what a real key press or mouse movement by the user does to a running bot",
        ),
        Option("awake", o.flag, default=True, doc="keep the machine awake while a routine runs"),
    ),
    "hotkeys": (
        Option("toggle", chord, "ctrl+shift+f8", "start, pause or resume; empty for none"),
        Option("stop", chord, "ctrl+shift+f9", "stop the bot now; empty for none"),
        Option("panic", chord, "ctrl+shift+f10", "stop everything, let go of all; empty for none"),
        Option("corner", o.choice(*_CORNERS), "off", "the screen corner that stops the bot"),
    ),
    "tray": (Option("enabled", o.flag, default=True, doc="show an icon in the tray"),),
    "capture": (
        Option("backend", o.choice("auto", "mss"), "auto", "how pictures of the screen are taken"),
    ),
    "recorder": (
        Option("seconds", o.number(0, 600), 10.0, "how much of the past an incident shows"),
        Option("incidents", o.integer(0, 10_000), 50, "how many incidents are kept"),
    ),
    "notify": (
        Option("level", o.choice("off", "errors", "all"), "errors", "which notices are shown"),
    ),
    "bots": (
        Option("folder", o.any_text, "", "where the bots lie; empty for the usual place"),
        Option("chosen", o.any_text, "", "the bot that start means at first"),
        Option("autostart", o.flag, default=False, doc="start the chosen bot with the daemon"),
    ),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """All sections, each a plain dict of plain values: they travel to the children as they are."""

    sections: Mapping[str, Mapping[str, Any]]


def read_settings(document: Mapping[str, Any]) -> tuple[Settings, list[Problem]]:
    """Check a parsed settings file whole; where something is wrong its default is in the value."""
    problems = [
        Problem("", key, f'unknown section "{key}"', "known are " + ", ".join(SECTIONS))
        for key in document
        if key not in SECTIONS
    ]
    sections = {}
    for name, rows in SECTIONS.items():
        sections[name], wrong = o.read_table(document.get(name, {}), rows, name)
        problems += wrong
    return Settings(sections), problems


DEFAULTS = read_settings({})[0]


def reference_page() -> str:
    """Write docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "One TOML file; `traybot status` runs without it. Written from `core/settings.py`.",
    ]
    for name, rows in SECTIONS.items():
        lines += ["", f"## [{name}]", "", "| option | default | meaning |", "|---|---|---|"]
        lines += [f"| `{row.name}` | `{_toml(row.default)}` | {row.doc} |" for row in rows]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else f"{value}"
