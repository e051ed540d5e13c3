"""How does a life talk with daemon and hands? It parks when told, and asks for every press."""

import json
import os
import time
from typing import Any

from traybot.errors import TraybotError
from traybot.shells.channel import Channel, End, is_stream
from traybot.shells.memory import GO, LEAVE
from traybot.shells.share import ShareAddress, ShareView
from traybot.text import with_both
from traybot.workers.birth import Birth
from traybot.workers.doings import Doings

#: Who has lost the daemon is ended by its guard well within that time.
_ALONE_SECONDS = 5.0
#: How often a press that is refused for want of focus is tried again.
_RETRY_SECONDS = 0.05


class Left(BaseException):
    """Raised inside the author's code by the next call of ours, so that `finally` blocks run.

    Not an Exception, so that `except Exception` does not swallow it.
    """


class Line:
    """One life's two lines. One thread at a time: the one that runs the author's code."""

    def __init__(self, birth: Birth, channel: Channel) -> None:
        """Take over both pipes."""
        self._life = birth.life
        self._memory = birth.memory
        self._channel = channel
        self._hands = HandsEnd(birth.hands) if birth.hands else None
        self.share = ShareView(birth.share)
        self._blocked = ""
        self._parked = 0.0
        #: What the bot did last.
        self.doings = Doings(birth.memory)
        # The life before may have been ended in a sleep, of which it had said when it will wake.
        self._memory.heartbeat.value = time.monotonic()
        #: What the open `hold` blocks asked for, in order.
        self._holds: list[dict[str, Any]] = []

    def tell(self, document: dict[str, Any]) -> None:
        """Say something to the daemon."""
        self._channel.send(document)

    def log(self, text: str) -> None:
        """Write a line into the daemon's log."""
        self._channel.log(text)

    def checkpoint(self) -> None:
        """Stand still here if the daemon says so; raise `Left` if it asks us to leave."""
        self._memory.heartbeat.value = time.monotonic()
        if self._memory.pause.value != GO:
            self._park()

    def _park(self) -> None:
        if self._memory.pause.value == LEAVE:
            raise Left
        began = time.monotonic()
        self._channel.send({"say": "parked"})
        while self._memory.pause.value != GO:
            self._channel.wait(None)
            self._listen()
            if self._memory.pause.value == LEAVE or self._channel.closed:
                raise Left
        self._memory.heartbeat.value = time.monotonic()
        self._parked += self._memory.heartbeat.value - began
        # The pause let go of what was held; whoever is inside a `hold` block counts on it.
        for request in self._holds:
            self.ask_hands(dict(request))

    def playing_time(self) -> float:
        """Give a clock in seconds that stands still while the life is parked."""
        return time.monotonic() - self._parked

    def _listen(self) -> None:
        for document in self._channel.receive():
            if document.get("do") == "share":
                self.share.move(ShareAddress(document["address"], bytes.fromhex(document["key"])))

    def sleep(self, seconds: float) -> None:
        """Sleep, but park or leave at once when told to; paused time does not count."""
        self.checkpoint()
        left = seconds
        while left > 0:
            began = time.monotonic()
            self._memory.heartbeat.value = began + left
            woken = self._channel.wait(left)
            left -= time.monotonic() - began
            self._memory.heartbeat.value = time.monotonic()
            if woken:
                self._listen()
                self.checkpoint()

    def ask_hands(self, request: dict[str, Any]) -> dict[str, Any]:
        """Have hands do something; waits while the gate is closed or the window is not in front."""
        while True:
            self.checkpoint()
            answer = self._hands_answer(request)
            refused = answer.get("no")
            if refused is None:
                self._unblock()
                return answer
            if refused == "wrong":
                raise TraybotError(str(answer.get("why")))
            if refused in {"focus", "screen"}:
                self._block(str(answer.get("why")))
            self.sleep(_RETRY_SECONDS)

    def hold(self, request: dict[str, Any]) -> None:
        """Have hands press something that is held until `release`, pauses left out."""
        self.ask_hands(dict(request))
        self._holds.append(request)

    def release(self, request: dict[str, Any], held: dict[str, Any]) -> None:
        """Have hands let go of what `hold` pressed: never waits for a gate, never raises."""
        self._holds.remove(held)
        self._hands_answer(request)

    def _hands_answer(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._hands is None:
            return {"no": "wrong", "why": "cannot send input: this life has no hands"}
        return self._hands.ask(request)

    def _block(self, why: str) -> None:
        if why != self._blocked:
            self._blocked = why
            self._channel.send({"say": "blocked", "why": why})

    def _unblock(self) -> None:
        if self._blocked:
            self._blocked = ""
            self._channel.send({"say": "blocked", "why": ""})


class HandsEnd:
    """Questions and answers with hands, numbered, so that an answer that came late fits nothing."""

    def __init__(self, end: End) -> None:
        self._end = end
        #: None where pipes keep messages whole (Windows).
        self._fd = end.fileno() if is_stream(end) else None
        self._number = 0
        self._rest = b""

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Ask, wait for the answer; ask again if hands was lost in between.

        Under the same number: the next hands may find the first question unread, and does it once.
        """
        self._number += 1
        request["n"] = self._number
        while True:
            self._write(json.dumps(request, separators=(",", ":")).encode() + b"\n")
            answer = self._answer()
            if answer is not None:
                return answer

    def _answer(self) -> dict[str, Any] | None:
        """Wait for the answer to the present number; None if hands was replaced meanwhile."""
        while True:
            while b"\n" in self._rest:
                line, _, self._rest = self._rest.partition(b"\n")
                answer: dict[str, Any] = with_both(json.loads(line))
                if answer.get("lost"):
                    return None
                if answer.get("n") == self._number:
                    return answer
            chunk = self._read()
            if not chunk:
                # The daemon is gone; so are we, in a moment.
                time.sleep(_ALONE_SECONDS)
                raise Left
            self._rest += chunk

    def close(self) -> None:
        """Hang up: hands then lets go of what this life holds."""
        self._end.close()

    def _write(self, line: bytes) -> None:
        if self._fd is None:
            self._end.send_bytes(line)
        else:
            os.write(self._fd, line)

    def _read(self) -> bytes:
        """Wait for what hands says; nothing once nobody can say anything any more."""
        if self._fd is not None:
            return os.read(self._fd, 65536)
        try:
            return self._end.recv_bytes()
        except EOFError:
            return b""
