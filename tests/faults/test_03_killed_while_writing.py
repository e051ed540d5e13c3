"""3: whoever is killed in the middle of a word, two hundred times, holds up nobody."""

import json
import logging
import os
import random
import signal
import threading
import time
from multiprocessing import Pipe

import pytest

from traybot.shells.channel import Channel
from traybot.shells.hearing import heard

TIMES = 200
#: The engine may be held up no longer, whatever a writer's end.
SECONDS = 0.1


def test_a_killed_writer_never_holds_up_who_reads(caplog: pytest.LogCaptureFixture) -> None:
    """Whole documents count, a begun one is forgotten, reading never waits, the log goes on."""
    caplog.set_level(logging.INFO)
    dice, longest, whole = random.Random(3), 0.0, 0
    for number in range(TIMES):
        ours, theirs = Pipe(duplex=True)
        writer = os.fork()
        if writer == 0:
            _write_for_ever(Channel(theirs, patient=True))
        theirs.close()
        channel = Channel(ours, patient=False)
        channel.wait(5.0)
        threading.Event().wait(dice.random() * 0.002)  # at any instant, that is the point
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        while not channel.closed:
            began = time.monotonic()
            documents = channel.receive()
            longest = max(longest, time.monotonic() - began)
            whole += len(documents)
            assert all(document["say"] == "log" for document in documents)
            heard("routine", number, documents[0]) if documents else None
        channel.close()
    assert whole >= TIMES
    assert longest < SECONDS
    assert len(caplog.records) >= TIMES, "logging goes on"


def _write_for_ever(channel: Channel) -> None:
    text = json.dumps(list(range(50)))
    while channel.send({"say": "log", "level": "info", "text": text}):
        pass
    os._exit(0)
