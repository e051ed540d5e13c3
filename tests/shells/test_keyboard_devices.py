"""Does the real `keyboard` library hear a keyboard of the kernel's, where it can be read?

A pipe stands for the device file, and a script for `dumpkeys`: there is no console here. It runs in
a process of its own, for the library's threads never end.
"""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

#: Linux's numbers of keys: left Control, left Shift, left Alt, F9.
CTRL, SHIFT, ALT, F9 = 29, 42, 56, 67
_KEY, _DOWN = 1, 1
DUMPKEYS = """#!/bin/sh
[ "$1" = --keys-only ] || exit 0
cat <<END
keycode  29 = Control
keycode  42 = Shift
keycode  56 = Alt
keycode  67 = F9
keycode 100 = AltGr
END
"""
LISTENER = """
import sys, warnings
warnings.simplefilter("ignore")
from keyboard import _nixcommon
from traybot.shells import keyboard_hotkeys
_nixcommon.list_devices_from_proc = lambda kind: [_nixcommon.EventDevice(sys.argv[1])]
keyboard_hotkeys.DEVICES = sys.argv[1]
assert keyboard_hotkeys.KeyboardHotkeys.works_here()
hotkeys = keyboard_hotkeys.KeyboardHotkeys(lambda action: print(action, flush=True))
print(hotkeys.bind([("stop", "ctrl+shift+f9"), ("toggle", "ctrl+f9")])["stop"], flush=True)
sys.stdin.readline()
"""


@pytest.mark.skipif(
    not hasattr(os, "mkfifo") or os.geteuid() != 0, reason="the library wants root on Linux"
)
def test_a_chord_is_heard_from_the_device(tmp_path: Path) -> None:
    """The bytes of a kernel's keyboard are a press of stop, with a further modifier held too."""
    device, script = tmp_path / "event0", tmp_path / "dumpkeys"
    os.mkfifo(device)
    script.write_text(DUMPKEYS)
    script.chmod(0o700)
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENER, str(device)],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "bound\n"
        with device.open("wb", buffering=0) as keyboard:
            for code in (CTRL, SHIFT, ALT, F9):
                keyboard.write(struct.pack("llHHI", 1, 0, _KEY, code, _DOWN))
            assert process.stdout.readline() == "stop\n"
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
