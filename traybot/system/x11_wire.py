"""How are questions put to an X server fast, if it may die or freeze at any moment? By its socket.

Xlib ends the whole process when the server goes away; libxcb through ctypes and python-xlib need
longer for their own part of a question than the server for its answer. The few requests that seeing
needs are written out as the X protocol has them, and cost one `send` and one `recv`. Whatever
happens to the server is an `XLost` within `ANSWER_SECONDS`.
"""

import itertools
import logging
import os
import socket
import struct
import sys
from pathlib import Path
from typing import Any, NamedTuple

from Xlib.error import DisplayError

from traybot.system.x11_authority import get_auth, get_display
from traybot.text import _

#: A server that takes longer for an answer counts as lost: a frozen one must not freeze us. Twice
#: this is still less than a deathwatch has to answer the daemon.
ANSWER_SECONDS = 0.75

_log = logging.getLogger(__name__)

_CHANGE_ATTRIBUTES, _GET_GEOMETRY, _INPUT_FOCUS, _QUERY_EXTENSION = 2, 14, 43, 98
_CW_EVENT_MASK = 0x800
_ERROR, _REPLY, _GENERIC_EVENT = 0, 1, 35
_PACKET = 32
_CHUNK = 1 << 16
#: By its name: a type checker knows it on POSIX only.
_AT_ONCE: int = getattr(socket, "MSG_DONTWAIT", 0)
#: The fixed part of what the server says of itself, and of a screen, in bytes.
_SETUP_HEAD, _SETUP, _SCREEN, _DEPTH, _VISUAL, _FORMAT = 8, 40, 40, 8, 24, 8


class XLost(Exception):
    """The server is gone, does not answer, or was never there; the connection is of no more use."""


class XSilent(XLost):
    """The server is there and does not answer in time."""


class XRefused(Exception):
    """The server answered with an error; the connection goes on."""

    def __init__(self, code: int) -> None:
        """`code` as the protocol numbers errors."""
        super().__init__(_("the X server refused (error {code})").format(code=code))
        self.code = code


class XRemote(Exception):
    """The server is not on this machine."""


class Extension(NamedTuple):
    """Where the server has put an extension's requests and events."""

    opcode: int
    first_event: int


