"""Is a recovery that does not help followed by the next step, down to asking a person?"""

import pytest

from tests.core.bots import make_plan
from tests.core.files import LEAST, sound, told
from tests.core.world import PLAYER, WATCHER, World
from traybot.core import events as e
from traybot.core.exits import Ending
from traybot.core.phases import Phase
from traybot.core.recoveryfile import Rung

pytestmark = pytest.mark.anywhere

KEYS = Rung(keys=("enter",), timeout=5.0, tries=2)
PROGRAM = Rung(program=True, wait="title.png", timeout=30.0)
PERSON = Rung(needs_human="log in again")


def dead(*rungs: Rung) -> World:
    """A world whose bot has died and whose first step is being carried out."""
    world = World(make_plan(recovery=rungs))
    world.ask(e.StartRequested, bot="koules")
    world.settle()
    world.sees("recover")
    world.exits(PLAYER, Ending.KILLED)
    world.lets_go()
    return world


def in_vain(world: World) -> list[str]:
    """The step is carried out, and does not help; the wait after it passes."""
    if world.phase() is Phase.BACKOFF:
        world.fires()
    world.ready()
    world.lets_go() if world.hands_asked else None
    world.exits(PLAYER, Ending.DONE)
    world.lets_go()
    return world.judged("death")


def test_a_step_is_tried_as_often_as_it_says_then_the_next_one() -> None:
    """Two tries of the keys, then the program is restarted, with that step's own time."""
    world = dead(KEYS, PROGRAM)
    assert world.timers["phase"].at == pytest.approx(world.now + 5.0)
    assert "Report escalated" not in in_vain(world)
    assert "Report escalated" in in_vain(world)
    assert world.phase() is Phase.BACKOFF
    said = world.fires()
    assert said[0] == "RestartProgram"
    assert "SetTimer phase 40" in said, "what it waits for, and the time to start"


def test_a_step_that_helps_is_the_end_of_it() -> None:
    """The routine plays, and the next death begins at the first step."""
    world = dead(KEYS, PROGRAM)
    in_vain(world)
    in_vain(world)
    world.fires()
    world.settle()
    world.exits(PLAYER, Ending.DONE)
    world.settle()
    assert world.phase() is Phase.RUNNING
    world.sees("recover")
    world.exits(PLAYER, Ending.KILLED)
    assert "RestartProgram" not in world.lets_go()
    assert world.phase() is Phase.RECOVERING


def test_after_the_last_step_the_run_has_failed() -> None:
    """With the reason, and no matter how few failures that were."""
    world = dead(Rung(keys=("enter",)))
    in_vain(world)
    world.settle()
    assert world.phase() is Phase.FAILED
    assert world.state.reason.endswith("no step of the recovery helped")


def test_a_person_is_asked_with_a_notice_and_a_picture() -> None:
    """Nothing is started; the deathwatch rests after the picture."""
    world = dead(Rung(keys=("enter",)), PERSON)
    said = in_vain(world)
    assert said[-4:] == [
        "WatchNothing",
        "TakePicture",
        "Report needs_human",
        'Notify "Koules needs you: log in again"',
    ]
    assert world.phase() is Phase.NEEDS_HUMAN
    assert world.timers.get("phase") is None or not world.fires()
    assert world.hear(e.PictureTaken(world.now, "needs-human", "a.png")) == ["Report picture"]


@pytest.mark.parametrize("wish", [e.ResumeRequested, e.StartRequested, e.ToggleRequested])
def test_a_persons_word_is_checked_before_it_plays_on(wish: type[e.Request]) -> None:
    """What called for help must be gone; then the first step's turn comes again."""
    world = dead(Rung(keys=("enter",)), PERSON)
    in_vain(world)
    assert world.ask(wish)[0] == "Judge 0"
    assert world.judged("death")[-2:] == [
        'Notify "Koules needs you still: death still holds"',
        "Reply 1 cannot go on: koules is needs human: death still holds",
    ]
    world.ask(wish)
    assert "Report recovered" in world.judged()
    world.settle()
    assert world.phase() is Phase.RUNNING
    assert world.answer() == (0, "")
    assert (world.state.rung, world.state.rung_tries) == (0, 0)


def test_a_stop_ends_the_waiting_for_a_person() -> None:
    """As it ends everything."""
    world = dead(PERSON)
    assert world.phase() is Phase.NEEDS_HUMAN
    world.ask(e.StopRequested)
    world.settle()
    assert world.phase() is Phase.IDLE


def test_a_deathwatch_lost_while_judging_leaves_the_person_needed() -> None:
    """What could not be looked at is not taken on trust."""
    world = dead(PERSON)
    world.ask(e.ResumeRequested)
    world.exits(WATCHER)
    assert world.phase() is Phase.NEEDS_HUMAN
    assert world.answer() == (
        1,
        "cannot go on: koules is needs human: the deathwatch ended while it judged",
    )


def test_a_pause_has_nothing_to_pause() -> None:
    """While a person is waited for nobody plays."""
    world = dead(PERSON)
    world.ask(e.PauseRequested)
    answer = world.answer()
    assert answer is not None
    assert answer[0] == 4


def test_the_file_describes_the_steps() -> None:
    """In their order, each with what it does."""
    plan = sound(
        LEAST
        + """
        [recovery]
        [[recovery.step]]
        keys = ["escape", "CTRL+s"]
        tries = 3
        [[recovery.step]]
        program = "restart"
        wait = "menu.png"
        timeout = "10s"
        [[recovery.step]]
        run = "routine:revive"
        [[recovery.step]]
        needs_human = "log in again"
        """
    )
    assert plan.recovery == (
        Rung(keys=("esc", "ctrl+s"), tries=3),
        Rung(program=True, wait="menu.png", timeout=10.0),
        Rung(run="routine:revive"),
        Rung(needs_human="log in again"),
    )
    assert plan.climbing(1).recovery == plan.recovery[1:2]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[recovery]\n", "needs one of run and [[recovery.step]]"),
        ('[recovery]\nrun = "a:b"\n[[recovery.step]]\nkeys = ["a"]\n', "needs one of run and"),
        ("[[recovery.step]]\n", "does nothing"),
        ('[[recovery.step]]\nkeys = ["hyper"]\n', "hyper"),
        ('[[recovery.step]]\nprogram = "end"\n', "program: must be"),
        ('[[recovery.step]]\nrun = "revive"\n', "is not of the form module:function"),
        ('[[recovery.step]]\nneeds_human = "x"\nkeys = ["a"]\n', "stands alone"),
        ('[[recovery.step]]\nneeds_human = "x"\n[[recovery.step]]\nkeys = ["a"]\n', "last step"),
        ("recovery = 3\n" + LEAST, "must be a table"),
    ],
)
def test_a_mistake_is_named(text: str, what: str) -> None:
    """With its place in the file."""
    assert any(what in problem for problem in told(text if LEAST in text else LEAST + text))
