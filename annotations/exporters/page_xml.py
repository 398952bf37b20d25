"""PAGE XML 2019-07-15 (https://github.com/PRImA-Research-Lab/PAGE-XML), valid by its schema."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from annotations.exporters.items import (
    BOTH,
    CONSENSUS,
    Folder,
    ItemExporter,
    LabeledItem,
    Question,
)
from annotations.exporters.pages import Page, Points, Reading, pages_of
from annotations.exporters.xml import Markup, as_document, element

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"


class PageXml(ItemExporter):
    """page/NAME.xml for every page, and pictures that are pages themselves on request."""

    name = "page_xml"
    task_types = ("transcription",)
    contents = (CONSENSUS, BOTH)
    note = """
PAGE XML 2019-07-15. Coordinates are whole pixels. The reading with the lowest index is the
consensus, `conf` its confidence; further readings are those that lost the vote, with their share of
the votes. A line that nobody could read has an empty reading with the comment `illegible`.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        count = 0
        names: dict[str, int] = {}
        with Folder(file, self.note) as folder:
            for page in pages_of(items):
                count += len(page.lines)
                number = names[page.stem] = names.get(page.stem, 0) + 1
                name = page.stem if number == 1 else f"{page.stem}_{number}"
                folder.text(f"page/{name}.xml", _document(page, _regions(page), question))
                if page.item is not None:
                    folder.picture(page.item.path, page.item)
        return count


class PageRegions(ItemExporter):
    """page/NAME.xml with a text region for each outline, and the pictures on request."""

    name = "page_regions"
    task_types = ("polygons",)
    note = """
PAGE XML 2019-07-15. Coordinates are whole pixels. Outlines are text regions whose `custom` names
the label, as Transkribus does: structure {type:LABEL;}.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        count = 0
        with Folder(file, self.note) as folder:
            for item in items:
                count += 1
                page = Page(item.path, item.width, item.height)
                folder.text(f"page/{item.stem}.xml", _document(page, _outlined(item), question))
                folder.picture(item.path, item)
        return count


def _document(page: Page, regions: list[Markup], question: Question) -> str:
    metadata = element(
        "Metadata",
        element("Creator", "LabelHub"),
        element("Created", question.made_at),
        element("LastChange", question.made_at),
    )
    size = {"imageWidth": page.width, "imageHeight": page.height}
    body = element("Page", *regions, imageFilename=page.name, **size)
    return as_document(element("PcGts", metadata, body, xmlns=NAMESPACE))


def _regions(page: Page) -> list[Markup]:
    regions = []
    for name, outline in page.regions.items():
        lines = [
            element(
                "TextLine",
                _coords(line.polygon),
                *([element("Baseline", points=_points(line.baseline))] if line.baseline else []),
                *(_equiv(number, reading) for number, reading in enumerate(line.readings)),
                id=line.id,
                custom=f"readingOrder {{index:{place};}}",
            )
            for place, line in enumerate(line for line in page.lines if line.region == name)
        ]
        regions.append(element("TextRegion", _coords(outline), *lines, id=name))
    return regions


def _outlined(item: LabeledItem) -> list[Markup]:
    return [
        element(
            "TextRegion",
            _coords(polygon["points"]),
            id=f"r{number}",
            custom=f"structure {{type:{polygon['label'].translate(_PLAIN)};}}",
        )
        for number, polygon in enumerate((item.answer or {}).get("polygons", []))
    ]


_PLAIN = str.maketrans(dict.fromkeys("{};", "_"))


def _equiv(number: int, reading: Reading) -> Markup:
    sure = None if reading.confidence is None else f"{min(max(reading.confidence, 0), 1):.6g}"
    comment = "illegible" if reading.illegible else None
    text = element("Unicode", reading.text)
    return element("TextEquiv", text, index=number, conf=sure, comments=comment)


def _coords(points: Points) -> Markup:
    return element("Coords", points=_points(points))


def _points(points: Points) -> str:
    """Return whole, non-negative pixels: the schema allows no others."""
    return " ".join(f"{max(round(x), 0)},{max(round(y), 0)}" for x, y in points)
