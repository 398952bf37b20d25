"""Votes as of a moment: what a consensus run reads, the same whenever it is read again."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from django.db.models import Max

from annotations.consensus.base import FloatArray, Known, VoteTable
from annotations.consensus.bulk import bulk_weight
from annotations.consensus.model_prior import stacked_log_priors
from annotations.models import Adjudication, Annotation, GoldItem, Membership, Project
from annotations.task_types import TASK_TYPES

OPEN, WRONG, RIGHT = 0, 1, 2  # an answer to no gold item, to one and wrong, to one and right


@dataclass(frozen=True)
class Pin:
    """What votes and known answers are looked at, as plain values that can be kept.

    last_annotation: the newest answer that counts. left_out: labelers whose votes do not.
    decided, certain: the categories that reviewers and gold items give to tasks; where answers
    are merged the ids of the decisions and gold items, since an answer can be long. accepted: the
    same of decisions made for many tasks at once, which stand but prove nothing. gold: the
    tasks whose answers under cover say how good labelers are, and settle nothing.
    """

    last_annotation: int
    left_out: tuple[int, ...]
    decided: Mapping[int, str]
    certain: Mapping[int, str]
    gold: tuple[int, ...]
    accepted: Mapping[int, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "left_out": list(self.left_out),
            "decided": {str(task): category for task, category in self.decided.items()},
            "certain": {str(task): category for task, category in self.certain.items()},
            "gold": list(self.gold),
            "accepted": {str(task): category for task, category in self.accepted.items()},
        }

    @staticmethod
    def from_json(last_annotation: int, document: Mapping[str, Any]) -> Pin:
        decided, certain, accepted = (
            {int(task): str(category) for task, category in document.get(name, {}).items()}
            for name in ("decided", "certain", "accepted")
        )
        left_out, gold = tuple(document["left_out"]), tuple(document["gold"])
        return Pin(last_annotation, left_out, decided, certain, gold, accepted)


@dataclass(frozen=True)
class CastVotes:
    """The votes under a pin: the task of each item index, all votes, and those that settle.

    known: answers that are certain; standing: these, and those that a reviewer let stand. No vote
    changes the label of either.
    """

    tasks: Sequence[int]
    table: VoteTable
    settling: VoteTable
    known: Known | None
    standing: Known | None

    def with_opinions(
        self, opinions: Mapping[int, Mapping[str, Any]], names: Sequence[str]
    ) -> CastVotes:
        """The same votes with what a model says of tasks (by id), where that counts."""
        places = {task: index for index, task in enumerate(self.tasks)}
        said = {places[task]: said for task, said in opinions.items() if task in places}
        codes = {name: code for code, name in enumerate(names)}
        rows = stacked_log_priors(said, len(self.tasks), codes)
        return replace(
            self,
            table=replace(self.table, log_priors=rows),
            settling=replace(self.settling, log_priors=rows),
        )


def pin_votes(project: Project) -> Pin:
    """Pin what counts at this moment."""
    newest = Annotation.objects.filter(project=project).aggregate(last=Max("pk"))["last"] or 0
    left_out = Membership.objects.filter(project=project, counted=False).order_by("user_id")
    decisions = Adjudication.objects.filter(task__project=project, reopened_at=None)
    gold = GoldItem.objects.filter(project=project, active=True).order_by("task_id")
    certain = gold.filter(source__in=GoldItem.CERTAIN)
    said = "category" if project.task_type in TASK_TYPES else "pk"
    decided, accepted, known = (
        {task: str(value) for task, value in rows.order_by("task_id").values_list("task_id", said)}
        for rows in (decisions.filter(bulk=None), decisions.exclude(bulk=None), certain)
    )
    return Pin(
        newest,
        tuple(left_out.values_list("user_id", flat=True)),
        decided,
        known,
        tuple(gold.values_list("task_id", flat=True)),
        accepted,
    )


def votes_as_of(project: Project, pin: Pin) -> CastVotes:
    """Read each labeler's last answer to each task up to the pin.

    Annotations are never edited, so the same pin gives the same votes for ever.
    """
    assert project.schema is not None
    codes = {name: code for code, name in enumerate(project.schema.label_names)}
    tasks, labelers, labels, hidden, bulk = _read(project, codes, pin.last_annotation)
    # Rows come in the order of ids: of one labeler's answers to a task the last one counts.
    order = np.lexsort((np.arange(len(tasks)), labelers, tasks))
    tasks, labelers, labels, hidden, bulk = (
        row[order] for row in (tasks, labelers, labels, hidden, bulk)
    )
    last = np.ones(len(tasks), dtype=bool)
    last[:-1] = (tasks[1:] != tasks[:-1]) | (labelers[1:] != labelers[:-1])
    last &= (labels >= 0) & ~np.isin(labelers, np.asarray(pin.left_out, dtype=np.int64))
    last &= (hidden == 0) | np.isin(tasks, np.asarray(pin.gold, dtype=np.int64))
    ids, items = np.unique(tasks[last], return_inverse=True)
    keys, places = np.unique(labelers[last], return_inverse=True)
    table = VoteTable(
        items.astype(np.int32),
        places.astype(np.int32),
        labels[last].astype(np.int32),
        len(ids),
        keys,
        max(len(codes), 1),
        _weights(labelers, hidden, bulk, last),
    )
    open_votes = hidden[last] == 0
    settling = replace(
        table,
        items=table.items[open_votes],
        labelers=table.labelers[open_votes],
        codes=table.codes[open_votes],
        weights=None if table.weights is None else table.weights[open_votes],
    )
    return CastVotes(
        ids.tolist(),
        table,
        settling,
        _coded({**pin.certain, **pin.decided}, ids, codes),
        _coded({**pin.accepted, **pin.certain, **pin.decided}, ids, codes),
    )


def _weights(labelers: Any, hidden: Any, bulk: Any, last: Any) -> FloatArray | None:
    """What each vote that counts weighs: bulk votes less, until their labeler's are proved good."""
    if not bulk[last].any():
        return None
    weights = np.ones(len(labelers))
    for labeler in np.unique(labelers[bulk & last]):
        given = bulk & last & (labelers == labeler)
        right = int((hidden[given] == RIGHT).sum())
        count = int((hidden[given] != OPEN).sum())
        weights[given & (hidden == OPEN)] = bulk_weight(right, count)
    kept: FloatArray = weights[last]
    return kept


