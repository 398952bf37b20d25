"""Export, the pictures' half: items with their answers, as formats for pictures take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.utils import timezone
from PIL import Image, ImageOps

from annotations.actions.export_rows import Source
from annotations.actions.export_selection import Content
from annotations.exporters.blurring import Blur, blurred
from annotations.exporters.items import GivenVote, JsonObject, LabeledItem, Question
from annotations.models import Project, Release
from labelhub import storage

Rewrite = Callable[[Callable[[], BinaryIO], JsonObject | None], BinaryIO]
COLUMNS = ("item__width", "item__height", "item__media_type", "item__metadata")
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
}


def question_of(project: Project) -> Question:
    """Return what a project asks, for an export made now."""
    assert project.schema is not None
    return Question(
        name=project.name,
        text=project.question,
        task_type=project.task_type,
        schema=project.schema.document,
        made_at=timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def question_of_release(release: Release) -> Question:
    """Return what a release asks: as it was then, under the release's name and time."""
    asked = release.document["question"]
    return Question(
        name=str(release),
        text=asked["text"],
        task_type=asked["task_type"],
        schema=asked["schema"],
        made_at=release.document["made_at"],
    )


def count_items(source: Source, content: Content) -> int:
    """Return how many items an export of pictures has."""
    return source.count_tasks(voted=content == "votes")


def items_of(
    source: Source,
    content: Content,
    *,
    pictures: bool = False,
    plain: bool = False,
    blur: Blur | None = None,
) -> Iterator[LabeledItem]:
    """Yield an export's items in the order of its tasks, one batch in memory at a time.

    `plain` pictures are without metadata, and so are those that `blur` hides parts of.
    """
    paths = _Paths()
    written: Rewrite | None = partial(_written_anew, blur=blur) if plain or blur else None
    shown: Callable[..., LabeledItem] = partial(
        _picture, paths=paths, pictures=pictures, written=written
    )
    for tasks, votes in source.read(*COLUMNS, votes=content != "consensus"):
        for task in tasks:
            given = [vote for vote in votes.get(task["pk"], []) if vote.get("counts", True)]
            if content == "votes" and not given:
                continue
            yield replace(
                shown(task),
                answer=None if content == "votes" else task["answer"],
                confidence=None if content == "votes" else task["confidence"],
                votes=tuple(GivenVote(vote["labeler"], vote["answer"]) for vote in given),
                other=shown(_second(task)) if task.get("other_item_id") else None,
            )


def _picture(
    task: dict[str, Any], *, paths: _Paths, pictures: bool, written: Rewrite | None
) -> LabeledItem:
    """Return the item of a task's row, with nothing said of it yet."""
    return LabeledItem(
        id=task["item_id"],
        path=paths.of(task),
        width=task["item__width"],
        height=task["item__height"],
        group=task["item__group"],
        split=task["item__split"],
        metadata=task["item__metadata"],
        picture=_opener(task, written) if pictures else None,
    )


def _second(task: dict[str, Any]) -> dict[str, Any]:
    """Return the second item of a pair under the names of a first one."""
    names = ("item_id", *(name for name in task if name.startswith("item__")))
    return {name: task[f"other_{name}"] for name in names} | {"other_item_id": task["item_id"]}


def _opener(task: dict[str, Any], written: Rewrite | None) -> Callable[[], BinaryIO]:
    opened = partial(storage.originals().open, task["item__sha256"])
    return partial(written, opened, task["answer"]) if written else opened


def _written_anew(
    opened: Callable[[], BinaryIO], answer: JsonObject | None, *, blur: Blur | None
) -> BinaryIO:
    """Return a picture written anew: upright, and without place, camera, comments or profiles."""
    out = BytesIO()
    with opened() as file, Image.open(file) as picture:
        upright = ImageOps.exif_transpose(picture)
        if blur is not None:
            upright = blurred(upright, answer, blur)
        kept = {"transparency"} & upright.info.keys()
        upright.info = {name: upright.info[name] for name in kept}
        quality = {"quality": 95} if picture.format in ("JPEG", "WEBP") else {}
        upright.save(out, format=picture.format, **quality)
    out.seek(0)
    return out


class _Paths:
    """Gives every item a path of its own: its name, with its id where the name is taken.

    Only hashes of the names are kept, so that a million items cost tens of megabytes; items of
    pairs, which come again, are remembered besides.
    """

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._paired: dict[int, str] = {}

    def of(self, task: dict[str, Any]) -> str:
        item = task["item_id"]
        if item in self._paired:
            return self._paired[item]
        path = self.give(task["item__filename"], task["item__media_type"], item)
        if task.get("other_item_id"):
            self._paired[item] = path
        return path

    def give(self, name: str, media_type: str, item_id: int) -> str:
        parts = [part for part in name.replace("\\", "/").split("/") if part.strip(". ")]
        path = PurePosixPath(*parts) if parts else PurePosixPath(f"item_{item_id}")
        if not path.suffix:
            path = path.with_name(path.name + _SUFFIXES.get(media_type, ""))
        # Annotation files are named by the stem, and some file systems know no case.
        key = hash(str(path.with_suffix("")).casefold())
        if key in self._taken:
            path = path.with_name(f"{path.stem}-{item_id}{path.suffix}")
            key = hash(str(path.with_suffix("")).casefold())
        self._taken.add(key)
        return str(path)
