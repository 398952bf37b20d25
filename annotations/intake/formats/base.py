"""What an import format is: the files of an import in, what they say of its pictures out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from annotations.intake.refusals import Refusal

JsonObject = dict[str, Any]
Points = list[list[float]]


@dataclass(frozen=True)
class Found:
    """A picture of the import, or of the dataset that it goes to, and the name it is known by.

    `width` and `height` are pixels as shown, after EXIF orientation: coordinates mean those.
    """

    key: str
    path: str
    width: int
    height: int

    @property
    def size(self) -> tuple[int, int]:
        return self.width, self.height


@dataclass(frozen=True)
class Cut:
    """A line of a page that becomes a picture of its own, in the page's pixels."""

    line: str
    polygon: Points
    baseline: Points = field(default_factory=list)
    region: str = ""
    region_polygon: Points = field(default_factory=list)


@dataclass(frozen=True)
class Record:
    """What a file says of one picture, or of one line that is to be cut out of it.

    `answers` are documents by task type, the one that says most first. They are the truth as the
    file has it, or one person's vote where `labeler` names one. `partial` tells that some parts
    were refused, so that the answer is no whole truth. `where` is the place in the file.
    """

    source: str
    where: str
    picture: Found
    answers: Mapping[str, JsonObject] = field(default_factory=dict)
    labeler: str = ""
    confidence: float | None = None
    group: str = ""
    split: str = ""
    cut: Cut | None = None
    partial: bool = False


@dataclass(frozen=True)
class Problem:
    """A file, or a part of one, that cannot be used, and why; the rest of the file goes on."""

    source: str
    where: str
    name: str
    refusal: Refusal


Told = Record | Problem


class Tree(Protocol):
    """The files of one import as formats see them: other files by path, pictures by name."""

    def read(self, path: str) -> bytes:
        """Return a file that is no picture."""
        ...

    def head(self, path: str) -> bytes:
        """Return the first kilobytes of a file that is no picture."""
        ...

    def json(self, path: str) -> Any:
        """Return what a JSON file holds; raises Refusal where it is not sound."""
        ...

    def others(self) -> Sequence[str]:
        """Return the paths of the files that are no pictures, in order."""
        ...

    def pictures(self) -> Iterator[Found]:
        """Yield the pictures of the import in order."""
        ...

    def find(self, name: str, *, near: str = "", sha256: str = "") -> Found:
        """Return the picture that a file at `near` calls `name`; raises Refusal for none.

        With a content's hash, that content is the picture, whatever it is called.
        """
        ...

    def find_stem(self, stem: str, *, near: str = "") -> Found:
        """Return the picture of that name without its suffix; raises Refusal for none."""
        ...


class ImportFormat(ABC):
    """One format. `automatic` ones are found by looking at the files, others have to be named."""

    name: str
    title: str
    task_types: tuple[str, ...]
    automatic = True

    @abstractmethod
    def claims(self, path: str, tree: Tree) -> bool:
        """Tell whether a file that is no picture is of this format; raises Refusal if broken."""

    def fits(self, tree: Tree) -> bool:
        """Tell whether the paths of the pictures alone are of this format."""
        return False

    @abstractmethod
    def read(self, paths: Sequence[str], tree: Tree) -> Iterator[Told]:
        """Yield what the claimed files say; what cannot be used becomes a Problem."""


def each_file(
    paths: Sequence[str], tree: Tree, read_one: Callable[[str, Tree], Iterator[Told]]
) -> Iterator[Told]:
    """Read files one by one: a broken one is a problem of its own."""
    for path in paths:
        try:
            yield from read_one(path, tree)
        except Refusal as refusal:
            yield Problem(path, "", path, refusal)


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def base_of(path: str) -> str:
    return path.rpartition("/")[2]


def stem_of(path: str) -> str:
    """Return a path without its last suffix."""
    folder, slash, name = path.rpartition("/")
    stem, dot, _ = name.rpartition(".")
    return folder + slash + (stem if dot and stem else name)


SPLITS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
    "pool": "pool",
}


def split_in(path: str) -> str:
    """Return the split that a path's folders, or its own name, speak of."""
    for part in stem_of(path).split("/"):
        word = part.lower()
        if word in SPLITS:
            return SPLITS[word]
    return ""
