"""Is an open file given away without waiting for who takes it?"""

import os
import sys
from contextlib import closing
from multiprocessing import Pipe, reduction

import pytest

from traybot.shells.channel import give_end, take_end

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="handles are given otherwise there")


def test_who_gives_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken later, also where multiprocessing would wait for an answer (macOS)."""
    monkeypatch.setattr(reduction, "ACKNOWLEDGE", True)
    (giver, taker), (near, far) = Pipe(duplex=True), Pipe(duplex=True)
    with closing(giver), closing(taker), closing(near):
        with closing(far):
            give_end(giver, far, os.getpid())
        assert not giver.poll(), "nobody has taken it"
        with closing(take_end(taker)) as taken:
            taken.send_bytes(b"hello")
        assert near.recv_bytes() == b"hello"
        assert not giver.poll(), "and nothing is answered"


def test_who_takes_hears_that_nobody_gives() -> None:
    """The end of the door is an `EOFError`, as for every pipe."""
    giver, taker = Pipe(duplex=True)
    giver.close()
    with closing(taker), pytest.raises(EOFError):
        take_end(taker)
