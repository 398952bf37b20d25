"""Merged votes as of a moment: whole answers, read a stretch of tasks at a time.

The pin holds the ids of decisions and gold items, from which their answers are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.actions.merge import in_parts
from annotations.actions.votes_as_of import Pin
from annotations.models import Adjudication, Annotation, GoldItem, Project

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class CastAnswer:
    """One labeler's last answer to a task; hidden: given under cover to a gold item, so that it
    tells of the labeler and settles nothing."""

    annotation: int
    labeler: int
    answer: JsonObject
    hidden: bool


def voted_tasks(project: Project, pin: Pin) -> list[int]:
    """The ids of the tasks that have an answer by then, in their order."""
    rows = Annotation.objects.filter(project=project, pk__lte=pin.last_annotation)
    return sorted(rows.order_by().values_list("task_id", flat=True).distinct())


def answers_as_of(
    project: Project, pin: Pin, tasks: Sequence[int]
) -> Iterator[tuple[int, list[CastAnswer]]]:
    """Yield each task with the last answer of every labeler who counts, in the order of ids.

    Annotations are never edited, so the same pin gives the same answers for ever.
    """
    left_out, gold = set(pin.left_out), set(pin.gold)
    for part in in_parts(tasks):
        last: dict[int, dict[int, CastAnswer]] = {task: {} for task in part}
        rows = Annotation.objects.filter(
            project=project, task_id__in=part, pk__lte=pin.last_annotation
        ).order_by("pk")
        for pk, task, labeler, answer, right in rows.values_list(
            "pk", "task_id", "labeler_id", "answer", "gold_right"
        ):
            last[task][labeler] = CastAnswer(pk, labeler, answer, right is not None)
        for task in part:
            found = [
                cast
                for labeler, cast in sorted(last[task].items())
                if labeler not in left_out and (not cast.hidden or task in gold)
            ]
            if found:
                yield task, found


def known_answers(pin: Pin) -> dict[int, JsonObject]:
    """What is certain of tasks: gold items, and before them what reviewers decided."""
    certain = _answers(GoldItem, pin.certain.values())
    return certain | _answers(Adjudication, pin.decided.values())


def standing_answers(pin: Pin) -> dict[int, JsonObject]:
    """What no vote changes: what is certain, and what reviewers let stand for many tasks."""
    return _answers(Adjudication, pin.accepted.values()) | known_answers(pin)


def _answers(model: Any, ids: Iterable[str]) -> dict[int, JsonObject]:
    found: dict[int, JsonObject] = {}
    for part in in_parts(sorted(int(pk) for pk in ids)):
        found.update(model.objects.filter(pk__in=part).values_list("task_id", "answer"))
    return found
