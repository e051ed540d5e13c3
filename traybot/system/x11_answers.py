"""Does the X server answer at all? Asked before python-xlib is, which would wait for ever."""

from traybot.system.x11_wire import Wire, XLost, XRemote, XSilent

#: A busy machine may miss one deadline of the wire; a server that hangs misses all.
_TRIES = 2


def silent(display: str | None = None) -> bool:
    """Whether a server of this machine takes our connection and then says nothing, for 1.5 s.

    One that is gone, or on another machine, is not silent: whoever connects to it hears why. From
    any thread; costs 1 ms where it answers.
    """
    for _try in range(_TRIES):
        try:
            Wire(display).close()
        except XSilent:
            continue
        except (XLost, XRemote):
            return False
        return False
    return True
