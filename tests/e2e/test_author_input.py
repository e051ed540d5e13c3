"""Do a bot's keys and clicks arrive where its author means, and nowhere else?"""

from collections.abc import Iterator

import pytest
from Xlib import X

from tests.desktop import Desktop, eventually
from tests.e2e.painter import SKULL, Painter, painter
from tests.e2e.shared import SharedDaemon, on, shared_daemon
from tests.running import x_keys

pytestmark = pytest.mark.e2e

LEFT, MIDDLE, RIGHT = 1, 2, 3


@pytest.fixture(scope="module")
def daemon(desktop: Desktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedDaemon]:
    """A daemon for this file."""
    with shared_daemon(tmp_path_factory.mktemp("home")) as daemon:
        yield daemon


@pytest.fixture
def canvas(desktop: Desktop) -> Iterator[Painter]:
    """A grey window."""
    with painter(desktop.display) as canvas:
        yield canvas


def clicks(canvas: Painter) -> list[tuple[int, int, int]]:
    """Give button and pixel of every press of a button in the window."""
    canvas.heard()
    presses = [event for event in canvas.events if event.type == X.ButtonPress]
    return [(press.detail, press.event_x, press.event_y) for press in presses]


def codes(canvas: Painter, *keysyms: int) -> list[int]:
    """Give the codes of keys."""
    return [canvas.connection.keysym_to_keycode(keysym) for keysym in keysyms]


def test_a_tap_presses_all_keys_together(daemon: SharedDaemon, canvas: Painter) -> None:
    """In the given order down, in the reverse order up; by default long enough to be noticed."""
    daemon.play_through(on(canvas), 'bot.keys.tap("ctrl", "s")\nbot.keys.tap("Return", hold=0.2)')
    ctrl, s, enter = codes(canvas, 0xFFE3, 0x73, 0xFF0D)
    assert canvas.heard() == [
        *(f"press {ctrl}", f"press {s}", f"release {s}", f"release {ctrl}"),
        *(f"press {enter}", f"release {enter}"),
    ]
    times = [event.time for event in canvas.events]
    assert 40 <= times[2] - times[1] < 1000
    assert 195 <= times[5] - times[4] < 1000


def test_a_key_is_held_for_the_length_of_a_block(daemon: SharedDaemon, canvas: Painter) -> None:
    """It goes up at the block's end, by an exception too."""
    daemon.play_through(
        on(canvas),
        """
        try:
            with bot.keys.hold("shift", "up"):
                bot.sleep(0.1)
                bot.keys.tap("x")
                raise RuntimeError
        except RuntimeError:
            pass
        bot.keys.tap("y")
        """,
    )
    shift, up, x, y = codes(canvas, 0xFFE1, 0xFF52, 0x78, 0x79)
    assert canvas.heard() == [
        *(f"press {shift}", f"press {up}", f"press {x}", f"release {x}"),
        *(f"release {up}", f"release {shift}", f"press {y}", f"release {y}"),
    ]


def test_text_arrives_as_it_was_written(daemon: SharedDaemon, canvas: Painter) -> None:
    """Capitals, signs and letters that the keyboard lacks."""
    with daemon.playing(on(canvas), 'def play(bot):\n    bot.keys.type("Hé!", pause=0.05)\n'):
        eventually(lambda: len(canvas.keysyms()) == 3, 10.0, "three characters")
        assert canvas.keysyms() == [ord("H"), ord("é"), ord("!")]


def test_a_find_is_clicked_in_its_middle(daemon: SharedDaemon, canvas: Painter) -> None:
    """Where the window is at that moment; `wait` gives the same."""
    canvas.paint((50, 40, SKULL))
    code = """
def play(bot):
    bot.screen.find("skull.png").click()
    found = bot.screen.wait("skull.png")
    bot.count("found")
    while bot.screen.color(0, 0) != (1, 2, 3):
        bot.sleep(0.02)
    found.click("right")
"""
    with daemon.playing(on(canvas), code):
        daemon.until_counted("found")
        canvas.move(canvas.rect.x - 200, canvas.rect.y - 120)
        canvas.paint(ground=(1, 2, 3))
        daemon.heard("stopped")
    assert clicks(canvas) == [(LEFT, 70, 55), (RIGHT, 70, 55)]


def test_the_mouse_goes_where_it_is_told(daemon: SharedDaemon, canvas: Painter) -> None:
    """Positions are pixels of the window; a click without one stays where the pointer is."""
    daemon.play_through(
        on(canvas),
        """
        bot.mouse.click(10, 20)
        bot.mouse.move(300, 200)
        bot.mouse.click(button="middle", times=2)
        bot.mouse.move(33, 44)
        """,
    )
    assert clicks(canvas) == [(LEFT, 10, 20), (MIDDLE, 300, 200), (MIDDLE, 300, 200)]
    pointer = canvas.window.query_pointer()
    assert (pointer.win_x, pointer.win_y) == (33, 44)


def test_a_drag_holds_the_button_on_its_way(daemon: SharedDaemon, canvas: Painter) -> None:
    """It goes down at the start and up at the end, and passes pixels in between."""
    canvas.window.change_attributes(
        event_mask=X.ButtonPressMask | X.ButtonReleaseMask | X.Button1MotionMask
    )
    canvas.connection.sync()
    daemon.play_through(on(canvas), "bot.mouse.drag((20, 30), (260, 150), seconds=0.2)")
    canvas.connection.sync()
    arrived = [canvas.connection.next_event() for _ in range(canvas.connection.pending_events())]
    kinds = {X.ButtonPress, X.MotionNotify, X.ButtonRelease}
    events = [event for event in arrived if event.type in kinds]
    path = [(event.event_x, event.event_y) for event in events]
    assert (path[0], path[-1]) == ((20, 30), (260, 150))
    assert events[0].type == X.ButtonPress
    assert events[-1].type == X.ButtonRelease
    assert (140, 90) in path
    assert path == sorted(path)


def test_the_wheel_turns_by_notches(daemon: SharedDaemon, canvas: Painter) -> None:
    """Up and right are positive; X knows four buttons for it."""
    daemon.play_through(
        on(canvas),
        """
        bot.mouse.move(5, 5)
        bot.mouse.scroll(2)
        bot.mouse.scroll(-1)
        bot.mouse.scroll(0, dx=1)
        bot.mouse.scroll(0, -1)
        """,
    )
    assert [button for button, _, _ in clicks(canvas)] == [4, 4, 5, 7, 6]


def test_keys_go_up_in_a_pause_and_down_again_after_it(
    daemon: SharedDaemon, canvas: Painter
) -> None:
    """Whoever is inside a `hold` block counts on it, of keys and of buttons."""
    code = """
def play(bot):
    with bot.mouse.hold("right"), bot.keys.hold("a", "shift"):
        bot.sleep(60)
"""
    with x_keys() as keys, daemon.playing(on(canvas), code):
        eventually(lambda: len(keys.held()) == 3, 10.0, "keys and button")
        assert daemon.ask("pause")["ok"]
        eventually(lambda: len(keys.held()) == 0, 10.0, "nothing held")
        assert daemon.ask("resume")["ok"]
        eventually(lambda: len(keys.held()) == 3, 10.0, "keys and button again")
        assert daemon.ask("stop")["ok"]
        assert len(keys.held()) == 0
