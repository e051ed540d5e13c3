"""Files of bots for the tests, and their mistakes as a person reads them."""

import tomllib

from traybot.core.botfile import BotPlan, read_bot
from traybot.core.places import line_of

#: The shortest file without a mistake.
LEAST = '[routine]\nrun = "routine:play"\n'


def told(text: str) -> list[str]:
    """Give each mistake as a person reads it: line, what, remedy."""
    _, problems = read_bot("koules", "bots/koules", tomllib.loads(text))
    return [f"{line_of(text, p.table, p.key, p.index)}: {p.what} ({p.remedy})" for p in problems]


def sound(text: str) -> BotPlan:
    """Read a file without mistakes."""
    plan, problems = read_bot("koules", "bots/koules", tomllib.loads(text))
    assert not problems
    assert plan is not None
    return plan


def watch(kind: str, rest: str = "") -> str:
    """A file with one watch that has all its kind needs, and some lines more."""
    needed = {
        "image": 'see = "a.png"',
        "feature": 'see = "a.png"',
        "color": 'color = "#ff0000"',
        "still": 'for = "20s"',
        "changed": "",
        "process": 'process = "koules"',
        "window": 'window = "Koules"',
        "timer": 'after = "2h"',
        "text": 'text = "game over"',
    }
    return f'{LEAST}[[watch]]\nname = "w"\nkind = "{kind}"\n{needed[kind]}\n{rest}\n'
