"""Files to records: the table of import formats, and which of them reads which file.

The order matters: of two formats that would read a file, the first one does.
"""

from collections.abc import Iterator

from annotations.intake.formats.alto import Alto
from annotations.intake.formats.base import ImportFormat, Problem, Told, Tree, base_of
from annotations.intake.formats.coco import Coco
from annotations.intake.formats.csv_rows import CsvRows
from annotations.intake.formats.cvat import Cvat
from annotations.intake.formats.faces import Dlib, Lfw, WiderFace
from annotations.intake.formats.folders import ClassFolders
from annotations.intake.formats.iam import Iam
from annotations.intake.formats.idx import Idx
from annotations.intake.formats.jsonl import JsonLines
from annotations.intake.formats.label_studio import LabelStudio
from annotations.intake.formats.manifest import Manifest
from annotations.intake.formats.masks import Masks
from annotations.intake.formats.page_xml import PageXml
from annotations.intake.formats.pts import Pts
from annotations.intake.formats.texts import Kraken, PlainText
from annotations.intake.formats.voc import Voc
from annotations.intake.formats.yolo import Yolo
from annotations.intake.pairs import is_pair_list
from annotations.intake.refusals import Refusal
from annotations.intake.sniff import refusal_of

FORMATS: dict[str, ImportFormat] = {
    "csv": CsvRows(),
    "jsonl": JsonLines(),
    "idx": Idx(),
    "coco": Coco(),
    "label_studio": LabelStudio(),
    "manifest": Manifest(),
    "cvat": Cvat(),
    "voc": Voc(),
    "page_xml": PageXml(),
    "alto": Alto(),
    "dlib": Dlib(),
    "pts": Pts(),
    "kraken": Kraken(),
    "iam": Iam(),
    "wider_face": WiderFace(),
    "text": PlainText(),
    "yolo": Yolo(),
    "lfw": Lfw(),
    "folders": ClassFolders(),
    "masks": Masks(),
}


def read_tree(tree: Tree, wanted: str = "") -> Iterator[tuple[str, Told]]:
    """Yield (format, what it says) of all files of an import; `wanted` names one to read alone.

    A file that no format reads is a problem of its own.
    """
    claimed: dict[str, list[str]] = {}
    for path in tree.others():
        try:
            claimed.setdefault(_format_of(path, tree, wanted), []).append(path)
        except Refusal as refusal:
            yield "", Problem(path, "", path, refusal)
    for name, format in FORMATS.items():
        asked = name == wanted or (not wanted and format.automatic)
        if paths := claimed.get(name, []):
            yield from ((name, told) for told in format.read(paths, tree))
        elif asked and format.fits(tree):
            yield from ((name, told) for told in format.read([], tree))


def _format_of(path: str, tree: Tree, wanted: str) -> str:
    for name, format in FORMATS.items():
        asked = name == wanted if wanted else format.automatic
        if asked and format.claims(path, tree):
            return name
    if path.lower().endswith(".json"):
        tree.json(path)  # says what is wrong with it, where it is no JSON
        raise Refusal("json_shape")
    if is_pair_list(tree.head(path)):
        raise Refusal("unsupported_type", _PAIRS)
    if wanted:
        raise Refusal("unsupported_type", f"This file is no {FORMATS[wanted].title}.")
    raise refusal_of(tree.head(path))


_PAIRS = (
    "A list of pairs is no label of one picture: add it to a project that asks about pairs, where "
    "its labels become known answers or votes."
)


def is_about_import(path: str) -> bool:
    """Tell whether a file speaks to people about the rest, and is passed over."""
    base = base_of(path).lower()
    return base.startswith(("readme", "license", "licence")) and base.endswith((".txt", ".md"))


def is_other(path: str) -> bool:
    """Tell by its name whether a file is none of the pictures, so that a format may read it."""
    return path.lower().endswith(_OTHERS) or "idx1-ubyte" in base_of(path).lower()


_OTHERS = (".json", ".jsonl", ".ndjson", ".xml", ".txt", ".pts", ".yaml", ".yml", ".names")
