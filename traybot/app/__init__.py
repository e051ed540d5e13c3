"""Which parts are there, how are they joined, and how does a daemon of them begin, run and end?"""

from traybot.app.daemon import Daemon
from traybot.app.options import Options

__all__ = ["Daemon", "Options"]
