"""Which bots are there, and what is wrong with each? Folders with a `bot.toml`, checked."""

import contextlib
import re
import stat
import tomllib
from collections.abc import Sequence
from pathlib import Path

from traybot.core import options as o
from traybot.core.botfile import BotPlan, read_bot
from traybot.core.options import Problem
from traybot.core.places import line_of
from traybot.errors import BackendUnavailable, BotError
from traybot.shells.bot_code import TOO_DEEP, check_code, check_commands, why_not
from traybot.shells.extras import need_ocr
from traybot.shells.paths import Paths
from traybot.shells.picture_file import check_template
from traybot.shells.private import check_private
from traybot.text import _

_LARGEST_FILE = 1_000_000
_LONGEST_LINE = 500
_LONGEST_TITLE = 60
#: Where the parser puts the place of a mistake.
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
#: A text that lacks its quotes.
_BARE = re.compile(r"""\s*([\w-]+)\s*=\s*([^\W\d][^"'\[\]{}#]*?)\s*(?:#.*)?""")


def bots_folder(named: str, paths: Paths) -> Path:
    """Give the folder that the settings name, or the usual one if they name none."""
    return _expanded(named) if named else paths.bots


class BotShelf:
    """The bots folder; may be used from any thread, keeps nothing in memory."""

    def __init__(self, folder: Path) -> None:
        """Look in this folder."""
        self.root = folder

    def names(self) -> list[str]:
        """Every folder that holds a `bot.toml`."""
        if not self.root.is_dir():
            return []
        return sorted(found.parent.name for found in self.root.glob("*/bot.toml"))

    def faults(self) -> list[tuple[str, str]]:
        """Every bot with what is wrong with it, "" if nothing."""
        return [(name, self._fault(name)) for name in self.names()]

    def _fault(self, name: str) -> str:
        try:
            self.load(name)
        except BotError as error:
            return str(error)
        return ""

    def title(self, name: str) -> str:
        """What people call a bot, "" where that cannot be read."""
        try:
            table = tomllib.loads(_read(self.folder(name) / "bot.toml")).get("bot", {})
        except (BotError, ValueError, *TOO_DEEP):
            return ""
        title = table.get("title") if isinstance(table, dict) else None
        return " ".join(title.split())[:_LONGEST_TITLE] if isinstance(title, str) else ""

    def folder(self, name: str) -> Path:
        """Where a bot lies: a name below the bots folder, or a path to any folder with a bot."""
        if "/" in name or "\\" in name:
            return _expanded(name).absolute()
        return self.root / name

    def load(self, name: str) -> BotPlan:
        """Read and check a bot whole; `BotError` names file, line and remedy."""
        folder = self.folder(name)
        file = folder / "bot.toml"
        if not file.exists():
            self._say_missing(name, folder)
        text = _read(file)
        check_private(folder)
        try:
            document = tomllib.loads(text)
        except (ValueError, *TOO_DEEP) as error:
            raise _no_toml(file, text, error) from error
        plan, problems = read_bot(name, str(folder), document)
        if plan is None:
            raise _bot_error(file, text, problems)
        _check_built(plan, file, text)
        _check_templates(plan, file, text)
        check_commands(plan, file, text)
        check_code(plan, file, text)
        return plan

    def _say_missing(self, name: str, folder: Path) -> None:
        """Refuse with a better word than that a file is not there, where there is one."""
        with contextlib.suppress(OSError, ValueError):  # ValueError: a name that no file can have
            if folder.is_file() or folder.name == "bot.toml":
                what = _("cannot use {file}: a bot is a folder").format(file=folder)
                known = folder.parent.name in self.names() and not folder.is_file()
                meant = folder.parent.name if known else folder.parent
                raise BotError(what, _("name the folder: {folder}").format(folder=meant))
        if name and folder.parent == self.root:
            names = self.names()
            remedy = o.nearest(name, names) if names else _("make a bot with: traybot new NAME")
            what = _("cannot find a bot named {bot}").format(bot=name)
            raise BotError(what, remedy)


