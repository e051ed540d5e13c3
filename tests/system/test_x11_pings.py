"""Is a program that hangs told from one that answers? With a real game, frozen for real."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from Xlib import X

from tests.desktop import Desktop, eventually
from tests.e2e.shared import let_pass
from tests.system.x11_window import witness
from traybot.system.windowing import Window
from traybot.system.x11_windows import X11Windows

#: So long may a program be silent in these tests.
PATIENCE = 1.0

PROGRAM = """
import pygame
pygame.display.init()
pygame.display.set_mode((200, 150))
pygame.display.set_caption("answers")
while True:
    pygame.event.wait(1000)
"""


@contextmanager
def program(windows: X11Windows) -> Iterator[tuple["subprocess.Popen[bytes]", Window]]:
    """A game of SDL's, and its window."""
    process = subprocess.Popen([sys.executable, "-c", PROGRAM])
    try:
        window = eventually(lambda: windows.find("^answers$"), 20.0, "the window")
        assert window is not None
        # SDL first shows the window, then promises to answer.
        eventually(lambda: windows.answers(window), 20.0, "the promise")
        yield process, window
    finally:
        process.kill()
        process.wait()


@pytest.fixture(params=["desktop", "bare_display"])
def windows(request: pytest.FixtureRequest) -> Iterator[X11Windows]:
    """Asked under a window manager, which pings by itself, and without one."""
    screen: Desktop = request.getfixturevalue(request.param)
    with closing(X11Windows(screen.display, PATIENCE)) as windows:
        yield windows


def test_a_frozen_program_hangs_and_a_thawed_one_answers(windows: X11Windows) -> None:
    """Not at once: it has time to answer; and it is believed again as soon as it does."""
    with program(windows) as (process, window):
        for _ in range(20):
            assert windows.answers(window)
        process.send_signal(signal.SIGSTOP)
        eventually(lambda: windows.answers(window) is False, what="the silence")
        process.send_signal(signal.SIGCONT)
        eventually(lambda: windows.answers(window), what="the answer")


def test_time_in_which_nobody_asked_does_not_count(windows: X11Windows) -> None:
    """The answer has come long ago when it is looked for late, and is read before it is judged."""
    with program(windows) as (_, window):
        eventually(lambda: _asks(windows, window), what="an open question")
        eventually(lambda: _has_come(windows), 20.0, "the answer, unread")
        let_pass(1.2 * PATIENCE)
        assert windows.answers(window) is True


def _asks(windows: X11Windows, window: Window) -> bool:
    """Whether a question is open after having asked."""
    windows.answers(window)
    assert windows._pings is not None  # noqa: SLF001  nobody else could tell
    return bool(windows._pings._open)  # noqa: SLF001  likewise


def _has_come(windows: X11Windows) -> bool:
    """Whether an answer waits to be read."""
    assert windows._pings is not None  # noqa: SLF001  nobody else could tell
    connection = windows._pings._connection  # noqa: SLF001  likewise
    connection.pending_events()
    return any(event.type == X.ClientMessage for event in connection.display.event_queue)


def test_who_never_promised_to_answer_is_not_judged(desktop: Desktop) -> None:
    """An old program's window, and one that is gone."""
    with (
        witness(desktop.display, "old") as old,
        closing(X11Windows(desktop.display, PATIENCE)) as windows,
    ):
        window = eventually(lambda: windows.find("^old$"))
        assert window is not None
        assert windows.answers(window) is None
        old.window.destroy()
        old.connection.sync()
        assert windows.answers(window) is None


def test_nobody_is_listened_to_without_an_open_question(windows: X11Windows) -> None:
    """What every window does is not told to us for ever: unread it would fill the server."""
    with program(windows) as (_, window):
        pings = windows._pings  # noqa: SLF001  nobody else could tell
        assert pings is not None

        def listens() -> bool:
            windows.answers(window)
            mask = pings._root.get_attributes().your_event_mask  # noqa: SLF001
            return bool(mask)

        eventually(lambda: not listens(), what="silence")
