"""What might a screen show? Pictures of 1920 x 1080 put together from what packages ship.

Two sets, of eight and of ten, that share no picture, with the same kinds in both: game levels,
smooth and busy wallpapers, a photo, a mosaic, pages of text, tiles. Methods are tuned on one set
and judged by the other.
"""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from materials import picture
from PIL import Image, ImageDraw, ImageFont

from traybot.vision.pixels import Pixels

WIDTH, HEIGHT = 1920, 1080
_TEXT = Path("/usr/share/common-licenses/GPL-3")
_FONTS = Path("/usr/share/fonts/truetype/dejavu")


@cache
def screen(name: str) -> Pixels:
    """Make a screen (1080, 1920, 3) by its name."""
    pixels = {**TUNING, **HELD_OUT, **LATER}[name]()
    assert pixels.shape == (HEIGHT, WIDTH, 3), (name, pixels.shape)
    return pixels


def _covering(pixels: Pixels) -> Pixels:
    """Scale a picture until it covers the screen, and cut its middle, as a wallpaper is shown."""
    pixels = pixels[:, :, :3]
    height, width = pixels.shape[:2]
    factor = max(WIDTH / width, HEIGHT / height)
    size = (max(WIDTH, round(width * factor)), max(HEIGHT, round(height * factor)))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    pixels = cv2.resize(pixels, size, interpolation=how)
    x, y = (size[0] - WIDTH) // 2, (size[1] - HEIGHT) // 2
    return pixels[y : y + HEIGHT, x : x + WIDTH].copy()


