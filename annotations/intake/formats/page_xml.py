"""PAGE XML of any year, Transkribus' flavour too: elements are known by their local names."""

from __future__ import annotations

import re
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

_ORDER = re.compile(r"readingOrder\s*\{[^}]*index\s*:\s*(\d+)")
_TYPE = re.compile(r"structure\s*\{[^}]*type\s*:\s*([^;}]+)")


class PageXml(ImportFormat):
    name = "page_xml"
    title = "PAGE XML"
    task_types = ("transcription", "polygons")

    def claims(self, path: str, tree: Tree) -> bool:
        return path.lower().endswith(".xml") and root_name(tree.head(path)) == "PcGts"

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        return each_file(paths, tree, _read)


def _read(path: str, tree: Tree) -> Iterator[Told]:
    node = read_xml(tree.read(path)).first("Page")
    if node is None:
        raise Refusal("xml_invalid", "The file has no Page.")
    found = [child for child in node.walk() if child.name.endswith("Region")]
    order = _reading_order(node)
    regions = [_region(child) for child in found]
    places = {region.id: at for at, region in enumerate(regions)}
    regions.sort(key=lambda region: (order.get(region.id, len(order)), places[region.id]))
    width, height = size_of(node.get("imageWidth")), size_of(node.get("imageHeight"))
    yield from tell(Page(node.get("imageFilename"), width, height, regions), path, tree)


def _reading_order(page: Node) -> dict[str, int]:
    """Return each region's place; groups may lie in groups."""
    order = page.first("ReadingOrder")
    places: dict[str, int] = {}

    def visit(node: Node) -> None:
        for child in sorted(node.children, key=lambda child: size_of(child.get("index", "0"))):
            if child.get("regionRef"):
                places.setdefault(child.get("regionRef"), len(places))
            visit(child)

    if order is not None:
        visit(order)
    return places


def _region(node: Node) -> Region:
    lines = list(node.all("TextLine"))
    places = {id(line): at for at, line in enumerate(lines)}
    lines.sort(key=lambda line: (_index(line), places[id(line)]))
    custom = _TYPE.search(node.get("custom"))
    label = custom.group(1).strip() if custom else node.get("type") or node.name
    region = Region(node.get("id"), label, _points(node.first("Coords")))
    region.lines = [_line(line) for line in lines]
    return region


def _index(line: Node) -> int:
    found = _ORDER.search(line.get("custom"))
    return int(found.group(1)[:9]) if found else 0


def _line(node: Node) -> Line:
    readings = sorted(node.all("TextEquiv"), key=lambda equiv: size_of(equiv.get("index", "0")))
    found = [_reading(equiv) for equiv in readings]
    if not found:
        words = [_best(word) for word in node.all("Word")]
        found = [Reading(" ".join(word for word in words if word))] if any(words) else []
    return Line(
        node.get("id"), _points(node.first("Coords")), _points(node.first("Baseline")), found
    )


def _best(word: Node) -> str:
    readings = sorted(word.all("TextEquiv"), key=lambda equiv: size_of(equiv.get("index", "0")))
    return _reading(readings[0]).text if readings else ""


def _reading(equiv: Node) -> Reading:
    unicode = equiv.first("Unicode")
    text = unicode.text if unicode is not None else equiv.word("PlainText")
    return Reading(text, sure(equiv.get("conf")), equiv.get("comments") == "illegible")


def _points(node: Node | None) -> Points:
    """Return an outline: one attribute since 2013, elements before."""
    if node is None:
        return []
    if node.get("points"):
        return pairs(node.get("points"))
    return pairs(" ".join(f"{p.get('x')},{p.get('y')}" for p in node.all("Point")))
