"""What does a damaged file get? One line with file, place and remedy, and nothing starts."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.running import make_bot, traybot

pytestmark = pytest.mark.e2e

IDLE = "def play(bot):\n    bot.sleep(3600)\n"
WATCH = '[[watch]]\nname = "death"\nsee = "bad.png"\n'


def png(width: int, height: int, *, flat: bool = False) -> bytes:
    """Give a picture file; not flat means stripes."""
    picture = Image.new("L", (width, height), 128)
    if not flat:
        picture.putdata([(x * 37) % 256 for x in range(width * height)])
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def claimed(width: int, height: int) -> bytes:
    """Give a file whose header claims a size; there is next to nothing behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


TEMPLATES = {
    "flat": (png(40, 20, flat=True), "flat"),
    "zero-size": (claimed(0, 0), "not a whole"),
    "empty": (b"", "empty"),
    "truncated": (png(40, 20)[:-30], "not a whole"),
    "huge": (claimed(60_000, 60_000), "too large"),
    "no picture": (b"hello", "not a whole"),
    "tiny": (png(2, 2), "2 x 2"),
}


@pytest.mark.parametrize("fault", TEMPLATES)
def test_a_template_that_cannot_be_used_is_refused(home: Path, fault: str) -> None:
    """The line names picture, fault, and the line of bot.toml; exit code 5."""
    content, words = TEMPLATES[fault]
    folder = make_bot(home, "wrong", IDLE, '[routine]\nrun = "routine:play"\n' + WATCH)
    (folder / "bad.png").write_bytes(content)
    checked = traybot("check", "wrong")
    assert checked.returncode == 5
    (line,) = checked.stderr.splitlines()
    assert words in line
    assert "bad.png" in line
    assert "bot.toml, line 5" in line


SETTINGS = {
    "no TOML": ("[hotkeys\n", ["line 1"]),
    "unknown option": ('[hotkeys]\nstopp = "f9"\n', ["line 2", "stopp", '"stop"']),
    "unknown section": ("[hotkey]\n", ["hotkey"]),
    "wrong type": ("[tray]\nenabled = 1\n", ["line 2", "enabled", "true or false"]),
    "bad chord": ('[hotkeys]\nstop = "ctrl+nokey"\n', ["line 2", "nokey"]),
}


@pytest.mark.parametrize("fault", SETTINGS)
def test_damaged_settings_start_nothing(home: Path, fault: str) -> None:
    """Who asks for a bot hears what is wrong in one line and code 5; the file stays as it is."""
    text, words = SETTINGS[fault]
    file = home / "settings.toml"
    file.write_text(text, encoding="utf-8")
    started = traybot("run", "player", "--no-tray")
    assert started.returncode == 5
    (line,) = started.stderr.splitlines()
    assert str(file) in line
    assert all(word in line for word in words), line
    assert file.read_text(encoding="utf-8") == text
