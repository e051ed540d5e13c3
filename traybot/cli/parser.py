"""Which words does the command line know? One row per command; each is bound to a function."""

import argparse
import functools
import gettext
import importlib
import itertools
from collections.abc import Callable, Iterator

from traybot import __version__
from traybot.cli import layout, values
from traybot.cli.pages import PAGES
from traybot.text import DOMAIN, FOLDER, _

Command = Callable[[], int]

#: Commands that take nothing and are a wish for the daemon.
_PLAIN = ("pause", "resume", "toggle", "stop", "panic", "restart", "reload", "quit")


def parse(argv: list[str]) -> Command:
    """Read the words; a usage error ends the program with code 2 and says what is wrong."""
    only = argv[0] if argv and argv[0] in PAGES else ""
    given = vars(make_parser(only).parse_args(list(_bound(argv))))
    name = given.pop("command") or "open"
    return functools.partial(_function(name), **given)


def _bound(argv: list[str]) -> Iterator[str]:
    """Give the words, a region bound to its option: "-5,0,10,10" alone is an option to argparse."""
    words = iter(argv)
    for word in words:
        yield word if word != "--region" else "=".join((word, *itertools.islice(words, 1)))


def _function(name: str) -> Callable[..., int]:
    """Import what a command needs, and nothing else."""
    if name in _PLAIN:
        from traybot.cli import talk

        return talk.quit_daemon if name == "quit" else functools.partial(talk.wish, name)
    if name in {"start", "status"}:
        from traybot.cli import talk

        return getattr(talk, name)  # type: ignore[no-any-return]
    if name in {"bots", "check", "new"}:
        from traybot.cli import here

        return getattr(here, name)  # type: ignore[no-any-return]
    if name in {"autostart", "bench", "completion", "config", "doctor", "find", "help", "log"}:
        module = importlib.import_module(f"traybot.cli.{name}")
        return getattr(module, name)  # type: ignore[no-any-return]
    from traybot.cli import daemon

    return getattr(daemon, name)  # type: ignore[no-any-return]


def make_parser(only: str = "") -> argparse.ArgumentParser:
    """Make the reader of the command line; shell completion is made from it too.

    It knows every command, or one that was named already and its like: that takes a third of it.
    """
    # The library's own words come from this domain too.
    gettext.bindtextdomain(DOMAIN, FOLDER)
    gettext.textdomain(DOMAIN)
    parser = layout.Overview(
        prog="traybot",
        usage="traybot [COMMAND] [--help] [--version]",
        description=_(
            "Runs a bot that plays by sight, watches over it, and stops it at any instant."
        ),
        formatter_class=layout.Formatter,
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"traybot {__version__}",
        help=_("show the version and exit"),
    )
    commands = parser.add_subparsers(
        dest="command",
        metavar="COMMAND",
        prog="traybot",
        parser_class=layout.Parser,
        help=argparse.SUPPRESS,
    )
    for names, add in _GROUPS:
        if not only or only in names:
            add(commands)
    return parser


def _add(commands: "argparse._SubParsersAction[layout.Parser]", name: str) -> layout.Parser:
    """Add a command with what its page says."""
    page = PAGES[name]
    parser: layout.Parser = commands.add_parser(
        name, help=_(page.does), formatter_class=layout.Formatter
    )
    parser.page = page
    return parser


def _add_wishes(commands: "argparse._SubParsersAction[layout.Parser]") -> None:
    start = _add(commands, "start")
    start.add_argument("bot", nargs="?", default="", help=_("its name, or the chosen one"))
    for name in _PLAIN:
        _add(commands, name)


def _add_looks(commands: "argparse._SubParsersAction[layout.Parser]") -> None:
    status = _add(commands, "status")
    _json(status)
    status.add_argument(
        "--follow", action="store_true", help=_("go on with every event as it happens")
    )
    log = _add(commands, "log")
    log.add_argument("-f", "--follow", action="store_true", help=_("go on as it grows"))
    log.add_argument(
        "-n", "--count", type=values.count, default=40, help=_("how many lines, 40 if unsaid")
    )
    doctor = _add(commands, "doctor")
    doctor.add_argument("--full", action="store_true", help=_("with the names of user and folders"))
    _json(doctor)
    bench = _add(commands, "bench")
    bench.add_argument("--no-display", action="store_true", help=_("on an invisible screen"))
    bench.add_argument("--plot", metavar="OUT.png", help=_("draw it too"))
    _json(bench)
    demo = _add(commands, "demo")
    demo.add_argument(
        "--no-display", action="store_true", help=_("on an invisible screen of its own")
    )
    demo.add_argument(
        "--seconds", type=values.seconds, default=25.0, help=_("how long to play, such as 25s")
    )
    _json(demo)


