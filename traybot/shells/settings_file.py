"""How are the settings read and written? Checked whole, written whole, comments kept."""

import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from traybot.core import schema
from traybot.core.options import nearest
from traybot.core.places import line_of
from traybot.core.settings import DEFAULTS, SECTIONS, Settings, read_settings
from traybot.errors import SettingsError
from traybot.system import whole_file
from traybot.text import _

#: Section, option and value.
_Change = tuple[str, str, object]

_LARGEST = 1_000_000
#: How the parser tells the place of a mistake.
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_MEND = _("mend it, or move it away to have the defaults")
_UPDATE = _("update traybot, or move the file away to have the defaults")


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
    section, _dot, option = name.partition(".")
    _check_name(name, section, option)
    _check_value(section, option, value)
    before = _read(path) or ""
    wanted = {key: dict(values) for key, values in _check(path, before).sections.items()}
    wanted[section][option] = value
    after, raised = _rewritten(path, before, (section, option, value))
    if _check(path, after).sections != wanted:
        what = _("cannot set {name} in {path} without harm to the rest").format(
            name=name, path=path
        )
        raise SettingsError(what, _("write it by hand"))
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
    after, _raised = _rewritten(path, before)
    if _check(path, after) != settings:
        what = _("cannot bring {path} up to date without harm").format(path=path)
        raise SettingsError(what, _("it is read as it is; write it anew by hand"))
    kept = _back_up(path, before)
    _replace(path, after)
    return kept


def _check_name(name: str, section: str, option: str) -> None:
    known = [f"{table}.{row.name}" for table, rows in SECTIONS.items() for row in rows]
    if f"{section}.{option}" not in known:
        raise SettingsError(
            _("cannot set {name}: there is no such option").format(name=name), nearest(name, known)
        )


def _check_value(section: str, option: str, value: object) -> None:
    """Refuse a value for what it is; no file and no line need be named for that."""
    _settings, problems = read_settings({section: {option: value}})
    if problems:
        what = _("cannot set {section}.{what}").format(section=section, what=problems[0].what)
        raise SettingsError(what, problems[0].remedy)


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
        what = _("cannot bring {path} up to date: {error}").format(path=path, error=error)
        if change:
            name = f"{change[0]}.{change[1]}"
            what = _("cannot set {name} in {path}: {error}").format(
                name=name, path=path, error=error
            )
        raise SettingsError(what, _("write it by hand")) from error


def _check(path: Path, text: str) -> Settings:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = _PLACE.search(str(error))
        where = _(", line {line}").format(line=place[1] or text.count(chr(10)) + 1) if place else ""
        what = _("cannot read {path}{where}: {why}").format(
            path=path, where=where, why=_PLACE.sub("", str(error))
        )
        raise SettingsError(what, _MEND) from error
    try:
        schema.bring_up(document)
    except ValueError as error:
        what = _("cannot use {path}, line {line}: {error}").format(
            path=path, line=line_of(text, "", schema.KEY), error=error
        )
        newer = isinstance(error, schema.NewerSchema)
        raise SettingsError(what, _UPDATE if newer else _MEND) from error
    document.pop(schema.KEY, None)
    settings, problems = read_settings(document)
    if problems:
        first = problems[0]
        line = line_of(text, first.table, first.key)
        where = f"[{first.table}] " if first.table else ""
        more = _("; {count} more").format(count=len(problems) - 1) if len(problems) > 1 else ""
        what = _("cannot use {path}, line {line}: {where}{what}{more}").format(
            path=path, line=line, where=where, what=first.what, more=more
        )
        raise SettingsError(what, first.remedy)
    return settings


def _read(path: Path) -> str | None:
    """Give the file's text without a mark of its bytes' order; None where there is no file."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            # Whoever opens a pipe waits for a writer.
            raise SettingsError(
                _("cannot read {path}: it is not a plain file").format(path=path), _MEND
            )
        with path.open("rb") as file:
            read = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(
            _("cannot read {path}: {why}").format(path=path, why=error.strerror),
            _("check the file"),
        ) from error
    if len(read) > _LARGEST:
        what = _("cannot read {path}: it is larger than {bytes} bytes").format(
            path=path, bytes=_LARGEST
        )
        raise SettingsError(what, _("settings are a page of text"))
    try:
        return read.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = read.count(b"\n", 0, error.start) + 1
        what = _("cannot read {path}, line {line}: it is not UTF-8").format(path=path, line=line)
        raise SettingsError(what, _("save it as UTF-8")) from error


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
        what = _("cannot write {path}: {why}").format(path=path, why=error.strerror)
        raise SettingsError(what, _("is the disk full, or the folder read-only?")) from error
