"""Picture of a line of writing -> strip of ink: one height, as wide as the line is long."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.errors import ArtifactInvalid
from active_learning.learning.images import Grey, read_grey
from active_learning.learning.transforms import INK_THRESHOLD, ink, resize

Strip = NDArray[np.float32]

LONGEST_LINE = 4096  # pixels of the picture that are looked at
SPECKS = 0.002  # share of the ink that may lie outside of the crop: dust, a scanner's rim


@dataclass(frozen=True)
class LinePreparation:
    """How lines become strips: `height` rows, `margin` of them free above and below the ink."""

    height: int = 32
    margin: int = 2
    widest: int = 2400

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return {"height": self.height, "margin": self.margin, "widest": self.widest}

    @classmethod
    def from_json(cls, data: Any) -> "LinePreparation":
        """Raise ArtifactInvalid when `data` is not what to_json writes."""
        try:
            numbers = [data[name] for name in ("height", "margin", "widest")]
        except (KeyError, TypeError):
            raise ArtifactInvalid("the preparation of lines is incomplete") from None
        height, margin, widest = numbers
        if any(type(number) is not int for number in numbers) or not (
            16 <= height <= 256 and 0 <= margin < height / 4 and height <= widest <= 20_000
        ):
            raise ArtifactInvalid(f"the preparation of lines is not understood: {data}")
        return cls(height, margin, widest)

    def read(self, file: str | Path) -> Strip:
        """Picture file -> (height, width) float32, 0 ground and 1 ink; raise ImageUnreadable."""
        return self.strip(read_grey(file, LONGEST_LINE))

    def strip(self, grey: Grey) -> Strip:
        """(h, w) grey levels in 0..1 -> (height, width): cropped to the ink, keeping its shape."""
        strokes = _cropped(ink(grey))
        tall = self.height - 2 * self.margin
        scale = min(tall / strokes.shape[0], (self.widest - 2 * self.margin) / strokes.shape[1])
        high, wide = (max(1, round(side * scale)) for side in strokes.shape)
        strokes = np.clip(resize(strokes, wide, high), 0, 1)
        strip = np.zeros((self.height, max(wide + 2 * self.margin, self.height)), np.float32)
        top = (self.height - high) // 2
        strip[top : top + high, self.margin : self.margin + wide] = strokes
        return strip


def _cropped(strokes: Grey) -> Grey:
    """The part that holds all ink but specks; the whole of a blank picture."""
    strong = np.where(strokes > INK_THRESHOLD, strokes, 0)
    rows, columns = (_span(strong.sum(axis=axis)) for axis in (1, 0))
    return strokes[rows, columns]


def _span(profile: NDArray[np.float32]) -> slice:
    total = float(profile.sum())
    if total <= 0:
        return slice(0, len(profile))
    share = np.cumsum(profile, dtype=np.float64) / total
    first = int(np.searchsorted(share, SPECKS, side="right"))
    last = int(np.searchsorted(share, 1 - SPECKS, side="left"))
    return slice(first, max(last, first) + 1)
