"""Does everything hold when anything may die? `python bench/chaos.py --kills 100 --seed 1`.

A bot plays with keys and a button going up and down, settings change, and a user holds keys of his
own. At random instants one or two of our processes are killed, told to end, frozen for a moment or
for good. After each blow: no orphan; nothing that we pressed stays down; what the user holds is
down; no memory, descriptor or file is left over; a daemon that lives tells the truth again within
five seconds, and plays; one that died leaves nothing, and the next one starts. Fails at the first
breach with the story that led to it.
"""

import argparse
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench import chaos_laws as laws
from bench.chaos_blows import DEADLY, KIND_ENDS, Blows
from bench.chaos_place import Place
from bench.chaos_story import Breach, Story
from tests.running import Document, Running
from traybot.errors import TraybotError
from traybot.shells import client
from traybot.shells.paths import find_paths

#: A daemon that lives is back in a true state, and plays.
BACK_SECONDS = 5.0
#: All is gone after a killed daemon; after one that was asked its routine has its grace before.
GONE_SECONDS, KIND_SECONDS = 2.0, 5.0
#: The daemon answers, whatever has happened.
ANSWER_SECONDS = 5.0
#: Who is noticed when he stands still, and when he is ended at the latest.
NOTICED, FROZEN_SECONDS = frozenset({"hands", "deathwatch", "manager"}), 5.0
#: What we pressed is up, and what the user presses is down.
KEYS_SECONDS = 1.0
#: What dying processes leave is ended and collected.
ORPHAN_SECONDS = 2.0
#: The bot dies that often, and is in its recovery then.
RECOVERY_SECONDS = 1.0
RESTING = frozenset({"idle", "failed", "backoff", "paused"})
#: More descriptors, threads or files than at first are a leak, but for these few.
FEW = 4


