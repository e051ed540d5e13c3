"""Does a stop get through while other callers have the daemon look for bots or read settings?"""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from traybot.core.events import StopRequested
from traybot.core.state import State
from traybot.errors import SettingsError
from traybot.shells.desk import Desk


class Rig:
    """A desk whose slow work waits until it is let."""

    def __init__(self) -> None:
        self.posted: list[object] = []
        self.jobs: list[Any] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []
        shelf = SimpleNamespace(faults=lambda: [("koules", "")])
        mailbox = SimpleNamespace(post=self.posted.append)
        self.desk = Desk(cast("Any", mailbox), cast("Any", shelf), cast("Any", None), State)
        self.desk.submit = self.jobs.append
        self.desk.answer = self.answer

    def answer(self, number: int, document: dict[str, Any]) -> bool:
        """Note an answer."""
        self.answers.append((number, document))
        return True


@pytest.mark.parametrize("wish", ["bots", "reload"])
def test_what_takes_its_time_is_answered_later(wish: str) -> None:
    """The thread of all callers goes on at once, to a stop behind it; then the answer comes."""
    rig = Rig()
    rig.desk.reload = lambda: None
    assert rig.desk.obey({"do": wish}, 3) is None
    assert rig.desk.obey({"do": "stop"}, 4) is None
    assert [type(event) for event in rig.posted] == [StopRequested]
    assert rig.answers == []
    rig.jobs.pop()()
    ((number, answer),) = rig.answers
    assert (number, answer["ok"]) == (3, True)


@pytest.mark.parametrize(("error", "code"), [(SettingsError("bad", "mend"), 5), (KeyError(1), 1)])
def test_a_failure_is_answered_too(error: Exception, code: int) -> None:
    """Nobody waits for ever; what nobody expected goes on, to the log."""
    rig = Rig()

    def reload() -> None:
        raise error

    rig.desk.reload = reload
    rig.desk.obey({"do": "reload"}, 3)
    try:
        rig.jobs.pop()()
    except KeyError:
        assert code == 1
    ((_, answer),) = rig.answers
    assert (answer["ok"], answer["code"]) == (False, code)
