"""What does a life, or what it starts, write to its outputs? Lines for the log, but no flood."""

import os

from traybot.shells.channel import End
from traybot.shells.flood import LONGEST_LINE, Ration

#: A pipe holds one of them; more are taken so that its end is seen, which comes after it.
_CHUNK, _CHUNKS = 65536, 3


class Output:
    """The reading end of a life's standard output and error; never waits."""

    def __init__(self, connection: End) -> None:
        """Take over a connection."""
        self._connection = connection
        self._rest = b""
        self._ration = Ration()
        self.closed = False
        if hasattr(os, "set_blocking"):
            os.set_blocking(connection.fileno(), False)

    def fileno(self) -> int:
        """Something to wait for."""
        return self._connection.fileno()

    def receive(self) -> list[str]:
        """Give the whole lines that have come, as far as a log takes them."""
        if not self.closed:
            self.closed = self._read()
        *lines, self._rest = self._rest.split(b"\n")
        if len(self._rest) > (0 if self.closed else LONGEST_LINE):
            lines.append(self._rest)
            self._rest = b""
        pieces = [line[at : at + LONGEST_LINE] for line in lines for at in _cuts(line)]
        texts = [piece.decode(errors="replace").rstrip() for piece in pieces]
        fit = self._ration.fit([line for line in texts if line])
        return fit + self._ration.rest() if self.closed else fit

    def _read(self) -> bool:
        """Take what there is, of a flood a portion; whether the end has come."""
        try:
            for _ in range(_CHUNKS):
                chunk = os.read(self._connection.fileno(), _CHUNK)
                self._rest += chunk
                if not chunk:
                    return True
        except BlockingIOError:
            return False
        except OSError:
            return True
        return False

    def close(self) -> None:
        """Close this end; who still writes there hears of it."""
        self.closed = True
        self._connection.close()


def _cuts(line: bytes) -> range:
    return range(0, max(1, len(line)), LONGEST_LINE)
