"""Does one lasting thread do all jobs, in order, whatever one of them does?"""

import logging
import threading

import pytest

from tests.desktop import eventually
from traybot.shells.launcher import Launcher


def test_jobs_run_in_order_on_one_thread() -> None:
    """Every job runs on the same thread, which is not the caller's, one after the other."""
    launcher, ran = Launcher("test"), []
    for number in range(50):
        launcher.submit(lambda number=number: ran.append((number, threading.get_ident())))  # type: ignore[misc]
    launcher.stop(10.0)
    assert [number for number, _ in ran] == list(range(50))
    assert {ident for _, ident in ran}.isdisjoint({threading.get_ident()})
    assert len({ident for _, ident in ran}) == 1


def test_a_failing_job_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """A job that fails is logged with its cause; the thread goes on with the next job."""
    launcher, done = Launcher("test"), threading.Event()

    def fail() -> None:
        raise OSError("no more processes")

    with caplog.at_level(logging.ERROR):
        launcher.submit(fail)
        launcher.submit(done.set)
        assert done.wait(10.0)
        launcher.stop(10.0)
    assert "no more processes" in caplog.text
    assert "a job failed" in caplog.text


def test_a_stop_waits_for_what_was_submitted_but_not_for_ever() -> None:
    """Jobs before the stop are done; one that hangs is not waited for longer than said."""
    launcher, release, done = Launcher("test"), threading.Event(), threading.Event()

    def hang() -> None:
        release.wait(10.0)

    launcher.submit(hang)
    launcher.submit(done.set)
    launcher.stop(0.01)
    assert not done.is_set()
    release.set()
    assert done.wait(10.0)
    eventually(lambda: "test" not in [thread.name for thread in threading.enumerate()])
