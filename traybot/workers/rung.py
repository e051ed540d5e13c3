"""How does a life of the recovery carry out its step? What it says, in the order it is written."""

from collections.abc import Callable

from traybot.core.recoveryfile import Rung
from traybot.workers.bot import Bot


def as_function(
    rung: Rung, load: Callable[[str], Callable[[Bot], object]]
) -> Callable[[Bot], None]:
    """Give the step as a function of the bot; `load` finds the author's function, if it has one."""
    own = load(rung.run) if rung.run else None

    def carry_out(bot: Bot) -> None:
        for chord in rung.keys:
            bot.keys.tap(*chord.split("+"))
        if own is not None:
            own(bot)
        if rung.wait:
            bot.screen.wait(rung.wait, timeout=rung.timeout)

    return carry_out
