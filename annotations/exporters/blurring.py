"""Pictures that name nobody: regions of an answer, or all but those, become a coarse mosaic.

A mosaic keeps the mean of each cell and nothing else, so no computation brings a face back from it;
a blur by convolution can be undone in part (McPherson, Shokri, Shmatikov 2016 read even mosaics of
many cells, hence the few here).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

Points = list[tuple[float, float]]
Rectangle = tuple[int, int, int, int]
REGIONS, REST = "regions", "rest"
MODES = (REGIONS, REST)
TASK_TYPES = ("boxes", "polygons", "keypoints")
REGION_CELLS = 4  # along a region's longer side: fewer than a face needs to look like one
PICTURE_CELLS = 12  # along the picture's longer side, so that its largest face has no more
BOX_MARGIN = 0.15  # of a region's sides: hair and ears count too
LONE_POINT = 0.1  # of the picture's longer side: what a single point is taken to stand for
LEAST_CELL = 4  # pixels: smaller cells would hide nothing
POINTS_MARGIN = 0.6  # points lie on eyes, nose and mouth; the face goes on around them
_PLAIN = {"L", "RGB", "RGBA", "LA", "CMYK"}


@dataclass(frozen=True)
class Blur:
    """What becomes a mosaic: `regions` of an answer, or the `rest`; with a label, of that alone."""

    mode: str
    label: str = ""


def blurred(picture: Image.Image, answer: Mapping[str, Any] | None, blur: Blur) -> Image.Image:
    """Return the picture with what must not be seen as a mosaic; coordinates are its own pixels.

    Where nothing is decided nobody knows what to hide, so all of it is hidden.
    """
    shown = _hidden(_plain(picture), answer, blur)
    # Sixteen bits again, where it had as many.
    return shown.convert("I").convert(picture.mode) if picture.mode.startswith("I") else shown


def _plain(picture: Image.Image) -> Image.Image:
    """Return a copy in a mode whose values can be averaged; of films, the frame that is shown."""
    if picture.mode in _PLAIN:
        return picture.copy()
    if picture.mode.startswith(("I", "F")):
        return picture.convert("I").convert("F")
    return picture.convert("RGBA" if "transparency" in picture.info else "RGB")


def _hidden(shown: Image.Image, answer: Mapping[str, Any] | None, blur: Blur) -> Image.Image:
    if answer is None:
        return _mosaic(shown, PICTURE_CELLS)
    regions = list(_regions(answer, blur.label))
    if blur.mode == REST:
        return _all_but(shown, regions)
    for points, margin in regions:
        place = _around(points, margin, shown.size)
        if place is not None:
            shown.paste(_mosaic(shown.crop(place), REGION_CELLS), place)
    return shown


def _regions(answer: Mapping[str, Any], label: str) -> Iterator[tuple[Points, float]]:
    """Yield (points, margin) of what an answer marks."""
    for part in [*answer.get("boxes", []), *answer.get("polygons", [])]:
        if label in ("", part["label"]):
            yield _outline(part), BOX_MARGIN
    for part in answer.get("instances", []):
        seen = [(x, y) for x, y, visible in part["points"].values() if visible]
        if seen and label in ("", part["label"]):
            yield seen, POINTS_MARGIN


def _outline(part: Mapping[str, Any]) -> Points:
    if "points" in part:
        return [(x, y) for x, y in part["points"]]
    left, top = part["x"], part["y"]
    right, bottom = left + part["width"], top + part["height"]
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _around(points: Points, margin: float, size: tuple[int, int]) -> Rectangle | None:
    """Return the whole pixels around points with a margin; None where that is off the picture."""
    xs, ys = zip(*points, strict=True)
    # A single point, or some in a row, still stand for something that is as wide as it is high.
    side = max(max(xs) - min(xs), max(ys) - min(ys)) or LONE_POINT * max(size)
    across = margin * (max(xs) - min(xs) or side)
    down = margin * (max(ys) - min(ys) or side)
    left = max(math.floor(min(xs) - across), 0)
    top = max(math.floor(min(ys) - down), 0)
    right = min(math.ceil(max(xs) + across), size[0])
    bottom = min(math.ceil(max(ys) + down), size[1])
    return (left, top, right, bottom) if left < right and top < bottom else None


def _mosaic(picture: Image.Image, cells: int) -> Image.Image:
    longer = max(picture.size)
    cells = max(1, min(cells, longer // LEAST_CELL))
    few = tuple(max(1, round(cells * side / longer)) for side in picture.size)
    means = picture.resize((few[0], few[1]), Image.Resampling.BOX)
    return means.resize(picture.size, Image.Resampling.NEAREST)


def _all_but(picture: Image.Image, regions: list[tuple[Points, float]]) -> Image.Image:
    """Keep what lies inside the regions, without a margin, and hide all else."""
    kept = Image.new("L", picture.size, 0)
    draw = ImageDraw.Draw(kept)
    for points, margin in regions:
        if margin == POINTS_MARGIN or len(points) < 3:
            place = _around(points, margin, picture.size)
            if place is not None:
                draw.rectangle((place[0], place[1], place[2] - 1, place[3] - 1), fill=255)
        else:
            # Pillow counts from the middle of a pixel, answers from its upper left corner.
            draw.polygon([(x - 0.5, y - 0.5) for x, y in points], fill=255)
    hidden = _mosaic(picture, PICTURE_CELLS)
    hidden.paste(picture, (0, 0), kept)
    return hidden
