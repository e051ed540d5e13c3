"""Of which time is a settings file, and how does an older one become a present one?

A file may say `schema = 1` at its head; one that says nothing is of the first. Each change that an
old file would not survive adds a step, which changes the parsed file in place: as a plain dict when
it is only read, with its comments when it is written anew.
"""

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from traybot.text import _

KEY = "schema"
#: Changes a file of one schema into one of the next.
Step = Callable[[MutableMapping[str, Any]], None]
#: By the schema that a step begins with; one for each schema but the present.
STEPS: Mapping[int, Step] = {}


class NewerSchema(ValueError):
    """A file by a later traybot, whose meaning this one cannot know."""


def present_schema() -> int:
    """Give the schema that this program writes."""
    return max(STEPS, default=0) + 1


def schema_of(document: Mapping[str, Any]) -> int:
    """Give a file's schema; `ValueError` if it says no known one, `NewerSchema` if a later one."""
    schema, known = document.get(KEY, 1), present_schema()
    if isinstance(schema, bool) or not isinstance(schema, int) or schema < 1:
        message = _("{key}: must be a whole number from 1 to {known}").format(key=KEY, known=known)
        raise ValueError(message)
    if schema > known:
        message = _("a newer traybot wrote it (schema {schema}; this one reads {known})").format(
            schema=schema, known=known
        )
        raise NewerSchema(message)
    return schema


def bring_up(document: MutableMapping[str, Any]) -> bool:
    """Change a parsed file into one of the present schema; False if it was one already.

    `ValueError` as `schema_of`.
    """
    schema, known = schema_of(document), present_schema()
    for number in range(schema, known):
        STEPS[number](document)
        document[KEY] = number + 1
    return schema < known
