"""How fast is our own search, asked in the way that the peers are? A worker as theirs."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent / "peers")]

import finders  # noqa: E402
import worker  # noqa: E402

from traybot.vision import match  # noqa: E402
from traybot.vision.templates import make_template  # noqa: E402


def ours() -> finders.Finder:
    """`match.find` on a frame never seen before: grey, pyramid and all are in its time."""

    def finder(template: object, path: Path) -> finders.Search:
        made = make_template(template, path.name)
        match.ready(made)

        def search(frame: object) -> finders.Place:
            found = match.find(frame, made)
            return (found.rect.x, found.rect.y) if found else None

        return search

    return finder


if __name__ == "__main__":
    finders.FINDERS["traybot"] = ours
    worker.main()
