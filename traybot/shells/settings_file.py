"""How are the settings read and written? Checked whole, written whole, comments kept."""

import os
import re
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from traybot.core.options import nearest
from traybot.core.places import line_of
from traybot.core.settings import DEFAULTS, SECTIONS, Settings, read_settings
from traybot.errors import SettingsError

_LARGEST = 1_000_000
#: How the parser tells the place of a mistake.
_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")
_MEND = "mend it, or move it away to have the defaults"


def load(path: Path) -> Settings:
    """Read the settings; no file means the defaults. `SettingsError` names file, line and key."""
    text = _read(path)
    return DEFAULTS if text is None else _check(path, text)


def set_option(path: Path, name: str, value: object) -> None:
    """Write one option, such as `hotkeys.stop`; comments and everything else stay.

    `SettingsError` if the file is damaged or would be wrong afterwards; then it stays as it is.
    """
    section, _, option = name.partition(".")
    _check_name(name, section, option)
    before = _read(path) or ""
    wanted = {key: dict(values) for key, values in _check(path, before).sections.items()}
    wanted[section][option] = value
    after = _with_option(path, before, (section, option), value)
    if _check(path, after).sections != wanted:
        what = f"cannot set {name} in {path} without harm to the rest"
        raise SettingsError(what, "write it by hand")
    _replace(path, after)


def _check_name(name: str, section: str, option: str) -> None:
    known = [f"{table}.{row.name}" for table, rows in SECTIONS.items() for row in rows]
    if f"{section}.{option}" not in known:
        raise SettingsError(f"cannot set {name}: there is no such option", nearest(name, known))


def _with_option(path: Path, text: str, name: tuple[str, str], value: object) -> str:
    import tomlkit

    section, option = name
    try:
        document: Any = tomlkit.parse(text)
        document.setdefault(section, tomlkit.table())[option] = value
        return tomlkit.dumps(document)
    except (tomlkit.exceptions.TOMLKitError, TypeError, ValueError) as error:
        what = f"cannot set {section}.{option} in {path}: {error}"
        raise SettingsError(what, "write it by hand") from error


def _check(path: Path, text: str) -> Settings:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = _PLACE.search(str(error))
        where = f", line {place[1]}" if place else ""
        what = f"cannot read {path}{where}: {_PLACE.sub('', str(error))}"
        raise SettingsError(what, _MEND) from error
    settings, problems = read_settings(document)
    if problems:
        first = problems[0]
        line = line_of(text, first.table, first.key)
        where = f"[{first.table}] " if first.table else ""
        more = f"; {len(problems) - 1} more" if len(problems) > 1 else ""
        what = f"cannot use {path}, line {line}: {where}{first.what}{more}"
        raise SettingsError(what, first.remedy)
    return settings


def _read(path: Path) -> str | None:
    """Give the file's text without a mark of its bytes' order; None where there is no file."""
    try:
        with path.open("rb") as file:
            read = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}", "check the file") from error
    if len(read) > _LARGEST:
        what = f"cannot read {path}: it is larger than {_LARGEST} bytes"
        raise SettingsError(what, "settings are a page of text")
    try:
        return read.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = read.count(b"\n", 0, error.start) + 1
        what = f"cannot read {path}, line {line}: it is not UTF-8"
        raise SettingsError(what, "save it as UTF-8") from error


def _replace(path: Path, text: str) -> None:
    """Write beside the file, bring it to the disk, then put it in place: whole or not at all."""
    # A link stays a link: people keep their settings in a folder of their own.
    path = path.resolve()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # For its owner only, from the beginning.
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        what = f"cannot write {path}: {error.strerror}"
        raise SettingsError(what, "is the disk full, or the folder read-only?") from error
