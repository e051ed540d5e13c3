"""What did the user ask for? Reads the command line and gives an exit code.

Imports next to nothing until it knows: `traybot status` must answer at once.
"""

import os
import sys
from collections.abc import Sequence

from traybot.errors import BotError, NoDaemon, Refused, SettingsError, TraybotError

#: Exit codes by the error that ends a command; the first that fits.
_CODES: tuple[tuple[type[TraybotError], int], ...] = (
    (NoDaemon, 3),
    (Refused, 4),
    (BotError, 5),
    (SettingsError, 5),
    (TraybotError, 1),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; every error that a person can act on is one line on stderr."""
    from traybot.cli.parser import parse

    if sys.stdout is None or sys.stderr is None:  # started without a console, as at login
        from traybot.shells import streams

        streams.mend()
    try:
        command = parse(sys.argv[1:] if argv is None else list(argv))
        return command()
    except TraybotError as error:
        print(f"traybot: {error}", file=sys.stderr)
        return next(code for kind, code in _CODES if isinstance(error, kind))
    except BrokenPipeError:
        # Whoever read our output has heard enough; Python would complain at exit otherwise.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
