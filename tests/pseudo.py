"""A language that is no language: each text of the catalogue in brackets, so that one sees it."""

import os
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TEMPLATE = Path(__file__).parent.parent / "traybot" / "locale" / "traybot.pot"
LANGUAGE = "xx"


def environment(folder: Path) -> dict[str, str]:
    """Build its catalogue into a folder; give the environment in which it is spoken."""
    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    catalogue = Catalog(locale=None, charset="utf-8")
    for message in template:
        if message.id:
            forms = (message.id,) if isinstance(message.id, str) else message.id
            bracketed = tuple(f"[{form}]" for form in forms)
            catalogue.add(message.id, bracketed[0] if isinstance(message.id, str) else bracketed)
    place = folder / LANGUAGE / "LC_MESSAGES" / "traybot.mo"
    place.parent.mkdir(parents=True)
    with place.open("wb") as file:
        write_mo(file, catalogue)
    return {**os.environ, "TRAYBOT_LOCALE": str(folder), "LANGUAGE": LANGUAGE}
