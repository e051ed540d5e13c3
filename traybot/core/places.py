"""In which line of a TOML file does a key stand? The standard parser does not tell."""

import re

_HEADER = re.compile(r"\s*\[{1,2}\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$")


def line_of(text: str, table: str, key: str, index: int = 0) -> int:
    """Give the line (from 1) of `key` in the `index`-th table named `table`.

    Where the key is not found the table's own line is given, and 1 where there is no such table.
    """
    here, seen, header_line = "", -1, 1
    wanted = re.compile(rf"\s*(?:{re.escape(key)}|\"{re.escape(key)}\")\s*=") if key else None
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            here = header[1].replace('"', "")
            seen += here == table
            if here == table and seen == index:
                header_line = number
        elif wanted and here == table and seen == index and wanted.match(line):
            return number
    return header_line
