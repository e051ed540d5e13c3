"""How does a desktop entry say a command, and which command does a desktop read in one?

By the Desktop Entry Specification, and where that leaves room by what GLib does, with which most
desktops start programs: the value is unescaped, field codes are expanded, then it is split like a
shell's line. The program itself is looked up *before* the expansion, by GLib and by systemd's
generator (both tried), so a `%` can stand in arguments only; and systemd takes no program with
quotes in its path. Such a program is started through `env`, which both take.
"""

import re
from collections.abc import Iterator, Sequence

from traybot.text import _

_GROUP = "Desktop Entry"
_RESERVED = frozenset(" \t\n\"'\\<>~|&;$*?#()`")
_QUOTED_BY_BACKSLASH = frozenset('"`$\\')
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_UNESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
_ENV = "/usr/bin/env"
_NEEDS_ENV = frozenset("%\"'")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")

Entry = dict[str, str]


def parse_entry(text: str) -> Entry:
    """Give the keys of the entry, values still escaped; `ValueError` if a desktop refuses it."""
    entry: Entry = {}
    group = None
    for number, line in enumerate(map(_bare, text.split("\n")), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1]
            continue
        key, equals, value = line.partition("=")
        if group is None or not equals or not _bare(key):
            raise ValueError(_("line {number} is neither a key nor a group").format(number=number))
        if group == _GROUP:
            entry[_bare(key)] = _bare(value)
    if not entry:
        raise ValueError(_("it has no [{group}]").format(group=_GROUP))
    return entry


def text_of(entry: Entry, key: str) -> str:
    """Give a text, unescaped; empty if it is not there."""
    return _unescape(entry.get(key, ""))


def flag_of(entry: Entry, key: str) -> bool | None:
    """Give a flag; None if it is not there or is none."""
    return {"true": True, "1": True, "false": False, "0": False}.get(entry.get(key, ""))


def list_of(entry: Entry, key: str) -> list[str]:
    """Give the parts of a list."""
    return [part for part in _unescape(entry.get(key, "")).split(";") if part]


def exec_value(command: Sequence[str]) -> str:
    """Write a command as the value of Exec; `ValueError` names what no entry can say."""
    program = command[0]
    if "=" in program:
        raise ValueError(_('there is a "=" in {program}').format(program=program))
    line = "".join(command)
    if any(ord(sign) < ord(" ") or sign == "\x7f" for sign in line):
        raise ValueError(_("there is a control character in its path"))
    if any("\ud800" <= sign <= "\udfff" for sign in line):
        raise ValueError(_("its path is not UTF-8"))
    through = (_ENV,) if _NEEDS_ENV & set(program) else ()
    return _escape(" ".join(_quote(word).replace("%", "%%") for word in (*through, *command)))


def parse_exec(value: str) -> list[str]:
    """Give the command that a desktop starts; `ValueError` if it starts none.

    What only serves as a way to it, `env` with its variables, is left out.
    """
    line = _unescape(value)
    words = list(_split(line))
    if not words or not words[0]:
        raise ValueError(_("it names no program"))
    if "%" in words[0]:
        raise ValueError(_("there is a % in the path of its program"))
    return _without_env(list(_split(_expand(line))))


def replace_exec(text: str, command: Sequence[str]) -> str:
    """Give an entry's text with another command, and with everything else as it was."""
    lines, group = text.split("\n"), None
    for number, line in enumerate(map(_bare, lines)):
        if line.startswith("["):
            group = line[1:-1]
        elif group == _GROUP and _bare(line.partition("=")[0]) == "Exec":
            lines[number] = f"Exec={exec_value(command)}"
    return "\n".join(lines)


def _bare(text: str) -> str:
    return text.strip(" \t\r\v\f")


def _quote(word: str) -> str:
    if word and not _RESERVED & set(word):
        return word
    signs = ("\\" + sign if sign in _QUOTED_BY_BACKSLASH else sign for sign in word)
    return '"' + "".join(signs) + '"'


def _escape(text: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in text)


def _unescape(text: str) -> str:
    def plain(found: re.Match[str]) -> str:
        if found[1] not in _UNESCAPES:
            raise ValueError(_("{found} means nothing in an entry").format(found=found[0]))
        return _UNESCAPES[found[1]]

    return re.sub(r"\\(.?)", plain, text)


def _expand(line: str) -> str:
    """Expand field codes: nobody hands us files, so all but `%%` come to nothing."""
    return re.sub(r"%(.?)", lambda found: "%" if found[1] == "%" else "", line)


def _split(line: str) -> Iterator[str]:
    """Split as `g_shell_parse_argv` does: quotes, backslashes and comments, nothing else."""
    word: list[str] = []
    begun = False
    rest = iter(line)
    for sign in rest:
        if sign in " \t\n":
            if begun:
                yield "".join(word)
            word, begun = [], False
        elif sign == "#" and not begun:
            # A comment; one without a line's end is an error to GLib.
            if "\n" not in rest:
                raise ValueError(_("a comment has no end"))
        else:
            begun = True
            word.append(_piece(sign, rest))
    if begun:
        yield "".join(word)


def _piece(sign: str, rest: Iterator[str]) -> str:
    """Read what one sign begins: itself, an escaped sign, or all up to the closing quote."""
    if sign == "\\":
        after = _next(rest)
        return "" if after == "\n" else after
    if sign not in "\"'":
        return sign
    piece = ""
    while (inner := _next(rest)) != sign:
        if inner == "\\" and sign == '"':
            after = _next(rest)
            piece += after if after in '"\\`$\n' else inner + after
        else:
            piece += inner
    return piece


def _next(rest: Iterator[str]) -> str:
    try:
        return next(rest)
    except StopIteration:
        raise ValueError(_("a quote or a backslash has no end")) from None


def _without_env(words: list[str]) -> list[str]:
    if words[0].rpartition("/")[2] != "env":
        return words
    command = words[1:]
    while command and _ASSIGNMENT.match(command[0]):
        command = command[1:]
    return command if command and not command[0].startswith("-") else words
