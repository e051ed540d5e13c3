"""What follows when a watch has concluded something? Each `then`, and recoveries of all sorts."""

from collections.abc import Iterator

import pytest

from tests.desktop import Desktop, eventually
from tests.e2e.painter import COIN, SKULL, Painter, painter
from tests.e2e.shared import IDLE, SharedDaemon, on, shared_daemon, watch
from tests.running import x_keys

pytestmark = pytest.mark.e2e

SKULL_HERE, COIN_HERE = (50, 40, SKULL), (150, 120, COIN)
RECOVERY = '[recovery]\nrun = "routine:revive"\n'
REVIVES = f"{IDLE}\ndef revive(bot):\n    bot.count('revivals')\n"
#: Its recovery ends when it sees the coin, and so never by itself.
WAITS = f"{REVIVES}    bot.screen.wait('coin.png', timeout=30)\n"
HOLDS_KEYS = """
def play(bot):
    with bot.keys.hold("a", "shift"), bot.mouse.hold("right"):
        while True: pass
"""
READS = """
def play(bot):
    while True:
        for message in bot.messages:
            assert message["score"] > 0.9, message
            bot.count(message["watch"] + " " + message["why"])
        bot.count("rounds")
        bot.sleep(0.02)
"""


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


def death(**options: object) -> str:
    """Give a watch for the skull."""
    return watch("death", see="skull.png", **options)


def test_stop_ends_the_run_and_lets_go(daemon: SharedDaemon, canvas: Painter) -> None:
    """A routine that spins with keys held is gone in a moment, and nothing is held any more."""
    with x_keys() as keys, daemon.playing(on(canvas, death(then="stop")), HOLDS_KEYS):
        eventually(lambda: len(keys.held()) == 3, 10.0, "two keys and a button held")
        canvas.paint(SKULL_HERE)
        verdict = daemon.heard("verdict", watch="death", then="stop", acted=True)
        gone = daemon.heard("gone", child="routine", ending="killed", watch="death")
        assert daemon.heard("stopped")["why"] == "death was seen"
        assert len(keys.held()) == 0
        assert daemon.status()["phase"] == "idle"
    assert verdict["latency_ms"] <= verdict["gate_ms"] < gone["seen_to_gone_ms"] < 1000


def test_pause_waits_for_the_user(daemon: SharedDaemon, canvas: Painter) -> None:
    """It pauses, says so, and plays on with the same life only when the picture is gone."""
    with daemon.playing(on(canvas, death(then="pause"))):
        canvas.paint(SKULL_HERE)
        assert "death was seen" in daemon.heard("notice")["text"]
        assert daemon.heard("paused", by="verdict")
        life = daemon.status()["life"]
        refused = daemon.ask("resume")
        assert not refused["ok"]
        assert "death was seen" in refused["text"]
        assert daemon.status()["phase"] == "paused"
        canvas.paint()
        assert daemon.ask("resume")["ok"]
        daemon.go_round()
        assert daemon.status()["life"] == life


@pytest.mark.parametrize("then", ["restart", "recover"])
def test_restart_begins_a_new_life(daemon: SharedDaemon, canvas: Painter, then: str) -> None:
    """The routine starts anew at once; without a [recovery] `recover` means the same."""
    with daemon.playing(on(canvas, death(then=then))):
        canvas.paint(SKULL_HERE)
        verdict = daemon.heard("verdict", acted=True)
        assert daemon.heard("running")["life"] == verdict["life"] + 1
        daemon.go_round()
        assert daemon.status()["deaths"] == 1
        assert not daemon.told("backoff")


