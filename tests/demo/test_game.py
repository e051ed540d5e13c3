"""The demo game as a program: its window, keys, reports and ends."""

import os
import signal
import subprocess
import sys
from contextlib import closing

import pytest
from Xlib import X
from Xlib.display import Display
from Xlib.protocol.event import ClientMessage

from tests.demo.living import LivingGame, find_window, place_of
from tests.demo.snips import look, look_at
from tests.desktop import Desktop, eventually
from traybot.demo.flight import HEIGHT, WIDTH
from traybot.demo.game import NO_DISPLAY, TITLE
from traybot.demo.painting import GROUND, INKS, PANEL

FLAME = tuple(int(INKS["y"][at : at + 2], 16) for at in (5, 3, 1))
#: Behind the panel's words; nothing else is painted with it.
DARK = tuple(int(GROUND[at : at + 2], 16) for at in (5, 3, 1))


def run_game(
    *options: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the game to its end."""
    command = [sys.executable, "-m", "traybot.demo.game", *options]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=20
    )


@pytest.fixture(params=["managed", "bare"])
def screen(request: pytest.FixtureRequest) -> Desktop:
    """A screen with a window manager, and one without."""
    screen: Desktop = request.getfixturevalue(
        "desktop" if request.param == "managed" else "bare_display"
    )
    return screen


def test_a_life_that_nobody_plays_ends_within_five_seconds(desktop: Desktop) -> None:
    """The game says when it begins and when it is over, by the clock that every process shares."""
    with LivingGame("--seed", "1") as game:
        end = game.await_state("over", deaths=1)
        assert 0.5 < end["t"] - game.reports[0]["t"] < 5


def test_r_starts_anew_after_a_death_and_does_nothing_before(screen: Desktop) -> None:
    """Keys reach the game on a screen with a window manager and without."""
    with LivingGame("--seed", "1") as game:
        game.tap("r")
        game.await_state("over", deaths=1)
        game.tap("r")
        game.await_state("playing", deaths=1)
        game.await_state("over", deaths=2)
        states = [(report["state"], report["deaths"]) for report in game.reports]
    assert states == [("playing", 0), ("over", 1), ("playing", 1), ("over", 2)]


def test_the_panel_is_on_the_screen_when_the_end_is_reported(desktop: Desktop) -> None:
    """Whoever hears of the end and looks sees the panel, and none after the next start."""
    left, top, right, bottom = PANEL
    with LivingGame("--seed", "1") as game:
        before = look(game)[top:bottom, left:right]
        game.await_state("over", deaths=1)
        panel = look(game)[top:bottom, left:right]
        game.tap("r")
        game.await_state("playing", deaths=1)
        after = look(game)[top:bottom, left:right]
    assert (panel != before).any(axis=2).mean() > 0.9
    assert (after != panel).any(axis=2).mean() > 0.9


def test_nothing_moves_while_it_is_over(desktop: Desktop) -> None:
    """The window stands still until somebody presses R."""
    with LivingGame("--seed", "1") as game:
        game.await_state("over", deaths=1)
        pictures = [look(game) for _ in range(20)]
    assert all((picture == pictures[0]).all() for picture in pictures)


def test_a_key_that_repeats_by_itself_counts_as_held(desktop: Desktop) -> None:
    """The craft's flame burns on through the pairs of releases and presses that X makes."""
    with LivingGame("--seed", "1") as game:
        game.press("Up")
        eventually(lambda: (look(game)[:, :84] == FLAME).all(axis=2).sum() > 20, what="a flame")
        burning = []
        for _ in range(10):
            game.release("Up")
            game.press("Up")
            burning.append((look(game)[35:, :84] == FLAME).all(axis=2).sum() > 20)
        game.release("Up")
        assert all(burning)
        game.await_state("over", deaths=1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_quietly(desktop: Desktop, number: int) -> None:
    """Told to leave it leaves with code 0 and says nothing."""
    command = [sys.executable, "-m", "traybot.demo.game"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as game:
        assert game.stdout
        assert b"playing" in game.stdout.readline()
        game.send_signal(number)
        _, errors = game.communicate(timeout=5)
        assert (game.returncode, errors) == (0, b"")


def test_a_signal_ends_it_even_where_its_parent_blocks_signals(desktop: Desktop) -> None:
    """A daemon that waits for signals hands their blocking down; the game undoes that."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        with LivingGame() as game:
            game.process.terminate()
            assert game.process.wait(5) == 0
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def test_escape_ends_it(desktop: Desktop) -> None:
    """A person who has seen enough presses Escape."""
    with LivingGame() as game:
        game.tap("Escape")
        assert game.process.wait(5) == 0


def test_closing_its_window_ends_it(desktop: Desktop) -> None:
    """The window manager's cross works."""
    with LivingGame() as game, closing(Display()) as display:
        window = find_window(display, TITLE)
        assert window
        close = display.intern_atom("_NET_CLOSE_WINDOW")
        message = ClientMessage(window=window, client_type=close, data=(32, [0, 2, 0, 0, 0]))
        root = display.screen().root
        root.send_event(message, X.SubstructureNotifyMask | X.SubstructureRedirectMask)
        display.sync()
        assert game.process.wait(5) == 0


def test_with_its_parent_gone_it_leaves(desktop: Desktop) -> None:
    """Started with --until-eof it ends when its standard input does."""
    with LivingGame("--until-eof") as game:
        assert game.process.stdin
        game.process.stdin.close()
        assert game.process.wait(5) == 0


def test_the_game_goes_on_when_nobody_listens_any_more(desktop: Desktop) -> None:
    """A closed pipe is no reason to end a game that a person plays."""
    row = PANEL[1] + 40
    command = [sys.executable, "-m", "traybot.demo.game", "--title", "deaf", "--seed", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as game:
        try:
            assert game.stdout
            assert b"playing" in game.stdout.readline()
            game.stdout.close()
            place = place_of("deaf")
            eventually(
                lambda: (look_at(*place)[row] == DARK).all(axis=1).mean() > 0.3, 6, "a panel"
            )
        finally:
            game.terminate()
        assert game.stderr
        errors = game.stderr.read()
    assert (game.returncode, errors) == (0, b"")


def test_the_window_has_its_title_and_a_fixed_size(desktop: Desktop) -> None:
    """A bot can rely on the size that its templates were taken at."""
    with LivingGame(), closing(Display()) as display:
        window = find_window(display, TITLE)
        assert window
        hints, size = window.get_wm_normal_hints(), window.get_geometry()
    assert hints
    assert (size.width, size.height) == (WIDTH, HEIGHT)
    assert (hints.min_width, hints.max_width) == (WIDTH, WIDTH)
    assert (hints.min_height, hints.max_height) == (HEIGHT, HEIGHT)


def test_another_size_is_refused() -> None:
    """A size that the game cannot have is a mistake of usage, said in words."""
    done = run_game("--geometry", "640x480")
    assert done.returncode == 2
    assert "the window is 480x360" in done.stderr


def test_without_a_screen_it_says_so_by_its_exit_code() -> None:
    """Whoever starts it can offer another screen."""
    bare = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    done = run_game(environment=bare)
    assert done.returncode == NO_DISPLAY
    assert done.stderr.startswith("traybot: cannot show the game: ")
    assert done.stderr.count("\n") == 1


def test_without_tkinter_it_names_the_package() -> None:
    """A Python without tkinter gets one line and exit code 1."""
    code = (
        "import sys; sys.modules['tkinter'] = None;"
        "from traybot.demo.game import main; sys.exit(main([]))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 1
    assert done.stderr.startswith("traybot: cannot show the game: ")
    assert "python3-tk" in done.stderr
    assert done.stderr.count("\n") == 1
