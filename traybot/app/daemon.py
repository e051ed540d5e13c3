"""How does a daemon begin, run and end? Its parts in order, and in reverse."""

import contextlib
import logging
import os
import sys
import threading
import time
from typing import Any

from traybot.app.listeners import OWN_TICKET, Listeners
from traybot.app.menu import Known, MenuSide
from traybot.app.options import Options
from traybot.app.parts import Parts
from traybot.core import events as e
from traybot.core.phases import AT_REST
from traybot.engine import Engine, Ports
from traybot.errors import SettingsError, TraybotError
from traybot.shells import leftovers, logs, requests, signals
from traybot.shells.autostart import repair_autostart
from traybot.shells.bot_reader import BotReader
from traybot.shells.control import ControlServer
from traybot.shells.desk import Desk
from traybot.shells.faces import Faces
from traybot.shells.paths import Paths
from traybot.shells.reporter import Reporter
from traybot.shells.sayings import Sayings
from traybot.shells.settings_watch import SettingsWatch
from traybot.shells.snapshot import snapshot
from traybot.shells.user_watch import TAKEOVER
from traybot.text import _

_log = logging.getLogger(__name__)

#: A thread that computes lets another one on after so long; Python's own 5 ms are half a stop.
_SWITCH_SECONDS = 0.0005
_QUIT_SECONDS = 3.0
#: A bus that hangs is waited for no longer; what was asked of it ends with us.
_BUS_SECONDS = 0.5
#: The last lines on standard output are waited for so long, should nobody read them.
_TOLD_SECONDS = 1.0


