"""Does anything forbidden ever happen? Random stories, told to a small world that has laws."""

from collections.abc import Callable

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from tests.core import chances
from tests.core.bots import make_plan
from tests.core.world import World
from traybot.core import events as e
from traybot.core.botfile import BotPlan
from traybot.core.phases import Phase
from traybot.core.recoveryfile import Rung
from traybot.core.watchfile import WatchSpec

pytestmark = pytest.mark.anywhere

LADDER = (Rung(keys=("enter",), tries=2), Rung(program=True), Rung(needs_human="log in"))
PLANS = st.builds(
    make_plan,
    watches=st.just((WatchSpec("death", then="recover"),)),
    restart=st.sampled_from(["on-crash", "never", "always"]),
    recovery=st.sampled_from(["routine:revive", "", LADDER]),
    command=st.sampled_from([(), ("prog",)]),
    program=st.just(("game",)),
    program_restart=st.booleans(),
    max_deaths=st.sampled_from([None, 1, 3]),
    max_hours=st.sampled_from([None, 0.001]),
)
Speaker = Callable[[World], list[chances.Chance]]
#: Who speaks next: mostly those who owe an answer.
SPEAKERS = st.sampled_from(
    [
        *(chances.answers,) * 6,
        *(chances.sights, chances.everybody) * 3,
        *(chances.wishes, chances.timers, chances.ends_by_itself) * 2,
        *(chances.ends, chances.oddities),
    ]
)
#: Who speaks, and which of the things they can say.
TURNS = st.lists(st.tuples(SPEAKERS, st.integers(0, 999)), min_size=20, max_size=100)


def tell(world: World, turns: list[tuple[Speaker, int]]) -> None:
    """Tell a story; who has nothing to say leaves the turn to the world's answers."""
    for speaker, which in turns:
        found = speaker(world) or chances.answers(world) or chances.wishes(world)
        word, happen = found[which % len(found)]
        note(f"{world.state.phase}: {word}")
        happen()
        if world.state.gone:
            break


@pytest.mark.timeout(300)  # a thousand stories, on a busy machine
@settings(max_examples=1000)
@given(plan=PLANS, turns=TURNS)
def test_nothing_forbidden_happens(plan: BotPlan, turns: list[tuple[Speaker, int]]) -> None:
    """The laws hold, a stop leads to rest with every request answered, and a quit is the end."""
    world = World(plan, make_plan("xjump"))
    world.ask(e.StartRequested, bot="koules")
    tell(world, turns)
    world.ask(e.StopRequested)
    world.settle()
    assert world.state.gone or world.state.phase is Phase.IDLE
    assert world.laws.answered == world.laws.asked, "somebody still waits for an answer"
    world.ask(e.QuitRequested)
    assert world.state.gone
    assert world.laws.left == 1
