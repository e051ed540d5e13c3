"""What of a report names who and where? People paste it into the open."""

import os
import re
from pathlib import Path

#: Where systems keep folders that bear a user's name.
_HOMES = r"(?<![\w.-])/(home|Users|media|run/media)[/]"
#: A path goes on or ends here, so that the name "ann" is not found in "anna".
_END = r"(?![\w-]|\.\w)"


def redacted(text: str) -> str:
    """Put "~", "$TRAYBOT_HOME" and "USER" in place of whole folders' names; all else stays."""
    for folder, shown in _places():
        text = re.sub(rf"(?<![\w./-]){re.escape(folder)}{_END}", lambda _found: shown, text)  # noqa: B023  called at once
    user = _user()
    return re.sub(rf"{_HOMES}{re.escape(user)}{_END}", r"/\1/USER", text) if user else text


def _places() -> list[tuple[str, str]]:
    """Give our folders, the one of traybot first: it may lie in the user's."""
    places = []
    home = os.environ.get("TRAYBOT_HOME")
    if home:
        places.append((Path(home), "$TRAYBOT_HOME"))
    places.append((Path("~"), "~"))
    whole = []
    for folder, shown in places:
        try:
            place = folder.expanduser().absolute()
        except RuntimeError:  # nobody knows where this user's home is
            continue
        if place != place.parent:  # not "/": it begins every path
            whole.append((str(place), shown))
    return whole


def _user() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a number without a name, as in a container
        return ""
