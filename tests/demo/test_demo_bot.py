"""The demo's bot: its file, its templates, and how it reads a picture."""

import importlib.util
import time
import tomllib
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from tests.demo import snips
from tests.demo.living import LivingGame
from tests.desktop import Desktop
from traybot.core.botfile import BotPlan, read_bot
from traybot.demo.flight import HEIGHT, SKY, WIDTH
from traybot.demo.game import TITLE
from traybot.demo.painting import WALL
from traybot.demo.stage import BOT
from traybot.vision import match
from traybot.vision.templates import load_template


@pytest.fixture(scope="module")
def plan() -> BotPlan:
    """The bot's file as the daemon reads it."""
    plan, problems = read_bot("demo", str(BOT), tomllib.loads((BOT / "bot.toml").read_text()))
    assert plan, problems
    return plan


@pytest.fixture(scope="module")
def routine() -> ModuleType:
    """The bot's Python code."""
    spec = importlib.util.spec_from_file_location("demo_routine", BOT / "routine.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def score(window: snips.Picture, name: str) -> float:
    """How well a template fits somewhere in a picture, 1 at best."""
    found = match.best(window, load_template(BOT / "templates" / name))
    return found.score if found else 0.0


def test_the_bot_is_about_the_game(plan: BotPlan) -> None:
    """Window, size and pictures are those of the game."""
    assert plan.window == f"^{TITLE}$"
    assert plan.reference == (WIDTH, HEIGHT)
    for name in {name for watch in plan.watches for name in watch.see}:
        assert (BOT / name).is_file()


def test_death_is_looked_for_only_where_it_can_be(plan: BotPlan) -> None:
    """The watch's region holds the template and little more: looking is cheap."""
    (watch,) = plan.watches
    template = cv2.imread(str(BOT / watch.see[0]))
    assert template is not None
    assert watch.region
    height, width = template.shape[:2]
    assert 0 < watch.region.width - width < 40
    assert 0 < watch.region.height - height < 40


def test_death_scores_high_on_the_panel_and_low_in_flight(desktop: Desktop, plan: BotPlan) -> None:
    """Over a whole life no picture resembles the panel; the panel is all but certain."""
    region = plan.watches[0].region
    assert region
    rows = slice(region.y, region.y + region.height)
    columns = slice(region.x, region.x + region.width)
    pictures = []
    with LivingGame("--seed", "1") as game:
        while game.heard == 0:
            pictures.append((snips.look(game), time.monotonic()))
        end = game.await_state("over", deaths=1)
        panel = snips.look(game)
    assert score(np.ascontiguousarray(panel[rows, columns]), "game_over.png") > 0.95
    # The panel is on the screen a moment before it is reported.
    in_flight = [picture for picture, taken in pictures if taken < end["t"] - 0.1][::4]
    assert len(in_flight) > 5
    assert max(score(picture, "game_over.png") for picture in in_flight) < 0.6


def test_the_craft_is_found_in_flight(desktop: Desktop) -> None:
    """The craft's template fits the craft, in the lane where the bot looks for it."""
    with LivingGame("--seed", "2") as game:
        assert score(snips.look(game), "craft.png") > 0.95


def test_the_templates_are_what_the_game_shows(desktop: Desktop, tmp_path: Path) -> None:
    """Cut anew they are the same; else: python -m tests.demo.snips."""
    snips.make(tmp_path)
    for name in ("craft.png", "game_over.png"):
        new, committed = cv2.imread(str(tmp_path / name)), cv2.imread(str(BOT / "templates" / name))
        assert new is not None
        assert committed is not None
        assert (new == committed).all(), name


def test_the_nearest_gap_is_found(routine: ModuleType) -> None:
    """Of two walls the nearer one counts; a sky without walls has no gap."""
    sky = np.zeros((HEIGHT - SKY, 180, 4), np.uint8)
    assert routine.gap_ahead(sky) is None
    ink = tuple(int(WALL[at : at + 2], 16) for at in (5, 3, 1))
    for left, top, bottom in ((20, 100, 180), (120, 10, 60)):
        sky[:top, left : left + 30, :3] = ink
        sky[bottom:, left : left + 30, :3] = ink
    assert routine.gap_ahead(sky) == pytest.approx(140, abs=1)