def _tiled(pixels: Pixels) -> Pixels:
    """Repeat a picture over the screen."""
    height, width = pixels.shape[:2]
    return np.tile(pixels[:, :, :3], (HEIGHT // height + 1, WIDTH // width + 1, 1))[
        :HEIGHT, :WIDTH
    ].copy()


def _paste(ground: Pixels, pixels: Pixels, x: int, y: int) -> None:
    """Draw a picture by its alpha; what does not fit is cut off."""
    height, width = min(pixels.shape[0], HEIGHT - y), min(pixels.shape[1], WIDTH - x)
    part = pixels[:height, :width]
    if part.shape[2] == 3:
        ground[y : y + height, x : x + width] = part
        return
    alpha = part[:, :, 3:].astype(np.float32) / 255
    below = ground[y : y + height, x : x + width]
    below[:] = (part[:, :, :3] * alpha + below * (1 - alpha)).round().astype(np.uint8)


def _sprites(ground: Pixels, names: Iterable[str], count: int, seed: int) -> Pixels:
    """Throw sprites onto a picture; each is there several times, as in a game."""
    dice = np.random.default_rng(seed)
    pictures = [picture(name) for name in names]
    for number in range(count):
        x, y = int(dice.integers(0, WIDTH - 8)), int(dice.integers(0, HEIGHT - 8))
        _paste(ground, pictures[number % len(pictures)], x, y)
    return ground


def _level(background: str, ground: str, rows: int, sprites: Iterable[str], seed: int) -> Pixels:
    """Make a level of SuperTux: hills, a floor of repeated tiles, rows of blocks, creatures."""
    pixels = _covering(picture(background))
    tile = picture(ground)[:64, :64]
    for y in range(HEIGHT - rows * 64, HEIGHT, 64):
        for x in range(0, WIDTH, 64):
            _paste(pixels, tile, x, y)
    block = picture("bonus_block/full-0.png")
    brick = picture("tiles/blocks/brick0.png")[:32, :32]
    for column in range(24):
        _paste(pixels, block if column % 5 == 2 else brick, 300 + 32 * column, 420)
        _paste(pixels, brick, 900 + 32 * column, 620)
    return _sprites(pixels, sprites, 40, seed)


def _bubbles() -> Pixels:
    """Make the board of Frozen Bubble at its own size, twice, with a grid of balls."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    board = picture("gfx/back_one_player.png")
    dice = np.random.default_rng(3)
    balls = [picture(f"balls/bubble-{number}.gif") for number in range(1, 9)]
    for left in (200, 1000):
        _paste(pixels, board, left, 300)
        for row in range(8):
            for column in range(8 - row % 2):
                ball = balls[int(dice.integers(0, len(balls)))]
                _paste(pixels, ball, left + 190 + 32 * column + 16 * (row % 2), 350 + 28 * row)
    return pixels


def _bricks() -> Pixels:
    """Make a board of LBreakout: bricks in rows on a repeated ground."""
    pixels = _tiled(picture("lbreakout2/gfx/back3.png"))
    sheet = picture("lbreakout2/gfx/bricks.png")
    dice = np.random.default_rng(4)
    for row in range(14):
        for column in range(40):
            number = int(dice.integers(0, sheet.shape[1] // 40))
            if dice.random() < 0.75:
                _paste(
                    pixels,
                    sheet[:20, 40 * number : 40 * number + 40],
                    160 + 40 * column,
                    120 + 20 * row,
                )
    return pixels


def _mosaic(names: Iterable[str]) -> Pixels:
    """Put twelve photos side by side."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for number, name in enumerate(names):
        photo = cv2.resize(picture(name)[:, :, :3], (480, 360), interpolation=cv2.INTER_AREA)
        _paste(pixels, photo, 480 * (number % 4), 360 * (number // 4))
    return pixels


def _page(font: str, size: int, ink: str, paper: str, columns: int) -> Pixels:
    """Set the text of a licence in columns."""
    image = Image.new("RGB", (WIDTH, HEIGHT), paper)
    draw = ImageDraw.Draw(image)
    face = ImageFont.truetype(_FONTS / font, size)
    lines = [line.strip() for line in _TEXT.read_text(encoding="utf-8").splitlines()]
    step = size + size // 3
    rows = (HEIGHT - 40) // step
    for column in range(columns):
        part = "\n".join(lines[column * rows : (column + 1) * rows])
        draw.multiline_text(
            (20 + column * WIDTH // columns, 20), part, ink, face, spacing=step - size
        )
    return np.asarray(image)[:, :, ::-1].copy()


def _desktop() -> Pixels:
    """Show windows with titles, buttons and text on a wallpaper."""
    ground = _covering(picture("nature/TwoWings.jpg"))
    image = Image.fromarray(ground[:, :, ::-1].copy())
    draw = ImageDraw.Draw(image)
    face, bold = (ImageFont.truetype(_FONTS / f"DejaVuSans{end}.ttf", 14) for end in ("", "-Bold"))
    words = _TEXT.read_text(encoding="utf-8").split()
    for number, (x, y) in enumerate([(80, 60), (700, 140), (1250, 90), (300, 560), (1050, 600)]):
        draw.rectangle((x, y, x + 520, y + 400), "#f6f5f4", "#808080")
        draw.rectangle((x, y, x + 520, y + 30), "#dad6d2", "#808080")
        draw.text((x + 10, y + 7), " ".join(words[number : number + 4]), "black", bold)
        for row in range(14):
            begin = 40 + 90 * number + 7 * row
            draw.text(
                (x + 12, y + 44 + 22 * row),
                " ".join(words[begin : begin + 9])[:64],
                "#202020",
                face,
            )
        for button, word in enumerate(("Cancel", "Apply", "OK")):
            left = x + 230 + 95 * button
            draw.rounded_rectangle((left, y + 362, left + 85, y + 390), 5, "#e8e6e3", "#a0a0a0")
            draw.text((left + 14, y + 368), word, "black", face)
    return np.asarray(image)[:, :, ::-1].copy()


_PHOTOS = tuple(
    f"skimage/data/{name}"
    for name in (
        *("astronaut.png", "chelsea.png", "coffee.png", "camera.png", "rocket.jpg", "gravel.png"),
        *("coins.png", "motorcycle_left.png", "moon.png", "page.png", "horse.png", "color.png"),
    )
)
_TEXTURES = tuple(
    f"textures/{name}.jpg"
    for name in (
        *("industrial", "darkjungle", "crystal", "stone", "rooftile2", "desert_room"),
        *("clouds", "rockagglo", "solartile", "anim_fire", "greentex", "ordina"),
    )
)

Maker = Callable[[], Pixels]
TUNING: dict[str, Maker] = {
    "forest": lambda: _level(
        "forest/nighthills.png",
        "forest/foresttiles-3.png",
        3,
        ("coin/coin-0.png", "mr_iceblock/iceblock-0.png", "snowball/captain-left-0.png"),
        1,
    ),
    "bubbles": _bubbles,
    "dune": lambda: _covering(picture("nature/Dune.jpg")),
    "china": lambda: _covering(picture("images/china.jpg")),
    "stars": lambda: _covering(picture("data/hubble_deep_field.jpg")),
    "mosaic": lambda: _mosaic(_PHOTOS),
    "page": lambda: _page("DejaVuSerif.ttf", 15, "black", "white", 3),
    "wall": lambda: _sprites(
        _tiled(picture("data/brick.png")),
        ("mr_bomb/bomb1.png", "bonus_block/bonus-1up.png", "bonus_block/infoblock.png"),
        60,
        2,
    ),
}
HELD_OUT: dict[str, Maker] = {
    "snow": lambda: _level(
        "antarctic/arcticmountains.png",
        "snow/special2.png",
        2,
        ("mr_bomb/bomb3.png", "mr_iceblock/waking-0.png", "bonus_block/orange_0.png"),
        5,
    ),
    "bricks": _bricks,
    "meadow": lambda: _covering(picture("nature/GreenMeadow.jpg")),
    "flower": lambda: _covering(picture("images/flower.jpg")),
    "drops": lambda: _covering(picture("nature/RainDrops.jpg")),
    "textures": lambda: _mosaic(_TEXTURES),
    "terminal": lambda: _page("DejaVuSansMono.ttf", 13, "#d0d0d0", "#101010", 3),
    "desktop": _desktop,
}
#: Held out as well: chosen later, when the rest had been looked at for long.
LATER: dict[str, Maker] = {
    "ladybird": lambda: _covering(picture("nature/LadyBird.jpg")),
    "island": lambda: _sprites(
        _covering(picture("worldmaps/tutorial_layer0.jpg")),
        ("misc/logo.png", "prefabs/sortie_entrance.png", "traps/hammer.png"),
        30,
        6,
    ),
}
