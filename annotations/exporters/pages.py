"""Pages of text: lines that were cut out of a page go back to their places on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import PurePosixPath
from typing import Any

from annotations.exporters.items import LabeledItem

Points = list[list[float]]
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True)
class Reading:
    """One way to read a line, and how sure it is (None where nobody can say)."""

    text: str
    confidence: float | None
    illegible: bool = False


@dataclass(frozen=True)
class Line:
    """A line on its page: an id that is unique there, its outline, baseline and readings."""

    id: str
    region: str
    polygon: Points
    baseline: Points
    readings: list[Reading]


@dataclass
class Page:
    """A page and the lines on it, by region, in their order; `item` where the picture is one."""

    name: str
    width: int
    height: int
    regions: dict[str, Points] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    item: LabeledItem | None = None

    @property
    def stem(self) -> str:
        return str(PurePosixPath(self.name).with_suffix(""))


def pages_of(items: Iterable[LabeledItem]) -> Iterator[Page]:
    """Yield pages, one in memory at a time: items that name a page come together on it.

    An item that was no cut-out is a page of one line. Lines of one page are expected one after
    another, as they were imported; a page that comes again later is a further page.
    """
    for _, group in groupby(items, key=_page_key):
        lines = list(group)
        link = lines[0].metadata.get("page")
        yield _linked(link, lines) if link else _alone(lines[0])


def _page_key(item: LabeledItem) -> object:
    link = item.metadata.get("page")
    return (link.get("image"), link.get("sha256")) if link else item.id


def _alone(item: LabeledItem) -> Page:
    page = Page(item.path, item.width, item.height, item=item)
    right, bottom = item.width - 1, item.height - 1
    around: Points = [[0, 0], [right, 0], [right, bottom], [0, bottom]]
    page.regions["region"] = around
    page.lines.append(Line("line", "region", around, [], readings_of(item)))
    return page


def _linked(link: dict[str, Any], items: list[LabeledItem]) -> Page:
    page = Page(str(link["image"]), int(link["width"]), int(link["height"]))
    for number, item in enumerate(items, start=1):
        place = item.metadata["page"]
        region = as_id(str(place.get("region") or "region"))
        outline = place.get("region_polygon") or _corners(page)
        page.regions.setdefault(region, outline)
        name = as_id(str(place.get("line") or f"line_{number}"))
        if name in page.regions or any(line.id == name for line in page.lines):
            name = f"{name}_{number}"
        page.lines.append(
            Line(
                name,
                region,
                place.get("polygon") or _corners(page),
                place.get("baseline") or [],
                readings_of(item),
            )
        )
    return page


def _corners(page: Page) -> Points:
    right, bottom = page.width - 1, page.height - 1
    return [[0, 0], [right, 0], [right, bottom], [0, bottom]]


def as_id(name: str) -> str:
    """Return a name as an XML ID: no leading digit, no blanks."""
    fit = _UNFIT.sub("_", name)
    return fit if fit[:1].isalpha() or fit[:1] == "_" else f"_{fit}"


def readings_of(item: LabeledItem) -> list[Reading]:
    """Return the consensus, then what else was read, by how many voted for it."""
    readings = []
    if item.answer is not None:
        illegible = bool(item.answer.get("illegible"))
        readings.append(Reading(str(item.answer["text"]), item.confidence, illegible))
    texts = Counter(vote.answer["text"] for vote in item.votes if not vote.answer.get("illegible"))
    for text, count in texts.most_common():
        if not any(text == reading.text and not reading.illegible for reading in readings):
            readings.append(Reading(text, count / len(item.votes)))
    return readings
