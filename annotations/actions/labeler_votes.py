"""Labeler votes: the votes of a project as arrays, and each held against what the others say."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from annotations.actions.merge import answers_of, merging_for, vote_key
from annotations.actions.settle import coding_for
from annotations.consensus.agreement import chance_distance
from annotations.consensus.base import FloatArray, IntArray, KeyArray, VoteTable
from annotations.consensus.labeler_figures import Activity, Compared, Truths
from annotations.consensus.others import others_say
from annotations.models import Adjudication, Annotation, GoldItem, Membership, Project, Task
from annotations.models.share import fixed_share
from annotations.task_types import ALL_TASK_TYPES

MOST_VOTES = 1_000_000  # the latest ones; older ones say little of who labels now
# Merging and comparing outlines takes milliseconds each, texts far less.
MERGED_TASKS = {"transcription": 3_000, "multi_label": 5_000}
SHAPE_TASKS = 400
CHANCE_PAIRS = {"transcription": 4_000, "multi_label": 4_000}
SHAPE_CHANCE_PAIRS = 600
READ = 500

Distance = Callable[[Any, Any], float]


@dataclass(frozen=True)
class Cast:
    """The current votes of a project, oldest first: task, labeler and class code of each."""

    activity: Activity
    tasks: KeyArray
    codes: IntArray  # -1 where answers have no classes, or one that the schema has no more
    last: int

    @property
    def labelers(self) -> IntArray:
        return self.activity.labelers


@dataclass(frozen=True)
class MergedVote:
    """One vote of a sampled task, with its answer."""

    task: int
    labeler: int
    answer: Any


@dataclass(frozen=True)
class MergedSample:
    """Merged answers of a sample of tasks, and the mean distance of any two of them."""

    tasks: list[list[MergedVote]]
    distance: Distance
    expected: float
    complete: bool


def cast_votes(project: Project, *, classes: bool) -> Cast:
    """Read the current votes; answers to gold items are no votes."""
    category_of = getattr(ALL_TASK_TYPES[project.task_type], "category", None)
    assert project.schema is not None
    codes = {name: code for code, name in enumerate(project.schema.label_names)}
    columns: list[array[Any]] = [array(kind) for kind in "qqiddq"]
    rows = Annotation.objects.filter(project=project, current=True, gold_right__isnull=True)
    names = ("pk", "task_id", "labeler_id", "created_at", "duration_ms")
    fields = (*names, "answer") if classes else names
    for pk, task, labeler, at, taken, *answer in (
        rows.order_by("-pk").values_list(*fields)[:MOST_VOTES].iterator(chunk_size=5_000)
    ):
        code = codes.get(category_of(answer[0]), -1) if classes and category_of else -1
        milliseconds = float("nan") if taken is None else float(taken)
        values = task, labeler, code, _seconds(at), milliseconds, pk
        for column, value in zip(columns, values, strict=True):
            column.append(value)
    tasks, labelers, coded, seconds, durations, ids = (np.asarray(c)[::-1] for c in columns)
    keys, places = np.unique(labelers.astype(np.int64), return_inverse=True)
    activity = Activity(keys, places.astype(np.int32), seconds, durations)
    return Cast(activity, tasks, coded.astype(np.int32), int(ids[-1]) if len(ids) else 0)


def _seconds(at: datetime) -> float:
    return at.timestamp()


# --- classes ---------------------------------------------------------------------------------


def vote_table(project: Project, cast: Cast) -> tuple[VoteTable, IntArray, KeyArray]:
    """Return the votes that name a class as a table, which of the cast they are, and the tasks."""
    assert project.schema is not None
    mine = np.flatnonzero(cast.codes >= 0).astype(np.int32)
    ids, items = np.unique(cast.tasks[mine], return_inverse=True)
    table = VoteTable(
        items.astype(np.int32),
        cast.labelers[mine],
        cast.codes[mine],
        len(ids),
        cast.activity.keys,
        max(len(project.schema.label_names), 1),
    )
    return table, mine, ids


def counted_votes(project: Project, keys: KeyArray, labelers: IntArray) -> Any:
    """Whether each vote counts: those of labelers who were left out do not."""
    left_out = Membership.objects.filter(project=project, counted=False)
    out = np.asarray(list(left_out.values_list("user_id", flat=True)), dtype=np.int64)
    return ~np.isin(keys, out)[labelers]


def compare_classes(
    project: Project, cast: Cast, table: VoteTable, mine: IntArray, tasks: KeyArray
) -> tuple[Compared, Truths]:
    """Hold each vote against the others', and against what is known for certain."""
    assert project.schema is not None
    coding = coding_for(project, project.schema.label_names)
    counted = counted_votes(project, table.labeler_keys, table.labelers)
    said = others_say(coding.fit, table, counted)
    known = _known_codes(project, tasks, coding.codes)
    truth = np.where(known[table.items] >= 0, known[table.items], said.codes)
    judged, told = said.codes >= 0, truth >= 0
    alike = (said.codes == table.codes)[judged]
    compared = Compared(
        table.labelers[judged],
        cast.activity.seconds[mine[judged]],
        alike.astype(np.float64),
        alike,
        table.codes[judged],
        said.codes[judged],
    )
    return compared, Truths(table.labelers[told], table.codes[told], truth[told])


