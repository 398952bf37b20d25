"""Gold, many at a time: of settled tasks or labels that came along, chosen or drawn at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet

from annotations.actions.given_answers import fitted
from annotations.actions.gold import count_gold, keep_gold
from annotations.actions.submit import check_answer
from annotations.models import GoldItem, Project, Task
from annotations.models.gold import known_left, settled_left
from annotations.models.share import PRIME, ROOT
from annotations.task_types import ALL_TASK_TYPES
from annotations.task_types.pair import DIFFERENT, SAME
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Invalid, NotAllowed

JsonObject = dict[str, Any]
BATCH = 250  # gold items made in one transaction
SOURCES = (GoldItem.Source.SETTLED, GoldItem.Source.KNOWN)


@dataclass(frozen=True)
class Made:
    """How many gold items were made, and why the others that were asked for were not."""

    made: int
    refused: dict[int, str]


def make_gold_of_chosen(*, project: Project, by: User, source: str, tasks: Sequence[int]) -> Made:
    """Make gold of some tasks: as they are settled, or by the labels that came with their items.

    Raises NotAllowed for labels of a dataset that is not the caller's.
    """
    _check_source(project, by, source)
    wanted = sorted(set(tasks))
    found = set(Task.objects.filter(project=project, pk__in=wanted).values_list("pk", flat=True))
    refused = {pk: "This project has no such item." for pk in wanted if pk not in found}
    made = _make(project, by, source, [pk for pk in wanted if pk in found])
    return Made(made.made, refused | made.refused)


def make_gold_of_settled(*, project: Project, by: User, least_confidence: float, limit: int) -> int:
    """Make gold of up to `limit` settled tasks that are sure enough, drawn at random."""
    rows = settled_left(project, least_confidence)
    return _draw(project, by, GoldItem.Source.SETTLED, rows, limit)


def make_gold_of_known(*, project: Project, by: User, limit: int) -> int:
    """Make gold of up to `limit` items whose label came with them, drawn at random.

    This and the choice above are the ways in which such a label leaves its hiding place; they take
    somebody who may change the dataset, and who asks for it. Raises NotAllowed for others.
    """
    _check_source(project, by, GoldItem.Source.KNOWN)
    return _draw(project, by, GoldItem.Source.KNOWN, known_left(project), limit)


@transaction.atomic
def make_gold_of_pairs(*, project: Project, by: User, labels: Mapping[int, str]) -> int:
    """Make gold of tasks by the labels that a list of pairs gives them; decided ones are left."""
    source = GoldItem.Source.KNOWN
    refused = _make_batch(sorted(labels), source, by, labels)
    count_gold(project)
    made = len(labels) - len(refused)
    AuditEvent.record("gold.made", actor=by, project_id=project.pk, count=made, source=str(source))
    return made


def _check_source(project: Project, by: User, source: str) -> None:
    if source not in SOURCES:
        raise Invalid(f"Gold is made of {' or '.join(SOURCES)} items, not of {source!r} ones.")
    if source == GoldItem.Source.KNOWN and not project.dataset.may_be_changed_by(by):
        raise NotAllowed(
            "The labels that came with a dataset are its owner's to use as gold items."
        )


def _draw(project: Project, by: User, source: str, rows: QuerySet[Task], limit: int) -> int:
    scattered = rows.order_by((F("pk") * ROOT) % PRIME, "pk")
    ids = list(scattered.values_list("pk", flat=True)[:limit])
    return _make(project, by, source, ids).made


def _make(project: Project, by: User, source: str, ids: Sequence[int]) -> Made:
    made = 0
    refused: dict[int, str] = {}
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        with transaction.atomic():
            kept = _make_batch(part, source, by)
            count_gold(project)
        made += len(part) - len(kept)
        refused |= kept
    AuditEvent.record("gold.made", actor=by, project_id=project.pk, count=made, source=str(source))
    return Made(made, refused)


def _make_batch(
    ids: Sequence[int], source: str, by: User, labels: Mapping[int, str] | None = None
) -> dict[int, str]:
    """Make gold of these tasks; return why some could not be made so."""
    tasks = (
        Task.objects.select_related("project__schema", "item")
        .select_for_update(of=("self",))
        .filter(pk__in=ids)
    )
    given = {task: _Known(value) for task, value in (labels or {}).items()}
    known = _known_labels(ids) if labels is None else given
    already = set(GoldItem.objects.filter(task__in=ids, active=True).values_list("task", flat=True))
    refused = {}
    for task in tasks.order_by("pk"):
        answer, why = _answer_of(task, source, known.get(task.pk))
        if task.pk in already:
            refused[task.pk] = "It is a gold item already."
        elif answer is None:
            refused[task.pk] = why
        else:
            keep_gold(task, answer, source, by)
    return refused


class _Known(NamedTuple):
    """A known label: its value, and the whole answer where it came with one."""

    value: str
    task_type: str = ""
    answer: JsonObject | None = None


def _known_labels(ids: Sequence[int]) -> dict[int, _Known]:
    """Return the labels that came with the items of some tasks; of a pair, whether they agree."""
    tasks = Task.objects.filter(pk__in=ids, item__known_label__isnull=False)
    columns = [f"item__known_label__{name}" for name in _Known._fields]
    single = tasks.filter(other_item=None).values_list("pk", *columns)
    pairs = tasks.filter(other_item__known_label__isnull=False).values_list(
        "pk", "item__known_label__value", "other_item__known_label__value"
    )
    return {row[0]: _Known(*row[1:]) for row in single} | {
        task: _Known(SAME if first == second else DIFFERENT) for task, first, second in pairs
    }


def _answer_of(task: Task, source: str, known: _Known | None) -> tuple[JsonObject | None, str]:
    if source == GoldItem.Source.SETTLED:
        settled = task.answer if task.status == Task.Status.SETTLED else None
        return settled, "It is not settled, so give the answer that is right for it."
    if known is None:
        return None, "No label came with it."
    if task.adjudicated:
        return None, "A reviewer has decided it; make it gold as it is settled."
    return _known_answer(task, known), "The label that came with it is none of this project's."


def _known_answer(task: Task, known: _Known) -> JsonObject | None:
    """Return a known label as a legal answer; None where it is not one of this project's."""
    task_type: Any = ALL_TASK_TYPES[task.project.task_type]
    answer: JsonObject | None = None
    if known.answer is not None and known.task_type == task_type.name:
        assert task.project.schema is not None
        answer = fitted(known.answer, task.project.schema.document)
    elif known.task_type not in ("", task_type.name):
        return None
    elif task_type.name == "transcription":
        answer = {"text": known.value}
    elif hasattr(task_type, "answer_of"):
        answer = task_type.answer_of(known.value)
    try:
        return check_answer(task.project, answer, task.item)
    except Invalid:
        return None