class Daemon:
    """One daemon: its parts, the engine among them, and those who listen."""

    def __init__(self, options: Options, paths: Paths) -> None:
        """Take the instance lock and read the settings; starts no thread that decides."""
        signals.block()
        sys.setswitchinterval(_SWITCH_SECONDS)
        paths.prepare()
        self._options = options
        # Who asks for a bot here is told of damaged settings here, and nothing at all starts.
        parts = self._parts = Parts(paths, strict=bool(options.bot))
        self._began = time.monotonic()
        stream = sys.stdout if options.tell else None
        self.reporter = Reporter(self._began, stream, as_json=options.as_json)
        self._sayings = Sayings(self.reporter.said)
        #: False if standard output's reader did not take the last lines.
        self.told = True
        self._desk = Desk(parts.mailbox, parts.shelf, self.reporter, lambda: self.engine.state)
        self._control = ControlServer(paths.socket, self._desk.obey)
        self._desk.snapshot, self._desk.reload = self.snapshot, self._reload
        self._desk.answer, self._desk.submit = self._control.answer, parts.keeper.submit
        self._watch = SettingsWatch(paths.settings, self._settings_changed)
        self._menu = MenuSide(
            parts.keeper,
            parts.paths,
            Known(
                parts.memory,
                parts.settings,
                lambda: self.engine.state,
                lambda: self._desk.titles,
            ),
            self._menu_changed,
        )
        self._listeners = Listeners(
            self.reporter,
            self._control,
            parts.awake,
            parts.session,
            lambda: self.engine.state,
            self._menu,
            lambda why: self._post(e.QuitRequested, why),
            own_bot=options.bot or "",
        )
        self.engine = Engine(self._ports(), self._begin, self._end)

    def _ports(self) -> Ports:
        parts = self._parts
        return Ports(
            mailbox=parts.mailbox,
            memory=parts.memory,
            lives=parts.children,
            hands=parts.hands,
            reader=BotReader(parts.shelf, parts.mailbox.post),
            program=parts.program,
            watchers=self._listeners,
            others=(parts.shares, parts.servers),
        )

    def run(self) -> int:
        """Run on the main thread until everything has ended; gives the exit code."""
        options, parts = self._options, self._parts
        faces = self._listeners.faces = Faces(
            self.wish,
            parts.settings.sections,
            self._menu.fresh,
            tray=options.tray,
            hotkeys=options.hotkeys,
        )
        self.engine.start()
        self._control.start()
        self._watch.start()
        parts.session.woken = self._wake_up
        parts.session.start()
        signals.listen(lambda name: self._post(e.QuitRequested, name))
        if options.seconds is not None:
            timer = threading.Timer(options.seconds, self._post, (e.QuitRequested, "--for"))
            timer.daemon = True
            timer.start()
        faces.run()
        self.engine.wait()
        self._watch.stop()
        parts.session.stop()
        self._control.stop()
        parts.lock.release()
        self._sayings.close()
        self.told = self.reporter.close(_TOLD_SECONDS)
        logs.close_log()
        if self.engine.crashed:
            what = _("cannot go on: {why!r}").format(why=self.engine.crashed)
            raise TraybotError(what, _("see {log}").format(log=parts.paths.log))
        return self._listeners.code

    def wish(self, action: str, by: str) -> None:
        """A hotkey or a menu item was used; from any thread."""
        request = requests.read_request(action, "", 0, by)
        if action == TAKEOVER:
            self._parts.mailbox.post(e.UserTookOver(time.monotonic()))
        elif request is None:
            self._menu.do(action)
        else:
            self._parts.mailbox.post(request)

    def _menu_changed(self, notice: str) -> None:
        """A line of the menu's own was carried out; on the keeper's thread."""
        if notice:
            self._listeners.notify(notice)
        if self._listeners.faces is not None:
            self._listeners.faces.show(self._menu.fresh(), self.engine.state.phase)

    def _wake_up(self) -> None:
        """The machine has slept, or the screen was locked: listen for hotkeys anew."""
        self._parts.keeper.submit(self._rebind)

    def _rebind(self) -> None:
        faces = self._listeners.faces
        if faces is not None:
            faces.rebind(self._parts.settings.sections)

    def _post(self, kind: type[e.Request], by: str) -> None:
        self._parts.mailbox.post(kind(time.monotonic(), 0, by))

    # --- on the engine's thread ------------------------------------------------------------------

    def _begin(self) -> None:
        """Start the processes that are there from the first moment on."""
        parts = self._parts
        with contextlib.suppress(OSError):
            parts.processes.adopt_orphans()
        parts.hands.start()
        parts.servers.start()
        parts.shares.start()
        parts.keeper.submit(repair_autostart)
        self._menu.do("look")
        self._desk.find_bots(self._options.bot)
        parts.keeper.submit(self._desk.check_bots)
        self._begin_with_a_bot()

    def _begin_with_a_bot(self) -> None:
        """Start the bot of the command line, or the one that the settings want started."""
        now, post = time.monotonic(), self._parts.mailbox.post
        settings = self._parts.settings
        wished = settings.sections["bots"]
        if settings.trouble:
            _log.warning("%s", settings.trouble)
            self._listeners.notify(
                _("{trouble}; no bot is started by itself").format(trouble=settings.trouble)
            )
        if self._options.bot:
            post(e.StartRequested(now, OWN_TICKET, "the command line", bot=self._options.bot))
        elif wished["chosen"]:
            wanted = wished["autostart"] and not settings.trouble
            kind = e.StartRequested if wanted else e.BotChosen
            post(kind(now, 0, "the settings", bot=str(wished["chosen"])))

    def _end(self) -> None:
        """End every process of ours, hands last; then read from the system what is left."""
        parts, faces = self._parts, self._listeners.faces
        parts.memory.allowed.value = 0
        for end in (
            parts.children.end,
            faces.stop if faces else lambda: None,
            lambda: parts.starter.stop(_QUIT_SECONDS),
            lambda: parts.keeper.stop(_QUIT_SECONDS),
            lambda: parts.awake.stop(_BUS_SECONDS),
            parts.share.end,
            lambda: parts.shares.stop(_QUIT_SECONDS),
            parts.server.end,
            lambda: parts.hands.end(_QUIT_SECONDS),
            parts.program.release,
        ):
            try:
                end()
            except Exception:  # noqa: BLE001  whatever fails here, the rest must still end
                _log.exception("a part did not end in order")
        left = leftovers.end_all(parts.processes, parts.token, parts.hands.left_alone)
        self.reporter.summary(
            time.monotonic(), leftovers.held_left(hangs=parts.hands.screen_hangs), left
        )
        parts.mailbox.close()

    # --- on the keeper's thread, or the one that watches the file --------------------------------

    def _reload(self) -> None:
        """Read the settings again; `SettingsError` leaves everything as it was."""
        settings, faces = self._parts.settings, self._listeners.faces
        chosen_before = settings.sections["bots"]["chosen"]
        try:
            changed = settings.reload(self._parts.share.publish, self._parts.memory)
            # The user's own hands are in both: `hotkeys.corner` and `daemon.takeover`.
            if faces is not None and {"hotkeys", "daemon"} & set(changed):
                _log.info("the hotkeys are now %s", faces.rebind(settings.sections))
            if "daemon" in changed:
                self._parts.awake.look_again()
            if faces is not None and "tray" in changed:
                faces.relook(settings.sections)
            if "bots" in changed:
                self._parts.find_shelf()
                self._desk.find_bots()
                self._parts.keeper.submit(self._desk.check_bots)
                self._choose_anew(str(chosen_before))
        finally:
            self._menu_changed("")

    def _choose_anew(self, before: str) -> None:
        """Choose the bot that the settings name now; one that runs is left alone till its end."""
        chosen = str(self._parts.option("bots", "chosen"))
        if chosen and chosen != before and self.engine.state.phase in AT_REST:
            self._parts.mailbox.post(e.BotChosen(time.monotonic(), 0, "the settings", bot=chosen))

    def _settings_changed(self) -> None:
        """Take what an editor left; with a mistake in it the last good settings stay in force."""
        try:
            self._reload()
        except SettingsError as error:
            _log.warning("the settings stay as they were: %s", error)
            self._listeners.notify(self._parts.settings.trouble)
        else:
            _log.info("the changed settings were read")

    def snapshot(self) -> dict[str, Any]:
        """Give what `traybot status --json` shows; from any thread."""
        parts, faces = self._parts, self._listeners.faces
        return snapshot(
            self.engine.state,
            parts.memory,
            parts.children,
            pids={
                "daemon": os.getpid(),
                "hands": parts.hands.pid,
                "manager": parts.share.pid,
                "forkserver": parts.server.pid(),
                "program": parts.program.pid,
            },
            faces=faces.health() if faces else {},
            input_trouble=parts.hands.trouble,
            awake=parts.awake.state,
            session=parts.session.health(),
            settings_trouble=parts.settings.trouble,
            seconds=time.monotonic() - self._began,
        )
