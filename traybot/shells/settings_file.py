"""How are the settings read and written? Checked whole, written whole, comments kept."""

import re
import tomllib
from pathlib import Path
from typing import Any

from traybot.core import schema
from traybot.core.options import nearest
from traybot.core.places import line_of
from traybot.core.settings import DEFAULTS, SECTIONS, Settings, read_settings
from traybot.errors import SettingsError
from traybot.system import whole_file

#: Section, option and value.
_Change = tuple[str, str, object]

_LARGEST = 1_000_000
#: How the parser tells the place of a mistake.
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_MEND = "mend it, or move it away to have the defaults"
_UPDATE = "update traybot, or move the file away to have the defaults"


def load(path: Path) -> Settings:
    """Read the settings; no file means the defaults. `SettingsError` names file, line and key."""
    return load_with_text(path)[0]


def load_with_text(path: Path) -> tuple[Settings, str | None]:
    """Read the settings and give the file's text too, None if there is no file."""
    text = _read(path)
    return (DEFAULTS if text is None else _check(path, text)), text


def set_option(path: Path, name: str, value: object) -> None:
    """Write one option, such as `hotkeys.stop`; comments and everything else stay.

    `SettingsError` if the file is damaged or would be wrong afterwards; then it stays as it is.
    """
    section, _, option = name.partition(".")
    _check_name(name, section, option)
    before = _read(path) or ""
    wanted = {key: dict(values) for key, values in _check(path, before).sections.items()}
    wanted[section][option] = value
    after, raised = _rewritten(path, before, (section, option, value))
    if _check(path, after).sections != wanted:
        what = f"cannot set {name} in {path} without harm to the rest"
        raise SettingsError(what, "write it by hand")
    if raised:
        _back_up(path, before)
    _replace(path, after)


def bring_up_to_date(path: Path) -> Path | None:
    """Write a file of an older schema anew as one of the present; give where the old one is kept.

    None if there was nothing to do. `SettingsError` if it is damaged or cannot be written.
    """
    before = _read(path)
    if before is None:
        return None
    settings = _check(path, before)
    if schema.schema_of(tomllib.loads(before)) == schema.present_schema():
        return None
    after, _ = _rewritten(path, before)
    if _check(path, after) != settings:
        what = f"cannot bring {path} up to date without harm"
        raise SettingsError(what, "it is read as it is; write it anew by hand")
    kept = _back_up(path, before)
    _replace(path, after)
    return kept


def _check_name(name: str, section: str, option: str) -> None:
    known = [f"{table}.{row.name}" for table, rows in SECTIONS.items() for row in rows]
    if f"{section}.{option}" not in known:
        raise SettingsError(f"cannot set {name}: there is no such option", nearest(name, known))


def _rewritten(
    path: Path, text: str, change: tuple[str, str, object] | None = None
) -> tuple[str, bool]:
    """Give the text in the present schema and with a change; and whether it had an older one."""
    import tomlkit

    try:
        document: Any = tomlkit.parse(text)
        raised = schema.bring_up(document)
        if change:
            section, option, value = change
            document.setdefault(section, tomlkit.table())[option] = value
        return tomlkit.dumps(document), raised
    except (tomlkit.exceptions.TOMLKitError, TypeError, ValueError) as error:
        named = f"set {change[0]}.{change[1]} in" if change else "bring up to date"
        raise SettingsError(f"cannot {named} {path}: {error}", "write it by hand") from error


def _check(path: Path, text: str) -> Settings:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = _PLACE.search(str(error))
        where = f", line {place[1] or text.count(chr(10)) + 1}" if place else ""
        what = f"cannot read {path}{where}: {_PLACE.sub('', str(error))}"
        raise SettingsError(what, _MEND) from error
    try:
        schema.bring_up(document)
    except ValueError as error:
        what = f"cannot use {path}, line {line_of(text, '', schema.KEY)}: {error}"
        newer = isinstance(error, schema.NewerSchema)
        raise SettingsError(what, _UPDATE if newer else _MEND) from error
    document.pop(schema.KEY, None)
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


def _back_up(path: Path, text: str) -> Path:
    """Keep the old text beside the file, under a name that is not taken by another text."""
    number = schema.schema_of(tomllib.loads(text))
    names = [f"{path.stem}.schema-{number}{more}.toml" for more in ("", "-2", "-3")]
    beside = [path.with_name(name) for name in names]
    kept = next((one for one in beside if not one.exists() or _read(one) == text), beside[-1])
    _replace(kept, text)
    return kept


def _replace(path: Path, text: str) -> None:
    try:
        whole_file.write(path, text.encode())
    except OSError as error:
        what = f"cannot write {path}: {error.strerror}"
        raise SettingsError(what, "is the disk full, or the folder read-only?") from error
