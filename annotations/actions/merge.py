"""Merge: the votes of a task become a verdict, by classes or by merging whole answers.

Answers that fall into classes are counted from the ballot alone. Texts and shapes are merged from
the annotations that the ballot names; what is known of their labelers comes from the project's
fit, so a merge takes the same however large the project is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotations.actions.settle import (
    BallotEntry,
    FitCache,
    Prior,
    Verdict,
    coding_for,
    verdict_of,
)
from annotations.consensus.answers import open_merger
from annotations.consensus.merging import Merger
from annotations.models import Annotation, ConsensusFit, Project
from annotations.task_types import ALL_TASK_TYPES, MERGED_TASK_TYPES

JsonObject = dict[str, Any]
Answers = Mapping[int, JsonObject]  # by annotation id
READ_AT_ONCE = 500


@dataclass(frozen=True)
class Merging:
    """A merger under one label schema, and the fit that it was opened from."""

    merger: Merger
    fit_id: int | None


_mergers: FitCache[Merging] = FitCache()


def is_merged(project: Project) -> bool:
    """Whether whole answers are merged rather than classes counted."""
    return project.task_type in MERGED_TASK_TYPES


def vote_key(project: Project, answer: JsonObject) -> str:
    """Return what a ballot keeps of an answer: equal for answers that count as the same."""
    assert project.schema is not None
    return ALL_TASK_TYPES[project.task_type].key(answer, project.schema.document)


def answers_of(annotations: Iterable[int]) -> dict[int, JsonObject]:
    """Read answers by annotation id, a bounded number of ids in one statement."""
    found: dict[int, JsonObject] = {}
    for part in in_parts(sorted(annotations)):
        found.update(Annotation.objects.filter(pk__in=part).values_list("pk", "answer"))
    return found


def in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield ids in parts that one statement can name."""
    for start in range(0, len(ids), READ_AT_ONCE):
        yield ids[start : start + READ_AT_ONCE]


def verdict_on(
    project: Project,
    ballot: Sequence[BallotEntry],
    answers: Answers | None = None,
    *,
    prior: Prior | None = None,
) -> Verdict | None:
    """Return what a ballot says, with a model's opinion where one is given; None for an empty one.

    Answers not given are read.
    """
    assert project.schema is not None
    if not is_merged(project):
        coding = coding_for(project, project.schema.label_names)
        return verdict_of(ballot, coding, left=project.max_votes - len(ballot), prior=prior)
    if not ballot:
        return None
    known = {**(answers or {})}
    known |= answers_of({entry[0] for entry in ballot} - known.keys())
    merging = merging_for(project)
    return verdict_by(project, ballot, known, merging.merger, merging.fit_id)


def verdict_by(
    project: Project,
    ballot: Sequence[BallotEntry],
    answers: Answers,
    merger: Merger,
    fit_id: int | None = None,
) -> Verdict:
    """Return what a ballot that is not empty merges to by a merger, whichever is in force."""
    merged = merger.merge([entry[1] for entry in ballot], [answers[entry[0]] for entry in ballot])
    return Verdict(
        label=ALL_TASK_TYPES[project.task_type].summary(merged.answer),
        confidence=merged.confidence,
        distribution={},
        method=merged.method,
        fit_id=fit_id,
        answer=merged.answer,
        detail=merged.detail,
        stands=_readings_agree(project, ballot, merged.answer),
    )


def _readings_agree(project: Project, ballot: Sequence[BallotEntry], answer: JsonObject) -> bool:
    """Whether enough labelers read the very text that won.

    Two people hardly ever make the same slip, so agreement says more than the labeler model.
    """
    if project.task_type != "transcription":
        return False
    key = vote_key(project, answer)
    return bool(key) and sum(entry[2] == key for entry in ballot) >= project.min_votes


def merging_for(project: Project) -> Merging:
    """Return the project's merger, one that knows no labeler yet before the first fit."""
    params = tuple(sorted(project.consensus_params.items()))
    key = (project.fit_id, project.schema_id, project.task_type, project.consensus_method, params)
    merging = _mergers.get(key)
    if merging is None:
        merging = _open(project)
        _mergers.put(key, merging)
    return merging


def _open(project: Project) -> Merging:
    assert project.schema is not None
    row = None
    if project.fit_id is not None:
        row = ConsensusFit.objects.filter(pk=project.fit_id).first()
    state = row.state if row is not None else None
    settings = project.merge_settings(row.method if row is not None else "")
    merger = open_merger(project.task_type, state, project.schema.document, settings)
    return Merging(merger, row.pk if row is not None else None)
