"""In which language does a person read it? Every string that somebody sees goes through here.

Catalogues lie in `traybot/locale/`, a folder per language; without one the English text stands as
it is in the code. Values go in afterwards: `_("cannot find {name}").format(name=name)`, never an
f-string, for the text is the catalogue's key. The log and JSON stay English: they are read by
whoever looks for a fault, and by programs.
"""

import gettext

DOMAIN = "traybot"
#: Beside this file; told without `pathlib`, for the core uses this module and touches no files.
_FOLDER = __file__.replace("\\", "/").rpartition("/")[0] + "/locale"

_catalogue = gettext.translation(DOMAIN, _FOLDER, fallback=True)


def _(message: str) -> str:
    """Give a message in the user's language, as LANGUAGE, LC_ALL, LC_MESSAGES or LANG name it."""
    return _catalogue.gettext(message)


def n_(one: str, many: str, count: int) -> str:
    """Give the form that fits a number, such as `{count} death` and `{count} deaths`."""
    return _catalogue.ngettext(one, many, count)


def later(message: str) -> str:
    """Mark a text of a table for the catalogue; it is translated by `_` where it is shown."""
    return message
