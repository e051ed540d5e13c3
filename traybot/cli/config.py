"""How are the commands carried out that show, change and edit the settings?"""

import json
import os
import shlex
import subprocess
import sys
import tomllib
from typing import Any

from traybot.core.options import nearest
from traybot.core.settings import DEFAULTS, WITHOUT_EFFECT
from traybot.errors import NoDaemon, SettingsError, TraybotError
from traybot.shells import client, settings_file
from traybot.shells.paths import find_paths, make_folder
from traybot.text import _


def config(do: str, name: str, value: str | None, *, as_json: bool) -> int:
    """Carry out one of `path`, `show`, `get`, `set`, `edit`."""
    match do:
        case "path":
            path = str(find_paths().settings)
            print(json.dumps({"path": path}) if as_json else path)
        case "show":
            _show(as_json=as_json)
        case "get":
            _get(name, as_json=as_json)
        case "set":
            _set(name, str(value))
        case _:
            _edit()
    return 0


def _show(*, as_json: bool) -> None:
    sections = settings_file.load(find_paths().settings).sections
    if as_json:
        print(json.dumps(sections))
        return
    for section, values in sections.items():
        print(f"[{section}]")
        for option, value in values.items():
            notes = [_("default")] if value == DEFAULTS.sections[section][option] else []
            notes += [_("no effect yet")] if f"{section}.{option}" in WITHOUT_EFFECT else []
            note = f"  # {', '.join(notes)}" if notes else ""
            print(f"{option} = {json.dumps(value, ensure_ascii=False)}{note}")
        print()


def _get(name: str, *, as_json: bool) -> None:
    section, option = _place(name)
    value = settings_file.load(find_paths().settings).sections[section][option]
    print(value if isinstance(value, str) and not as_json else json.dumps(value))


def _set(name: str, text: str) -> None:
    section, option = _place(name)
    default = DEFAULTS.sections[section][option]
    value = text if isinstance(default, str) else _value(text)
    settings_file.set_option(find_paths().settings, name, value)
    if name in WITHOUT_EFFECT:
        print(_("{name} is noted; it has no effect yet").format(name=name))
    if name == "bots.chosen" and text:
        _warn_of_unknown(text)
    _tell_daemon()


def _warn_of_unknown(bot: str) -> None:
    """Say that there is no such bot yet; it may be made later, so that it is no mistake."""
    from traybot.cli.here import shelf_of_settings

    names = shelf_of_settings().names()
    if bot not in names:
        remedy = nearest(bot, names) if names else _("make a bot with: traybot new NAME")
        told = _("there is no bot named {bot} ({remedy})").format(bot=bot, remedy=remedy)
        print(f"traybot: {told}", file=sys.stderr)


def _place(name: str) -> tuple[str, str]:
    known = [f"{section}.{key}" for section, rows in DEFAULTS.sections.items() for key in rows]
    if name not in known:
        what = _('cannot find the option "{name}"').format(name=name)
        raise SettingsError(what, nearest(name, known))
    section, option = name.split(".")
    return section, option


def _value(text: str) -> Any:  # noqa: ANN401  each option has its own type
    """Read a value as a settings file would have it; what is none stays text, and is refused."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _edit() -> None:
    """Open the file in the user's editor; afterwards the file is checked whole."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise TraybotError(_("cannot edit: no editor is chosen"), _("set VISUAL or EDITOR"))
    path = find_paths().settings
    make_folder(path.parent)
    try:
        done = subprocess.run([*shlex.split(editor), str(path)], check=False)
    except (OSError, ValueError) as error:
        what = _('cannot run "{editor}": {error}').format(editor=editor, error=error)
        raise TraybotError(what, _("set VISUAL or EDITOR")) from error
    if done.returncode:
        what = _("cannot edit: the editor ended with {code}").format(code=done.returncode)
        raise TraybotError(what, _("nothing was read again"))
    settings_file.load(path)
    _tell_daemon()


def _tell_daemon() -> None:
    """Have a running daemon read the settings again; none need run."""
    try:
        answer = client.ask(find_paths().socket, {"do": "reload"})
    except NoDaemon:
        return
    if answer.get("code"):
        raise SettingsError(str(answer.get("text")))
