"""What can a person learn about each command? One page per command, in the groups of `--help`.

The texts alone: `parser.py` says what each command takes. A test holds the two together.
"""

from traybot.cli.page import Page
from traybot.text import later

#: In what order they are shown.
GROUPS: tuple[tuple[str, dict[str, Page]], ...] = (
    (
        later("everyday, with traybot running"),
        {
            "start": Page(
                later("start a bot"),
                later(
                    "Starts the bot's program if it has one, its deathwatch and its routine. "
                    "Returns when the routine runs. Without a name it is the bot chosen last, "
                    "in the menu or by `bots.chosen` in the settings."
                ),
                (
                    ("traybot start koules", later("the bot in the folder of this name")),
                    ("traybot start ./my-bot", later("a bot anywhere")),
                    ("traybot start", later("the chosen one")),
                ),
                (3, 4, 5),
            ),
            "stop": Page(
                later("stop the bot now"),
                later(
                    "Whatever the bot does, it is gone when this returns, and no key or button "
                    "is held down. The program that it plays goes on. The same as the hotkey "
                    "Ctrl+Shift+F9."
                ),
                (("traybot stop", ""),),
                (3, 4),
            ),
            "panic": Page(
                later("stop everything now and let go of everything"),
                later(
                    "A stop, which in addition lets go of whatever our virtual device holds down,"
                    " known of or not. The same as the hotkey Ctrl+Shift+F10, and as Panic in"
                    " the tray's menu."
                ),
                (("traybot panic", ""),),
                (3,),
            ),
            "pause": Page(
                later("pause the bot: it lets go of all keys and stands still"),
                later(
                    "The bot stands still at its next call; one that makes no call is frozen. "
                    "While it is paused, what the watches see is only told."
                ),
                (("traybot pause", ""),),
                (3, 4),
            ),
            "resume": Page(
                later("let the paused bot play on, after a look at the screen"),
                later("Everything is looked at anew first: a bot that died meanwhile recovers."),
                (("traybot resume", ""),),
                (3, 4),
            ),
            "toggle": Page(
                later("start, pause or resume, whatever fits"),
                later(
                    "The same as the hotkey Ctrl+Shift+F8; good for a key that your desktop binds."
                ),
                (("traybot toggle", ""),),
                (3, 4, 5),
            ),
            "restart": Page(
                later("stop the bot kindly and start it again"),
                later(
                    "The bot is asked to leave and has its `grace` to do so; then it is read "
                    "anew from its folder and started."
                ),
                (("traybot restart", later("after you have changed its code")),),
                (3, 4, 5),
            ),
            "quit": Page(
                later("end traybot: the bot is asked to leave, then everything ends"),
                later("Programs that bots play go on."),
                (("traybot quit", ""),),
                (3,),
            ),
        },
    ),
    (
        later("making a bot"),
        {
            "new": Page(
                later("make a bot to begin with"),
                later(
                    "Makes a folder with a `bot.toml` and a `routine.py` that runs and does "
                    "nothing yet. Fill them in by docs/writing-a-bot.md."
                ),
                (("traybot new first", later("then: traybot check first, traybot run first")),),
                (1, 5),
            ),
            "check": Page(
                later("check a bot without running it"),
                later(
                    "Reads its `bot.toml`, its pictures and its code whole, and runs nothing of"
                    " it. A mistake is told with file, line and remedy."
                ),
                (
                    ("traybot check first", later("a bot in the bots folder")),
                    ("traybot check ./my-bot", later("a bot anywhere")),
                ),
                (5,),
                {0: later("it is sound")},
            ),
            "bots": Page(
                later("the bots there are, and what is wrong with each"),
                later("Looks into the bots folder, which is `bots.folder` of the settings."),
                (
                    ("traybot bots", ""),
                    ("traybot bots --names", later("for scripts: names alone, unchecked")),
                ),
                (5,),
                {0: later("done, whether or not a bot has a mistake")},
            ),
            "find": Page(
                later("look for a template on the screen or in a picture"),
                later(
                    "Tells where the template is and how well it fits: 1 is a perfect fit. Try "
                    "a watch's picture and threshold with it before you let the bot run."
                ),
                (
                    ("traybot find start.png", later("on the screen, now")),
                    ("traybot find start.png --in shot.png", later("in a picture")),
                    ("traybot find coin.png --all --show out.png", later("every one, drawn")),
                    ("traybot find coin.png --scale 0.8,1,1.25", later("at other sizes too")),
                ),
                (1, 5),
                {0: later("done, whether or not it is found: see its answer")},
            ),
        },
    ),
    (
        later("looking"),
        {
            "status": Page(
                later("what is going on"),
                later(
                    "Phase and why, life and deaths, what the bot counts, each watch, the state"
                    " of each hotkey, tray, input, settings, and the processes."
                ),
                (
                    ("traybot status", ""),
                    ("traybot status --json", later("for scripts: one document with stable keys")),
                    (
                        "traybot status --follow",
                        later("and every event as it happens; Ctrl+C ends"),
                    ),
                ),
                (3,),
            ),
            "log": Page(
                later("the last lines of the log"),
                later("The log says what happened and why; its place is in the README."),
                (
                    ("traybot log", ""),
                    ("traybot log -f", later("go on as it grows; Ctrl+C ends")),
                    ("traybot log -n 500", later("more of it")),
                ),
                (1,),
            ),
            "doctor": Page(
                later("why does tray, hotkey, capture or input not work"),
                later(
                    "Tries each part for real and changes nothing that lasts: a picture of the "
                    "screen is taken and saved, the pointer goes one pixel and back. Each fault"
                    " has a remedy. Names of user and folders are left out, so that you can "
                    "show it to others."
                ),
                (
                    ("traybot doctor", ""),
                    ("traybot doctor --full", later("with every name")),
                    ("traybot doctor --json", later("for scripts")),
                ),
                (1,),
                {0: later("all is well"), 1: later("something is at fault")},
            ),
            "bench": Page(
                later("measure this machine"),
                later(
                    "Half a minute: pictures of the screen, searches, and a death in a small "
                    "window, from its pixels to the routine gone. The last needs X11."
                ),
                (("traybot bench --plot speed.png", later("on this screen, and as bars")),),
                (1,),
            ),
            "demo": Page(
                later("see the whole thing work in half a minute"),
                later(
                    "Plays the built-in game with its bot, tells the story as it happens: "
                    "deaths, recoveries, a pause, a stop. Ends by itself, and leaves nothing "
                    "behind but a picture in this folder, traybot-demo.png: the first death."
                    " With --json there is none."
                ),
                (
                    ("traybot demo", later("in a window of this desktop")),
                    ("traybot demo --no-display", later("on an invisible screen of its own")),
                ),
                (1,),
            ),
        },
    ),
    (
        later("traybot itself"),
        {
            "run": Page(
                later("run traybot in the foreground, telling what happens"),
                later(
                    "The same daemon that `traybot` alone starts in the background, here in "
                    "this terminal; with a bot, it is started too. Ctrl+C ends it kindly."
                ),
                (
                    ("traybot run first", later("the daemon and a bot")),
                    ("traybot run first --for 60s", later("for a minute")),
                    (
                        "traybot run first --json",
                        later("for scripts: its events, one document a line"),
                    ),
                ),
                (1, 5),
                {0: later("it ended as it was asked to")},
            ),
            "config": Page(
                later("show, change or edit the settings"),
                later(
                    "A value is checked before it is written, comments stay, and a running "
                    "traybot takes it at once. docs/settings.md has every option."
                ),
                (
                    ("traybot config show", later("every option, and whether it is the default")),
                    ("traybot config set hotkeys.stop f11", later("change one")),
                    ("traybot config edit", later("the file, in $EDITOR; checked afterwards")),
                ),
                (1, 5),
            ),
            "reload": Page(
                later("read the settings again; a file with a mistake changes nothing"),
                later("Seldom needed: a saved file is read by itself within a second."),
                (("traybot reload", later("now, and hear what is wrong")),),
                (3, 5),
            ),
            "autostart": Page(
                later("whether traybot starts at login"),
                later("Tells what the desktop will really do, not what we once wrote."),
                (
                    ("traybot autostart status", ""),
                    ("traybot autostart on", later("from the next login on")),
                ),
                (1,),
            ),
            "completion": Page(
                later("words for your shell's Tab key"),
                later("Prints a script for your shell to read at its start."),
                (
                    ('eval "$(traybot completion bash)"', later("in ~/.bashrc")),
                    ("traybot completion fish | source", later("in ~/.config/fish/config.fish")),
                ),
            ),
            "help": Page(
                later("this page, or a command's own"),
                later("The same as --help behind the command."),
                (("traybot help config set", ""),),
            ),
        },
    ),
)

PAGES = {name: page for _, group in GROUPS for name, page in group.items()}

FIRST_STEPS = (
    ("traybot demo", later("see the whole thing work")),
    ("traybot new first", later("make a bot, then fill it in")),
    ("traybot check first", later("read it whole, run nothing")),
    ("traybot run first", later("play it here; Ctrl+C ends")),
    ("traybot", later("from then on: the daemon in the background, with its tray")),
)
