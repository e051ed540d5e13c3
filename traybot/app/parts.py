"""Which parts are there, and how are they joined? The only file that knows every shell's name."""

import multiprocessing
import os
import secrets
from typing import Any

from traybot.app.live_settings import LiveSettings
from traybot.shells import forkserver, instance, logs
from traybot.shells.awake import AwakeKeeper
from traybot.shells.bot_shelf import BotShelf, bots_folder
from traybot.shells.children import Children, Means
from traybot.shells.hands_line import HandsLine
from traybot.shells.launcher import Launcher
from traybot.shells.mailbox import Mailbox
from traybot.shells.memory import Memory
from traybot.shells.paths import Paths
from traybot.shells.program import Program
from traybot.shells.server_keeper import ServerKeeper
from traybot.shells.session_watch import SessionWatch
from traybot.shells.share import Share, ShareAddress
from traybot.shells.share_keeper import ShareKeeper
from traybot.shells.spare import Nursery, SpareServer
from traybot.shells.stacks import Stacks
from traybot.system import choose
from traybot.system.base import MARK
from traybot.workers.birth import Birth
from traybot.workers.cradle import pack, wait_for_birth
from traybot.workers.entry import live
from traybot.workers.hands import HandsBirth
from traybot.workers.hands import main as hands_main


class Parts:
    """What every daemon is made of; making it starts no process."""

    def __init__(self, paths: Paths, *, strict: bool = False) -> None:
        """Take the instance lock, read the settings, open the log, then make each part.

        `strict`: a damaged settings file is a `SettingsError`, before anything is made.
        """
        self.paths = paths
        self.lock = instance.InstanceLock(paths.lock)
        logs.open_log(paths.log, "info")
        self.settings = LiveSettings(paths.settings, paths.good_settings, strict=strict)
        logs.set_level(str(self.option("daemon", "log_level")))
        #: Marks every process of this daemon.
        self.token = secrets.token_hex(8)
        os.environ[MARK] = self.token
        forkserver.keep_files_in(paths.runtime / "mp")
        forkserver.need_no_tracker()
        self._make()

    def _make(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.processes = choose.processes()
        self.mailbox = Mailbox()
        self.memory = Memory(spawn)
        self.settings.tell_watchers(self.memory)
        self.shelf = BotShelf(bots_folder(str(self.option("bots", "folder")), self.paths))
        self.starter, self.keeper = Launcher("starter"), Launcher("keeper")
        self.hands = HandsLine(spawn, self.memory, hands_main, HandsBirth)
        self.share = Share(spawn, self.paths.runtime / "mp", self.processes.tie)
        self.shares = ShareKeeper(
            self.share, self.keeper, lambda: self.settings.sections, self.mailbox.wake
        )
        nursery = Nursery(
            spawn, self.memory, wait_for_birth, pack, self.processes.tie, self.starter.submit
        )
        #: Where lives come from: a prepared server, or where none can fork a spare process.
        self.server: Any = forkserver if choose.FORKS else SpareServer(nursery)
        self.children = Children(self._means())
        self.shares.moved = self._tell_share
        self.servers = ServerKeeper(
            self.processes, self.starter, self.mailbox.wake, self.server.start
        )
        self.program = Program(self.processes, self.paths.runtime / "programs.json")
        self.awake = AwakeKeeper(choose.awake, lambda: bool(self.option("daemon", "awake")))
        self.session = SessionWatch(
            self.mailbox.post,
            lambda: self.option("daemon", "lock") == "pause",
            choose.session_sources(),
        )

    def _means(self) -> Means:
        return Means(
            context=forkserver.life_context() if choose.FORKS else self.server,
            processes=self.processes,
            memory=self.memory,
            hands=self.hands,
            share=self.share,
            launcher=self.starter,
            live=live,
            birth=Birth,
            token=self.token,
            settings=lambda: self.settings.sections,
            pictures=str(self.paths.state / "pictures"),
            stacks=Stacks(self.paths.runtime / "stacks"),
            wake=self.mailbox.wake,
            hurry=self._hurry,
            unstick=forkserver.unstick if choose.FORKS else self.server.kill,
            ready_server=self.server.start,
            restart_server=self.server.forget,
            spared=self._no_lives,
        )

    def _hurry(self) -> None:
        """End a server of lives that is not ready; another one begins to load."""
        self.servers.hurry()

    def _no_lives(self) -> set[int]:
        """Give the processes that are ours and come from no life."""
        pids = (self.server.pid(), self.hands.pid, self.share.pid, self.program.pid)
        return {pid for pid in pids if pid}

    def option(self, section: str, name: str) -> Any:  # noqa: ANN401  each has its own type
        """Give an option of the settings as they are now; from any thread."""
        return self.settings.sections[section][name]

    def find_shelf(self) -> None:
        """Have bots looked for where the settings say now; one that runs is not moved."""
        self.shelf.root = bots_folder(str(self.option("bots", "folder")), self.paths)

    def _tell_share(self, address: ShareAddress) -> None:
        document = {"do": "share", "address": address.address, "key": address.key.hex()}
        for child in ("routine", "recovery", "deathwatch"):
            self.children.tell(child, document)
