"""Which bots are there, and what is wrong with each? Folders with a `bot.toml`, checked."""

import contextlib
import tomllib
from collections.abc import Sequence
from pathlib import Path

from traybot.core.botfile import BotPlan, read_bot
from traybot.core.options import Problem
from traybot.core.places import line_of
from traybot.errors import BackendUnavailable, BotError
from traybot.shells.extras import need_ocr
from traybot.shells.paths import Paths
from traybot.shells.picture_file import check_template
from traybot.shells.private import check_private
from traybot.text import _

_LARGEST_FILE = 1_000_000
#: What Python's parsers raise for a text of brackets in brackets in brackets.
_TOO_DEEP = (RecursionError, MemoryError)


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

    def folder(self, name: str) -> Path:
        """Where a bot lies: a name below the bots folder, or a path to any folder with a bot."""
        if "/" in name or "\\" in name:
            return _expanded(name).absolute()
        return self.root / name

    def load(self, name: str) -> BotPlan:
        """Read and check a bot whole; `BotError` names file, line and remedy."""
        folder = self.folder(name)
        file = folder / "bot.toml"
        text = _read(file)
        check_private(folder)
        try:
            document = tomllib.loads(text)
        except (ValueError, *_TOO_DEEP) as error:
            what = _("cannot read {file}: {why}").format(file=file, why=_why(error))
            raise BotError(what, _("write it as TOML, see the README's first bot")) from error
        plan, problems = read_bot(name, str(folder), document)
        if plan is None:
            raise _bot_error(file, text, problems)
        _check_built(plan, file, text)
        _check_templates(plan, file, text)
        _check_code(plan, file, text)
        return plan


def _expanded(name: str) -> Path:
    """Put the home folder in place of "~"; where nobody is called as it says there is no change."""
    with contextlib.suppress(RuntimeError):
        return Path(name).expanduser()
    return Path(name)


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST_FILE:
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


def _check_code(plan: BotPlan, file: Path, text: str) -> None:
    """Check that the named code is there and is Python; nothing of it is run."""
    steps = "recovery" if len(plan.recovery) == 1 else "recovery.step"
    named = [("routine", plan.run, 0)]
    named += [(steps, rung.run, index) for index, rung in enumerate(plan.recovery)]
    for table, run, index in named:
        if not run:
            continue
        module = run.partition(":")[0]
        code = Path(plan.folder) / (module.replace(".", "/") + ".py")
        line = line_of(text, table, "run", index)
        if not code.is_file():
            what = _("cannot find {code}, named in {file}, line {line}").format(
                code=code, file=file.name, line=line
            )
            raise BotError(what, _("make the file or correct [routine] run"))
        try:
            compile(code.read_bytes(), str(code), "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OSError, *_TOO_DEEP) as error:
            at = (
                _(", line {line}").format(line=error.lineno)
                if isinstance(error, SyntaxError)
                else ""
            )
            raise BotError(
                _("cannot use {code}{at}: {why}").format(code=code, at=at, why=_why(error)),
                _("mend the code"),
            ) from error


def _why(error: BaseException) -> str:
    return _("it is nested too deeply") if isinstance(error, _TOO_DEEP) else str(error)
