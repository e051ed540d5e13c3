"""Is a file on the disk whole or not there, whatever happens while it is written?"""

import os
from pathlib import Path

import pytest

from traybot.system import whole_file


def test_the_content_is_on_the_disk_before_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut could leave the name with nothing in it; then the folder is brought too."""
    path, done = tmp_path / "file", []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        done.append("content" if os.stat(handle).st_mode & 0o100000 else "folder")
        real_fsync(handle)

    def replace(self: Path, target: Path) -> Path:
        done.append("name")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    whole_file.write(path, b"new")
    assert done == ["content", "name", "folder"]
    assert path.read_bytes() == b"new"


def test_what_an_earlier_cut_left_is_swept_away(tmp_path: Path) -> None:
    """Once it is old enough that nobody can be writing it; other files stay."""
    path = tmp_path / "file"
    old, young, other = (tmp_path / name for name in (".file-a.part", ".file-b.part", ".file-c"))
    for one in (old, young, other):
        one.write_bytes(b"half")
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    whole_file.write(path, b"new")
    assert {one.name for one in tmp_path.iterdir()} == {"file", young.name, other.name}