def _known_codes(project: Project, tasks: KeyArray, codes: dict[str, int]) -> IntArray:
    """The certain class of each task, -1 where none is known; a decision comes first."""
    gold = GoldItem.objects.filter(project=project, active=True, source__in=GoldItem.CERTAIN)
    # What was accepted unseen is the consensus again, own vote included.
    decided = Adjudication.objects.filter(task__project=project, reopened_at=None, bulk=None)
    known = dict(gold.values_list("task_id", "category"))
    known |= dict(decided.values_list("task_id", "category"))
    found = np.full(len(tasks), -1, dtype=np.int32)
    for task, category in known.items():
        place = int(np.searchsorted(tasks, task))
        if place < len(tasks) and tasks[place] == task and category in codes:
            found[place] = codes[category]
    return found


# --- merged answers --------------------------------------------------------------------------


def merged_sample(project: Project) -> MergedSample:
    """Read the answers of a fixed share of the tasks that several labelers answered."""
    assert project.schema is not None
    schema, task_type = project.schema.document, ALL_TASK_TYPES[project.task_type]
    shared = Task.objects.filter(project=project, votes__gt=1).order_by()
    cap = MERGED_TASKS.get(project.task_type, SHAPE_TASKS)
    count = shared.count()
    rows = list(fixed_share(shared, count, cap).order_by("pk").values_list("pk", "ballot"))
    parts = (rows[start : start + READ] for start in range(0, len(rows), READ))
    tasks = [votes for part in parts for votes in _read(project, part)]

    def distance(a: Any, b: Any) -> float:
        return float(task_type.distance(a, b, schema))

    expected = chance_distance(
        [vote.answer for task in tasks for vote in task],
        distance,
        pairs=CHANCE_PAIRS.get(project.task_type, SHAPE_CHANCE_PAIRS),
    )
    return MergedSample(tasks, distance, expected, len(rows) == count)


def _read(project: Project, rows: Any) -> Iterator[list[MergedVote]]:
    answers = answers_of(entry[0] for _, ballot in rows for entry in ballot)
    for task, ballot in rows:
        given = [
            MergedVote(task, entry[1], answers[entry[0]])
            for entry in ballot
            if entry[0] in answers and vote_key(project, answers[entry[0]])
        ]
        if len(given) > 1:  # an empty key is an abstention
            yield given


def compare_merged(project: Project, cast: Cast, sample: MergedSample) -> Compared:
    """Hold each sampled vote against what the others of its task merge to."""
    when = _times(cast)
    index = {key: place for place, key in enumerate(cast.activity.keys.tolist())}
    merger, tolerance = merging_for(project).merger, ALL_TASK_TYPES[project.task_type].tolerance
    labelers, seconds, likeness = [], [], []
    for task in sample.tasks:
        for vote in task:
            at = when.get((vote.task, vote.labeler))
            if at is None:
                continue  # revised or taken back since
            others = [other for other in task if other is not vote]
            merged = merger.merge([o.labeler for o in others], [o.answer for o in others])
            labelers.append(index[vote.labeler])
            seconds.append(at)
            likeness.append(1.0 - sample.distance(vote.answer, merged.answer))
    alike = np.asarray(likeness, dtype=np.float64)
    return Compared(
        np.asarray(labelers, dtype=np.int32),
        np.asarray(seconds, dtype=np.float64),
        alike,
        alike >= 1.0 - tolerance - 1e-9,
        expected=sample.expected,
    )


def _times(cast: Cast) -> dict[tuple[int, int], float]:
    keys = cast.activity.keys[cast.labelers]
    pairs = zip(cast.tasks.tolist(), keys.tolist(), strict=True)
    return dict(zip(pairs, cast.activity.seconds.tolist(), strict=True))


def pair_distances(sample: MergedSample) -> tuple[dict[tuple[int, int], FloatArray], list[Any]]:
    """Distances on common items by pair of labelers, and of each item those of all its pairs."""
    by_pair: dict[tuple[int, int], list[float]] = {}
    by_item = []
    for task in sample.tasks:
        mine = []
        for a, b in itertools.combinations(sorted(task, key=lambda vote: vote.labeler), 2):
            apart = sample.distance(a.answer, b.answer)
            mine.append(apart)
            by_pair.setdefault((a.labeler, b.labeler), []).append(apart)
        by_item.append((np.asarray(mine), len(task)))
    return {pair: np.asarray(values) for pair, values in by_pair.items()}, by_item
