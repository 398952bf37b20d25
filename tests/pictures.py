"""Small pictures and archives for tests, made with Pillow and the standard library."""

from __future__ import annotations

import io
import tarfile
import zipfile
from typing import Any

from PIL import Image, ImageDraw


def picture(width: int = 40, height: int = 30, *, seed: int = 0, mode: str = "RGB") -> Image.Image:
    """A grey sheet with a red upper left corner, different for each seed."""
    image = Image.new("RGB", (width, height), (240, 240, 240))
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 0, width // 3, height // 3], fill=(200, 30, 30))
    draw.line([0, height - 1, seed % width, 0], fill=(seed % 256, seed // 256 % 256, 0))
    return image if mode == "RGB" else image.convert(mode)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png(seed: int = 0, width: int = 40, height: int = 30) -> bytes:
    return encoded(picture(width, height, seed=seed))


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()