def _read(
    project: Project, codes: Mapping[str, int], last_annotation: int
) -> tuple[Any, Any, Any, Any, Any]:
    """Of every answer by id: task, labeler, class code (-1: not in the schema), whether it was to
    gold and right, and whether it was given in bulk."""
    category_of = TASK_TYPES[project.task_type].category  # type: ignore[attr-defined]
    columns = array("q"), array("q"), array("i"), array("b"), array("b")
    rows = Annotation.objects.filter(project=project, pk__lte=last_annotation).order_by("pk")
    for task_id, labeler_id, answer, gold_right, source in rows.values_list(
        "task_id", "labeler_id", "answer", "gold_right", "source"
    ).iterator(chunk_size=5000):
        hidden = OPEN if gold_right is None else RIGHT if gold_right else WRONG
        code = codes.get(category_of(answer), -1)
        values = task_id, labeler_id, code, hidden, source == Annotation.Source.BULK
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    kinds: tuple[Any, ...] = np.int64, np.int64, np.int32, np.int8, np.bool_
    read = [np.asarray(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]
    return read[0], read[1], read[2], read[3], read[4]


def _coded(answers: Mapping[int, str], ids: Any, codes: Mapping[str, int]) -> Known | None:
    voted = set(ids.tolist())
    tasks = [task for task in sorted(answers) if task in voted and answers[task] in codes]
    if not tasks:
        return None
    labels = np.asarray([codes[answers[task]] for task in tasks], dtype=np.int32)
    return np.searchsorted(ids, tasks).astype(np.int32), labels
