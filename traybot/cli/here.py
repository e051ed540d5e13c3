"""How are the commands carried out that need no daemon: bots, check, new?"""

import json

from traybot.cli.talk import named
from traybot.errors import TraybotError
from traybot.shells import settings_file
from traybot.shells.bot_shelf import BotShelf, bots_folder
from traybot.shells.paths import find_paths
from traybot.text import _, in_english


def bots(*, names: bool, as_json: bool) -> int:
    """List the bots with what is wrong with each."""
    shelf = shelf_of_settings()
    if names:
        for name in shelf.names():
            print(name)
        return 0
    found = shelf.faults()
    if as_json:
        listed = [{"name": name, "fault": in_english(fault)} for name, fault in found]
        print(json.dumps({"bots": listed}))
        return 0
    for name, fault in found:
        print(f"{name:20} {fault or _('ok')}")
    if not found:
        print(_("no bots in {folder}").format(folder=shelf.root))
    return 0


def shelf_of_settings() -> BotShelf:
    """Give the bots folder that the settings name."""
    paths = find_paths()
    named = str(settings_file.load(paths.settings).sections["bots"]["folder"])
    return BotShelf(bots_folder(named, paths))


def check(bot: str, *, as_json: bool) -> int:
    """Check a bot whole; nothing of it is run."""
    shelf = shelf_of_settings()
    plan = shelf.load(named(bot))
    if as_json:
        print(json.dumps({"name": plan.name, "ok": True, "watches": len(plan.watches)}))
    else:
        watches = ", ".join(watch.name for watch in plan.watches) or _("none")
        print(_("{bot} is sound; watches: {watches}").format(bot=plan.name, watches=watches))
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
        what = _('cannot name a bot "{name}"').format(name=bot)
        raise TraybotError(what, _("use letters, digits, - and _"))
    folder = shelf_of_settings().root / bot
    if folder.exists():
        what = _("cannot make {folder}: it is there already").format(folder=folder)
        raise TraybotError(what, _("choose another name"))
    try:
        (folder / "templates").mkdir(parents=True)
        (folder / "bot.toml").write_text(_NEW_SETTINGS.format(name=bot), encoding="utf-8")
        (folder / "routine.py").write_text(_NEW_CODE, encoding="utf-8")
    except OSError as error:
        what = _("cannot make {folder}: {why}").format(folder=folder, why=error.strerror)
        raise TraybotError(what, _("see what is in its way, or set TRAYBOT_HOME")) from error
    made = _("made {folder}; run it with: {command}")
    print(made.format(folder=folder, command=f"traybot run {bot}"))
    return 0
