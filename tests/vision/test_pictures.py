"""Is a picture file read as it is, refused with a reason, and written whole?"""

import os
import struct
import tempfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.vision.scenes import noise, png_claiming
from traybot.errors import TraybotError
from traybot.vision.pictures import load_picture, save_png

pytestmark = pytest.mark.anywhere


@pytest.mark.parametrize("name", ["plain.png", "Schaltfläche ü.png", "死 ☠ экран.png"])
def test_a_written_picture_reads_back_the_same(tmp_path: Path, name: str) -> None:
    """Any name will do, and no pixel changes."""
    pixels = noise(30, 20, 4)
    save_png(tmp_path / name, pixels)
    assert np.array_equal(load_picture(tmp_path / name), pixels)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_a_captured_picture_is_written_opaque(tmp_path: Path) -> None:
    """A screen's fourth byte is often 0: the file must not be invisible for that."""
    pixels = noise(30, 20, 4)
    pixels[:, :, 3] = 0
    save_png(tmp_path / "screen.png", pixels)
    assert (load_picture(tmp_path / "screen.png")[:, :, 3] == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_usual_kind_of_png_can_be_read(tmp_path: Path, mode: str) -> None:
    """Palettes, grey and transparency arrive as blue, green, red, alpha."""
    source = Image.fromarray(noise(30, 20, 4)[:, :, [2, 1, 0, 3]]).convert(mode)
    source.save(tmp_path / "picture.png")
    expected = np.asarray(source.convert("RGBA"))[:, :, [2, 1, 0, 3]]
    assert np.array_equal(load_picture(tmp_path / "picture.png"), expected)


@pytest.mark.parametrize("ending", ["jpg", "bmp"])
def test_jpeg_and_bmp_can_be_read(tmp_path: Path, ending: str) -> None:
    """Other programs' screenshots do as well."""
    path = tmp_path / f"picture.{ending}"
    Image.new("RGB", (30, 20), (200, 100, 50)).save(path)
    pixels = load_picture(path)
    assert pixels.shape == (20, 30, 4)
    assert np.abs(pixels.mean(axis=(0, 1)) - (50, 100, 200, 255)).max() < 3


def test_a_wrong_name_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    """The commonest mistake is the case of a letter or a typing error."""
    save_png(tmp_path / "game_over.png", noise(9, 9))
    with pytest.raises(TraybotError, match=r"Game_Over\.PNG.*no such file.*mean game_over\.png"):
        load_picture(tmp_path / "Game_Over.PNG")
    with pytest.raises(TraybotError, match=r"no such file.*check the name"):
        load_picture(tmp_path / "nowhere" / "zzz.png")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a pipe and a name with a zero byte end in one clear line, not in a hang."""
    with pytest.raises(TraybotError, match="it is a folder"):
        load_picture(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.png")
        with pytest.raises(TraybotError, match="not a plain file"):
            load_picture(tmp_path / "pipe.png")
    with pytest.raises(TraybotError, match="cannot use the picture"):
        load_picture(tmp_path / "zero\0byte.png")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is empty"),
        (b"not a picture at all", "not a whole PNG, JPEG or BMP"),
        (b"GIF89a" + bytes(200), "not a whole PNG, JPEG or BMP"),
        (png_claiming(20_000, 10), "it is 20000 x 10 pixels"),
        (png_claiming(9_000, 9_000), "it is 9000 x 9000 pixels"),
        (png_claiming(11_000, 11_000), "far too large"),
        (png_claiming(60_000, 60_000), "far too large"),
        (png_claiming(0, 10), "not a whole PNG, JPEG or BMP"),
        (png_claiming(200, 200), "not a whole PNG, JPEG or BMP"),
    ],
    ids=["empty", "text", "gif", "wide", "large", "warned", "bomb", "zero", "short"],
)
def test_what_is_no_usable_picture_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    """A size that a header claims is judged before any memory is spent on it."""
    path = tmp_path / "wrong.png"
    path.write_bytes(data)
    with pytest.raises(TraybotError, match=reason) as caught:
        load_picture(path)
    assert "wrong.png" in caught.value.what
    assert caught.value.remedy


def test_a_file_too_large_is_refused_after_reading_no_more_than_the_limit(tmp_path: Path) -> None:
    """A sparse file of a terabyte costs neither memory nor time."""
    path = tmp_path / "huge.png"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(TraybotError, match="larger than 1 MB"):
        load_picture(path, max_bytes=1024 * 1024)


def test_more_than_eight_bits_are_refused(tmp_path: Path) -> None:
    """A picture with 16 bits a channel would silently lose its contrast."""
    Image.fromarray(np.full((20, 30), 1000, np.uint16)).save(tmp_path / "deep.png")
    with pytest.raises(TraybotError, match="8 bits"):
        load_picture(tmp_path / "deep.png")


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "BMP"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
def test_a_file_that_breaks_off_is_refused(tmp_path: Path, format_: str, share: float) -> None:
    """Half a picture with a black rest would match black screens."""
    whole = BytesIO()
    Image.fromarray(noise(60, 40)).save(whole, format_)
    path = tmp_path / "half.png"
    path.write_bytes(whole.getvalue()[: int(len(whole.getvalue()) * share)])
    with pytest.raises(TraybotError, match="not a whole"):
        load_picture(path)


@given(st.data())
@settings(max_examples=300)
def test_damaged_bytes_give_a_picture_or_one_clear_error(data: st.DataObject) -> None:
    """Whatever a file holds, nothing but our own error comes out."""
    format_ = data.draw(st.sampled_from(["PNG", "JPEG", "BMP"]))
    whole = BytesIO()
    Image.fromarray(noise(12, 9)).save(whole, format_)
    content = bytearray(whole.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + 2] = struct.pack("<H", data.draw(st.integers(0, 0xFFFF)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "damaged.png")
        path.write_bytes(content)
        try:
            pixels = load_picture(path)
        except TraybotError as error:
            assert error.remedy  # noqa: PT017 -- either way is right
        else:
            assert pixels.shape[2] == 4


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads sees the old picture or the new one, never a part."""
    path = tmp_path / "shot.png"
    save_png(path, noise(9, 9, 4))
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(TraybotError, match=r"cannot write.*shot\.png.*No space left"):
        save_png(path, noise(50, 50))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Writing into a missing folder ends in one line that names the file."""
    with pytest.raises(TraybotError, match=r"nowhere.*a\.png"):
        save_png(tmp_path / "nowhere" / "a.png", noise(9, 9))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_only_this_user_may_read_a_written_picture(tmp_path: Path) -> None:
    """A picture of the screen may show private things."""
    save_png(tmp_path / "shot.png", noise(9, 9))
    assert (tmp_path / "shot.png").stat().st_mode & 0o077 == 0
