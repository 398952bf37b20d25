"""Grey picture -> square canvas, shared by fit and predict so that they cannot drift apart.

Handwriting ("ink") is cropped to its strokes, scaled to a common size and centred by mass, as
MNIST was made (LeCun et al. 1998), always as bright ink on a black ground whatever the paper's
polarity. Everything else ("photo") is resized whole and brought to a common contrast.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from active_learning.learning.errors import ArtifactInvalid
from active_learning.learning.images import Grey

Canvas = NDArray[np.float32]

INK_THRESHOLD = 0.25  # share of the strongest ink that still counts as a stroke
FAINTEST_INK = 0.04  # below this contrast a picture is blank paper
GROUND_TOLERANCE = 0.12


@dataclass(frozen=True)
class Preparation:
    """How pictures become canvases: `size` square, strokes scaled to `content` (ink only)."""

    mode: Literal["ink", "photo"] = "ink"
    size: int = 28
    content: int = 20

    @property
    def name(self) -> str:
        """Short name; two preparations with one name make equal canvases."""
        return f"{self.mode}{self.size}" + (f"c{self.content}" if self.mode == "ink" else "")

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> "Preparation":
        """Raise ArtifactInvalid when `data` is not what to_json writes."""
        try:
            mode, size, content = data["mode"], data["size"], data["content"]
        except (KeyError, TypeError):
            raise ArtifactInvalid("the preprocessing is incomplete") from None
        whole = all(type(number) is int for number in (size, content))
        if mode not in ("ink", "photo") or not whole or not 8 <= content <= size <= 256:
            raise ArtifactInvalid(f"the preprocessing is not understood: {data}")
        return cls(mode, size, content)

    def canvas(self, grey: Grey) -> Canvas:
        """(height, width) grey levels in 0..1 -> (size, size) float32 in 0..1."""
        if self.mode == "ink":
            return ink_canvas(grey, self.size, self.content)
        return photo_canvas(grey, self.size)


def choose_preparation(greys: Iterable[Grey]) -> Preparation:
    """Ink if most of the pictures are strokes on an even ground, else photo."""
    votes = [looks_like_ink(grey) for grey in greys]
    return Preparation("ink" if sum(votes) * 2 >= len(votes) else "photo")


def looks_like_ink(grey: Grey) -> bool:
    """True for strokes on an even ground: measured on digits, letters, faces and photographs.

    Small pictures are filled by their strokes, so they may be less even if the ground is
    nearly black or white; a studio wall behind a face is even as well, but grey.
    """
    ground = _ground(grey)
    rim_even = np.mean(np.abs(_rim(grey) - ground) < GROUND_TOLERANCE)
    all_even = np.mean(np.abs(grey - ground) < GROUND_TOLERANCE)
    extreme = min(ground, 1 - ground) < 0.1
    return bool(rim_even >= 0.6 and all_even >= (0.35 if extreme else 0.6))


def ink_canvas(grey: Grey, size: int, content: int) -> Canvas:
    """Strokes cropped, longest side scaled to `content`, centre of mass in the middle."""
    shown = ink(grey)
    canvas = np.zeros((size, size), np.float32)
    rows = np.flatnonzero(shown.max(axis=1) > INK_THRESHOLD)
    columns = np.flatnonzero(shown.max(axis=0) > INK_THRESHOLD)
    if not len(rows) or not len(columns):
        return canvas
    strokes = shown[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = content / max(strokes.shape)
    height, width = (max(1, round(side * scale)) for side in strokes.shape)
    strokes = resize(strokes, width, height)
    top, left = _corner(strokes, size)
    canvas[top : top + height, left : left + width] = np.clip(strokes, 0, 1)
    return canvas


def photo_canvas(grey: Grey, size: int) -> Canvas:
    """The whole picture, stretched to the square, mean at 0.5 and deviation at 0.2."""
    canvas = resize(grey, size, size)
    spread = float(canvas.std())
    if spread < FAINTEST_INK / 4:
        return np.full((size, size), 0.5, np.float32)
    centred = (canvas - canvas.mean()) / np.float32(spread)
    return np.asarray(np.clip(0.5 + 0.2 * centred, 0, 1), np.float32)


def look(grey: Grey) -> NDArray[np.float32]:
    """(2,): level of the ground, and 1 for ink brighter than it, 0 for darker."""
    ground = _ground(grey)
    brighter = float((grey - np.float32(ground)).sum()) >= 0
    return np.array([ground, float(brighter)], np.float32)


def _rim(grey: Grey) -> Grey:
    return np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])


def _ground(grey: Grey) -> float:
    return float(np.median(_rim(grey)))


def ink(grey: Grey) -> Grey:
    """(h, w) grey levels -> (h, w): distance from the ground towards the stronger side, 0..1."""
    distance = grey - np.float32(_ground(grey))
    darker = float(distance.sum()) < 0
    strength = np.maximum(-distance if darker else distance, 0)
    strongest = float(strength.max())
    if strongest < FAINTEST_INK:
        return np.zeros_like(grey)
    return np.asarray(strength / strongest, np.float32)


def _corner(strokes: Grey, size: int) -> tuple[int, int]:
    """Where the strokes go so that their mass is central and nothing is cut off."""
    mass = float(strokes.sum()) or 1.0
    corner = []
    for axis, side in enumerate(strokes.shape):
        profile = strokes.sum(axis=1 - axis)
        middle = float((profile * np.arange(side)).sum()) / mass
        corner.append(int(np.clip(round((size - 1) / 2 - middle), 0, size - side)))
    return corner[0], corner[1]


def resize(grey: Grey, width: int, height: int) -> Grey:
    """(h, w) -> (height, width), bilinear."""
    if grey.shape == (height, width):
        return grey
    # Bilinear in Pillow widens its support when shrinking, so it is also a low-pass.
    image = Image.fromarray(np.ascontiguousarray(grey))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR), np.float32)
