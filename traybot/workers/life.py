"""How is the author's code run? Imported from its folder, called with a Bot, its end explained."""

import contextlib
import difflib
import faulthandler
import importlib
import inspect
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

from traybot.core.exits import Ending, Exit
from traybot.errors import BotError, CaptureError, TraybotError, WindowMissing
from traybot.shells.channel import Channel
from traybot.shells.stacks import SIGNAL
from traybot.system import choose
from traybot.text import _, first_line, in_english, joined
from traybot.workers.birth import Birth
from traybot.workers.bot import Bot
from traybot.workers.line import Left, Line
from traybot.workers.rung import as_function

#: Standard input, output and error come before all else.
_LAST_STREAM = 2


def run(birth: Birth, channel: Channel) -> Exit:
    """Run the routine or the recovery of a bot to its end."""
    os.chdir(birth.plan.folder)
    if birth.child == "routine" and birth.plan.command:
        return _become_program(birth, channel)
    load = partial(_load, Path(birth.plan.folder))
    try:
        if birth.child == "routine":
            function = load(birth.plan.run)
        else:
            function = as_function(birth.plan.recovery[0], load)
    except BotError as error:
        return Exit(Ending.INVALID, str(error))
    be_ready_to_tell_where(birth.stack_file)
    line = Line(birth, channel)
    bot = Bot(birth, line)
    channel.send({"say": "ready", "at": time.monotonic()})
    try:
        function(bot)
    except BaseException as error:  # noqa: BLE001  the author's code may raise anything
        end = _end_of(error, _place(birth))
        if end.crash:
            channel.send({"say": "log", "level": "error", "text": _trace(error)})
        return end
    return Exit(Ending.DONE)


def be_ready_to_tell_where(file: str) -> None:
    """Have the interpreter write the stack into a file at a signal, wherever we are then."""
    if SIGNAL is not None and file:
        # Open as long as we live: the handler writes to its descriptor.
        try:
            stream = os.open(file, os.O_WRONLY | os.O_TRUNC)
        except FileNotFoundError:
            return  # taken already: for the daemon this life is over, and it ends it
        # By its name: a type checker knows it on POSIX only, where the signal is.
        vars(faulthandler)["register"](SIGNAL, file=stream, all_threads=True)


def _end_of(error: BaseException, place: str) -> Exit:
    """Give the end that an exception of the author's code means."""
    match error:
        case Left():
            return Exit(Ending.LEFT)
        case SystemExit(code=None | 0):
            return Exit(Ending.DONE)
        case SystemExit():
            return Exit(Ending.CRASHED, joined("", (f"sys.exit({error.code!r})", place)))
        case WindowMissing():
            return Exit(Ending.ENVIRONMENT, str(error))
        case BotError():
            return Exit(Ending.INVALID, joined("", (str(error), place)))
        case CaptureError() if choose.LINUX and not os.environ.get("DISPLAY"):
            # Nothing that comes later gives us one.
            why = _(
                "cannot take a picture of the screen: there is no display "
                "(start traybot inside the desktop session, or set DISPLAY)"
            )
            return Exit(Ending.INVALID, joined("", (why, place)))
        case TraybotError():
            return Exit(Ending.CRASHED, joined("", (str(error), place)))
    kind = type(error).__name__
    return Exit(Ending.CRASHED, joined("", (kind, ": ", _first_line(error), place)))


def _trace(error: BaseException) -> str:
    """Say where it was raised, without the lines of code: a text to be typed may stand in them."""
    lines = []
    for one in (error.__cause__ or error.__context__, error):
        if one is not None:
            frames = traceback.extract_tb(one.__traceback__)
            lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
            lines.append(f"{type(one).__name__}: {in_english(_first_line(one))}")
    return "\n".join(lines)


