"""Does the kernel tell of each change in a folder, and of nothing else?"""

import sys
import threading
import time
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("only Linux tells", allow_module_level=True)

from traybot.system.folder_linux import LinuxFolderEar

#: Longer than any machine takes to hear, and far from a wait that runs out.
SOON, LONG = 5.0, 60.0


def heard(ear: LinuxFolderEar) -> bool:
    """Tell whether a long wait ends at once."""
    began = time.monotonic()
    ear.wait(LONG)
    return time.monotonic() - began < SOON


def test_each_kind_of_change_is_heard_and_then_it_is_quiet(tmp_path: Path) -> None:
    """A new file, what is written into it, a file put in its place, and its end."""
    path, other = tmp_path / "it", tmp_path / "folder" / "other"
    other.parent.mkdir()
    ear = LinuxFolderEar(tmp_path)
    try:
        with path.open("w") as file:
            assert heard(ear)
            file.write("more")
            file.flush()
            assert heard(ear)
        assert heard(ear)  # its closing
        other.write_text("inside another folder")
        began = time.monotonic()
        ear.wait(0.2)
        assert time.monotonic() - began >= 0.2, "of that nobody is told"
        other.replace(path)
        assert heard(ear)
        path.unlink()
        assert heard(ear)
    finally:
        ear.close()


def test_a_ring_from_another_thread_ends_the_wait(tmp_path: Path) -> None:
    """And every one after it."""
    ear = LinuxFolderEar(tmp_path)
    try:
        threading.Timer(0.05, ear.ring).start()
        assert heard(ear)
        assert heard(ear)
    finally:
        ear.close()


def test_what_is_no_folder_is_an_error_and_leaves_nothing_open(tmp_path: Path) -> None:
    """The descriptor of the attempt is closed."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(FileNotFoundError):
        LinuxFolderEar(tmp_path / "nowhere")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
