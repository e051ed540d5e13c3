"""What does the forkserver have ready, so that a life starts within milliseconds?

Importing this module prepares the server itself as well: it is single-threaded, dies with the
daemon's thread that started it, keeps the daemon's standard output for the daemon, and freezes what
it has loaded so that its children share those pages.
"""

import contextlib
import gc
import os
import signal

from traybot.shells import signals, streams
from traybot.system import choose

# Import-time work on purpose: the forkserver offers no other moment, and nobody else imports this.
if hasattr(signal, "SIGINT"):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
_processes = choose.processes()
_processes.die_with_parent(signals.KILL)
_processes.own_group()
streams.say_nothing()

# One thread a process: there are two of them that look, and idle threads of a pool still spin.
_THREADS = "OPENBLAS_NUM_THREADS"
_given = os.environ.get(_THREADS)
os.environ[_THREADS] = "1"

import cv2  # noqa: E402

# It was read; what authors start is none of ours.
del os.environ[_THREADS]
if _given is not None:
    os.environ[_THREADS] = _given

cv2.setNumThreads(1)

with contextlib.suppress(ImportError):
    # Without a display these are not needed, and some of them cannot be had.
    import Xlib.display
    import Xlib.ext.xtest  # noqa: F401

import traybot.shells.share  # noqa: E402
import traybot.vision.color  # noqa: E402
import traybot.vision.screen  # noqa: E402
import traybot.workers.deathwatch  # noqa: E402
import traybot.workers.entry  # noqa: E402
import traybot.workers.life  # noqa: E402, F401

gc.collect()
gc.freeze()
