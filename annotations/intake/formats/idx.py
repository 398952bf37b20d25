"""IDX, the format of MNIST and EMNIST: one file of pictures, one of labels."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from PIL import Image

from annotations.intake.documents import lines_of
from annotations.intake.formats.base import (
    ImportFormat,
    Problem,
    Record,
    Told,
    Tree,
    base_of,
    each_file,
    folder_of,
    split_in,
)
from annotations.intake.images import small_png
from annotations.intake.refusals import Refusal
from annotations.intake.sniff import IDX_LABELS

_MAPPING = re.compile(r"^[0-9]{1,6}(?: [0-9]{1,7})+$")
_MOST_SIDE = 4_096


class Idx(ImportFormat):
    """Labels of pictures that `pictures_in` has taken apart; EMNIST's mapping names its classes."""

    name = "idx"
    title = "IDX (MNIST, EMNIST)"
    task_types = ("choice",)

    def claims(self, path: str, tree: Tree) -> bool:
        if base_of(path).lower().endswith("mapping.txt"):
            return bool(
                _MAPPING.match(tree.head(path).split(b"\n", 1)[0].decode("latin-1").strip())
            )
        return tree.head(path).startswith(IDX_LABELS)

    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        names: dict[int, str] = {}
        mappings = [path for path in paths if path.lower().endswith(".txt")]
        for path in mappings:
            try:
                names = names or _mapping(path, tree)
            except Refusal as refusal:
                yield Problem(path, "", path, refusal)
        labels = [path for path in paths if path not in mappings]
        yield from each_file(labels, tree, lambda path, tree: _read(path, names, tree))


def _mapping(path: str, tree: Tree) -> dict[int, str]:
    """Return the character of each class: lines of class number and character code."""
    rows = [line.split() for _, line in lines_of(tree.read(path)) if _MAPPING.match(line.strip())]
    return {int(row[0]): chr(int(row[1])) for row in rows if _is_character(int(row[1]))}


def _is_character(code: int) -> bool:
    """Tell whether a code stands for a character that a text can hold: no half one, no NUL."""
    return 0 < code < 0xD800 or 0xE000 <= code < 0x110000


def _read(path: str, names: dict[int, str], tree: Tree) -> Iterator[Told]:
    data = tree.read(path)
    (count,) = struct.unpack(">I", data[4:8].ljust(4, b"\0"))
    if len(data) < 8 or len(data) != 8 + count:
        raise Refusal("truncated", f"The file has {max(len(data) - 8, 0):,} labels, not {count:,}.")
    split = split_in(base_of(path).replace("-", "/") + "/x")
    folder = folder_of(path)
    stem = picture_stem(base_of(path))
    for number, value in enumerate(data[8:]):
        name = "/".join(part for part in (folder, stem, picture_name(number)) if part)
        try:
            picture = tree.find(name)
        except Refusal as refusal:
            yield Problem(path, f"label {number}", name, refusal)
            return  # without its pictures, no label of the file means anything
        answers = {"choice": {"choice": names.get(value, str(value))}}
        yield Record(path, f"label {number}", picture, answers, split=split)


def picture_stem(name: str) -> str:
    """Return what a file of pictures, and that of their labels, are both called here."""
    stem = name.lower().removesuffix(".gz")
    return re.sub(r"[-.](?:images|labels)?[-.]?idx[13](?:[-.]ubyte)?$", "", stem)


def picture_name(number: int) -> str:
    return f"{number:06}.png"


def pictures_in(
    head: bytes, read: Callable[[int], bytes], name: str, most: int
) -> Iterator[tuple[str, bytes, float]]:
    """Yield (name, PNG, share done) for each picture; EMNIST's lie on their side and are turned.

    `head` are the first 16 bytes, `read` returns the next bytes. Raises Refusal where the header
    is not sound, or the file ends too early: what came until then has been yielded.
    """
    count, height, width = struct.unpack(">III", head[4:16].ljust(12, b"\0"))
    if not (0 < height <= _MOST_SIDE and 0 < width <= _MOST_SIDE):
        raise Refusal("corrupt", f"The file speaks of pictures of {width:,} x {height:,} pixels.")
    if count > most:
        raise Refusal("archive_too_many_entries", f"The file has {count:,} pictures.")
    turned = "emnist" in name.lower()
    for number in range(count):
        pixels = read(width * height)
        if len(pixels) < width * height:
            raise Refusal("truncated", f"The file ends within picture {number:,} of {count:,}.")
        grey = np.frombuffer(pixels, np.uint8).reshape(height, width)
        image = Image.fromarray(np.ascontiguousarray(grey.T) if turned else grey)
        yield picture_name(number), small_png(image), (number + 1) / count
