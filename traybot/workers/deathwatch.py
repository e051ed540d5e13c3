"""Who sees death while the routine is busy? This process: it looks, closes the gate, and tells.

A verdict that ends a life is written into the gate here, before anybody is told: from that instant
nothing of that life can press again.
"""

import logging
import time
from dataclasses import replace

from traybot.core import watch as rules
from traybot.core.exits import Ending, Exit
from traybot.core.verdicts import Verdict
from traybot.core.watchfile import ABOUT_LIVES
from traybot.errors import BotError, TraybotError
from traybot.shells.channel import Channel, Document
from traybot.shells.hearing import write_verdict
from traybot.shells.share import ShareAddress, ShareView
from traybot.text import in_english
from traybot.workers.album import Album
from traybot.workers.birth import Birth
from traybot.workers.eyes import Eyes
from traybot.workers.glances import Glances
from traybot.workers.last_will import last_will
from traybot.workers.looks import Sight, prepare
from traybot.workers.rounds import Rounds, Watched

_log = logging.getLogger(__name__)

#: A judgement waits for confirmations that are under way, but no longer than this.
_JUDGE_SECONDS = 1.0
#: That a watch is blind, and why, is told no more often: the reason may change with each look.
_BLIND_SECONDS = 1.0


def run(birth: Birth, channel: Channel) -> Exit:
    """Watch until the daemon closes the pipe or ends us."""
    try:
        deathwatch = Deathwatch(birth, channel)
    except BotError as error:
        return Exit(Ending.INVALID, str(error))
    channel.send({"say": "ready", "at": time.monotonic()})
    try:
        deathwatch.serve()
    except TraybotError as error:
        return Exit(Ending.CRASHED, str(error))
    # The pipe has ended: the daemon is gone, and hands perhaps with it.
    last_will(birth)()
    return Exit(Ending.LEFT)


