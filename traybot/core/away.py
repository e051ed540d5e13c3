"""In which words is it told that nobody can see the desktop?"""

from traybot.text import _, later

#: What a session can be away for.
WHYS = {"lock": later("the screen is locked"), "suspend": later("the machine sleeps")}


def words(away: frozenset[str]) -> str:
    """Give the reason, the graver one if there are two."""
    why = WHYS["suspend" if "suspend" in away else "lock"]
    return _(why)
