"""Raw lines to the daemon's socket, as no good client would send them."""

import socket

from traybot.shells.paths import find_paths


def say(line: bytes, seconds: float = 10.0) -> bytes:
    """Send bytes, give everything that comes back until the daemon hangs up."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        connection.connect(str(find_paths().socket))
        connection.sendall(line)
        with connection.makefile("rb") as answers:
            return answers.read()
