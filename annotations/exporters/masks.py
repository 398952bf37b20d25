"""PNG masks: a picture of class numbers for each item, for networks that segment."""

from __future__ import annotations

import colorsys
import io
import math
from collections.abc import Iterable, Sequence
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from annotations.exporters.base import to_json
from annotations.exporters.items import Folder, ItemExporter, LabeledItem, Question

MOST_CLASSES = 255


class Masks(ItemExporter):
    """masks/NAME.png, classes.json, and images/ on request."""

    name = "masks"
    task_types = ("polygons",)
    note = """
PNG masks of the pictures' size. A pixel's value is the number of its class, as classes.json says;
0 is background. A pixel belongs to an outline that holds its centre; where outlines overlap, the
later one wins. The colours are for looking only.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        if len(question.labels) > MOST_CLASSES:
            raise ValueError(f"a mask can tell {MOST_CLASSES} classes apart, not more")
        numbers = {name: number for number, name in enumerate(question.labels, start=1)}
        count = 0
        with Folder(file, self.note) as folder:
            folder.text(
                "classes.json", to_json({"0": "", **{str(n): k for k, n in numbers.items()}})
            )
            for item in items:
                count += 1
                folder.data(f"masks/{item.stem}.png", mask(item, numbers))
                folder.picture(f"images/{item.path}", item)
        return count


def mask(item: LabeledItem, numbers: dict[str, int]) -> bytes:
    """Return an item's mask as PNG: palette mode, one byte a pixel."""
    values = np.zeros((item.height, item.width), np.uint8)
    for polygon in (item.answer or {}).get("polygons", []):
        values[filled(polygon["points"], item.width, item.height)] = numbers[polygon["label"]]
    image = Image.frombytes("P", (item.width, item.height), values.tobytes())
    image.putpalette(_palette(len(numbers)))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def filled(points: Sequence[Sequence[float]], width: int, height: int) -> npt.NDArray[np.bool_]:
    """Return which pixels of a (height, width) picture have their centre inside an outline.

    Inside is where a ray crosses the outline an odd number of times.
    """
    ends = np.asarray(points, float)
    odd = np.zeros((height, width + 1), bool)
    for (x0, y0), (x1, y1) in zip(ends, np.roll(ends, -1, axis=0), strict=True):
        # Rows whose centre lies between the ends; of the two ends the upper one counts.
        first, last = (min(max(math.ceil(y - 0.5), 0), height) for y in (min(y0, y1), max(y0, y1)))
        if first >= last:
            continue
        rows = np.arange(first, last)
        at = x0 + (rows + 0.5 - y0) * (x1 - x0) / (y1 - y0)
        odd[rows, np.clip(np.ceil(at - 0.5), 0, width).astype(int)] ^= True
    return np.asarray(np.logical_xor.accumulate(odd, axis=1)[:, :width])


def _palette(count: int) -> list[int]:
    """Return black, then hues that differ as much as they can."""
    colours = [(0, 0, 0)]
    for number in range(count):
        red, green, blue = colorsys.hsv_to_rgb(number * 0.618 % 1, 0.8, 0.95)
        colours.append((int(255 * red), int(255 * green), int(255 * blue)))
    return [value for colour in colours for value in colour]
