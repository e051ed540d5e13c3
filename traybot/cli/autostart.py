"""How is the command carried out that has traybot started at login?"""

import json

from traybot.errors import TraybotError
from traybot.system import choose
from traybot.system.autostart_command import own_command
from traybot.system.base import AutostartWord
from traybot.text import _, in_english


def autostart(do: str, *, as_json: bool) -> int:
    """Switch it on or off, then say what the system will really do."""
    entry = choose.autostart()
    if do == "on":
        entry.enable(own_command())
    elif do == "off":
        entry.disable()
    status = entry.status()
    if do == "on" and status.word is not AutostartWord.ON:
        what = _("cannot start at login: {word}: {why}").format(word=_(status.word), why=status.why)
        raise TraybotError(what, _("change that, then try again"))
    if do == "off" and status.word is AutostartWord.ON:
        what = _("cannot switch it off: {why}").format(why=status.why)
        raise TraybotError(what, _("remove that entry by hand"))
    if as_json:
        document = {"status": status.word, "why": status.why, "remedy": status.remedy}
        print(json.dumps(in_english(document) | {"command": own_command()}))
    else:
        remedy = f" ({status.remedy})" if status.remedy else ""
        print(_("autostart {word}: {why}").format(word=_(status.word), why=status.why) + remedy)
    return 0
