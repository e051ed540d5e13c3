"""In which line of a TOML file does a key stand? The standard parser does not tell."""

import re

_HEADER = re.compile(r"\s*\[{1,2}\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_QUOTES = re.compile(r"[\"'\s]")


def line_of(text: str, table: str, key: str, index: int = 0) -> int:
    """Give the line (from 1) of `key` in the `index`-th table named `table`.

    A name without a table is a key before the first table, or itself a table. Where the key is not
    found the table's own line is given, and 1 where there is no such table.
    """
    # Before the first header we are in the table without a name, which is there once.
    here, count, nearest = "", -1 if table else 0, 1
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            here = _QUOTES.sub("", header[1])
            count += here == table
            if not table and key and (here + ".").startswith(key + "."):
                return number
            if here == table and count == index:
                nearest = number
        elif key and here == table and count == index and _sets(line, key):
            return number
        elif table and not here and _sets(line, table):
            nearest = number
        elif table and not here and _sets(line, f"{table}.{key}"):
            return number
    return nearest


def _sets(line: str, key: str) -> bool:
    """Whether a line gives this key its value; dots and quotes may be written in many ways."""
    return "=" in line and _QUOTES.sub("", line.partition("=")[0]) == _QUOTES.sub("", key)
