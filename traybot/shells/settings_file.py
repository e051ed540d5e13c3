"""How are the settings read and written? Checked whole, written whole, comments kept."""

import os
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from traybot.core.places import line_of
from traybot.core.settings import DEFAULTS, Settings, read_settings
from traybot.errors import SettingsError

_LARGEST = 1_000_000


def load(path: Path) -> Settings:
    """Read the settings; no file means the defaults. `SettingsError` names file, line and key."""
    if not path.exists():
        return DEFAULTS
    settings, _ = _check(path, _read(path))
    return settings


def set_option(path: Path, section: str, option: str, value: object) -> None:
    """Write one option; comments and everything else stay. `SettingsError` if it would be wrong."""
    import tomlkit

    text = _read(path) if path.exists() else ""
    _check(path, text)
    document: Any = tomlkit.parse(text)
    document.setdefault(section, tomlkit.table())[option] = value
    written = tomlkit.dumps(document)
    _check(path, written)
    _replace(path, written)


def _check(path: Path, text: str) -> tuple[Settings, dict[str, Any]]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = f"cannot read {path}: {error}"
        raise SettingsError(what, "mend it, or move it away to have the defaults") from error
    settings, problems = read_settings(document)
    if problems:
        first = problems[0]
        line = line_of(text, first.table, first.key)
        where = f"[{first.table}] " if first.table else ""
        more = f"; {len(problems) - 1} more" if len(problems) > 1 else ""
        what = f"cannot use {path}, line {line}: {where}{first.what}{more}"
        raise SettingsError(what, first.remedy)
    return settings, document


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            what = f"cannot read {path}: it is larger than {_LARGEST} bytes"
            raise SettingsError(what, "settings are a page of text")
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SettingsError(f"cannot read {path}: it is not UTF-8", "save it as UTF-8") from error
    except OSError as error:
        raise SettingsError(f"cannot read {path}: {error.strerror}", "check the file") from error


def _replace(path: Path, text: str) -> None:
    """Write beside the file, bring it to the disk, then put it in place: whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException as error:
        with suppress(OSError):
            Path(name).unlink()
        if isinstance(error, OSError):
            what = f"cannot write {path}: {error.strerror}"
            raise SettingsError(what, "is the disk full, or the folder read-only?") from error
        raise
