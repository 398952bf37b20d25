"""PNG masks: a picture of class numbers for each item, for networks that segment."""

from __future__ import annotations

import colorsys
import io
from collections.abc import Iterable
from typing import BinaryIO

from PIL import Image, ImageDraw

from annotations.exporters.base import to_json
from annotations.exporters.items import Folder, ItemExporter, LabeledItem, Question

MOST_CLASSES = 255


class Masks(ItemExporter):
    """masks/NAME.png, classes.json, and images/ on request."""

    name = "masks"
    task_types = ("polygons",)
    note = """
PNG masks of the pictures' size. A pixel's value is the number of its class, as classes.json says;
0 is background. A pixel belongs to an outline that holds its centre, up to rounding; where outlines
overlap, the later one wins. The colours are for looking only.
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
    image = Image.new("P", (item.width, item.height), 0)
    image.putpalette(_palette(len(numbers)))
    draw = ImageDraw.Draw(image)
    for polygon in (item.answer or {}).get("polygons", []):
        # Pillow counts from the middle of a pixel, answers from its upper left corner.
        draw.polygon([(x - 0.5, y - 0.5) for x, y in polygon["points"]], numbers[polygon["label"]])
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _palette(count: int) -> list[int]:
    """Return black, then hues that differ as much as they can."""
    colours = [(0, 0, 0)]
    for number in range(count):
        red, green, blue = colorsys.hsv_to_rgb(number * 0.618 % 1, 0.8, 0.95)
        colours.append((int(255 * red), int(255 * green), int(255 * blue)))
    return [value for colour in colours for value in colour]
