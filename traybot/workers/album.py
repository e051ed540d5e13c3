"""Which pictures are kept of moments that a person should see? Files for their owner only."""

import os
import time
from pathlib import Path

import cv2

from traybot.errors import TraybotError
from traybot.shells.channel import Channel
from traybot.text import in_english
from traybot.vision.pixels import Pixels
from traybot.workers.eyes import Eyes

#: The oldest beyond so many are deleted.
_KEPT = 50


class Album:
    """The pictures that one deathwatch keeps."""

    def __init__(self, folder: str, eyes: Eyes, channel: Channel) -> None:
        """Keep them in this folder; make nothing yet."""
        self._folder = Path(folder)
        self._eyes = eyes
        self._channel = channel

    def keep(self, name: str) -> None:
        """Keep what there is to see in the bot's area, and tell the daemon where, or why not."""
        self._eyes.new_tick()
        try:
            file = write(self._eyes.frame(None).pixels, self._folder, name)
        except (TraybotError, OSError) as error:
            text = f"no picture could be kept: {in_english(error)}"
            self._channel.send({"say": "log", "level": "warning", "text": text})
        else:
            self._channel.send({"say": "picture", "name": name, "file": str(file)})


def write(pixels: Pixels, folder: Path, name: str) -> Path:
    """Write a BGRA picture as PNG and give its file; `OSError` if that cannot be done."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    millis = f"{time.time() % 1:.3f}"[2:]
    file = folder / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}-{millis}.png"
    done, content = cv2.imencode(".png", pixels[..., :3])
    if not done:
        raise OSError(f"cannot write {name} as PNG")
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content.tobytes())
    for old in sorted(folder.glob("*.png"), key=_age)[:-_KEPT]:
        old.unlink(missing_ok=True)
    return file


def _age(file: Path) -> float:
    return file.stat().st_mtime
