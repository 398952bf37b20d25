"""Votes as of a moment: what a consensus run reads, the same whenever it is read again."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db.models import Max

from annotations.consensus.base import Known, VoteTable
from annotations.models import Adjudication, Annotation, GoldItem, Membership, Project
from annotations.task_types import TASK_TYPES


@dataclass(frozen=True)
class Pin:
    """What votes and known answers are looked at, as plain values that can be kept.

    last_annotation: the newest answer that counts. left_out: labelers whose votes do not.
    decided, certain: the categories that reviewers and gold items give to tasks. gold: the tasks
    whose answers under cover say how good labelers are, and settle nothing.
    """

    last_annotation: int
    left_out: tuple[int, ...]
    decided: Mapping[int, str]
    certain: Mapping[int, str]
    gold: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "left_out": list(self.left_out),
            "decided": {str(task): category for task, category in self.decided.items()},
            "certain": {str(task): category for task, category in self.certain.items()},
            "gold": list(self.gold),
        }

    @staticmethod
    def from_json(last_annotation: int, document: Mapping[str, Any]) -> Pin:
        decided, certain = (
            {int(task): str(category) for task, category in document[name].items()}
            for name in ("decided", "certain")
        )
        return Pin(
            last_annotation, tuple(document["left_out"]), decided, certain, tuple(document["gold"])
        )


@dataclass(frozen=True)
class CastVotes:
    """The votes under a pin: the task of each item index, all votes, and those that settle.

    known: all known answers; decided: those that a reviewer gave.
    """

    tasks: Sequence[int]
    table: VoteTable
    settling: VoteTable
    known: Known | None
    decided: Known | None


def pin_votes(project: Project) -> Pin:
    """Pin what counts at this moment."""
    newest = Annotation.objects.filter(project=project).aggregate(last=Max("pk"))["last"] or 0
    left_out = Membership.objects.filter(project=project, counted=False).order_by("user_id")
    decisions = Adjudication.objects.filter(task__project=project, reopened_at=None)
    gold = GoldItem.objects.filter(project=project, active=True).order_by("task_id")
    certain = gold.filter(source__in=GoldItem.CERTAIN)
    return Pin(
        newest,
        tuple(left_out.values_list("user_id", flat=True)),
        dict(decisions.order_by("task_id").values_list("task_id", "category")),
        dict(certain.values_list("task_id", "category")),
        tuple(gold.values_list("task_id", flat=True)),
    )


def votes_as_of(project: Project, pin: Pin) -> CastVotes:
    """Read each labeler's last answer to each task up to the pin.

    Annotations are never edited, so the same pin gives the same votes for ever.
    """
    assert project.schema is not None
    codes = {name: code for code, name in enumerate(project.schema.label_names)}
    tasks, labelers, labels, hidden = _read(project, codes, pin.last_annotation)
    # Rows come in the order of ids: of one labeler's answers to a task the last one counts.
    order = np.lexsort((np.arange(len(tasks)), labelers, tasks))
    tasks, labelers, labels, hidden = (row[order] for row in (tasks, labelers, labels, hidden))
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
    )
    open_votes = hidden[last] == 0
    settling = replace(
        table,
        items=table.items[open_votes],
        labelers=table.labelers[open_votes],
        codes=table.codes[open_votes],
    )
    return CastVotes(
        ids.tolist(),
        table,
        settling,
        _coded({**pin.certain, **pin.decided}, ids, codes),
        _coded(pin.decided, ids, codes),
    )


def _read(
    project: Project, codes: Mapping[str, int], last_annotation: int
) -> tuple[Any, Any, Any, Any]:
    """Of every answer by id: task, labeler, class code (-1: not in the schema), 1 if to gold."""
    category_of = TASK_TYPES[project.task_type].category  # type: ignore[attr-defined]
    columns = array("q"), array("q"), array("i"), array("b")
    rows = Annotation.objects.filter(project=project, pk__lte=last_annotation).order_by("pk")
    for task_id, labeler_id, answer, gold_right in rows.values_list(
        "task_id", "labeler_id", "answer", "gold_right"
    ).iterator(chunk_size=5000):
        values = task_id, labeler_id, codes.get(category_of(answer), -1), gold_right is not None
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    kinds = np.int64, np.int64, np.int32, np.int8
    tasks, labelers, labels, hidden = (
        np.asarray(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)
    )
    return tasks, labelers, labels, hidden


def _coded(answers: Mapping[int, str], ids: Any, codes: Mapping[str, int]) -> Known | None:
    voted = set(ids.tolist())
    tasks = [task for task in sorted(answers) if task in voted and answers[task] in codes]
    if not tasks:
        return None
    labels = np.asarray([codes[answers[task]] for task in tasks], dtype=np.int32)
    return np.searchsorted(ids, tasks).astype(np.int32), labels
