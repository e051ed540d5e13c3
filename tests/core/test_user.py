"""When does what real hands do mean something? Values alone."""

import pytest

from traybot.core.geometry import Rect
from traybot.core.user import BUMP_PIXELS, CALM_SECONDS, REST_SECONDS, Touch, User

pytestmark = pytest.mark.anywhere

SCREEN = Rect(0, 0, 1280, 800)
CORNERS = {
    "top-left": (0, 0),
    "top-right": (1279, 0),
    "bottom-left": (0, 799),
    "bottom-right": (1279, 799),
}
MIDDLE = (640, 400)


def after(*touches: Touch, user: User | None = None, pointer: tuple[float, float] = MIDDLE) -> User:
    """Give the user after some touches, while the pointer stands still."""
    user = user or User().playing_since(0.0)
    for touch in touches:
        user = user.touched(touch, pointer, SCREEN)
    return user


def test_a_press_takes_over() -> None:
    """One key or button of the user's is enough, however long ago the bot began."""
    touch = Touch(60.0, pressed=True)
    assert after(touch).takes_over(touch)


def test_a_bump_does_not_take_over() -> None:
    """A mouse that jitters and comes back to where it was says nothing, however far it went."""
    bump = [Touch(60.0 + n / 100, dx=(30.0, -30.0)[n % 2]) for n in range(20)]
    assert not any(after(*bump[:n]).takes_over(bump[n - 1]) for n in range(1, 21))


def test_a_movement_takes_over() -> None:
    """A mouse that is moved somewhere takes over, in many small steps too."""
    steps = [Touch(60.0 + n / 1000, dx=0.5, dy=0.5) for n in range(100)]
    assert not after(*steps[:50]).takes_over(steps[49])
    assert after(*steps).takes_over(steps[-1])


def test_movements_with_rests_between_do_not_add_up() -> None:
    """Drifting by a pixel each second is a mouse on a slope, not a hand."""
    steps = [Touch(60.0 + n * REST_SECONDS, dx=1.0) for n in range(200)]
    assert not after(*steps).takes_over(steps[-1])


def test_hands_that_started_the_bot_do_not_take_over() -> None:
    """Who clicked Start and moves on is not taking over; who was off for a second is."""
    steps = [Touch(n / 100, dx=10.0) for n in range(1, 200)]
    assert not after(*steps).takes_over(steps[-1])
    late = Touch(steps[-1].at + CALM_SECONDS, pressed=True)
    assert after(*steps, late).takes_over(late)


@pytest.mark.parametrize("corner", CORNERS)
def test_a_push_into_the_corner_is_seen(corner: str) -> None:
    """The mouse stands in the corner, and the user moved it there: in that corner alone."""
    user = after(Touch(1.0, dx=BUMP_PIXELS), pointer=CORNERS[corner])
    seen = [name for name in CORNERS if user.in_corner(name, [SCREEN], CORNERS[corner])]
    assert seen == [corner]
    assert not user.in_corner("off", [SCREEN], CORNERS[corner])


def test_a_bump_of_a_mouse_that_the_bot_put_into_the_corner_is_none() -> None:
    """The bot clicks in the corner, the desk is bumped: that stops nothing."""
    user = after(Touch(1.0, dx=-2.0, dy=-1.0), pointer=(0, 0))
    assert not user.in_corner("top-left", [SCREEN], (0, 0))


def test_the_corner_is_reached_though_the_bot_pulls_the_mouse_away() -> None:
    """Each step is undone by the bot; where the hand would have led it counts."""
    steps = [Touch(1.0 + n / 100, dx=-40.0, dy=-30.0) for n in range(20)]
    assert after(*steps).in_corner("top-left", [SCREEN], MIDDLE)
    assert not after(*steps[:10]).in_corner("top-left", [SCREEN], MIDDLE)


def test_the_farthest_monitor_has_the_corner() -> None:
    """Beside a large monitor stands a small one, lower: the screen's corner above it is dead."""
    monitors = [Rect(0, 0, 1920, 1080), Rect(1920, 280, 1280, 800)]
    for pointer, seen in (((3199, 280), True), ((1919, 0), False)):
        user = User().touched(Touch(1.0, dx=99.0), pointer, Rect(0, 0, 3200, 1080))
        assert user.in_corner("top-right", monitors, pointer) is seen
