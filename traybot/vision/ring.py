"""Where do captured pixels lie? In a ring of slots that the X server writes and others may read.

One System V segment for each camera: a head of one page, then the slots. It is removed in the
moment in which it is made, so the kernel frees it with its last user, however that one ends; Linux
still lets others attach it by its number while anybody holds it. A slot whose picture is still
held by somebody in this process is not written again: to let another process read a picture in
peace, hold it meanwhile. Who reads without that compares the number before and after.
"""

import ctypes
import os
import struct
import time
import weakref
from ctypes import c_int, c_size_t, c_void_p
from dataclasses import dataclass
from functools import cache
from sys import getrefcount
from typing import Any, Final, TypeAlias

import numpy as np

from traybot.core.geometry import Rect
from traybot.text import _
from traybot.vision.pixels import Pixels

#: So many pictures can be held at a time without a copy. There is one slot more, never given away.
SLOTS: Final = 3
_PAGE: Final = 4096
_MARK: Final = b"traybot1"
#: The head: what it is, how many slots, bytes of each. Then a row for each slot: the number of its
#: picture (0: being written), when it was taken, where it was on the screen.
_HEAD: Final = struct.Struct("=8sIxxxxQ")
_ROW: Final = struct.Struct("=Qdiiii")
_NUMBER_BYTES: Final = 8
_ROW_BYTES: Final = 64
_CHANNELS: Final = 4
#: What `getrefcount` gives for a slot that nobody looks at: our list and its own argument.
_UNUSED: Final = 2
_IPC_PRIVATE, _IPC_CREAT, _IPC_RMID, _SHM_RDONLY = 0, 0o1000, 0, 0o10000
_FAILED: Final = c_void_p(-1).value

#: A segment as it lies in this process.
_Memory: TypeAlias = "ctypes.Array[ctypes.c_ubyte]"


class Ring:
    """The writer's end, for the thread that captures. `OSError` where there is no such memory."""

    def __init__(self, width: int, height: int) -> None:
        """Make room for pictures of up to so many pixels; pages cost memory once written."""
        self.slot_bytes = -(-width * height * _CHANNELS // _PAGE) * _PAGE
        size = _PAGE + (SLOTS + 1) * self.slot_bytes
        #: The segment's number, by which other processes attach it.
        self.id = _checked(_libc().shmget(_IPC_PRIVATE, size, _IPC_CREAT | 0o600))
        try:
            whole = _attach(self.id, size)
        finally:
            _libc().shmctl(self.id, _IPC_RMID, None)
        self._head = memoryview(whole).cast("B")[:_PAGE]
        self._numbers = self._head.cast("Q")
        # Each an array that stands by itself: numpy has every view of it hold on to it alone.
        starts = range(_PAGE, size, self.slot_bytes)
        self._slots = [_part(whole, start, self.slot_bytes) for start in starts]
        self._number = 0
        self._at = 0.0
        _HEAD.pack_into(self._head, 0, _MARK, SLOTS + 1, self.slot_bytes)

    def fits(self, rect: Rect) -> bool:
        """Whether a picture of this size has room in a slot."""
        return rect.width * rect.height * _CHANNELS <= self.slot_bytes

    def offset(self, slot: int) -> int:
        """Where a slot begins, in bytes of the segment."""
        return _PAGE + slot * self.slot_bytes

    def begin(self) -> int:
        """Give the slot to be written next: one that nobody here looks at, or the spare one.

        The first such slot, not the next in turn: its memory is still in the processor's cache.
        """
        slots = self._slots
        for slot in range(SLOTS):
            if getrefcount(slots[slot]) <= _UNUSED:
                break
        else:
            slot = SLOTS
        self._numbers[_row(slot) // _NUMBER_BYTES] = 0
        self._at = time.monotonic()
        return slot

    def end(self, slot: int, rect: Rect) -> Pixels:
        """Give the picture of `rect` that was written into the slot as rows of BGRA."""
        self._number += 1
        width, height = rect.width, rect.height
        _ROW.pack_into(
            self._head, _row(slot), self._number, self._at, rect.x, rect.y, width, height
        )
        pixels = self._slots[slot][: width * height * _CHANNELS].reshape(height, width, _CHANNELS)
        return pixels.copy() if slot == SLOTS else pixels


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A picture in another process's ring; true as long as `RingReader.holds` says so."""

    pixels: Pixels
    rect: Rect
    at: float
    number: int
    slot: int


class RingReader:
    """The end of another process. `OSError` if nobody holds the segment any more."""

    def __init__(self, number: int) -> None:
        """Attach the segment of this number, to read only."""
        mark, slots, slot_bytes = _HEAD.unpack_from(_attach(number, _PAGE, _SHM_RDONLY))
        if mark != _MARK:
            raise OSError(
                _("the shared memory {number} is no ring of pictures").format(number=number)
            )
        whole = _attach(number, _PAGE + slots * slot_bytes, _SHM_RDONLY)
        self._head = memoryview(whole).cast("B")[:_PAGE]
        self._numbers = self._head.cast("Q")
        self._slots = [_part(whole, _PAGE + slot * slot_bytes, slot_bytes) for slot in range(slots)]
        for slot in self._slots:
            slot.flags.writeable = False

    def newest(self) -> Seen | None:
        """Give the picture that was taken last, uncopied; None before the first."""
        seen = [self._seen(slot) for slot in range(len(self._slots))]
        return max(filter(None, seen), key=lambda one: one.number, default=None)

    def holds(self, seen: Seen) -> bool:
        """Whether its pixels are still those that were there; ask after they were used."""
        return self._numbers[_row(seen.slot) // _NUMBER_BYTES] == seen.number

    def _seen(self, slot: int) -> Seen | None:
        number, at, *place = _ROW.unpack_from(self._head, _row(slot))
        if not number:
            return None
        rect = Rect(*place)
        return Seen(_shaped(self._slots[slot], rect), rect, at, number, slot)


def _row(slot: int) -> int:
    return _ROW_BYTES * (slot + 1)


def _shaped(memory: Pixels, rect: Rect) -> Pixels:
    width, height = rect.width, rect.height
    return memory[: width * height * _CHANNELS].reshape(height, width, _CHANNELS)


def _part(whole: _Memory, start: int, size: int) -> Pixels:
    return np.frombuffer(memoryview(whole), np.uint8, size, start)


def _attach(number: int, size: int, flags: int = 0) -> _Memory:
    """Map a segment; it stays mapped as long as an array looks into it."""
    address = _libc().shmat(number, None, flags)
    if address == _FAILED:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    whole = (ctypes.c_ubyte * size).from_address(address)
    # At the exit of the process there may still be arrays; the kernel unmaps it then.
    weakref.finalize(whole, _libc().shmdt, c_void_p(address)).atexit = False
    return whole


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


@cache
def _libc() -> Any:  # noqa: ANN401  a C library
    lib = ctypes.CDLL(None, use_errno=True)
    lib.shmget.argtypes, lib.shmget.restype = [c_int, c_size_t, c_int], c_int
    lib.shmat.argtypes, lib.shmat.restype = [c_int, c_void_p, c_int], c_void_p
    lib.shmdt.argtypes, lib.shmdt.restype = [c_void_p], c_int
    lib.shmctl.argtypes, lib.shmctl.restype = [c_int, c_int, c_void_p], c_int
    return lib