class Wire:
    """One connection to a server on this machine, for the thread that made it."""

    def __init__(self, display: str | None = None) -> None:
        """Connect to `display`, or to the one of the environment; `XLost`, `XRemote`."""
        self._rest = b""
        self._events: list[bytes] = []
        self._sent = 0
        self._chunk = bytearray(_CHUNK)
        self._socket, auth, screen = _connected(display)
        try:
            self._read_setup(self._greet(*auth), screen)
        except BaseException:
            self.close()
            raise

    def fileno(self) -> int:
        """Something to wait for: events arrive here. Call `events` before each wait."""
        return self._socket.fileno()

    def new_id(self) -> int:
        """Give a number for something that we are about to make in the server."""
        number: int = next(self._ids)
        return number

    def extension(self, name: str) -> Extension | None:
        """Ask where an extension is; None where the server has none of this name."""
        data = name.encode()
        padded = data + b"\0" * (-len(data) % 4)
        words = 2 + len(padded) // 4
        answer = self.ask(struct.pack("=BxHHxx", _QUERY_EXTENSION, words, len(data)) + padded)
        there, opcode, first = answer[8], answer[9], answer[10]
        return Extension(opcode, first) if there else None

    def listen(self, window: int, mask: int) -> None:
        """Ask for events about a window."""
        self.tell(struct.pack("=BxHIII", _CHANGE_ATTRIBUTES, 4, window, _CW_EVENT_MASK, mask))

    def size(self, window: int) -> tuple[int, int]:
        """Ask for the width and height of a window in pixels."""
        answer = self.ask(struct.pack("=BxHI", _GET_GEOMETRY, 2, window))
        width, height = struct.unpack_from("=HH", answer, 16)
        return width, height

    def tell(self, request: bytes) -> None:
        """Send a request that has no answer and wait until it is done; `XRefused`, `XLost`."""
        self.send(request)
        told = self._sent
        self.send(struct.pack("=BxH", _INPUT_FOCUS, 1))
        self._await(refusals_from=told)

    def ask(self, request: bytes | bytearray, requests: int = 1) -> bytes:
        """Send a request and give its whole answer; `XRefused`, `XLost`.

        It may be several in a row, of which the last is answered; `requests` says how many.
        """
        self.send(request)
        self._sent += requests - 1
        return self._await(refusals_from=self._sent)

    def ask_each(self, requests: bytes, count: int) -> list[bytes]:
        """Send so many requests in a row and give the answer to each; `XRefused`, `XLost`."""
        self.send(requests)
        self._sent += count - 1
        answers: list[bytes] = []
        refused = None
        for _one in range(count):
            while (packet := self._next_packet())[0] not in {_REPLY, _ERROR}:
                self._events.append(packet)
            if packet[0] == _ERROR:
                refused = XRefused(packet[1])
            answers.append(packet)
        if refused is not None:
            raise refused
        return answers

    def ask_shortly(self, request: bytes | bytearray) -> None:
        """Send a request and wait for its answer, whose content does not matter."""
        self.send(request)
        if not self._rest:
            got = self._receive()
            chunk = self._chunk
            if got == _PACKET and chunk[0] == _REPLY and chunk[4:8] == b"\0\0\0\0":
                return  # the usual case: one answer and no event
            self._rest = bytes(chunk[:got])
        self._await(refusals_from=self._sent)

    def send(self, request: bytes | bytearray) -> None:
        """Send a request, and wait for nothing."""
        try:
            self._socket.sendall(request)
        except OSError as error:
            raise _lost(error) from error
        self._sent += 1

    def _await(self, refusals_from: int) -> bytes:
        """Give the answer to the last request; events that come before it are put aside."""
        while True:
            packet = self._next_packet()
            number = (
                self._sent - (self._sent - int.from_bytes(packet[2:4], sys.byteorder)) % 0x10000
            )
            if packet[0] == _REPLY and number == self._sent:
                return packet
            if packet[0] != _ERROR:
                self._events.append(packet)
            elif number >= refusals_from:
                refused = XRefused(packet[1])
                if number < self._sent:
                    self._await(self._sent)
                raise refused
            else:
                _log.debug("the X server refused request %s by error %s", number, packet[1])

    def events(self) -> list[bytes]:
        """Give the events that have come, 32 bytes each; `XLost` once the server is gone."""
        try:
            while got := self._socket.recv_into(self._chunk, 0, _AT_ONCE):
                self._rest += self._chunk[:got]
        except BlockingIOError:
            pass
        except OSError as error:
            raise _lost(error) from error
        else:
            raise XLost(_("the connection to the X server was lost"))
        while len(self._rest) >= _PACKET:
            packet = self._next_packet()
            if packet[0] not in {_REPLY, _ERROR}:
                self._events.append(packet)
        return self.queued()

    def queued(self) -> list[bytes]:
        """Give the events that came with earlier answers; costs nothing."""
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        """Disconnect; may be called twice."""
        self._socket.close()

    def _next_packet(self) -> bytes:
        """Give the next answer, error or event, whole."""
        need = _PACKET
        while True:
            if len(self._rest) >= need:
                if need == _PACKET and self._rest[0] & 0x7F in {_REPLY, _GENERIC_EVENT}:
                    need += 4 * int.from_bytes(self._rest[4:8], sys.byteorder)
                if len(self._rest) >= need:
                    packet, self._rest = self._rest[:need], self._rest[need:]
                    return packet
            self._rest += self._chunk[: self._receive()]

    def _receive(self) -> int:
        """Wait for bytes; give how many are in the chunk now."""
        try:
            got = self._socket.recv_into(self._chunk)
        except OSError as error:
            raise _lost(error) from error
        if not got:
            raise XLost(_("the connection to the X server was lost"))
        return got

    def _greet(self, auth_name: bytes, auth_data: bytes) -> bytes:
        """Say who we are; give what the server says of itself."""
        order = b"l" if sys.byteorder == "little" else b"B"
        head = struct.pack("=cxHHHHxx", order, 11, 0, len(auth_name), len(auth_data))
        self.send(head + _padded(auth_name) + _padded(auth_data))
        self._sent = 0
        while len(self._rest) < _SETUP_HEAD:
            self._rest += self._chunk[: self._receive()]
        size = _SETUP_HEAD + 4 * int.from_bytes(self._rest[6:8], sys.byteorder)
        while len(self._rest) < size:
            self._rest += self._chunk[: self._receive()]
        said, self._rest = self._rest[:size], self._rest[size:]
        if said[0] != 1:
            why = said[_SETUP_HEAD : _SETUP_HEAD + said[1]].decode("latin-1").strip()
            raise XLost(_("the X server turned us away: {why}").format(why=why))
        return said

    def _read_setup(self, said: bytes, number: int) -> None:
        """Learn the root window of a screen, and how its pixels lie in memory."""
        base, mask = struct.unpack_from("=II", said, 12)
        step = mask & -mask
        self._ids = itertools.count(base, step)
        vendor, formats = struct.unpack_from("=H", said, 24)[0], said[29]
        at = _SETUP + vendor + -vendor % 4
        bits = {said[at + _FORMAT * one]: said[at + _FORMAT * one + 1] for one in range(formats)}
        at += _FORMAT * formats
        for _skipped in range(number):
            depths = said[at + 39]
            at += _SCREEN
            for _depth in range(depths):
                at += _DEPTH + _VISUAL * struct.unpack_from("=H", said, at + 2)[0]
        self.root: int = struct.unpack_from("=I", said, at)[0]
        self.depth: int = said[at + 38]
        self.bits_per_pixel = bits.get(self.depth, 0)
        self.low_byte_first = said[30] == 0


def _connected(display: str | None) -> tuple[socket.socket, tuple[bytes, bytes], int]:
    """Open the socket; give it, what to show at the door, and the number of the screen."""
    try:
        name, protocol, host, number, screen = get_display(display)
    except DisplayError as error:
        raise XLost(_("DISPLAY names no X server")) from error
    if host not in {None, "", "unix"}:
        raise XRemote(_("the X server {name} is on another machine").format(name=name))
    place = Path("/tmp/.X11-unix", f"X{number}")  # noqa: S108  X's own place, not ours
    family: int = vars(socket)["AF_UNIX"]  # by name: on Windows a type checker knows none
    wire = socket.socket(family, socket.SOCK_STREAM)
    try:
        patience = struct.pack("ll", int(ANSWER_SECONDS), int(ANSWER_SECONDS % 1 * 1e6))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            wire.setsockopt(socket.SOL_SOCKET, option, patience)
        wire.connect(os.fspath(place) if place.exists() else f"\0{place}")
        shown: Any = get_auth  # its stub wants a narrower type of protocol than is read above
        return wire, shown(wire, name, protocol, host, number), screen
    except OSError as error:
        wire.close()
        raise _lost(error) from error


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def _lost(error: OSError) -> XLost:
    if isinstance(error, BlockingIOError):
        return XSilent(_("the X server does not answer"))
    why = error.strerror or _("the connection to the X server was lost")
    return XLost(why)
