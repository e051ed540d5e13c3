"""Is a key found in the line where a person wrote it?"""

import pytest

from traybot.core.places import line_of

pytestmark = pytest.mark.anywhere

TEXT = """\
# a comment with title = 1
top = 1
[bot]            # the bot
title = "x"
"quoted key" = 1
 [ routine ]
run = "a:b"

[[watch]]
name = "first"
see = "a.png"

[[watch]]
'name' = "second"
  see= "b.png"
[watch.inner]
see = "c.png"
"""


@pytest.mark.parametrize(
    ("table", "key", "index", "line"),
    [
        ("", "top", 0, 2),
        ("bot", "title", 0, 4),
        ("bot", "quoted key", 0, 5),
        ("bot", "", 0, 3),
        ("bot", "missing", 0, 3),
        ("routine", "run", 0, 7),
        ("watch", "see", 0, 11),
        ("watch", "see", 1, 15),
        ("watch", "name", 1, 14),
        ("watch", "", 1, 13),
        ("watch", "region", 1, 13),
        ("", "routine", 0, 6),
        ("", "watch", 0, 9),
        ("nothing", "title", 0, 1),
        ("watch", "see", 2, 1),
    ],
)
def test_a_key_is_found_in_its_table(table: str, key: str, index: int, line: int) -> None:
    """In the right one of several; where there is no key, its table is the place."""
    assert line_of(TEXT, table, key, index) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nbot.title = 2", 2), ("a = 1\nbot = { title = 2 }", 2), ("\n[bot]\ntitle=2", 3)],
)
def test_a_table_may_be_written_in_other_ways(text: str, line: int) -> None:
    """Dotted, inline, or as most do it."""
    assert line_of(text, "bot", "title") == line
