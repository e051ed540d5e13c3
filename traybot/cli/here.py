"""How are the commands carried out that need no daemon: bots, check, find?"""

import json
import time
from pathlib import Path
from typing import Any

from traybot.cli.talk import named
from traybot.core.geometry import Match, Rect
from traybot.errors import TraybotError
from traybot.shells import settings_file
from traybot.shells.bot_shelf import BotShelf, bots_folder
from traybot.shells.paths import find_paths


def bots(*, names: bool, as_json: bool) -> int:
    """List the bots with what is wrong with each."""
    shelf = _shelf()
    if names:
        print(*shelf.names(), sep="\n")
        return 0
    found = shelf.faults()
    if as_json:
        print(json.dumps({"bots": [{"name": name, "fault": fault} for name, fault in found]}))
        return 0
    for name, fault in found:
        print(f"{name:20} {fault or 'ok'}")
    if not found:
        print(f"no bots in {shelf.root}")
    return 0


def _shelf() -> BotShelf:
    paths = find_paths()
    named = str(settings_file.load(paths.settings).sections["bots"]["folder"])
    return BotShelf(bots_folder(named, paths))


def check(bot: str, *, as_json: bool) -> int:
    """Check a bot whole; nothing of it is run."""
    shelf = _shelf()
    plan = shelf.load(named(bot))
    if as_json:
        print(json.dumps({"name": plan.name, "ok": True, "watches": len(plan.watches)}))
    else:
        watches = ", ".join(watch.name for watch in plan.watches) or "none"
        print(f"{plan.name} is sound; watches: {watches}")
    return 0


_NEW_SETTINGS = """\
[bot]
title = "{name}"
# window = "title of the game's window"    # regions and clicks then count from it

[routine]
run = "routine:play"

# [[watch]]
# name = "death"
# see = "templates/game_over.png"          # snip it from a screenshot of the game
# then = "restart"
"""
_NEW_CODE = """\
from traybot import Bot


def play(bot: Bot) -> None:
    while True:  # endless loops are normal here
        bot.count("rounds")
        bot.sleep(1.0)
"""


def new(bot: str) -> int:
    """Make a bot that runs and does nothing yet."""
    if not bot.replace("-", "_").isidentifier():
        what = f"cannot name a bot {bot!r}"
        raise TraybotError(what, "use letters, digits, - and _")
    folder = _shelf().root / bot
    if folder.exists():
        raise TraybotError(f"cannot make {folder}: it is there already", "choose another name")
    (folder / "templates").mkdir(parents=True)
    (folder / "bot.toml").write_text(_NEW_SETTINGS.format(name=bot), encoding="utf-8")
    (folder / "routine.py").write_text(_NEW_CODE, encoding="utf-8")
    print(f"made {folder}; run it with: traybot run {bot}")
    return 0


def find(  # noqa: PLR0913  one parameter per option of the command
    template: str,
    *,
    picture: str | None,
    region: Rect | None,
    threshold: float,
    every: bool,
    show: str | None,
    as_json: bool,
) -> int:
    """Look for a template; exit code 0 whether it is found or not."""
    from traybot.vision import match
    from traybot.vision.templates import load_template

    began = time.monotonic()
    wanted = load_template(Path(template))
    load_ms = (time.monotonic() - began) * 1000.0
    pixels, origin = _picture(picture, region)
    began = time.monotonic()
    if every:
        found = match.find_all(pixels, wanted, threshold=threshold)
    else:
        nearest = match.best(pixels, wanted)
        found = [nearest] if nearest else []
    ms = (time.monotonic() - began) * 1000.0
    good = [one for one in found if one.score >= threshold]
    placed = [_placed(one, origin) for one in found]
    document: dict[str, Any] = {"found": bool(good), **_document(placed[0] if placed else None)}
    document |= {"ms": round(ms, 3), "load_ms": round(load_ms, 3)}
    if every:
        document["all"] = [_document(one) for one in placed]
    if show:
        _show(pixels, found, show)
    print(json.dumps(document) if as_json else _sentence(placed, threshold, every=every))
    return 0


def _picture(picture: str | None, region: Rect | None) -> tuple[Any, tuple[int, int]]:
    """Give pixels, and where their corner lies."""
    if picture is None:
        from traybot.vision.screen import Screen

        with Screen() as screen:
            frame = screen.grab(region)
        return frame.pixels, (frame.rect.x, frame.rect.y)
    from traybot.vision.pictures import load_picture
    from traybot.vision.pixels import to_bgr

    pixels = to_bgr(load_picture(Path(picture)))
    if region is None:
        return pixels, (0, 0)
    height, width = pixels.shape[:2]
    part = region.within(Rect(0, 0, width, height))
    if part.empty:
        what = f"cannot look at {region.as_list()}: the picture is {width} x {height}"
        raise TraybotError(what, "choose a region inside it")
    return pixels[part.y : part.y + part.height, part.x : part.x + part.width], (part.x, part.y)


def _placed(match: Match, origin: tuple[int, int]) -> Match:
    return Match(match.rect.moved(*origin), match.score, match.scale, match.template)


def _document(match: Match | None) -> dict[str, Any]:
    if match is None:
        return {"rect": None, "score": None}
    return {"rect": match.rect.as_list(), "score": round(match.score, 4)}


def _sentence(found: list[Match], threshold: float, *, every: bool) -> str:
    if not found:
        return "not found: nothing is like it at all"
    if every:
        return "\n".join(f"{one.score:.3f} at {one.rect.x},{one.rect.y}" for one in found)
    best = found[0]
    place = f"{best.score:.3f} at {best.rect.x},{best.rect.y}"
    if best.score >= threshold:
        return f"found: {place}"
    return f"not found: best {place}; threshold {threshold:g}"


def _show(pixels: Any, found: list[Match], out: str) -> None:  # noqa: ANN401
    from traybot.vision.draw import Mark, draw
    from traybot.vision.pictures import save_png

    marks = [Mark(one.rect, f"{one.score:.3f}") for one in found]
    save_png(Path(out), draw(pixels, marks))
