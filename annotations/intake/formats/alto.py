"""ALTO 2 to 4: pages with blocks, lines and strings; positions in pixels or in other units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotations.intake.documents import Node, read_xml, root_name
from annotations.intake.formats.base import ImportFormat, Points, Told, Tree, each_file
from annotations.intake.formats.pages import (
    Line,
    Page,
    Reading,
    Region,
    pairs,
    size_of,
    sure,
    tell,
)
from annotations.intake.refusals import Refusal

ILLEGIBLE = "illegible"


class Alto(ImportFormat):
    name = "alto"
    title = "ALTO XML"
    task_types = ("transcription", "polygons")

    def claims(self, path: str, tree: Tree) -> bool:
        return path.lower().endswith(".xml") and root_name(tree.head(path)) == "alto"

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        return each_file(paths, tree, _read)


def _read(path: str, tree: Tree) -> Iterator[Told]:
    root = read_xml(tree.read(path))
    pages = [node for node in root.walk() if node.name == "Page"]
    if len(pages) != 1:
        raise Refusal("xml_invalid", f"The file has {len(pages)} pages; one file, one page.")
    (page,) = pages
    tags = {tag.get("ID"): tag.get("LABEL") for node in root.all("Tags") for tag in node.children}
    name = root.word("Description", "sourceImageInformation", "fileName")
    width, height = size_of(page.get("WIDTH")), size_of(page.get("HEIGHT"))
    unit = root.word("Description", "MeasurementUnit", default="pixel")
    if unit != "pixel" and not (width and height):
        raise Refusal(
            "xml_invalid", f"The file is in {unit}, but does not say how large the page is."
        )
    blocks = [node for node in page.walk() if node.name == "TextBlock"]
    regions = [_region(block, tags) for block in blocks]
    yield from tell(Page(name, width, height, regions), path, tree)


def _region(node: Node, tags: dict[str, str]) -> Region:
    names = [tags[ref] for ref in node.get("TAGREFS").split() if tags.get(ref)]
    region = Region(node.get("ID"), names[0] if names else "TextBlock", _outline(node))
    region.lines = [_line(line, tags) for line in node.all("TextLine")]
    return region


def _line(node: Node, tags: dict[str, str]) -> Line:
    readings = _readings(node)
    if ILLEGIBLE in {tags.get(ref) for ref in node.get("TAGREFS").split()}:
        readings = [Reading("", None, illegible=True), *readings[1:]]
    return Line(node.get("ID"), _outline(node), _baseline(node), readings)


def _readings(line: Node) -> list[Reading]:
    """Return the line's text, its strings put together, then what a lone string could be too."""
    words: list[str] = []
    strings = list(line.all("String"))
    for node in line.all("String", "SP", "HYP"):
        if node.name == "SP":
            words.append(" ")
        else:
            touching = node.name == "HYP" or not words or words[-1] == " "
            words.append(("" if touching else " ") + node.get("CONTENT"))
    if not strings:
        return []
    scores = [score for node in strings if (score := sure(node.get("WC"))) is not None]
    main = Reading("".join(words), min(scores) if scores else None)
    others = list(strings[0].all("ALTERNATIVE")) if len(strings) == 1 else []
    return [main, *(Reading(node.text, sure(node.get("PURPOSE"))) for node in others)]


def _outline(node: Node) -> Points:
    polygon = node.first("Shape", "Polygon")
    if polygon is not None:
        return pairs(polygon.get("POINTS"))
    x, y, width, height = _sides(node)
    if width <= 0 or height <= 0:
        return []
    return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]


def _sides(node: Node) -> tuple[float, ...]:
    return tuple(size_of(node.get(name)) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))


def _baseline(node: Node) -> Points:
    """Return the line's baseline: a list of points, or the one height of older files."""
    text = node.get("BASELINE")
    points = pairs(text)
    if points or not text.strip():
        return points
    x, _, width, _ = _sides(node)
    return [[x, size_of(text)], [x + width, size_of(text)]]
