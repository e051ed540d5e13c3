"""Which words does the command line know? One row per command; each is bound to a function."""

import argparse
import functools
import importlib
from collections.abc import Callable

from traybot import __version__
from traybot.core.durations import parse_duration
from traybot.core.geometry import Rect

Command = Callable[[], int]

_PLAIN = {
    "pause": "pause the running bot: it lets go of all keys and stands still",
    "resume": "let the paused bot play on, after a look at the screen",
    "toggle": "start, pause or resume, whatever fits",
    "stop": "stop the bot now",
    "restart": "stop the bot kindly and start it again",
    "reload": "read the settings again; a file with a mistake changes nothing",
    "quit": "end traybot: the bot is asked to leave, then everything ends",
}
_EPILOG = """first steps:
  traybot demo                            see the whole thing work
  traybot new first                       make a bot, then fill it in
  traybot check first                     read it whole, run nothing
  traybot run first                       play it here; Ctrl+C ends
  traybot config set hotkeys.stop f11     change a setting; comments stay

exit codes: 0 done, 1 failed, 2 usage, 3 no traybot runs,
4 refused in this phase, 5 bot or settings invalid"""


def parse(argv: list[str]) -> Command:
    """Read the words; a usage error ends the program with code 2 and says what is wrong."""
    given = vars(make_parser().parse_args(argv))
    name = given.pop("command") or "open"
    return functools.partial(_function(name), **given)


def _function(name: str) -> Callable[..., int]:
    """Import what a command needs, and nothing else."""
    if name in _PLAIN:
        from traybot.cli import talk

        return functools.partial(talk.wish, name)
    if name in {"start", "status"}:
        from traybot.cli import talk

        return getattr(talk, name)  # type: ignore[no-any-return]
    if name in {"bots", "check", "new"}:
        from traybot.cli import here

        return getattr(here, name)  # type: ignore[no-any-return]
    if name in {"autostart", "completion", "config", "doctor", "find", "log"}:
        module = importlib.import_module(f"traybot.cli.{name}")
        return getattr(module, name)  # type: ignore[no-any-return]
    from traybot.cli import daemon

    return getattr(daemon, name)  # type: ignore[no-any-return]


