"""What formats for pictures are made of: items with their labels in, one ZIP of files out."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any, BinaryIO, Literal

JsonObject = dict[str, Any]
Pictures = Literal["never", "wanted", "always"]
CONSENSUS, VOTES, BOTH = "consensus", "votes", "both"

_MOMENT = (1980, 1, 1, 0, 0, 0)  # ZIP's earliest: the same labels make the same bytes
_PIECE = 1 << 18
_SPILL = 1 << 20  # what waits for its turn lies in memory up to here, then on disk


@dataclass(frozen=True)
class GivenVote:
    """One labeler's answer; labelers go by pseudonyms."""

    labeler: str
    answer: JsonObject


@dataclass(frozen=True)
class LabeledItem:
    """A picture with what was said about it.

    `path` is where the picture lies in the export, relative and with forward slashes; no two items
    have the same path, not even without its suffix. `width` and `height` are pixels after EXIF
    orientation, as all coordinates are. `answer` is None where only votes are exported, or where
    nothing is decided.
    """

    id: int
    path: str
    width: int
    height: int
    group: str = ""
    split: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    answer: JsonObject | None = None
    confidence: float | None = None
    votes: tuple[GivenVote, ...] = ()
    picture: Callable[[], BinaryIO] | None = None
    other: LabeledItem | None = None  # the second of a pair; what was said stands on the first

    @property
    def stem(self) -> str:
        """The path without its suffix."""
        return str(PurePosixPath(self.path).with_suffix(""))

    def answers(self) -> Iterator[tuple[str, JsonObject, float | None]]:
        """Yield (pseudonym, answer, confidence): the consensus first, under no name."""
        if self.answer is not None:
            yield "", self.answer, self.confidence
        for vote in self.votes:
            yield vote.labeler, vote.answer, None


@dataclass(frozen=True)
class Question:
    """What was asked: the project's name, its question, task type and label schema.

    `made_at` is the time of the export, for formats that must name one.
    """

    name: str
    text: str
    task_type: str
    schema: JsonObject
    made_at: str = "1970-01-01T00:00:00Z"

    @property
    def labels(self) -> list[str]:
        """Label names in the schema's order, retired ones too: their order is the class number."""
        return [label["name"] for label in self.schema.get("labels", [])]

    @property
    def points(self) -> list[str]:
        """Keypoint names in the schema's order, retired ones too."""
        return [point["name"] for point in self.schema.get("points", [])]


class ItemExporter(ABC):
    """A format that speaks of pictures; `write` holds one item in memory at a time.

    `task_types` are those whose answers it can say, `contents` whether it can say the consensus,
    the raw votes, or both; `note` tells people what coordinates and classes mean in it.
    """

    name: str
    task_types: tuple[str, ...]
    note: str
    contents: tuple[str, ...] = (CONSENSUS,)
    pictures: Pictures = "wanted"
    media_type = "application/zip"
    suffix = ".zip"

    @abstractmethod
    def write(self, items: Iterable[LabeledItem], question: Question, file: BinaryIO) -> int:
        """Write the items as a ZIP and return how many were written."""


class Folder:
    """A ZIP that is written from front to back, to a stream that need not be seekable."""

    def __init__(self, file: BinaryIO, note: str) -> None:
        self._zip = zipfile.ZipFile(file, "w", allowZip64=True)
        self.text("README.txt", note.strip() + "\n")

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._zip.close()
        else:
            self._zip.fp = (
                None  # no table of contents, not even from its destructor: clearly broken
            )

    def text(self, path: str, content: str) -> None:
        """Add a small file of text."""
        self._zip.writestr(_entry(path), content.encode())

    def data(self, path: str, content: bytes) -> None:
        """Add a small file that is packed already."""
        self._zip.writestr(_entry(path, zipfile.ZIP_STORED), content)

    def picture(self, path: str, item: LabeledItem) -> None:
        """Add an item's picture where pictures are wanted."""
        if item.picture is not None:
            with (
                item.picture() as source,
                self._zip.open(_entry(path, zipfile.ZIP_STORED), "w", force_zip64=True) as target,
            ):
                shutil.copyfileobj(source, target, _PIECE)

    @contextmanager
    def open(self, path: str) -> Iterator[IO[bytes]]:
        """Write a large file in pieces; nothing else can be added meanwhile."""
        with self._zip.open(_entry(path), "w", force_zip64=True) as target:
            yield target


def _entry(path: str, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _MOMENT)
    entry.compress_type = method
    entry.external_attr = 0o644 << 16
    return entry


class Aside:
    """Text that has to wait until something else is written; large amounts wait on disk."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_SPILL)  # noqa: SIM115
        self.count = 0

    def __enter__(self) -> Aside:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, text: str, *, between: str = "") -> None:
        """Add a piece, with `between` in front of all but the first."""
        self._file.write(((between if self.count else "") + text).encode())
        self.count += 1

    def copy_to(self, target: IO[bytes]) -> None:
        self._file.seek(0)
        shutil.copyfileobj(self._file, target, _PIECE)


def extent(points: Iterable[Iterable[float]]) -> tuple[float, float, float, float]:
    """Return (x, y, width, height) of the smallest upright rectangle around [x, y] points."""
    xs, ys = zip(*((x, y) for x, y, *_ in points), strict=True)
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def seen_points(instance: JsonObject) -> list[list[float]]:
    """Return the [x, y] of an instance's points that are there, visible or hidden."""
    return [[x, y] for x, y, visibility in instance["points"].values() if visibility]


def plain(number: float) -> str:
    """Return a coordinate as short as it can be and still read back exactly."""
    return str(int(number)) if float(number).is_integer() else repr(float(number))
