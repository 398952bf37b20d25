"""Export, the pictures' half: items with their answers, as formats for pictures take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.utils import timezone

from annotations.actions.export_rows import Content, Selection, batches, votes_of
from annotations.exporters.items import GivenVote, LabeledItem, Question
from annotations.models import Project
from labelhub import storage

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


def count_items(project: Project, content: Content, selection: Selection, using: str) -> int:
    """Return how many items an export of pictures has now."""
    tasks = selection.tasks(project, using)
    return (tasks.filter(votes__gt=0) if content == "votes" else tasks).count()


def items_of(
    project: Project,
    content: Content,
    selection: Selection,
    using: str = "default",
    *,
    pictures: bool = False,
) -> Iterator[LabeledItem]:
    """Yield an export's items in the order of the tasks' ids, one batch in memory at a time."""
    paths = _Paths()
    for tasks in batches(selection.tasks(project, using), *COLUMNS):
        votes = {} if content == "consensus" else votes_of(project, tasks, using)
        for task in tasks:
            given = votes.get(task["pk"], [])
            if content == "votes" and not given:
                continue
            yield LabeledItem(
                id=task["item_id"],
                path=paths.give(task["item__filename"], task["item__media_type"], task["item_id"]),
                width=task["item__width"],
                height=task["item__height"],
                group=task["item__group"],
                split=task["item__split"],
                metadata=task["item__metadata"],
                answer=None if content == "votes" else task["answer"],
                confidence=None if content == "votes" else task["confidence"],
                votes=tuple(GivenVote(vote["labeler"], vote["answer"]) for vote in given),
                picture=_opener(task) if pictures else None,
            )


def _opener(task: dict[str, Any]) -> Callable[[], BinaryIO]:
    return partial(storage.originals().open, task["item__sha256"])


class _Paths:
    """Gives every item a path of its own: its name, with its id where the name is taken.

    Only hashes of the names are kept, so that a million items cost tens of megabytes.
    """

    def __init__(self) -> None:
        self._taken: set[int] = set()

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
