"""Has each event its rule, and each command somebody who carries it out?"""

import inspect

import pytest

from traybot.core import commands, events
from traybot.core.step import _RULES

pytestmark = pytest.mark.anywhere


def leaves(module: object, root: type) -> set[type]:
    """Give the classes below `root` that are meant to be made."""
    found = {c for _, c in inspect.getmembers(module, inspect.isclass) if issubclass(c, root)}
    return {one for one in found if not any(one in other.__bases__ for other in found)}


def test_each_event_has_a_rule() -> None:
    """No event can come for which there is no rule."""
    assert leaves(events, events.Event) == set(_RULES)


def test_each_command_is_carried_out() -> None:
    """No command can be decided that the engine does not know."""
    from traybot.engine import Engine

    source = inspect.getsource(Engine._table)  # noqa: SLF001  its table is made of lambdas
    assert all(f"c.{one.__name__}:" in source for one in leaves(commands, commands.Command))
