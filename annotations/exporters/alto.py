"""ALTO 4.4 (https://www.loc.gov/standards/alto/), valid against its schema."""

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
    extent,
    plain,
)
from annotations.exporters.pages import Line, Page, Points, Reading, pages_of
from annotations.exporters.xml import Markup, as_document, element

NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
ILLEGIBLE = "illegible"


class Alto(ItemExporter):
    """alto/NAME.xml for every page, and pictures that are pages themselves on request."""

    name = "alto"
    task_types = ("transcription",)
    contents = (CONSENSUS, BOTH)
    note = """
ALTO 4.4. Coordinates are pixels. A line is one String: CONTENT is the consensus, WC its confidence
(1 is sure), each ALTERNATIVE a reading that lost the vote, with its share of the votes as PURPOSE.
Lines that nobody could read carry the tag `illegible`.
"""

    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        names: dict[str, int] = {}
        count = 0
        with Folder(file, self.note) as folder:
            for page in pages_of(items):
                count += len(page.lines)
                number = names[page.stem] = names.get(page.stem, 0) + 1
                name = page.stem if number == 1 else f"{page.stem}_{number}"
                folder.text(f"alto/{name}.xml", document(page))
                if page.item is not None:
                    folder.picture(page.item.path, page.item)
        return count


def document(page: Page) -> str:
    """Return a page's XML."""
    source = element("sourceImageInformation", element("fileName", page.name))
    description = element("Description", element("MeasurementUnit", "pixel"), source)
    tags = element("Tags", element("OtherTag", ID=ILLEGIBLE, LABEL=ILLEGIBLE))
    size = {"WIDTH": page.width, "HEIGHT": page.height}
    blocks = [
        element(
            "TextBlock",
            _shape(outline),
            *(_line(line) for line in page.lines if line.region == name),
            ID=name,
            **_sides(outline),
        )
        for name, outline in page.regions.items()
    ]
    space = element("PrintSpace", *blocks, HPOS=0, VPOS=0, **size)
    layout = element("Layout", element("Page", space, ID="page", PHYSICAL_IMG_NR=1, **size))
    return as_document(element("alto", description, tags, layout, xmlns=NAMESPACE))


def _line(line: Line) -> Markup:
    main, *others = line.readings or [Reading("", None)]
    sides = _sides(line.polygon)
    sure = None if main.confidence is None else f"{min(max(main.confidence, 0), 1):.6g}"
    alternatives = [
        element("ALTERNATIVE", other.text, PURPOSE=f"{other.confidence or 0:.6g}")
        for other in others
    ]
    return element(
        "TextLine",
        _shape(line.polygon),
        element("String", *alternatives, CONTENT=main.text, WC=sure, **sides),
        ID=line.id,
        TAGREFS=ILLEGIBLE if main.illegible else None,
        BASELINE=_points(line.baseline) or None,
        **sides,
    )


def _shape(points: Points) -> Markup:
    return element("Shape", element("Polygon", POINTS=_points(points)))


def _points(points: Points) -> str:
    return " ".join(f"{plain(x)},{plain(y)}" for x, y in points)


def _sides(points: Points) -> dict[str, str]:
    names = ("HPOS", "VPOS", "WIDTH", "HEIGHT")
    return {name: plain(value) for name, value in zip(names, extent(points), strict=True)}
