"""A text file beside each picture: kraken's pairs of a line and its text, and plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from annotations.intake.documents import as_text
from annotations.intake.formats import shapes
from annotations.intake.formats.base import ImportFormat, Record, Told, Tree, base_of, each_file
from annotations.intake.formats.base import stem_of as without_suffix

_KRAKEN = ".gt.txt"


class Kraken(ImportFormat):
    name = "kraken"
    title = "kraken pairs (.gt.txt)"
    task_types = ("transcription",)

    def claims(self, path: str, tree: Tree) -> bool:
        return path.lower().endswith(_KRAKEN)

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        return each_file(paths, tree, _read)


class PlainText(ImportFormat):
    """Texts of any name are also what other formats are made of, so this one must be asked for."""

    name = "text"
    title = "Text file beside each picture"
    task_types = ("transcription",)
    automatic = False

    def claims(self, path: str, tree: Tree) -> bool:
        base = base_of(path).lower()
        return base.endswith(".txt") and not base.startswith("readme")

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        return each_file(paths, tree, _read)


def _read(path: str, tree: Tree) -> Iterator[Told]:
    stem = path[: -len(_KRAKEN)] if path.lower().endswith(_KRAKEN) else without_suffix(path)
    picture = tree.find_stem(stem)
    text = as_text(tree.read(path)).removesuffix("\n").removesuffix("\r")
    answers = {"transcription": shapes.text_answer(text)} if text.strip() else {}
    yield Record(path, "", picture, answers)