class Deathwatch:
    """The loop over all watches of a bot."""

    def __init__(self, birth: Birth, channel: Channel) -> None:
        """Load every template; `BotError` if a watch cannot look."""
        self._memory = birth.memory
        self._channel = channel
        self._share = ShareView(birth.share)
        plan = birth.plan
        eyes = Eyes(
            plan.window, plan.folder, birth.token, birth.memory, birth.capture, plan.reference
        )
        self._eyes = eyes
        self._album = Album(birth.pictures, eyes, channel)
        self._watches = [Watched(spec, prepare(spec, eyes)) for spec in birth.plan.watches]
        self._rounds = Rounds(self._watches)
        self._glances = Glances(eyes, wanted=birth.glances)
        eyes.open()
        self._rounds.open()
        #: The life we judge for; 0 while nobody plays.
        self._life = 0
        self._only_tell = False
        #: Running time of the life: what was gathered, and since when it gathers (0: it stands).
        self._gathered = 0.0
        self._since = 0.0
        self._judging_until = 0.0
        #: The life we last judged for, and since when.
        self._known_life, self._began = 0, 0.0

    def serve(self) -> None:
        """Look when a watch is due, listen in between."""
        while not self._channel.closed:
            if self._looking():
                self._channel.wait(self._seconds_to_next_look(), self._rounds.also())
            else:
                self._channel.wait(None)
            for document in self._channel.receive():
                self._hear(document)
            if self._looking():
                self._rounds.hear()
                self._tick()
            if self._life:
                self._glance()
        self._rounds.close()
        self._eyes.close()

    def _looking(self) -> bool:
        return bool(self._life or self._judging_until)

    def _seconds_to_next_look(self) -> float | None:
        seconds = self._rounds.seconds()
        if seconds is None and self._judging_until:
            return 0.0
        glance = self._glances.seconds() if self._life else None
        # A judgement has an end, whether or not a look falls due before it.
        end = max(0.0, self._judging_until - time.monotonic()) if self._judging_until else None
        return min((one for one in (seconds, glance, end) if one is not None), default=None)

    def _glance(self) -> None:
        """Tell what is wrong with the picture, or no longer wrong."""
        trouble = self._glances.take(self._rounds.deliveries)
        if trouble is not None:
            self._channel.send({"say": "sight", "life": self._life, "trouble": trouble.value})

    def _hear(self, document: Document) -> None:
        match document.get("do"):
            case "watch":
                self._watch(int(document["life"]))
            case "only_tell":
                self._only_tell = True
                self._stop_clock()
            case "rest":
                self._rest()
            case "judge":
                self._judge(int(document["life"]))
            case _:
                self._hear_more(document)

    def _hear_more(self, document: Document) -> None:
        """What is not about what to look for."""
        match document.get("do"):
            case "ping":
                self._channel.send({"say": "here"})
            case "picture":
                self._album.keep(str(document["name"]))
            case "share":
                address = ShareAddress(document["address"], bytes.fromhex(document["key"]))
                self._share.move(address)
            case "leave":
                self._channel.close()

    def _rest(self) -> None:
        """Nobody plays: what fired about this life came to nothing, for it ended by itself."""
        self._life, self._judging_until = 0, 0.0
        self._stop_clock()
        for watched in self._watches:
            fired_at = watched.state.fired_at
            if watched.acts and fired_at is not None and fired_at >= self._began:
                watched.overruled = True

    def _watch(self, life: int) -> None:
        """Judge for this life; a new one begins with a clock at zero."""
        if life != self._known_life:
            self._known_life, self._since = life, 0.0
            self._gathered = self._memory.ran_before(life)
            self._begin_life()
            self._glances.begin()
        self._life, self._only_tell = life, False
        if not self._since:
            self._since = time.monotonic()
        self._rounds.look_soon()

    def _begin_life(self) -> None:
        """Count sightings anew; that it fired stays known, unless nothing has come of it."""
        self._began = time.monotonic()
        self._eyes.desk.anew()
        for watched in self._watches:
            state = replace(watched.state, sightings=0)
            watched.state = rules.rearmed(state) if watched.overruled else state
            watched.overruled = False

    def _judge(self, life: int) -> None:
        """Judge anew; with a life its verdicts count, without one we only say what holds."""
        self._life, self._only_tell = life, False
        self._eyes.desk.anew()
        for watched in self._watches:
            silent = replace(watched.state, sightings=0, armed=False)
            watched.state = rules.rearmed(watched.state) if life else silent
            watched.sight = None
        self._judging_until = time.monotonic() + _JUDGE_SECONDS
        self._rounds.look_soon()

    def _stop_clock(self) -> None:
        self._gathered, self._since = self._running(), 0.0

    def _running(self) -> float:
        return self._gathered + (time.monotonic() - self._since if self._since else 0.0)

    def _tick(self) -> None:
        """Look with every watch that is due; of those that fire the first by priority counts."""
        now = time.monotonic()
        self._memory.looked_at.value = now
        self._eyes.new_tick()
        running = self._running()
        self._memory.note_running(self._known_life, running)
        fired = [
            watched
            for watched in self._watches
            if self._rounds.due(watched) <= now and self._look(watched, now, running)
        ]
        if fired and self._life:
            self._conclude(fired)
        if self._judging_until and self._judged():
            self._tell_judged()
        self._memory.note_scores(one.sight.score if one.sight else None for one in self._watches)

    def _look(self, watched: Watched, now: float, running: float) -> bool:
        sight = watched.look(running)
        self._rounds.looked(watched, now, sight, self._eyes.seen(watched.spec.region))
        self._note_blindness(watched, sight, now)
        # Confirmation and hold count on the wall's clock: they are about the screen, not the life.
        watched.state, fires = rules.look(
            watched.spec, watched.state, sees=sight.sees, at=time.monotonic()
        )
        return fires

    def _note_blindness(self, watched: Watched, sight: Sight, now: float) -> None:
        """Tell why a watch cannot look, and that it can again; what changes fast is told rarely."""
        why = "" if sight.sees is not None else sight.why
        if why == watched.blind or now < watched.blind_told_at + _BLIND_SECONDS:
            return
        if why:
            text = f"the watch {watched.spec.name} concludes nothing: {in_english(why)}"
            self._channel.send({"say": "log", "level": "warning", "text": text})
        self._channel.send({"say": "blind", "watch": watched.spec.name, "why": why})
        watched.blind, watched.blind_told_at = why, now

    def _conclude(self, fired: list[Watched]) -> None:
        """Tell what fired; of what ends or pauses the life only the first by priority."""
        acting = [watched for watched in fired if watched.acts]
        if acting:
            over = self._memory.condemned.value >= self._life
            first = rules.first_by_priority([watched.spec for watched in acting])
            for watched in acting:
                watched.overruled = over or watched.spec is not first
            self._tell(next(watched for watched in acting if watched.spec is first))
        for watched in fired:
            if not watched.acts:
                self._tell(watched)

    def _tell(self, watched: Watched) -> None:
        spec, sight, decided = watched.spec, watched.sight, watched.state.fired_at
        assert sight is not None
        assert decided is not None, "only what fires is told"
        gated = 0.0
        if spec.ends_life and not self._only_tell:
            # Should we die before it is told, the engine finds out from here what it was.
            self._memory.condemned_by.value = self._watches.index(watched)
            self._memory.verdict_at.value = decided
            self._memory.condemned.value = max(self._memory.condemned.value, self._life)
            gated = time.monotonic()
        self._memory.verdict_at.value = decided
        verdict = Verdict(
            watch=spec.name,
            then=spec.then,
            life=self._life,
            seen_at=sight.at,
            decided_at=decided,
            gated_at=gated,
            score=sight.score,
            rect=sight.rect,
            why=sight.why,
        )
        self._channel.send(write_verdict(verdict))
        if spec.then == "send" and not self._only_tell:
            message = {"watch": spec.name, "score": sight.score, "why": sight.why}
            self._share.send(self._life, message)

    def _judged(self) -> bool:
        """Whether every watch has looked and no confirmation is under way, or time is up."""
        now = time.monotonic()
        if now >= self._judging_until:
            return True
        return all(
            watched.sight is not None
            and not watched.sight.working
            and not rules.pending(watched.state)
            for watched in self._watches
        )

    def _tell_judged(self) -> None:
        self._judging_until = 0.0
        holding = [watched.spec.name for watched in self._watches if self._holds(watched)]
        self._channel.send({"say": "judged", "holding": holding})
        if not self._life:
            # What holds was told to nobody but the asker: it must fire for the life that follows.
            for watched in self._watches:
                watched.state = replace(watched.state, sightings=0, armed=True)

    def _holds(self, watched: Watched) -> bool:
        """Whether it does as far as can be seen; what is pending was seen at every look so far."""
        lives = bool(self._life) or watched.spec.kind not in ABOUT_LIVES
        return lives and watched.state.sightings > 0
