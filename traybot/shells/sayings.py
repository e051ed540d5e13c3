"""How does what a bot prints reach who debugs it? The log's lines, told to another one as well."""

import logging
import re
from collections.abc import Callable

#: Takes the child, its life, the level and the text.
Told = Callable[[str, int, str, str], None]

#: The names under which `hearing` writes what the author's own code says.
_NAME = re.compile(r"bot\.(routine|recovery)\.(\d+)")
#: A terminal would obey them.
_CONTROLS = {code: ascii(chr(code))[1:-1] for code in (*range(9), *range(10, 32), *range(127, 160))}


class Sayings(logging.Handler):
    """Passes on each line of a routine or a recovery that the log takes, so of a flood as few."""

    def __init__(self, told: Told) -> None:
        """`told` is called on the thread that logs, and must not wait."""
        super().__init__()
        self._told = told
        logging.getLogger("bot").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one on."""
        who = _NAME.fullmatch(record.name)
        if who is not None:
            self._told(who[1], int(who[2]), record.levelname.lower(), record.getMessage())

    def close(self) -> None:
        """Hear no more."""
        logging.getLogger("bot").removeHandler(self)
        super().close()


def in_words(child: str, life: int, text: str) -> str:
    """Word it for a terminal: without a sign that it would obey, later lines under the first."""
    who = "life" if child == "routine" else "recovery"
    lines = [line.translate(_CONTROLS) for line in text.splitlines()]
    return f"{who} {life} says: " + "\n            ".join(lines)
