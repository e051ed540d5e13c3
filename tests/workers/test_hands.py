"""Does hands press only what may be pressed, and never leave anything down?"""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desktop import Desktop, eventually
from tests.running import x_keys
from tests.shells.handled import Handled, hands_process, next_document, quiet_screen
from tests.system.x11_window import witness
from traybot.shells.ledger import BUTTON_ROW
from traybot.system.x11_input import X11Injector
from traybot.workers.hands import HandsBirth

pytestmark = pytest.mark.display


@pytest.fixture(scope="module")
def screen() -> Iterator[Desktop]:
    """Where these tests press."""
    with quiet_screen() as screen:
        yield screen


@pytest.fixture
def keys(screen: Desktop) -> Iterator[X11Injector]:
    """What the X server itself says is held; nothing is at the test's end."""
    with x_keys() as keys:
        yield keys
        assert len(keys.held()) == 0


@pytest.fixture(scope="module")
def lasting(screen: Desktop) -> Iterator[Handled]:
    """A hands process that is ready, for every test that lets it live."""
    with hands_process() as (handled, ready):
        assert ready["why"] == ""
        yield handled


@pytest.fixture
def handled(lasting: Handled, keys: X11Injector) -> Iterator[Handled]:
    """The same one without lives, with its gate closed, and nobody condemned."""
    lasting.memory.allowed.value = lasting.memory.condemned.value = 0
    yield lasting
    lasting.dismiss()


@pytest.fixture
def mortal(keys: X11Injector) -> Iterator[Handled]:
    """A hands process of the test's own."""
    with hands_process() as (handled, _):
        yield handled


@pytest.mark.parametrize("allowed", [0, 2])
def test_behind_a_closed_gate_nothing_is_pressed(
    handled: Handled, keys: X11Injector, allowed: int
) -> None:
    """Without the gate, or with the gate open for another life, every act is refused."""
    guest = handled.attach(1)
    handled.memory.allowed.value = allowed
    before = keys.pointer()
    for request in (
        {"do": "press", "key": "a"},
        {"do": "stroke", "text": "a"},
        {"do": "button_down", "button": 1},
        {"do": "move", "x": 5, "y": 5},
        {"do": "scroll", "dx": 0, "dy": 1},
    ):
        assert guest.ask(**request)["no"] == "gate"
    assert handled.rows() == []
    assert len(keys.held()) == 0
    assert keys.pointer() == before


def test_a_condemned_life_is_refused_though_it_is_allowed(
    handled: Handled, keys: X11Injector
) -> None:
    """The deathwatch's word holds against the engine's, for that life and those before it."""
    guest, later = handled.let_in(3), handled.attach(4)
    assert "no" not in guest.ask("press", key="a")
    handled.memory.condemned.value = 3
    assert guest.ask("press", key="b")["no"] == "gate"
    assert guest.ask("release", key="a").get("no") is None, "letting go is never refused"
    assert len(keys.held()) == 0
    handled.memory.allowed.value = 4
    assert "no" not in later.ask("press", key="b")
    assert handled.let_go() == 1


def test_what_is_pressed_is_down_and_in_the_ledger(handled: Handled, keys: X11Injector) -> None:
    """Key and button are held for the X server when the answer comes, and struck out later."""
    guest = handled.let_in()
    code = keys.code_of("a")
    assert guest.ask("press", key="a") == {"n": 1}
    assert guest.ask("button_down", button=2) == {"n": 2}
    assert keys.held().keys == {code}
    assert keys.held().buttons == {2}
    assert handled.rows() == [code, BUTTON_ROW + 2]
    guest.ask("release", key="a")
    guest.ask("button_up", button=2)
    assert len(keys.held()) == 0
    assert handled.rows() == []


def test_keys_reach_the_window_in_front(
    handled: Handled, keys: X11Injector, screen: Desktop
) -> None:
    """A real window hears the presses, the typed text and the wheel, in their order."""
    with witness(screen.display) as window:
        guest = handled.let_in(window="wit+ness")
        guest.ask("move", x=window.center[0], y=window.center[1])
        assert guest.ask("pointer")["at"] == list(window.center)
        guest.ask("press", key="a")
        guest.ask("release", key="a")
        guest.ask("stroke", text="Bé€")
        guest.ask("scroll", dx=0, dy=-1)
        code = keys.code_of("a")
        eventually(lambda: window.heard()[-1:] == ["release button 5"], what="the wheel")
        assert window.heard()[:2] == [f"press {code}", f"release {code}"]
        assert handled.rows() == []


def test_without_the_focus_nothing_is_pressed(handled: Handled, screen: Desktop) -> None:
    """While another window is in front the answer says so, and keeps its title to itself."""
    with (
        witness(screen.display, "the game") as game,
        witness(screen.display, "mail", (500, 80, 300, 200)) as mail,
    ):
        guest = handled.let_in(window="^the g")
        refused = guest.ask("press", key="a")
        assert refused["no"] == "focus"
        assert refused["why"] == 'the window "^the g" is not in front: another one is'
        assert handled.rows() == []
        game.focus()
        assert "no" not in guest.ask("press", key="a")
        mail.focus()
        assert "no" not in guest.ask("release", key="a"), "letting go asks for no focus"
        assert not any(line.startswith("press") for line in mail.heard())


def test_the_end_of_a_life_lets_its_keys_go_and_no_others(
    handled: Handled, keys: X11Injector
) -> None:
    """When a life's line is closed what it held is up; what the next one holds stays down."""
    first = handled.let_in(1)
    first.ask("press", key="a")
    first.ask("button_down", button=3)
    second = handled.let_in(2)
    second.ask("press", key="b")
    first.channel.close()
    eventually(lambda: keys.held().keys == {keys.code_of("b")}, what="the first life's release")
    assert not keys.held().buttons
    assert handled.rows() == [keys.code_of("b")]
    assert "no" not in second.ask("press", key="c")
    assert handled.let_go() == 2


