"""Pictures of every kind become the same small canvases."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from active_learning.learning.errors import ImageUnreadable
from active_learning.learning.images import LONGEST_SIDE, read_grey
from active_learning.learning.transforms import Preparation, choose_preparation, looks_like_ink
from tests.active_learning.learning.material import digit_items


def stroke(size: int = 40) -> np.ndarray:
    """Black paper with a bright L on it."""
    grey = np.zeros((size, size), np.float32)
    grey[size // 4 : size * 3 // 4, size // 3 : size // 3 + 4] = 1
    grey[size * 3 // 4 - 4 : size * 3 // 4, size // 3 : size * 2 // 3] = 1
    return grey


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16", "I", "F", "CMYK"])
def test_every_mode_shows_the_same_picture(mode: str, tmp_path: Path) -> None:
    bright = Image.fromarray((stroke() * 255).astype(np.uint8))
    if mode == "I;16":
        image = Image.fromarray((stroke() * 65535).astype(np.uint16))
    elif mode == "F":
        image = Image.fromarray(stroke())
    else:
        image = bright.convert(mode)
    file = tmp_path / ("a.tiff" if mode in ("F", "I", "CMYK") else "a.png")
    image.save(file)
    assert np.abs(read_grey(file) - stroke()).max() < 0.02


@pytest.mark.parametrize("ink", [0, 255])
def test_ink_on_transparent_paper_is_seen(ink: int, tmp_path: Path) -> None:
    pixels = np.full((40, 40, 4), ink, np.uint8)
    pixels[..., 3] = stroke() * 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert np.ptp(read_grey(tmp_path / "a.png")) > 0.9


def test_large_pictures_are_shrunk_and_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees to see it upright
    wide = Image.new("L", (1200, 600), 0)
    wide.paste(255, (0, 0, 600, 600))
    wide.save(tmp_path / "a.jpg", exif=exif)
    grey = read_grey(tmp_path / "a.jpg")
    assert grey.shape == (LONGEST_SIDE, LONGEST_SIDE // 2)
    assert grey[:50].mean() > 0.9
    assert grey[-50:].mean() < 0.1


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"%!PS-Adobe", b"\x89PNG\r\n\x1a\n0000"])
def test_unreadable_files_are_named(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "broken.png"
    file.write_bytes(content)
    with pytest.raises(ImageUnreadable, match=r"broken\.png"):
        read_grey(file)


def test_truncated_pictures_are_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (60, 60), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    whole = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImageUnreadable):
        read_grey(tmp_path / "a.png")


def test_ink_canvas_ignores_polarity_place_and_size() -> None:
    prepare = Preparation("ink")
    straight = prepare.canvas(stroke())
    moved = np.roll(stroke(), (3, -5), axis=(0, 1))
    assert np.abs(prepare.canvas(1 - stroke()) - straight).max() < 1e-5
    assert np.abs(prepare.canvas(moved) - straight).max() < 1e-5
    larger = prepare.canvas(np.kron(stroke(), np.ones((3, 3), np.float32)))
    assert np.abs(larger - straight).mean() < 0.02
    assert straight.shape == (28, 28)


@pytest.mark.parametrize("mode", ["ink", "photo"])
@pytest.mark.parametrize("shape", [(8, 8), (1, 1), (1, 90), (500, 3), (128, 128)])
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0, None])
def test_canvases_are_finite_whatever_comes(
    mode: str, shape: tuple[int, int], level: float | None
) -> None:
    grey = np.random.default_rng(0).random(shape, np.float32)
    if level is not None:
        grey[:] = level
    canvas = Preparation(mode).canvas(grey)
    assert canvas.shape == (28, 28)
    assert canvas.dtype == np.float32
    assert canvas.min() >= 0
    assert canvas.max() <= 1


def test_digits_are_ink_and_noise_is_not(tmp_path: Path) -> None:
    greys = [read_grey(item.file) for item in digit_items(tmp_path, 30)]
    assert choose_preparation(greys).mode == "ink"
    assert not looks_like_ink(np.random.default_rng(0).random((30, 30), np.float32))


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("mnist_10k", "ink"),
        ("hanzi_numbers", "ink"),
        ("omniglot_small1", "ink"),
        ("orl_faces", "photo"),
        ("face_or_not", "photo"),
    ],
)
def test_real_sets_are_told_apart(name: str, mode: str, shared_data: Path, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(shared_data / "images" / name / f"{name}.zip") as archive:
        names = [entry for entry in archive.namelist() if entry.startswith("images/")][:60]
        files = [Path(archive.extract(entry, tmp_path)) for entry in names]
    assert choose_preparation(read_grey(file) for file in files).mode == mode