def _add_bots(commands: "argparse._SubParsersAction[layout.Parser]") -> None:
    bots = _add(commands, "bots")
    bots.add_argument("--names", action="store_true", help=_("names alone, unchecked, one a line"))
    _json(bots)
    check = _add(commands, "check")
    check.add_argument("bot", help=_("its name, or the path of its folder"))
    _json(check)
    new = _add(commands, "new")
    new.add_argument("bot", help=_("its name"))


def _add_rest(commands: "argparse._SubParsersAction[layout.Parser]") -> None:
    autostart = _add(commands, "autostart")
    autostart.add_argument(
        "do",
        nargs="?",
        default="status",
        choices=("on", "off", "status"),
        help=_("switch it, or ask"),
    )
    _json(autostart)
    completion = _add(commands, "completion")
    completion.add_argument("shell", choices=("bash", "zsh", "fish"))
    asked = _add(commands, "help")
    asked.add_argument("words", nargs="*", metavar="COMMAND", help=_("whose page"))


def _add_run(commands: "argparse._SubParsersAction[layout.Parser]") -> None:
    run = _add(commands, "run")
    run.add_argument("bot", nargs="?", default="", help=_("a bot to start: its name or its folder"))
    run.add_argument("--no-tray", action="store_true", help=_("without an icon in the tray"))
    run.add_argument("--no-hotkeys", action="store_true", help=_("without global hotkeys"))
    run.add_argument(
        "--for",
        dest="seconds",
        type=values.seconds,
        metavar="DURATION",
        help=_("end after this, e.g. 60s"),
    )
    run.add_argument(
        "--autostart", action="store_true", help=_("say nothing, be content if one runs already")
    )
    run.add_argument("--home", help=_("keep every file in this folder, as TRAYBOT_HOME does"))
    _json(run)


def _add_find(commands: "argparse._SubParsersAction[layout.Parser]") -> None:
    find = _add(commands, "find")
    find.check = values.unfit
    find.add_argument(
        "template", help=_("a PNG, whose transparent pixels do not count; for text an expression")
    )
    find.add_argument(
        "--in", dest="picture", metavar="IMAGE", help=_("look here, not at the screen")
    )
    find.add_argument("--region", type=values.region, metavar="X,Y,W,H", help=_("look only here"))
    find.add_argument(
        "--kind", choices=("image", "feature", "text"), default="image", help=_("what it is")
    )
    find.add_argument("--threshold", type=values.score, default=0.9, help=_("lowest score, 0 to 1"))
    find.add_argument(
        "--scale",
        dest="scales",
        type=values.scales,
        default=(1.0,),
        metavar="S,S",
        help=_("sizes to look at, such as 0.8,1,1.25"),
    )
    find.add_argument("--all", dest="every", action="store_true", help=_("every place, best first"))
    find.add_argument("--show", metavar="OUT.png", help=_("save a picture with what was found"))
    _json(find)


def _add_config(commands: "argparse._SubParsersAction[layout.Parser]") -> None:
    config = _add(commands, "config")
    kinds = config.add_subparsers(dest="do", metavar="path|show|get|set|edit", required=True)
    does = {
        "path": _("where the file lies"),
        "show": _("all options"),
        "get": _("one option"),
        "set": _("change one option; comments stay"),
        "edit": _("open in $EDITOR"),
    }
    for kind, text in does.items():
        one = kinds.add_parser(kind, help=text)
        one.set_defaults(name="", value=None, as_json=False)
        if kind in {"get", "set"}:
            one.add_argument("name", help=_("section and option, such as hotkeys.stop"))
        if kind == "set":
            one.add_argument("value", help=_("the new value, such as f11 or true"))
        if kind in {"path", "show", "get"}:
            _json(one)


#: Which commands are made by which function.
_GROUPS = (
    (("start", *_PLAIN), _add_wishes),
    (("status", "log", "doctor", "bench", "demo"), _add_looks),
    (("bots", "check", "new"), _add_bots),
    (("find",), _add_find),
    (("run",), _add_run),
    (("config",), _add_config),
    (("autostart", "completion", "help"), _add_rest),
)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", dest="as_json", action="store_true", help=_("answer in JSON"))
