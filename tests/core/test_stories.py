"""Does anything forbidden ever happen? Random stories, told to a small world that keeps the laws."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.core.bots import make_plan
from tests.core.world import PLAYER, WATCHER, World
from traybot.core import events as e
from traybot.core.botfile import BotPlan
from traybot.core.exits import Ending
from traybot.core.phases import Phase
from traybot.core.watchfile import THENS

PLANS = st.builds(
    make_plan,
    restart=st.sampled_from(["on-crash", "never", "always"]),
    recovery=st.sampled_from(["routine:revive", ""]),
    command=st.sampled_from([(), ("prog",)]),
    program=st.just(("game",)),
    program_restart=st.booleans(),
    max_deaths=st.sampled_from([None, 1, 3]),
    max_hours=st.sampled_from([None, 0.001]),
)
WISHES = st.sampled_from(
    [
        *(e.StartRequested, e.ToggleRequested, e.PauseRequested, e.ResumeRequested) * 3,
        *(e.RestartRequested, e.StopRequested, e.PanicRequested, e.QuitRequested),
    ]
)
#: Where a story begins, so that each place is reached often: what has happened until then.
CHAPTERS = st.sampled_from(["start", "play", "pause", "die", "revive", "fail"])


class Stories(RuleBasedStateMachine):
    """Everything that can happen, in any order; most of it only to what is there."""

    world: World
    #: Whether everybody answers at once, which gets further; else each answer is an event alone.
    prompt = False

    @initialize(plan=PLANS, prompt=st.booleans(), chapter=CHAPTERS)
    def begin(self, plan: BotPlan, prompt: bool, chapter: str) -> None:  # noqa: FBT001
        """Offer two bots, start one, and go to where the story begins."""
        self.world, self.prompt = World(plan, make_plan("xjump")), prompt
        self.world.ask(e.StartRequested, bot="koules")
        if chapter != "start":
            self.world.settle()
        if chapter == "pause":
            self.world.ask(e.PauseRequested)
        elif chapter in {"die", "revive"}:
            self.world.sees("recover")
        elif chapter == "fail":
            self.world.exits()
        if chapter == "revive":
            self.world.settle()

    def answer(self) -> None:
        """Let the world answer now, if it is that kind of world."""
        if self.prompt:
            self.world.settle()

    @rule(wish=WISHES)
    def ask(self, wish: type[e.Request]) -> None:
        """A person wants something."""
        self.world.ask(wish)
        self.answer()

    @rule(bot=st.sampled_from(["koules", "xjump", "nobody"]), start=st.booleans())
    def ask_for_one(self, bot: str, start: bool) -> None:  # noqa: FBT001
        """A person starts or chooses a bot by its name."""
        self.world.ask(e.StartRequested if start else e.BotChosen, bot=bot)
        self.answer()

    @precondition(lambda self: self.world.loads)
    @rule(sound=st.booleans())
    def load(self, sound: bool) -> None:  # noqa: FBT001
        """A bot was read."""
        self.world.loaded() if sound else self.world.refused()
        self.answer()

    @precondition(lambda self: not all(x.ready for x in self.world.processes.values()))
    @rule(place=st.sampled_from([PLAYER, WATCHER]))
    def get_ready(self, place: str) -> None:
        """A child is set up."""
        process = self.world.processes.get(place)
        if process and not process.ready:
            self.world.ready(place)

    @precondition(lambda self: self.world.processes)
    @rule(place=st.sampled_from([PLAYER, WATCHER]), ending=st.sampled_from(Ending))
    def exit(self, place: str, ending: Ending) -> None:
        """A child's process is gone, whatever the reason."""
        if place in self.world.processes:
            self.world.exits(place, ending)
            self.answer()

    @precondition(lambda self: PLAYER in self.world.processes)
    @rule()
    def park(self) -> None:
        """The routine stands still."""
        self.world.parks()

    @precondition(lambda self: self.world.hands_asked)
    @rule()
    def let_go(self) -> None:
        """Hands has let go."""
        self.world.lets_go()

    @precondition(lambda self: self.world.judging is not None)
    @rule(holds=st.booleans())
    def judge(self, holds: bool) -> None:  # noqa: FBT001
        """The deathwatch has looked anew."""
        self.world.judged(*["death"] if holds else [])
        self.answer()

    @precondition(lambda self: self.world.watched)
    @rule(then=st.sampled_from(THENS), watch=st.sampled_from(["death", "dialog"]))
    def conclude(self, then: str, watch: str) -> None:
        """The deathwatch concludes something, and will say so."""
        self.world.concludes(then, watch)
        self.answer()

    @precondition(lambda self: self.world.verdicts)
    @rule()
    def speak_out(self) -> None:
        """What the deathwatch has concluded is heard, perhaps too late to matter."""
        self.world.speaks_out()

    @precondition(lambda self: self.world.timers)
    @rule(data=st.data())
    def fire(self, data: st.DataObject) -> None:
        """A timer's time has come; the core may have forgotten it."""
        self.world.fires(data.draw(st.sampled_from(sorted(self.world.timers))))
        self.answer()

    @rule(what=st.sampled_from(["timer", "program", "hands", "bots", "time"]))
    def whatever(self, what: str) -> None:
        """Something happens that few care about: an echo of old, or news of no weight."""
        if what == "timer" and self.world.spent:
            self.world.hear(self.world.spent[-1])
        elif what == "program":
            self.world.hear(e.ProgramExited(self.world.now, 1))
        elif what == "hands":
            self.world.lets_go()
        elif what == "bots":
            known = [name for name, _ in self.world.state.bots]
            found = (("xjump", ""),) if "koules" in known else (("koules", ""), ("xjump", ""))
            self.world.hear(e.BotsFound(self.world.now, found))
        else:
            self.world.later(61.0)

    @rule()
    def settle(self) -> None:
        """Everybody answers what they owe."""
        self.world.settle()

    def teardown(self) -> None:
        """However it went: a stop leads to rest, every request has its answer, a quit is the end."""
        if not hasattr(self, "world"):
            return
        world = self.world
        world.ask(e.StopRequested)
        world.settle()
        assert world.state.gone or world.state.phase is Phase.IDLE
        assert world.laws.answered == world.laws.asked, "somebody still waits for an answer"
        world.ask(e.QuitRequested)
        assert world.state.gone
        assert world.laws.left == 1


Stories.TestCase.settings = settings(
    max_examples=400, stateful_step_count=60, deadline=None, report_multiple_bugs=False
)
TestStories = Stories.TestCase
