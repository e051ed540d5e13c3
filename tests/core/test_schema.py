"""Does an older settings file become a present one, and is a newer one told apart?"""

from collections.abc import MutableMapping
from typing import Any

import pytest

from traybot.core import schema

pytestmark = pytest.mark.anywhere


def rename(document: MutableMapping[str, Any]) -> None:
    """A change that an old file would not survive."""
    if "tray" in document and "look" in document["tray"]:
        document["tray"]["icons"] = document["tray"].pop("look")


def drop(document: MutableMapping[str, Any]) -> None:
    """Another one."""
    document.pop("old", None)


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> None:
    """A traybot that has changed its file twice."""
    monkeypatch.setattr(schema, "STEPS", {1: rename, 2: drop})


def test_every_step_from_the_first_schema_on_is_there() -> None:
    """A gap would leave files of one schema behind."""
    assert sorted(schema.STEPS) == list(range(1, schema.present_schema()))


def test_a_file_that_says_nothing_is_of_the_first_schema(three: None) -> None:
    """Each step is taken, in order, and the file says what it is then."""
    document: dict[str, Any] = {"tray": {"look": "mono"}, "old": {}}
    assert schema.bring_up(document)
    assert document == {"tray": {"icons": "mono"}, "schema": 3}


def test_a_file_in_between_takes_the_steps_that_are_left(three: None) -> None:
    """And a present one is left alone."""
    document: dict[str, Any] = {"schema": 2, "tray": {"look": "mono"}, "old": {}}
    assert schema.bring_up(document)
    assert document == {"tray": {"look": "mono"}, "schema": 3}
    assert not schema.bring_up(document)


@pytest.mark.parametrize("said", [0, -1, True, "1", 1.5, None])
def test_a_schema_that_is_none_is_refused(said: object) -> None:
    """It must be a whole number."""
    with pytest.raises(ValueError, match="schema: must be a whole number"):
        schema.schema_of({"schema": said})


def test_a_later_schema_is_refused_as_such() -> None:
    """A mistake is mended in the file, a later file by an update: the two are told apart."""
    with pytest.raises(schema.NewerSchema, match=r"a newer traybot wrote it \(schema 99;"):
        schema.schema_of({"schema": 99})