def test_letting_go_spares_what_others_hold(handled: Handled, keys: X11Injector) -> None:
    """Only what the ledger says is let go; with `everything` what our device holds as well."""
    guest = handled.let_in()
    guest.ask("press", key="a")
    keys.press(keys.code_of("x"))
    assert handled.let_go() == 1
    assert keys.held().keys == {keys.code_of("x")}
    assert handled.let_go(everything=True) == 1
    assert len(keys.held()) == 0
    assert handled.let_go(everything=True) == 0


def test_a_release_of_what_is_not_its_own_does_nothing(handled: Handled, keys: X11Injector) -> None:
    """A life cannot let go of another life's key, nor of one that nobody of ours holds."""
    owner, other = handled.let_in(1), handled.attach(2)
    owner.ask("press", key="a")
    keys.press(keys.code_of("x"))
    other.ask("release", key="a")
    other.ask("release", key="x")
    assert keys.held().keys == {keys.code_of("a"), keys.code_of("x")}
    keys.release(keys.code_of("x"))
    handled.let_go()


@pytest.mark.parametrize("how", ["told", "alone", "SIGTERM", "SIGHUP after SIGINT"])
def test_it_leaves_with_everything_up(mortal: Handled, keys: X11Injector, how: str) -> None:
    """Told to, or at the daemon's end, or by a signal: first it lets go, then it is gone."""
    guest = mortal.let_in()
    guest.ask("press", key="a")
    guest.ask("button_down", button=1)
    if how == "told":
        mortal.control.send({"do": "leave"})
    elif how == "alone":
        mortal.control.close()
    elif how == "SIGTERM":
        os.kill(mortal.process.pid, signal.SIGTERM)
    else:
        os.kill(mortal.process.pid, signal.SIGINT)
        assert "no" not in guest.ask("press", key="b"), "a Ctrl+C is the daemon's affair"
        mortal.control.send({"do": "leave"})
    assert mortal.left() == 0
    assert len(keys.held()) == 0
    assert mortal.rows() == []


def test_a_thawed_hands_goes_on(handled: Handled, keys: X11Injector) -> None:
    """Frozen and thawed by somebody, with the daemon alive, it presses as before."""
    guest = handled.let_in()
    os.kill(handled.process.pid, signal.SIGSTOP)
    number = guest.say(do="press", key="a")
    os.kill(handled.process.pid, signal.SIGCONT)
    assert "no" not in next_document(guest.channel, lambda one: one.get("n") == number)
    assert handled.let_go() == 1


def test_a_question_that_comes_twice_is_done_once(
    handled: Handled, keys: X11Injector, screen: Desktop
) -> None:
    """A life asks again when hands was lost: the new one may find the question there already."""
    with witness(screen.display) as window:
        guest = handled.let_in(window="wit+ness")
        for _ in range(3):
            guest.channel.send({"n": 8, "do": "stroke", "text": "a"})
        guest.number = 8
        assert "no" not in guest.ask("stroke", text="b")
        pressed = [line for line in window.heard() if line.startswith("press")]
        assert pressed == [f"press {keys.code_of('a')}", f"press {keys.code_of('b')}"]


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from([10**30, -1, 0, 15, 16, 99, 272, "a", "shift", "\ud800", "\0", [], {}])
)
FIELDS = {
    "press": ["key"],
    "release": ["key"],
    "stroke": ["text"],
    "button_down": ["button"],
    "button_up": ["button"],
    "move": ["x", "y"],
    "scroll": ["dx", "dy"],
    "pointer": [],
}
REQUESTS = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda do: st.fixed_dictionaries({"do": st.just(do), **dict.fromkeys(FIELDS[do], VALUES)})
) | st.dictionaries(st.sampled_from(["do", "key", "x", "button"]), VALUES, max_size=3)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=st.lists(REQUESTS, max_size=8))
def test_whatever_is_asked_is_answered(handled: Handled, requests: list[dict[str, object]]) -> None:
    """No request of a life can end hands, and what it pressed meanwhile is known to the ledger."""
    guest = handled.let_in()
    for request in requests:
        answer = guest.ask(**request)
        assert set(answer) <= {"n", "no", "why", "at"}
    handled.let_go()
    with x_keys() as keys:
        assert len(keys.held()) == 0


def dies_at_a_press(birth: HandsBirth) -> None:
    """Be hands, and die by SIGKILL between the ledger and the press; a process's work."""
    from traybot.workers import hands

    def press(self: X11Injector, code: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    X11Injector.press = press  # type: ignore[method-assign]  # in a process of its own
    hands.main(birth)


def test_the_ledger_is_written_before_the_press(keys: X11Injector) -> None:
    """Killed between the two, the ledger names a key that is not down: releasing it is harmless."""
    with hands_process(dies_at_a_press) as (handled, _):
        guest = handled.let_in()
        guest.say(do="press", key="a")
        assert handled.left() == -signal.SIGKILL
        assert handled.rows() == [keys.code_of("a")]
        assert len(keys.held()) == 0


def test_without_a_screen_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts, says what it lacks, refuses with that reason, lets go of nothing, and leaves."""
    monkeypatch.setenv("DISPLAY", "")
    with hands_process() as (handled, ready):
        assert "DISPLAY is not set" in ready["why"]
        guest = handled.let_in()
        refused = guest.ask("press", key="a")
        assert refused["no"] == "wrong"
        assert "DISPLAY is not set" in refused["why"]
        assert handled.let_go(everything=True) == 0
