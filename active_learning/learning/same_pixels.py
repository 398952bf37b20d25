"""Whether two files show exactly the same pixels, whatever they are encoded as."""

import hashlib
from pathlib import Path

from PIL import Image

from active_learning.learning.images import open_upright


def pixel_digest(path: str | Path) -> str:
    """SHA-256 (hex) of the size and the pixels as shown: after orientation, opaque alpha left out.

    Grey as RGB and grey alone are the same pixels. Raises ImageUnreadable.
    """
    image = _plain(open_upright(path))
    digest = hashlib.sha256(f"{image.mode} {image.width} {image.height} ".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return image  # more than 256 levels: comparing eight bits of them would be no comparison
    if "A" in image.getbands() or "transparency" in image.info:
        rgba = image.convert("RGBA")
        low, _ = rgba.getchannel("A").getextrema()
        return rgba.convert("RGB") if low == 255 else rgba
    return image.convert("RGB")