class _Page(argparse.RawDescriptionHelpFormatter):
    """Leaves room beside the longest command."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30)

    def add_argument(self, action: argparse.Action) -> None:
        """Count the indentation of commands too, which Python 3.11 forgets."""
        super().add_argument(action)
        indented = sum(1 for _ in self._iter_indented_subactions(action)) > 0
        self._action_max_length += self._indent_increment if indented else 0


def make_parser() -> argparse.ArgumentParser:
    """Make the reader of the command line; shell completion is made from it too."""
    parser = argparse.ArgumentParser(
        prog="traybot",
        description="Runs a bot that plays by sight, watches over it, and stops it at any instant.",
        epilog=_EPILOG,
        formatter_class=_Page,
    )
    parser.add_argument("--version", action="version", version=f"traybot {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_run(commands)
    start = commands.add_parser("start", help="start a bot in the running traybot")
    start.add_argument("bot", nargs="?", default="", help="its name, or the chosen one")
    for name, does in _PLAIN.items():
        commands.add_parser(name, help=does)
    status = commands.add_parser("status", help="what is going on")
    _json(status)
    status.add_argument(
        "--follow", action="store_true", help="go on with every event as it happens"
    )
    bots = commands.add_parser("bots", help="the bots there are, and what is wrong with each")
    bots.add_argument("--names", action="store_true", help="names alone, unchecked, one a line")
    _json(bots)
    check = commands.add_parser("check", help="check a bot without running it")
    check.add_argument("bot", help="its name, or the path of its folder")
    _json(check)
    new = commands.add_parser("new", help="make a bot to begin with")
    new.add_argument("bot", help="its name")
    _add_find(commands)
    _add_config(commands)
    _add_helpers(commands)
    return parser


def _add_helpers(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    autostart = commands.add_parser("autostart", help="whether traybot starts at login")
    autostart.add_argument("do", choices=("on", "off", "status"), help="switch it, or ask")
    _json(autostart)
    log = commands.add_parser("log", help="the last lines of the log")
    log.add_argument("-f", "--follow", action="store_true", help="go on as it grows")
    log.add_argument("-n", "--count", type=_count, default=40, help="how many lines, 40 if unsaid")
    doctor = commands.add_parser("doctor", help="why does tray, hotkey, capture or input not work")
    doctor.add_argument("--full", action="store_true", help="with the names of user and folders")
    _json(doctor)
    completion = commands.add_parser("completion", help="words for your shell's Tab key")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    demo = commands.add_parser("demo", help="see the whole thing work in half a minute")
    demo.add_argument("--no-display", action="store_true", help="on an invisible screen of its own")
    demo.add_argument(
        "--seconds", type=_seconds, default=25.0, help="how long to play, such as 25s"
    )
    _json(demo)


def _add_run(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = commands.add_parser("run", help="run traybot in the foreground, telling what happens")
    run.add_argument("bot", nargs="?", default="", help="a bot to start: its name or its folder")
    run.add_argument("--no-tray", action="store_true", help="without an icon in the tray")
    run.add_argument("--no-hotkeys", action="store_true", help="without global hotkeys")
    run.add_argument(
        "--for", dest="seconds", type=_seconds, metavar="DURATION", help="end after this, e.g. 60s"
    )
    run.add_argument(
        "--autostart", action="store_true", help="say nothing, be content if one runs already"
    )
    run.add_argument("--home", help="keep every file in this folder, as TRAYBOT_HOME does")
    _json(run)


def _add_find(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    find = commands.add_parser("find", help="look for a template on the screen or in a picture")
    find.add_argument(
        "template", help="a PNG, whose transparent pixels do not count; for text an expression"
    )
    find.add_argument("--in", dest="picture", metavar="IMAGE", help="look here, not at the screen")
    find.add_argument("--region", type=_region, metavar="X,Y,W,H", help="look only here")
    find.add_argument("--kind", choices=("image", "text"), default="image", help="what it is")
    find.add_argument("--threshold", type=_score, default=0.9, help="lowest score, 0 to 1")
    find.add_argument(
        "--scale",
        dest="scales",
        type=_scales,
        default=(1.0,),
        metavar="S,S",
        help="sizes to look at, such as 0.8,1,1.25",
    )
    find.add_argument("--all", dest="every", action="store_true", help="every place, best first")
    find.add_argument("--show", metavar="OUT.png", help="save a picture with what was found")
    _json(find)


def _add_config(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    config = commands.add_parser("config", help="show, change or edit the settings")
    kinds = config.add_subparsers(dest="do", metavar="path|show|get|set|edit", required=True)
    does = {"path": "where the file lies", "show": "all options", "edit": "open in $EDITOR"}
    does |= {"get": "one option", "set": "change one option; comments stay"}
    for kind, text in does.items():
        one = kinds.add_parser(kind, help=text)
        one.set_defaults(name="", value=None, as_json=False)
        if kind in {"get", "set"}:
            one.add_argument("name", help="section and option, such as hotkeys.stop")
        if kind == "set":
            one.add_argument("value", help="the new value, such as f11 or true")
        if kind in {"path", "show", "get"}:
            _json(one)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", dest="as_json", action="store_true", help="answer in JSON")


def _count(text: str) -> int:
    if not text.isdecimal():
        message = f'"{text}" is not a number of lines'
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _seconds(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _score(text: str) -> float:
    return _numbers(text, low=0.0, high=1.0)[0]


def _scales(text: str) -> tuple[float, ...]:
    return _numbers(*text.split(","), low=0.1, high=10.0)


def _numbers(*texts: str, low: float, high: float) -> tuple[float, ...]:
    for text in texts:
        try:
            inside = low <= float(text) <= high
        except ValueError:
            inside = False
        if not inside:
            message = f'"{text}" is not a number from {low:g} to {high:g}'
            raise argparse.ArgumentTypeError(message)
    return tuple(float(text) for text in texts)


def _region(text: str) -> Rect:
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError as error:
        message = f'"{text}" is not a region such as 0,0,640,200'
        raise argparse.ArgumentTypeError(message) from error
    rect = Rect(x, y, width, height)
    if rect.empty:
        message = f'"{text}" has no pixel in it'
        raise argparse.ArgumentTypeError(message)
    return rect
