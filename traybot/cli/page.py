"""What does a page of help hold, and what do exit codes mean?"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from traybot.text import later

#: What an exit code means, unless a page says it in its own words.
CODES = {
    0: later("done"),
    1: later("it failed; one line says why, and what to do"),
    2: later("the command line is wrong"),
    3: later("no traybot runs"),
    4: later("makes no sense in this phase"),
    5: later("the bot or the settings have a mistake"),
}


class Page(NamedTuple):
    """One command: what it does in a line, then in sentences, examples, and its exit codes."""

    does: str
    more: str
    #: Command lines, each with what it is for.
    examples: tuple[tuple[str, str], ...]
    #: Exit codes beside 0 and 2 that it may have: in the usual words, or in its own.
    codes: tuple[int, ...] = ()
    own_codes: Mapping[int, str] = MappingProxyType({})
