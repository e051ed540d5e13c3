"""How does Linux stay awake? Whoever may put it to sleep is asked not to.

Desktops differ in who that is, and some have several, so all that are there are asked: the screen
saver, the power manager, the session manager, and logind; the last by `systemd-inhibit` where its
bus cannot be reached.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Sequence

from traybot.errors import BackendUnavailable
from traybot.system.awake_bus import SERVICES, Cookie, Service
from traybot.system.base import Awake
from traybot.system.buses import Bus, session_address, system_address
from traybot.text import _, joined

_LEAVE_SECONDS = 1.0
_WHO, _WHAT = "traybot", "idle"
_LOGIND = ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager")
_REMEDY = _("switch the machine's sleep off by hand while a bot plays")


class LinuxAwake:
    """The contract `Awake` by everybody who can be asked."""

    def __init__(self, parts: Sequence[Awake] = ()) -> None:
        """`parts` hold by themselves, each in its own way."""
        self._parts = parts or (SessionAwake(), LogindAwake())

    def hold(self, reason: str) -> None:
        """Ask everybody; one that grants it is enough."""
        faults = []
        for part in self._parts:
            try:
                part.hold(reason)
            except BackendUnavailable as error:
                faults.append(error.what)
        if len(faults) == len(self._parts):
            raise BackendUnavailable(joined("; ", faults), _REMEDY)

    def release(self) -> None:
        """Give everything back."""
        for part in self._parts:
            part.release()


class SessionAwake:
    """The contract `Awake` by the services of the desktop."""

    def __init__(self) -> None:
        """Connect to nobody yet."""
        self._bus: Bus | None = None
        self._cookies: dict[Service, Cookie] = {}

    def hold(self, reason: str) -> None:
        """Ask those who have not granted it: they may have come up, or started anew, since."""
        if self._bus is None or self._bus.closed:
            self.release()
            self._bus = Bus(session_address())
        self._cookies = {service: c for service, c in self._cookies.items() if c.still()}
        for service in SERVICES:
            if service not in self._cookies:
                with contextlib.suppress(BackendUnavailable):
                    self._cookies[service] = Cookie(self._bus, service, reason)
        if not self._cookies:
            self.release()
            raise BackendUnavailable(_("this desktop has nobody to ask"))

    def release(self) -> None:
        """Give the cookies back and leave the bus."""
        cookies, self._cookies = self._cookies, {}
        for cookie in cookies.values():
            cookie.give_back()
        if self._bus is not None:
            self._bus.close()
        self._bus = None


class LogindAwake:
    """The contract `Awake` by logind, which grants a descriptor for as long as it is open.

    Only idleness is held off: who sends the machine to sleep himself may do so. A logind that
    starts anew takes over what the former one had granted.
    """

    def __init__(self) -> None:
        """Connect to nobody yet."""
        self._file = -1
        self._helper: subprocess.Popen[bytes] | None = None

    def hold(self, reason: str) -> None:
        """Ask over the bus, through systemd's program where that is not to be reached."""
        if self._file >= 0 or (self._helper is not None and self._helper.poll() is None):
            return
        self.release()
        try:
            bus = Bus(system_address(), files=True)
        except BackendUnavailable as error:
            self._helper = _start_helper(reason, error.what)
            return
        try:
            arguments = (_WHAT, _WHO, reason, "block")
            (granted,) = bus.call(*_LOGIND, "Inhibit", "ssss", arguments)
            self._file = granted.to_raw_fd()
        except BackendUnavailable as error:
            raise BackendUnavailable(
                _("logind does not grant it: {what}").format(what=error.what)
            ) from error
        finally:
            bus.close()

    def release(self) -> None:
        """Close the descriptor, or have the helper leave."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        helper, self._helper = self._helper, None
        if helper is not None:
            _end_helper(helper)


def _start_helper(reason: str, why: str) -> subprocess.Popen[bytes]:
    """Start `systemd-inhibit`, which holds as long as what it runs: a `cat` that ends with us."""
    program = shutil.which("systemd-inhibit")
    if program is None:
        raise BackendUnavailable(why)
    words = [f"--what={_WHAT}", f"--who={_WHO}", f"--why={reason}", "--mode=block", "cat"]
    helper = subprocess.Popen(
        [program, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert helper.stdin is not None
    assert helper.stdout is not None
    # `cat` runs once logind has granted the hold, so an echo proves that.
    with contextlib.suppress(OSError):
        helper.stdin.write(b"\n")
        helper.stdin.flush()
    if not helper.stdout.readline():
        _end_helper(helper)
        raise BackendUnavailable(_("{why}; logind does not answer either").format(why=why))
    return helper


def _end_helper(helper: subprocess.Popen[bytes]) -> None:
    """Close its input, at which it leaves; kill it if it does not."""
    for pipe in (helper.stdin, helper.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        helper.wait(_LEAVE_SECONDS)
    except subprocess.TimeoutExpired:
        helper.kill()
        helper.wait()
