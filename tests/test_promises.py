"""Is every promise of the pages held by a test that exists?"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [
    page for name in ("reliability", "security") if (page := ROOT / f"docs/{name}.md").exists()
]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_named_exists(page: Path) -> None:
    """A promise points to its test by file and name."""
    named = TEST.findall(page.read_text(encoding="utf-8"))
    lost = [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).is_file()
        or not re.search(rf"^def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert named
    assert not lost


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_row_of_promises_lacks_its_test(page: Path) -> None:
    """In a table of promises each row ends with what holds it: a test, or a measurement."""
    text = page.read_text(encoding="utf-8")
    rows = re.findall(r"^\| promise \|.*\n\|.*\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert rows
    bare = [
        row
        for table in rows
        for row in table.splitlines()
        if "::" not in row and "bench/" not in row
    ]
    assert not bare
