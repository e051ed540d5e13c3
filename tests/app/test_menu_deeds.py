"""Is a person told when a line of the menu could not be carried out?"""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from traybot.app.menu import MenuSide


@pytest.mark.anywhere
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """Whatever the system says against it, not only what we have foreseen."""
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    told: list[str] = []
    keeper = SimpleNamespace(submit=lambda job: job())
    paths = SimpleNamespace(settings=in_the_way / "traybot" / "settings.toml")
    known = cast("Any", None)
    MenuSide(cast("Any", keeper), cast("Any", paths), known, told.append).do("settings")
    (trouble,) = told
    assert trouble.startswith("cannot do that: ")
