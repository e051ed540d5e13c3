"""Does the login still lead here? Looked after at each start of the daemon."""

import logging

from traybot.errors import TraybotError
from traybot.system import choose

_log = logging.getLogger(__name__)


def repair_autostart() -> None:
    """Point our own entry to where we are now, if the user wants it and it leads nowhere."""
    try:
        if choose.autostart().repair():
            _log.warning("autostart led to a traybot that is gone; it leads here again")
    except TraybotError as error:
        _log.warning("autostart: %s", error)
