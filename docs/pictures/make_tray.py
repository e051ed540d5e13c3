"""How does the tray look in each phase? Draws the two sheets beside this file, on real desktops.

`python docs/pictures/make_tray.py`: on a panel that knows items by the bus, and in an old tray,
each phase's icon is shown and its menu opened by the mouse; the pictures are of the screen.
"""

# ruff: noqa: INP001 - a folder of pictures, not a package

import sys
from contextlib import suppress
from pathlib import Path

import mss
from PIL import Image
from Xlib.display import Display

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.core.bots import make_plan  # noqa: E402
from tests.desktop import Desktop, eventually  # noqa: E402 - the path comes first
from tests.shells import test_tray as hands  # noqa: E402
from tests.shells.tray_client import TrayApp  # noqa: E402
from traybot.core.menu import Facts, menu_of  # noqa: E402
from traybot.core.phases import Phase  # noqa: E402
from traybot.core.state import State  # noqa: E402
from traybot.core.status import Status  # noqa: E402
from traybot.core.watchfile import WatchSpec  # noqa: E402

WIDTH, HEIGHT, COLUMNS = 360, 470, 4
#: An icon has more colours than this, an empty panel has fewer.
ICON_COLOURS = 8
#: Paper is paler than this.
PALE = 240
FACTS = Facts({"death": 0.42}, notices=("Koules died 3 times",), autostart=True)
BOTS = (("koules", ""), ("xjump", ""))


def status(phase: Phase) -> Status:
    """Give what is shown in a phase."""
    line = f"Koules {phase.words}"
    menu = menu_of(
        State(phase, bots=BOTS, bot="koules", plan=make_plan(watches=(WatchSpec("death"),))),
        line,
        FACTS,
    )
    return Status(phase.value, hands.RUNNING.tooltip, menu)


def shot(desktop: Desktop) -> Image.Image:
    """Take a picture of the right upper corner."""
    with mss.MSS(display=desktop.display) as camera:
        seen = camera.grab({"left": 1280 - WIDTH, "top": 0, "width": WIDTH, "height": HEIGHT})
    return Image.frombytes("RGB", seen.size, seen.bgra, "raw", "BGRX")


def icon_place(display: Display, tray: str) -> tuple[int, int]:
    """Where the icon is."""
    if tray == "xfce4-panel":
        return (1264, 16)
    return eventually(lambda: hands.embedded_icons(display), 10)[0]


def picture(desktop: Desktop, tray: str, phase: Phase) -> Image.Image:
    """Show a phase, open its menu, take the picture."""
    with TrayApp(desktop.env) as app, desktop.connection() as display:
        app.show(status(phase))
        eventually(lambda: app.health() in {"StatusNotifierItem", "XEmbed"}, 10)
        # A click before the icon is there would open the panel's own menu.
        eventually(lambda: _icon_painted(desktop), 10, "a painted icon")
        place = icon_place(display, tray)

        def opened() -> bool:
            if not hands.open_menus(display):
                hands.click_at(display, place, 3)
            with suppress(AssertionError):
                return bool(eventually(lambda: hands.open_menus(display), 1))
            return False

        eventually(opened, 10, "the open menu")
        eventually(lambda: _painted(desktop), 5, "a drawn menu")
        return shot(desktop)


def _icon_painted(desktop: Desktop) -> bool:
    """Whether something stands in the corner."""
    corner = shot(desktop).crop((WIDTH - 28, 4, WIDTH - 4, 28))
    return len(corner.getcolors(1 << 20) or []) > ICON_COLOURS


def _painted(desktop: Desktop) -> bool:
    """Whether the menu is painted: its paper is there."""
    colours = shot(desktop).getcolors(1 << 20) or []
    pale = sum(
        count for count, colour in colours if isinstance(colour, tuple) and min(colour) > PALE
    )
    return pale > WIDTH * HEIGHT // 6


def main() -> None:
    """Draw both sheets."""
    for tray in ("xfce4-panel", "trayer"):
        with Desktop(tray=tray) as desktop:
            pictures = [picture(desktop, tray, phase) for phase in Phase]
        rows = -(-len(pictures) // COLUMNS)
        sheet = Image.new("RGB", (COLUMNS * WIDTH, rows * HEIGHT), (90, 96, 108))
        for number, one in enumerate(pictures):
            sheet.paste(one, (number % COLUMNS * WIDTH, number // COLUMNS * HEIGHT))
        sheet.quantize(256, method=Image.Quantize.FASTOCTREE).save(
            HERE / f"tray-{tray}.png", optimize=True
        )


if __name__ == "__main__":
    main()
