"""What did the user ask for? Reads the command line and gives an exit code.

Imports next to nothing until it knows: `traybot status` must answer at once.
"""

import contextlib
import sys
from collections.abc import Sequence

from traybot.errors import BotError, NoDaemon, Refused, SettingsError, TraybotError
from traybot.text import _

#: Exit codes by the error that ends a command; the first that fits.
_CODES: tuple[tuple[type[TraybotError], int], ...] = (
    (NoDaemon, 3),
    (Refused, 4),
    (BotError, 5),
    (SettingsError, 5),
    (TraybotError, 1),
)


#: As a shell tells of a program that SIGINT or SIGPIPE has ended.
_INTERRUPTED, _UNHEARD = 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; every error that a person can act on is one line on stderr.

    So is an output that cannot be written; that nobody listens any more is told by the code alone.
    """
    from traybot.shells import streams

    streams.mend()
    try:
        try:
            return _obey(sys.argv[1:] if argv is None else list(argv))
        finally:  # before Python does so at its exit, also when argparse has had its say
            sys.stdout.flush()
    except BrokenPipeError:
        streams.give_up_output()
        return _UNHEARD
    except OSError as error:
        if not streams.is_of_output(error):
            raise
        streams.give_up_output()
        _say(_("cannot write the output: {why}").format(why=error.strerror))
        return 1


def _obey(words: list[str]) -> int:
    from traybot.cli.parser import parse

    try:
        return parse(words)()
    except TraybotError as error:
        _say(str(error))
        return next(code for kind, code in _CODES if isinstance(error, kind))
    except KeyboardInterrupt:
        return _INTERRUPTED


def _say(what: str) -> None:
    with contextlib.suppress(OSError):  # where stderr cannot be written either the code tells
        print(f"traybot: {what}", file=sys.stderr)
