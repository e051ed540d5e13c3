"""Take the texts out of the code for translators, and put their catalogues in: `make strings`.

Writes `traybot/locale/traybot.pot`, brings each `traybot.po` beside it up to date, and compiles it.
What is written depends on the texts alone, so that nothing changes where nothing has changed.
"""

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "traybot"
LOCALE = PACKAGE / "locale"
#: How texts are marked: one, one of a table, and one with its plural.
KEYWORDS = {"_": None, "later": None, "n_": (1, 2)}
#: Babel would write the time of day.
_ONCE = datetime(2026, 1, 1, tzinfo=UTC)


def texts() -> set[str | tuple[str, str]]:
    """Give every text of the code; one with a plural is a pair."""
    found = extract_from_dir(str(PACKAGE), [("**.py", "python")], keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found if message}


def catalogue(locale: str | None, old: Catalog | None = None) -> Catalog:
    """Make the catalogue of a language, with what an older one knows."""
    made = Catalog(locale=locale, project="traybot", version="1", charset="utf-8", fuzzy=False)
    made.creation_date = made.revision_date = _ONCE
    made.header_comment = "# Texts of traybot. Values stand in braces and keep their names."
    known = {message.id: message.string for message in old or () if message.id}
    for text in sorted(texts(), key=lambda text: text if isinstance(text, str) else text[0]):
        made.add(text, known.get(text, "" if isinstance(text, str) else ("", "")))
    return made


def write(path: Path, made: Catalog) -> None:
    """Write a catalogue for people."""
    with path.open("wb") as file:
        write_po(file, made, width=100, no_location=True)


def main() -> None:
    """Do all of it."""
    write(LOCALE / "traybot.pot", catalogue(None))
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/traybot.po")):
        with path.open("rb") as file:
            old = read_po(file, locale=path.parts[-3])
        made = catalogue(path.parts[-3], old)
        write(path, made)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, made)


if __name__ == "__main__":
    main()
