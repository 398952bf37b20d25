"""Pages of text as PAGE and ALTO have them: their regions, and lines that are cut out of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from annotations.intake.formats import shapes
from annotations.intake.formats.base import (
    Cut,
    Found,
    JsonObject,
    Points,
    Problem,
    Record,
    Told,
    Tree,
    base_of,
    stem_of,
)
from annotations.intake.refusals import Refusal

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class Reading:
    """One way to read a line, and how sure it is."""

    text: str
    confidence: float | None = None
    illegible: bool = False


@dataclass(frozen=True)
class Line:
    """A line as a file has it, in the file's own units."""

    id: str
    polygon: Points
    baseline: Points
    readings: list[Reading]


@dataclass
class Region:
    """A region of a page, and its lines in their reading order."""

    id: str
    label: str
    polygon: Points
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """A page as a file has it; `width` and `height` in the file's own units."""

    name: str
    width: float
    height: float
    regions: list[Region]


def tell(page: Page, source: str, tree: Tree) -> Iterator[Told]:
    """Yield the page with its regions as outlines, then each of its lines."""
    picture = _picture(page.name, source, tree)
    fit = _Fit(page, picture)
    group = base_of(stem_of(picture.path))[:200]
    outlines = [
        {"label": shapes.label(region.label), "points": points}
        for region in page.regions
        if enclosed(points := fit.all(region.polygon))
    ]
    # A page with neither lines nor regions says that nothing is on it.
    outlined = outlines or not any(region.lines for region in page.regions)
    answers: dict[str, JsonObject] = {"polygons": {"polygons": outlines}} if outlined else {}
    yield Record(source, "", picture, answers, group=group)
    for region in page.regions:
        for line in region.lines:
            yield _line(line, region, fit, picture, source, group)


def _picture(name: str, source: str, tree: Tree) -> Found:
    """Return the page's picture; files that were renamed carry the name of their XML."""
    try:
        if name:
            return tree.find(name, near=source)
    except Refusal as refusal:
        if refusal.code not in ("unknown_item", "path_traversal", "bad_name"):
            raise
    return tree.find_stem(base_of(stem_of(source)), near=source)


class _Fit:
    """Brings a file's units to the picture's pixels, and what lies over the edge onto it."""

    def __init__(self, page: Page, picture: Found) -> None:
        self.size = picture.size
        self.across = picture.width / page.width if page.width > 0 else 1.0
        self.down = picture.height / page.height if page.height > 0 else 1.0

    def all(self, points: Points) -> Points:
        width, height = self.size
        return [
            [min(max(x * self.across, 0.0), width), min(max(y * self.down, 0.0), height)]
            for x, y in points
        ]


def _line(line: Line, region: Region, fit: _Fit, picture: Found, source: str, group: str) -> Told:
    polygon, baseline = fit.all(line.polygon), fit.all(line.baseline)
    if not enclosed(polygon):
        lost = Refusal("box_invalid", "The line has no outline that it could be cut out by.")
        return Problem(source, f"line {line.id}", line.id[:80], lost)
    cut = Cut(line.id[:200], polygon, baseline, region.id[:200], fit.all(region.polygon))
    try:
        answers, confidence = _text(line.readings)
    except Refusal as refusal:
        return Problem(source, f"line {line.id}", line.id[:80], refusal)
    return Record(
        source, f"line {line.id}", picture, answers, confidence=confidence, group=group, cut=cut
    )


def _text(readings: list[Reading]) -> tuple[dict[str, JsonObject], float | None]:
    if not readings:
        return {}, None
    main = readings[0]
    if main.illegible:
        return {"transcription": {"text": "", "illegible": True}}, main.confidence
    if not main.text.strip():
        return {}, None
    return {"transcription": shapes.text_answer(main.text)}, main.confidence


def enclosed(points: Points) -> bool:
    """Tell whether an outline encloses at least a pixel."""
    shifted = points[1:] + points[:1]
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, shifted, strict=True))
    return len(points) >= 3 and abs(twice) >= 2


def pairs(text: str) -> Points:
    """Return points from `x,y x,y` or from `x y x y`; an odd number at the end is dropped."""
    values = [float(word) for word in _NUMBER.findall(text)]
    if len(values) > 2 * shapes.MOST_POINTS:
        raise Refusal("polygon_too_many_points", "An outline has more points than are allowed.")
    if not all(math.isfinite(value) for value in values):
        raise Refusal("box_invalid", "A coordinate is too large.")
    return [[x, y] for x, y in zip(values[::2], values[1::2], strict=False)]


def size_of(text: str) -> float:
    """Return a page's side; 0 where the file does not say."""
    found = _NUMBER.match(text.strip())
    value = float(found.group()) if found else 0.0
    return value if math.isfinite(value) else 0.0


def sure(text: str) -> float | None:
    """Return a confidence of 0 to 1, None where the file has none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