def _load(folder: Path, where: str) -> Callable[[Bot], object]:
    """Import `module:function` from the bot's folder; every mistake names file and line."""
    module_name, _colon, function_name = where.partition(":")
    function_name = function_name or "play"
    file = folder / (module_name.replace(".", "/") + ".py")
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    importlib.invalidate_caches()
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name == module_name.split(".", maxsplit=1)[0] and not file.exists():
            what = _("cannot find {name} in {folder}").format(name=file.name, folder=folder)
            raise BotError(
                what, _('[routine] run = "{where}" names it').format(where=where)
            ) from error
        raise _import_fault(file, error) from error
    except BaseException as error:
        raise _import_fault(file, error) from error
    function = getattr(module, function_name, None)
    if not callable(function):
        what = _("cannot find a function {function} in {file}").format(
            function=function_name, file=file
        )
        raise BotError(what, _("add: def {function}(bot): …").format(function=function_name))
    _check_call(function, file, folder)
    return function  # type: ignore[no-any-return]  # callable, checked above


def _check_call(function: Callable[..., object], file: Path, folder: Path) -> None:
    """Refuse a function that does not take the bot alone, before a crash names a line of ours."""
    try:
        inspect.signature(function).bind(None)
    except ValueError:  # a function written in C may tell nothing
        return
    except TypeError as error:
        place = file.name
        code = getattr(inspect.unwrap(function), "__code__", None)
        if code is not None and Path(code.co_filename).is_relative_to(folder):
            place = f"{Path(code.co_filename).name}:{code.co_firstlineno}"
        name = getattr(function, "__name__", "play")
        what = _("cannot call {function} at {place}: {why}").format(
            function=name, place=place, why=error
        )
        raise BotError(what, _("write def {function}(bot):").format(function=name)) from error


def _import_fault(file: Path, error: BaseException) -> BotError:
    line = _line_in(error, file.parent)
    if isinstance(error, SyntaxError) and error.filename:
        line = f"{Path(error.filename).name}:{error.lineno}"
    what = _("cannot import {file}: {kind}: {error}").format(
        file=file.name, kind=type(error).__name__, error=_first_line(error)
    )
    return BotError(what, f"at {line or file.name}")


def _place(birth: Birth) -> str:
    """Give " at file:line" of the innermost line of the author's own code."""
    error = sys.exc_info()[1]
    line = _line_in(error, Path(birth.plan.folder)) if error else ""
    return f" at {line}" if line else ""


def _line_in(error: BaseException, folder: Path) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else ""


def _first_line(error: BaseException) -> str:
    return (first_line(str(error)) or "(no message)") + _meant(error)


def _meant(error: BaseException) -> str:
    """Give the nearest name where one of ours was misspelled, as Python does in a traceback."""
    if not isinstance(error, AttributeError) or not error.name:
        return ""
    if not type(error.obj).__module__.startswith("traybot."):
        return ""
    public = [name for name in dir(error.obj) if not name.startswith("_")]
    near = difflib.get_close_matches(error.name, public, n=1)
    return f'; did you mean "{near[0]}"?' if near else ""


def _become_program(birth: Birth, channel: Channel) -> Exit:
    """Turn into the program that the bot names; the daemon goes on owning this process."""
    command = birth.plan.command
    channel.send({"say": "ready", "at": time.monotonic()})
    # It knows no gate, so that it begins when the gate is opened for the first time.
    while birth.memory.allowed.value != birth.life:
        channel.wait(None)
        asked = [document.get("do") for document in channel.receive()]
        if "leave" in asked or channel.closed:
            return Exit(Ending.LEFT)
    # Our ends close by it: what it starts must not keep them open.
    _be_ordinary()
    try:
        if not choose.FORKS:
            # There an exec starts another process and ends this one, which the daemon owns.
            os._exit(subprocess.call(command))
        os.execvp(command[0], command)  # noqa: S606  the user's own command is the point
    except OSError as error:
        return Exit(
            Ending.INVALID,
            _("cannot run {command}: {strerror}").format(
                command=command[0], strerror=error.strerror
            ),
        )


def _be_ordinary() -> None:
    """Give a foreign program the signals that it expects, and none of our pipes."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for name in os.listdir("/dev/fd"):  # noqa: PTH208  there on every system that has exec
        with contextlib.suppress(OSError):
            os.set_inheritable(int(name), int(name) <= _LAST_STREAM)