class Chaos:
    """Rounds of blows, and what must be true after each."""

    def __init__(self, place: Place, dice: random.Random, story: Story) -> None:
        self._place, self._dice, self._story = place, dice, story
        self._blows = Blows(dice, story, place.mark)
        self._running: Running | None = None
        #: Every process of ours that was ever seen, and when it last was.
        self._family: dict[int, float] = {}
        #: Descriptors, threads, files when first seen at rest.
        self._first: dict[object, int] = {}

    def run(self, kills: int) -> None:
        """Go on until so many blows were dealt."""
        while self._story.dealt < kills:
            self._round()
        self._end()

    def _round(self) -> None:
        running = self._up()
        self._fiddle(running)
        pids = self._at_an_instant(running)
        blows = self._blows.strike(pids, lambda: self._status(running)["pids"])
        fatal = [blow for role, blow in blows if role == "daemon" and blow in DEADLY]
        if fatal:
            self._after_daemon(running, kind=set(fatal) <= KIND_ENDS)
        else:
            self._after_children(running)
        self._always()

    # --- the daemon lives ------------------------------------------------------------------------

    def _after_children(self, running: Running) -> None:
        """It is true again, and plays, by itself or when it is asked to."""
        frozen = self._blows.frozen
        if frozen and (set(frozen) - NOTICED or self._dice.random() < 0.5):
            # Somebody stands still for good: the stop works all the same.
            self._rest(running)
            self._blows.thaw()
        elif frozen:
            self._story.until("the frozen replaced", FROZEN_SECONDS, self._frozen)
            self._blows.frozen.clear()
        status = self._true_again(running)
        if status["phase"] != "running" or self._dice.random() < 0.4:
            self._rest(running)
            self._flat(running)
            self._start(running)

    def _frozen(self) -> str:
        left = {role: pid for role, pid in self._blows.frozen.items() if laws.state(pid) == "T"}
        return str(left) if left else ""

    def _true_again(self, running: Running) -> Document:
        seen: list[Document] = []

        def untrue() -> str:
            seen.append(self._status(running))
            return self._untruth(seen)

        self._story.until("true again", BACK_SECONDS, untrue)
        return seen[-1]

    def _untruth(self, seen: list[Document]) -> str:
        """Say what of the last status is not true, or not yet over."""
        status = seen[-1]
        pids, phase = status["pids"], status["phase"]
        gone = [f"{role} {pid}" for role, pid in pids.items() if laws.state(pid) in {"", "Z"}]
        if gone:
            return f"there is no {', '.join(gone)}"
        if status["input"] != "ok" or "hands" not in pids:
            return f"the input: {status['input']}"
        players = {"routine", "recovery"} & set(pids)
        if phase in RESTING:
            return f"{phase} with {players}" if players and phase != "paused" else ""
        if phase != "running" or "deathwatch" not in pids or "routine" not in pids:
            return f"{phase}: {status['reason']}"
        rounds = [one["counters"].get("rounds", 0) for one in seen if one["life"] == status["life"]]
        if rounds[-1] <= rounds[0]:
            return "it does not play"
        return "" if self._place.settings_seen() else "it has not seen the settings"

    def _rest(self, running: Running) -> None:
        """Stop it: at the answer nobody plays, and nothing is held."""
        word = "panic" if self._dice.random() < 0.2 else "stop"
        began = time.monotonic()
        answer = self._ask(running, word)
        self._story.took(word, time.monotonic() - began)
        if not answer["ok"]:
            raise Breach(f"{word} was refused: {answer}")
        # Not at once only where the screen was late, and the daemon has said so.
        self._story.until(f"up at the answer to {word}", KEYS_SECONDS, self._held)
        status = self._status(running)
        if status["phase"] != "idle" or {"routine", "recovery"} & set(status["pids"]):
            raise Breach(f"after {word}: {status}")

    def _held(self) -> str:
        held = self._place.ours()
        return str(held) if held else ""

    def _start(self, running: Running) -> None:
        began = time.monotonic()
        answer = self._ask(running, "start", bot="player")
        if not answer["ok"]:
            raise Breach(f"start: {answer}; {self._status(running)}")
        status = self._true_again(running)
        self._story.took("start to playing", time.monotonic() - began)
        if status["phase"] != "running":
            raise Breach(f"does not play: {status}")

    def _flat(self, running: Running) -> None:
        """At rest there are as many descriptors, threads and files as there were at first."""

        def grown() -> str:
            status = self._status(running)
            if status["input"] != "ok":
                return "hands is not ready"
            pids = {**status["pids"], "X server": self._place.server.pid}
            counts: dict[object, int] = {}
            for role, pid in pids.items():
                counts[f"descriptors of {role}", pid] = laws.descriptors(pid)
                counts[f"threads of {role}", pid] = laws.threads(pid)
            names = laws.files(self._place.home / "run", self._place.temp)
            counts[f"files {names}"] = len(names)
            for what, count in counts.items():
                key = what if isinstance(what, tuple) else "files"
                if count > self._first.setdefault(key, count) + FEW:
                    more = laws.opened(what[1]) if isinstance(what, tuple) else ""
                    return f"{what}: {count}, at first {self._first[key]} ({more})"
            return ""

        self._story.until("flat", BACK_SECONDS, grown)

    # --- the daemon died -------------------------------------------------------------------------

    def _after_daemon(self, running: Running, *, kind: bool) -> None:
        """All of it is gone, and nothing is held."""
        self._running = None
        limit = KIND_SECONDS if kind else GONE_SECONDS
        self._story.until(
            "gone after a kind end" if kind else "gone",
            limit,
            lambda: ", ".join(f"{pid} {line}" for pid, line in self._marked().items()),
        )
        self._blows.frozen.clear()
        if held := self._place.ours():
            raise Breach(f"after the daemon's end is held: {held}")
        summary = running.end()
        if kind and (summary.get("held_left") or summary.get("children_left")):
            raise Breach(f"left behind: {summary}")

    # --- in any case -----------------------------------------------------------------------------

    def _always(self) -> None:
        self._story.until("the user's keys down", KEYS_SECONDS, self._users_keys)
        self._story.until("nothing of ours stays down", KEYS_SECONDS, self._stays_down())
        self._story.until("no orphan", ORPHAN_SECONDS, self._orphans)
        self._story.until("no shared memory left", ORPHAN_SECONDS, self._memory_left)

    def _users_keys(self) -> str:
        return "" if self._place.users_keys_are_down() else "what the user holds is not down"

    def _stays_down(self) -> Callable[[], str]:
        """Make a question: is each key of ours seen up once? While it plays some are down."""
        first = self._place.ours()
        keys, buttons = set(first.keys), set(first.buttons)

        def down() -> str:
            now = self._place.ours()
            keys.intersection_update(now.keys)
            buttons.intersection_update(now.buttons)
            return f"keys {keys}, buttons {buttons}" if keys or buttons else ""

        return down

    def _orphans(self) -> str:
        """Name who is of ours and in nobody's books."""
        running = self._running
        marked = self._marked()
        if running is None:
            return str(marked or "")
        pids = self._status(running)["pids"]
        known = {running.process.pid, *pids.values()}
        players = {pid for role, pid in pids.items() if role in {"routine", "recovery"}}
        strangers = [
            f"{pid} {line}"
            for pid, line in marked.items()
            if pid not in known and not laws.of(pid, players)
        ]
        return ", ".join([*strangers, *laws.zombies(running.process.pid)])

    def _memory_left(self) -> str:
        alive = self._marked()
        dead = {pid: at for pid, at in self._family.items() if pid not in alive}
        return ", ".join(laws.segments(dead) + laws.shared_files(dead))

    def _marked(self) -> dict[int, str]:
        found = laws.marked(self._place.mark)
        self._family |= dict.fromkeys(found, time.time())
        return found

    # --- means -----------------------------------------------------------------------------------

    def _up(self) -> Running:
        if self._running is None:
            began = time.monotonic()
            self._running = Running("player")
            self._running.until_up()
            self._story.took("daemon's start", time.monotonic() - began)
            self._true_again(self._running)
            self._story.note("a daemon is up")
        return self._running

    def _fiddle(self, running: Running) -> None:
        """What a user does meanwhile."""
        if self._dice.random() < 0.3:
            self._place.change_settings()
            # Without a word the daemon finds it by itself.
            if self._dice.random() < 0.7:
                self._ask(running, "reload")
        if self._dice.random() < 0.3:
            # A key that he and the bot hold both is up when either lets go: so is the X server.
            self._place.user_holds("x", down=self._dice.random() < 0.5)
        if self._dice.random() < 0.1:
            self._story.note("pause")
            self._ask(running, "pause")

    def _at_an_instant(self, running: Running) -> dict[str, int]:
        """Give who is there after a while; often enough in the midst of a recovery."""
        time.sleep(self._dice.choice((0.0, 0.03, 0.1, 0.3)) * self._dice.random())
        deadline = time.monotonic() + (RECOVERY_SECONDS if self._dice.random() < 0.1 else 0.0)
        while True:
            pids: dict[str, int] = self._status(running)["pids"]
            if "recovery" in pids or time.monotonic() > deadline:
                return pids | laws.heirs(pids)
            time.sleep(0.01)

    def _status(self, running: Running) -> Document:
        return self._ask(running, "status")

    def _ask(self, running: Running, do: str, **more: object) -> Document:
        try:
            answer = client.ask(
                find_paths().socket,
                {"do": do, **more},
                ANSWER_SECONDS * self._story.patience,
            )
        except TraybotError as error:
            code = running.process.poll()
            raise Breach(f"{do}: {error}; the daemon's exit code: {code}") from error
        if do == "status":
            self._family |= dict.fromkeys(answer["pids"].values(), time.time())
        return answer

    def _end(self) -> None:
        running, self._running = self._running, None
        summary = running.end() if running else {}
        if summary.get("held_left") or summary.get("children_left"):
            raise Breach(f"left behind: {summary}")
        self._always()

    def sweep(self) -> None:
        """After a breach: leave nothing running."""
        for pid in self._marked():
            self._blows.send(pid, DEADLY[0])
        if self._running is not None:
            self._running.end()


def main() -> int:
    """Run; 1 at a breach."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--patience",
        type=float,
        default=1.0,
        help="on a busy machine: limits of time so many times as long, but what was late is told",
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # A shell starts what runs in its background deaf to these, and our daemon would be so too.
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    # The many that die by force would each leave a picture of their memory.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    dice = random.Random(options.seed)
    story = Story(options.patience)
    with Place(dice) as place:
        chaos = Chaos(place, dice, story)
        try:
            chaos.run(options.kills)
        except (AssertionError, TraybotError) as breach:
            print(story.told(f"seed {options.seed}: {breach}"))
            print(place.log_tail())
            chaos.sweep()
            print(f"seed {options.seed}: {breach}")  # once more, below all of that
            return 1
        except BaseException:
            chaos.sweep()
            raise
    print(story.summary(f"seed {options.seed}"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
