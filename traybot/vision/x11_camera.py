"""How do pixels come off an X11 screen without a copy? The server writes them into our ring.

One request, one answer: MIT-SHM's GetImage of the root window, so whatever lies on the screen is
seen, dialogs of other programs too. The screen's size and monitors are asked for once; after that
the server itself tells when they change, always before the first answer that shows the change.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager

from traybot.core.geometry import Rect
from traybot.errors import BackendUnavailable, CaptureError, ScreenSilent
from traybot.system.x11_wire import Extension, Wire, XLost, XRefused, XRemote, XSilent
from traybot.text import _
from traybot.vision.camera import Layout, remedy
from traybot.vision.pixels import Pixels
from traybot.vision.ring import Ring

_SHM_ATTACH, _SHM_DETACH, _SHM_GET_IMAGE = 1, 2, 4
_RANDR_VERSION, _RANDR_SELECT, _RANDR_MONITORS = 0, 4, 42
#: RandR's ScreenChange and CrtcChange; the root's own StructureNotify, of which ConfigureNotify
#: tells the size where there is no RandR.
_RANDR_EVENTS, _STRUCTURE_NOTIFY, _CONFIGURE_NOTIFY = 0b11, 1 << 17, 22
_Z_PIXMAP, _ALL_PLANES = 2, 0xFFFFFFFF
#: Below this version RandR knows no monitors.
_RANDR_WANTED = (1, 5)
#: Blue, green, red and a byte that means nothing: what all our code takes a picture to be.
_DEPTHS, _BITS = (24, 32), 32
#: The parts of a request for a picture that change: where, and the place in the segment.
_SHOT, _OFFSET = struct.Struct("=hhHH"), struct.Struct("=I")
_MONITOR = struct.Struct("=IBBHhhHHII")


class X11Camera:
    """Takes pictures of an X screen; for the thread that made it.

    A picture stays as it is for as long as it is held: `vision.ring` says how.
    """

    def __init__(self, display: str | None = None) -> None:
        """Connect to `display`, or to the one that the environment names.

        `CaptureError` where no server answers; `BackendUnavailable` where this one shares no
        memory with us (on another machine, in another container) or keeps pixels in another way.
        """
        with _explained():
            self._x = Wire(display)
        self._ring: Ring | None = None
        self._segment = 0
        self._rect: Rect | None = None
        self._layout: Layout | None = None
        self._shot = bytearray(32)
        try:
            with _explained():
                self._shm = self._prepared()
                # Only now it shows whether the server can see memory of ours.
                self._new_ring(Rect(0, 0, 1, 1))
        except BaseException:
            self._x.close()
            raise

    def _prepared(self) -> Extension:
        x = self._x
        shm, randr = x.extension("MIT-SHM"), x.extension("RANDR")
        if shm is None:
            raise _unsuitable(_("the X server shares no memory"))
        if x.depth not in _DEPTHS or x.bits_per_pixel != _BITS or not x.low_byte_first:
            raise _unsuitable(_("its pixels are of an unusual kind"))
        x.listen(x.root, _STRUCTURE_NOTIFY)
        self._randr = randr if randr and self._knows_monitors(randr) else None
        return shm

    def _knows_monitors(self, randr: Extension) -> bool:
        answer = self._x.ask(struct.pack("=BBHII", randr.opcode, _RANDR_VERSION, 3, *_RANDR_WANTED))
        select = struct.pack(
            "=BBHIHxx", randr.opcode, _RANDR_SELECT, 3, self._x.root, _RANDR_EVENTS
        )
        self._x.tell(select)
        return struct.unpack_from("=II", answer, 8) >= _RANDR_WANTED

    def layout(self) -> Layout:
        """Give the present size of the screen; asks only when the server has told of a change."""
        with _explained():
            self._hear(self._x.events())
            if self._layout is None:
                width, height = self._x.size(self._x.root)
                whole = Rect(0, 0, width, height)
                self._layout = Layout(whole, tuple(self._monitors()) or (whole,))
            return self._layout

    def outdated(self) -> bool:
        """Whether the server told of another layout before it gave the last picture."""
        events = self._x.queued()
        if events:
            self._hear(events)
        return self._layout is None

    def _hear(self, events: list[bytes]) -> None:
        """Forget the layout if one of these events speaks against it."""
        for event in events:
            kind = event[0] & 0x7F
            by_randr = self._randr is not None and kind - self._randr.first_event in {0, 1}
            if kind == _CONFIGURE_NOTIFY or by_randr:
                self._layout = None

    def _monitors(self) -> Iterator[Rect]:
        """Ask for the monitors that are on, the first one first."""
        if self._randr is None:
            return
        head = struct.pack("=BBHIBxxx", self._randr.opcode, _RANDR_MONITORS, 3, self._x.root, 1)
        answer = self._x.ask(head)
        at, monitors = 32, []
        for _count in range(struct.unpack_from("=I", answer, 12)[0]):
            _name, first, _auto, outputs, x, y, width, height, *_size = _MONITOR.unpack_from(
                answer, at
            )
            at += _MONITOR.size + 4 * outputs
            monitors.append((not first, Rect(x, y, width, height)))
        yield from (rect for _later, rect in sorted(monitors, key=lambda one: one[0]))

    def take(self, rect: Rect) -> Pixels:
        """Take a picture, uncopied unless many are held."""
        try:
            ring = self._ring
            if ring is None or not ring.fits(rect):
                ring = self._new_ring(rect)
            if rect is not self._rect:
                self._rect = rect
                _SHOT.pack_into(self._shot, 8, rect.x, rect.y, rect.width, rect.height)
            slot = ring.begin()
            _OFFSET.pack_into(self._shot, 28, ring.offset(slot))
            self._x.ask_shortly(self._shot)
            return ring.end(slot, rect)
        except (XLost, XRefused) as error:
            raise _cannot(error) from error

    @property
    def ring_id(self) -> int | None:
        """The number by which `vision.ring.RingReader` finds our pictures in another process."""
        return self._ring.id if self._ring else None

    def _new_ring(self, rect: Rect) -> Ring:
        """Make memory for pictures of the whole screen, and show it to the server."""
        self._let_go_of_ring()
        width, height = self._x.size(self._x.root)
        try:
            ring = Ring(max(width, rect.width), max(height, rect.height))
        except OSError as error:
            raise _unsuitable(f"{error}") from error
        segment = self._x.new_id()
        try:
            self._x.tell(
                struct.pack("=BBHIIxxxx", self._shm.opcode, _SHM_ATTACH, 4, segment, ring.id)
            )
        except XRefused as refused:
            raise _unsuitable(_("the X server cannot share memory with us")) from refused
        self._ring, self._segment, self._rect = ring, segment, None
        self._shot = bytearray(
            struct.pack(
                "=BBHI8xIBxxxIxxxx",
                self._shm.opcode,
                _SHM_GET_IMAGE,
                8,
                self._x.root,
                _ALL_PLANES,
                _Z_PIXMAP,
                segment,
            )
        )
        return ring

    def _let_go_of_ring(self) -> None:
        """Have the server forget our memory; pictures that are held keep theirs."""
        if self._ring is not None:
            self._x.tell(struct.pack("=BBHI", self._shm.opcode, _SHM_DETACH, 2, self._segment))
            self._ring = None

    def close(self) -> None:
        """Let go of connection and memory; pictures that are held stay."""
        self._ring = None
        self._x.close()


def _unsuitable(why: str) -> BackendUnavailable:
    what = _("cannot take pictures by shared memory: {why}").format(why=why)
    return BackendUnavailable(what, _("mss is used instead, at a third of the speed"))


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the server said, or that it says nothing, into one line."""
    try:
        yield
    except (XLost, XRefused) as error:
        raise _cannot(error) from error
    except XRemote as error:
        raise _unsuitable(str(error)) from error


def _cannot(error: Exception) -> CaptureError:
    what = _("cannot take a picture of the screen: {why}").format(why=error)
    kind = ScreenSilent if isinstance(error, XSilent) else CaptureError
    return kind(what, remedy())