def test_recover_runs_the_recovery_first(daemon: SharedDaemon, canvas: Painter) -> None:
    """The recovery plays until it ends, then a new life of the routine begins."""
    with daemon.playing(on(canvas, death(then="recover"), RECOVERY), WAITS):
        before = daemon.counted("revivals")
        canvas.paint(SKULL_HERE)
        daemon.heard("recovering")
        eventually(lambda: daemon.counted("revivals") == before + 1, 10.0, "the recovery")
        assert daemon.status()["phase"] == "recovering"
        canvas.paint(COIN_HERE)
        daemon.heard("recovered", watch="death")
        daemon.heard("running")
        assert daemon.status()["deaths"] == 1
        assert daemon.counted("revivals") == before + 1


def test_notify_tells_the_user_and_changes_nothing(daemon: SharedDaemon, canvas: Painter) -> None:
    """The same life plays on."""
    with daemon.playing(on(canvas, death(then="notify"))):
        life = daemon.heard("running")["life"]
        canvas.paint(SKULL_HERE)
        assert daemon.heard("notice")["text"].endswith(": death was seen")
        daemon.go_round()
        assert daemon.status()["life"] == life


def test_send_leaves_a_message_for_the_routine(daemon: SharedDaemon, canvas: Painter) -> None:
    """The routine reads which watch saw what, once for each verdict."""
    with daemon.playing(on(canvas, death(then="send")), READS):
        daemon.go_round()
        for times in (1, 2):
            canvas.paint(SKULL_HERE)
            daemon.until_counted("death skull.png", times)
            canvas.paint()
            daemon.go_round()
        assert daemon.counted("death skull.png") == 2


@pytest.mark.parametrize("hold", ["0s", "1200ms"])
def test_a_recovery_that_does_not_help_is_tried_again(
    daemon: SharedDaemon, canvas: Painter, hold: str
) -> None:
    """A picture that stays makes the recovery fail, by its own reason; once it goes, play goes on.

    So it does where a death takes longer to be confirmed than a recovery takes to be judged.
    """
    with daemon.playing(on(canvas, death(then="recover", hold=hold), RECOVERY), REVIVES):
        before = daemon.counted("revivals")
        canvas.paint(SKULL_HERE)
        failed = daemon.heard("recovery_failed")
        assert failed["why"] == "death still holds after the recovery"
        backoff = daemon.heard("backoff", why=failed["why"])
        assert backoff["seconds"] == 0.5
        canvas.paint()
        again = daemon.heard("recovering")
        assert again["t"] - backoff["t"] >= 0.5
        daemon.heard("recovered", watch="death")
        daemon.heard("running")
        assert daemon.status()["deaths"] == 1
        assert daemon.counted("revivals") == before + 2


def test_a_recovery_that_takes_too_long_has_failed(daemon: SharedDaemon, canvas: Painter) -> None:
    """It is ended after its timeout, and tried again."""
    settings = on(canvas, death(then="recover"), RECOVERY + 'timeout = "1500ms"\n')
    with daemon.playing(settings, WAITS):
        canvas.paint(SKULL_HERE)
        assert daemon.heard("recovery_failed")["why"] == "the recovery took too long"
        canvas.paint(COIN_HERE)
        daemon.heard("recovered")


def test_too_many_deaths_are_given_up(daemon: SharedDaemon, canvas: Painter) -> None:
    """At `max_deaths` the phase is `failed`, with one notice."""
    limits = "[limits]\nmax_deaths = 3\n"
    gone = watch("gone", see="skull.png", absent=True, then="send")
    with daemon.playing(on(canvas, death(then="restart"), gone, limits)):
        for _ in range(2):
            canvas.paint(SKULL_HERE)
            daemon.heard("verdict", acted=True)
            daemon.heard("running")
            canvas.paint()
            daemon.heard("verdict", watch="gone")
        canvas.paint(SKULL_HERE)
        assert "3 deaths" in daemon.heard("failed")["why"]
        status = daemon.reach("failed")
        assert status["deaths"] == 3
        notice = daemon.heard("notice")["text"]
        assert "has failed: 3 deaths" in notice
        assert [one["text"] for one in daemon.told("notice")] == [notice]
