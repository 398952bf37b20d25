"""Trees of files for tests of import formats: from archives that were written, or by hand."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

from annotations.intake.formats import FORMATS, is_about_import, read_tree
from annotations.intake.formats.base import Problem, Record
from annotations.intake.formats.tree import ImportTree
from annotations.intake.sniff import looks_like_picture
from tests.pictures import opened


def tree(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> ImportTree:
    """A tree of files; pictures are told by their first bytes."""
    made = ImportTree()
    for path, data in dict(files).items():
        if looks_like_picture(data):
            sha256 = hashlib.sha256(data).hexdigest()
            made.add_picture(path, sha256)
            made.know_size(sha256, *opened(data).size)
        elif not is_about_import(path):
            made.add_other(path, data)
    return made


def tree_of_zip(archive: zipfile.ZipFile) -> ImportTree:
    return tree((name, archive.read(name)) for name in archive.namelist())


def told(made: ImportTree, wanted: str = "") -> tuple[list[Record], list[Problem]]:
    """What the formats say of a tree, apart."""
    records: list[Record] = []
    problems: list[Problem] = []
    for _, one in read_tree(made, wanted):
        (records if isinstance(one, Record) else problems).append(one)  # type: ignore[arg-type]
    return records, problems


def formats_of(made: ImportTree) -> set[str]:
    return {name for name, _ in read_tree(made)}


def answers(records: list[Record]) -> dict[str, dict[str, Any]]:
    """The first answer of each picture, by its path; votes left out."""
    return {
        record.picture.path: next(iter(record.answers.values()))
        for record in records
        if record.answers and not record.labeler
    }


__all__ = ["FORMATS", "answers", "formats_of", "told", "tree", "tree_of_zip"]
