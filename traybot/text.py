"""In which language does a person read it? Every string that somebody sees goes through here.

Catalogues lie in `traybot/locale/`, a folder per language; without one the English text stands as
it is in the code. Values go in afterwards: `_("cannot find {name}").format(name=name)`, never an
f-string, for the text is the catalogue's key.

The log and JSON stay English: they are read by whoever looks for a fault, and by programs. So a
translated text remembers its English form, also when other texts went into it, and `in_english`
brings it back. Which language it is, is settled when this module is loaded.
"""

import gettext
import os
from collections.abc import Mapping
from typing import Any, Self

DOMAIN = "traybot"
#: Beside this file, or where a translator tries his own.
FOLDER = (
    os.environ.get("TRAYBOT_LOCALE") or __file__.replace("\\", "/").rpartition("/")[0] + "/locale"
)
_WISHES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def _find_catalogue() -> gettext.NullTranslations:
    """Give the catalogue that is wished for; who wishes for English first has none."""
    first = next(filter(None, map(os.environ.get, _WISHES)), "C")
    if first.startswith(("en", "C", "POSIX")):
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, FOLDER, fallback=True)


_catalogue = _find_catalogue()
_TRANSLATED = type(_catalogue) is not gettext.NullTranslations


class Text(str):
    """A text in the user's language that remembers its English form."""

    __slots__ = ("english",)
    english: str

    def __new__(cls, local: str, english: str) -> Self:
        """`local` is what a person reads."""
        made = super().__new__(cls, local)
        made.english = english
        return made

    def __str__(self) -> "Text":
        """Stay what it is."""
        return self

    def format(self, *args: object, **values: object) -> "Text":
        """Put values into both forms; a value that is a text itself goes in as each needs it."""
        plain = self.english.format(*map(in_english, args), **in_english(values))
        return Text(super().format(*args, **values), plain)

    def __add__(self, more: str) -> "Text":
        """Put a text behind both forms."""
        return Text(super().__add__(more), self.english + str(in_english(more)))

    def __radd__(self, before: str) -> "Text":
        """Put both forms behind a text."""
        return Text(before + str.__str__(self), str(in_english(before)) + self.english)

    def __reduce__(self) -> tuple[type["Text"], tuple[str, str]]:
        """Keep both forms on the way to another process."""
        return Text, (super().__str__(), self.english)


def _(message: str) -> str:
    """Give a message in the user's language, as LANGUAGE, LC_ALL, LC_MESSAGES or LANG name it."""
    if not _TRANSLATED or not message or isinstance(message, Text):
        return message
    return Text(_catalogue.gettext(message), message)


def n_(one: str, many: str, count: int) -> str:
    """Give the form that fits a number, such as `{count} death` and `{count} deaths`."""
    if not _TRANSLATED:
        return one if count == 1 else many
    return Text(_catalogue.ngettext(one, many, count), one if count == 1 else many)


def later(message: str) -> str:
    """Mark a text of a table for the catalogue; it is translated by `_` where it is shown."""
    return message


def joined(separator: str, texts: Any) -> str:  # noqa: ANN401  anything that is gone through once
    """Join texts that may be translated ones: what `str.join` would forget is kept."""
    parts = list(texts)
    whole = separator.join(parts)
    return Text(whole, separator.join(map(in_english, parts))) if _TRANSLATED else whole


def first_line(text: str) -> str:
    """Give the first line that is not blank, without blanks around it, in both forms."""
    local, plain = (
        next(iter(one.strip().splitlines()), "") for one in (str.__str__(text), in_english(text))
    )
    return Text(local, plain) if isinstance(text, Text) else plain


def with_english(document: dict[str, Any]) -> dict[str, Any]:
    """Give a flat document with the English forms of its texts beside, for a pipe of JSON."""
    if not _TRANSLATED:
        return document
    plain = {name: one.english for name, one in document.items() if isinstance(one, Text)}
    return {**document, "english": plain} if plain else document


def with_both(document: dict[str, Any]) -> dict[str, Any]:
    """Make texts of what `with_english` gave; another process may have written anything."""
    plain = document.pop("english", None)
    if isinstance(plain, dict):
        for name, english in plain.items():
            local = document.get(name)
            if isinstance(local, str) and isinstance(english, str):
                document[name] = Text(local, english)
    return document


def in_english(value: Any) -> Any:  # noqa: ANN401  of the kind that it was given
    """Give a value, or a document of lists and dicts, with each translated text in English."""
    if not _TRANSLATED:
        return value
    if isinstance(value, Text):
        return value.english
    if isinstance(value, Mapping):
        return {key: in_english(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(in_english, value)) if type(value) in {list, tuple} else value
    if isinstance(value, BaseException):
        return in_english(str(value))
    return value
