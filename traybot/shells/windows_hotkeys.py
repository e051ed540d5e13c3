"""How are hotkeys heard on Windows? By RegisterHotKey: the kernel matches, and calls nobody else.

It survives a locked screen and a sleep, and a busy Python cannot lose it. A chord that somebody
else has is heard by the `keyboard` library's hook besides, which Windows takes away without a word
from a program that was slow once: so whether it still hears is looked after.
"""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from traybot.core.claims import Claims, claim
from traybot.system.windows_hotkey_calls import Told
from traybot.text import _

_log = logging.getLogger(__name__)

Chords = Sequence[tuple[str, str]]

#: The modifiers' bits, as RegisterHotKey has them.
BITS = {"alt": 0x1, "ctrl": 0x2, "shift": 0x4, "super": 0x8}
#: How often the hook is looked after, where it is used.
LOOK_MS = 2000
#: How long a caller waits for the listening thread: it answers within milliseconds or hangs.
ANSWER_SECONDS = 2.0


class HotkeyCalls(Protocol):
    """Windows' calls; all but `wake` in the thread that called `begin`."""

    def begin(self) -> int:
        """Make the thread able to be told; give its number."""
        ...

    def register(self, number: int, modifiers: int, key: int) -> bool:
        """Ask for a chord; False where it cannot be had."""
        ...

    def unregister(self, number: int) -> None:
        """Give it back."""
        ...

    def tick(self, milliseconds: int) -> None:
        """Be told so often that time has passed; 0: no more."""
        ...

    def wait(self) -> Told:
        """Wait until something is told."""
        ...

    def wake(self, thread: int) -> None:
        """Tell the thread that there is news; from any thread."""
        ...

    def any_pressed(self) -> bool:
        """Whether a key is down, or was since this was asked last."""
        ...


class Hook(Protocol):
    """What hears every key, as `keyboard_hotkeys.KeyboardHotkeys` does."""

    #: How many events it has heard.
    heard: int

    def bind(self, chords: Chords) -> dict[str, str]:
        """Listen for these."""
        ...

    def revive(self) -> None:
        """Begin anew: Windows has dropped it."""
        ...

    def stop(self) -> None:
        """Stop listening."""
        ...


class _Order:
    """New chords on their way to the listening thread, and the answer on its way back."""

    def __init__(self, chords: Chords) -> None:
        self.chords = list(chords)
        self.states: dict[str, str] = {}
        self.done = threading.Event()


class WindowsHotkeys:
    """Satisfies `system.base.Hotkeys`; `post` is called in its thread, or in the hook's."""

    def __init__(
        self,
        post: Callable[[str], None],
        calls: HotkeyCalls,
        code_of: Callable[[str], int | None],
        hook: Hook,
    ) -> None:
        """`code_of` gives the virtual-key number of a key's name."""
        self._post, self._calls, self._code_of, self._hook = post, calls, code_of, hook
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._claims = Claims({}, {}, {})
        #: Whose each registered number is.
        self._numbers: dict[int, str] = {}
        self._states: dict[str, str] = {}
        self._heard = 0
        self._number, self._stopped = 0, False
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hotkeys", daemon=True)
        self._thread.start()
        self._ready.wait(ANSWER_SECONDS)

    def bind(self, chords: Chords) -> dict[str, str]:
        """Listen for these `(action, chord)` pairs instead of the former; waits 2 s at most."""
        order = _Order(chords)
        self._tell(order)
        if self._stopped or not order.done.wait(ANSWER_SECONDS):
            why = _("the listener does not answer")
            return dict.fromkeys((action for action, _chord in chords), f"unsupported: {why}")
        return order.states

    def states(self) -> dict[str, str]:
        """Give each action's state."""
        return dict(self._states)

    def stop(self) -> None:
        """Stop listening; returns when the thread has ended; may be called twice."""
        if not self._stopped:
            self._stopped = True
            self._tell(None)
        if threading.current_thread() is not self._thread:
            self._thread.join(ANSWER_SECONDS)

    def _tell(self, order: _Order | None) -> None:
        self._orders.put(order)
        self._calls.wake(self._number)

    # --- on the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        self._number = self._calls.begin()
        self._ready.set()
        try:
            while self._serve(*self._calls.wait()):
                pass
        except Exception:
            _log.exception("the hotkey listener has failed")
            raise
        finally:
            self._register([])
            self._hook.stop()

    def _serve(self, told: str, number: int) -> bool:
        """Act on what was told; whether to listen on."""
        try:
            if told == "hotkey" and number in self._numbers:
                self._post(self._numbers[number])
            elif told == "timer":
                self._look_after_hook()
        except Exception:  # noqa: BLE001 -- a stop key must not die with one failure
            _log.exception("acting on a hotkey failed")
        with contextlib.suppress(queue.Empty):
            while True:
                order = self._orders.get_nowait()
                if order is None:
                    return False
                order.states = self._register(order.chords)
                order.done.set()
        return told != "ended"

    def _register(self, chords: Chords) -> dict[str, str]:
        """Give back what was had, ask for these; what is refused the hook is to hear."""
        for number in self._numbers:
            self._calls.unregister(number)
        self._claims = claim(chords, self._code_of, BITS, "windows")
        self._numbers.clear()
        states = dict(self._claims.states)
        refused = []
        for number, ((modifiers, key), action) in enumerate(self._claims.actions.items(), 1):
            if self._calls.register(number, modifiers, key):
                self._numbers[number] = action
            elif self._claims.bare.get(action) == (modifiers, key):
                refused.append(action)
        states |= self._hear_besides([(a, chord) for a, chord in chords if a in refused])
        self._states = states
        return dict(states)

    def _hear_besides(self, chords: Chords) -> dict[str, str]:
        told = self._hook.bind(chords) if chords else {}
        if not chords:
            self._hook.stop()
        self._calls.tick(LOOK_MS if "bound" in told.values() else 0)
        too = _("another program listens to it, too")
        alone = _("another program listens to it")
        return {
            action: f"bound: {too}" if state == "bound" else f"taken: {alone}"
            for action, state in told.items()
        }

    def _look_after_hook(self) -> None:
        """Keys were pressed, and the hook has heard none: Windows has taken it away."""
        pressed, heard = self._calls.any_pressed(), self._hook.heard
        if pressed and heard == self._heard:
            _log.warning("the keyboard hook hears no more, and is set anew")
            self._hook.revive()
        self._heard = heard