def _no_toml(file: Path, text: str, error: BaseException) -> BotError:
    """Say in which line the TOML ends to be any."""
    why, remedy = why_not(error), _("write it as TOML, see the README's first bot")
    place = _PLACE.search(why)
    if place is None:
        return BotError(_("cannot read {file}: {why}").format(file=file, why=why), remedy)
    lines = text.splitlines()
    number = int(place[1] or max(1, len(lines)))
    line = lines[number - 1] if number <= len(lines) else ""
    bare = _BARE.fullmatch(line) if len(line) < _LONGEST_LINE else None
    if bare:
        remedy = _("put quotes around it: {line}").format(line=f'{bare[1]} = "{bare[2]}"')
    what = _("cannot read {file}, line {line}: {why}").format(
        file=file, line=number, why=why.replace(place[0], "")
    )
    return BotError(what, remedy)


def _expanded(name: str) -> Path:
    """Put the home folder in place of "~"; where nobody is called as it says there is no change."""
    with contextlib.suppress(RuntimeError):
        return Path(name).expanduser()
    return Path(name)


def _read(file: Path) -> str:
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            what = _("cannot read {file}: it is not a plain file").format(file=file)
            raise BotError(what, _("a bot.toml is a page of text"))
        if found.st_size > _LARGEST_FILE:
            what = _("cannot read {file}: it is larger than {bytes} bytes").format(
                file=file, bytes=_LARGEST_FILE
            )
            raise BotError(what, _("a bot.toml is a page of text"))
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        what = _("cannot find {file}").format(file=file)
        raise BotError(what, _("make a bot with: traybot new NAME")) from error
    except UnicodeDecodeError as error:
        raise BotError(
            _("cannot read {file}: it is not UTF-8").format(file=file), _("save it as UTF-8")
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        why = getattr(error, "strerror", None) or error
        raise BotError(
            _("cannot read {file}: {why}").format(file=file, why=why),
            _("check the name and the file"),
        ) from error


def _bot_error(file: Path, text: str, problems: list[Problem]) -> BotError:
    first, more = problems[0], len(problems) - 1
    line = line_of(text, first.table, first.key, first.index)
    others = _("; {count} more").format(count=more) if more else ""
    where = f"[{first.table}] " if first.table else ""
    what = _("cannot use {file}, line {line}: {where}{what}{more}").format(
        file=file, line=line, where=where, what=first.what, more=others
    )
    return BotError(what, first.remedy)


def _check_built(plan: BotPlan, file: Path, text: str) -> None:
    """Refuse now what would fail at the start."""
    for index, watch in enumerate(plan.watches):
        if watch.kind == "text":
            try:
                need_ocr()
            except BackendUnavailable as error:
                line = line_of(text, "watch", "kind", index)
                what = _("cannot use {file}, line {line}: {what}").format(
                    file=file, line=line, what=error.what
                )
                raise BotError(what, error.remedy) from error


def _check_templates(plan: BotPlan, file: Path, text: str) -> None:
    named = [
        (name, line_of(text, "watch", "see", index), _smallest(watch.scales))
        for index, watch in enumerate(plan.watches)
        for name in watch.see
    ]
    named += [
        (rung.wait, line_of(text, "recovery.step", "wait", index), 1.0)
        for index, rung in enumerate(plan.recovery)
        if rung.wait
    ]
    for name, line, smallest in named:
        try:
            check_template(Path(plan.folder) / name, smallest)
        except BotError as error:
            what = _("{what}, named in {file}, line {line}").format(
                what=error.what, file=file.name, line=line
            )
            raise BotError(what, error.remedy) from error


def _smallest(scales: Sequence[float]) -> float:
    """Give the scale that leaves least of a template."""
    return min((1.0, *scales))
