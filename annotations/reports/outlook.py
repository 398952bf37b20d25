"""What a rule does to the votes so far: replayed as far as they reach, foreseen beyond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from annotations.consensus import AUTO, DEFAULT_METHOD
from annotations.consensus.answers import open_merger
from annotations.consensus.base import FloatArray, Known, VoteTable
from annotations.consensus.configured import configured
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.foresight import (
    Coming,
    Heard,
    Rule,
    foresee_votes,
    remaining_by_rate,
)
from annotations.consensus.merge_settings import Settings
from annotations.consensus.model_prior import classes_said, stacked_log_priors
from annotations.consensus.replay import replay_stop_rule
from annotations.consensus.stop import REOPEN_MARGIN
from annotations.models import (
    Adjudication,
    Annotation,
    ConsensusFit,
    GoldItem,
    LabelSchema,
    Project,
    Task,
)
from annotations.models.share import fixed_share
from annotations.reports.labelers import open_fit
from annotations.task_types import ALL_TASK_TYPES, TASK_TYPES

CAP = 1_000  # answered tasks that a rule is replayed on
MERGED_CAP = 150  # the same where whole answers are merged, which takes longer


@dataclass(frozen=True)
class Opinion:
    """A model's word on a task: shares by class name, and how much they count."""

    weight: float
    shares: tuple[tuple[str, float], ...]

    @staticmethod
    def of(prior: dict[str, Any] | None) -> Opinion | None:
        """The opinion in a task's document of it."""
        if prior is None:
            return None
        return Opinion(prior["weight"], tuple(sorted(prior["shares"].items())))


@dataclass(frozen=True)
class Answered:
    """A task with votes: (labeler, key) in their order, and the ids of the answers.

    opinion: what the model that has a say in its consensus thinks of it.
    """

    pk: int
    arm: str
    status: str
    certain: bool
    votes: tuple[tuple[int, str], ...]
    answers: tuple[int, ...]
    opinion: Opinion | None = None


@dataclass(frozen=True)
class Outlook:
    """Of the sampled tasks: votes per task under the rule if asked from scratch, votes missing as
    it stands, chance to end settled, and the share whose label stays as all votes have it."""

    total: FloatArray
    missing: FloatArray
    settled: FloatArray
    same_label: float | None


# --- what is read ------------------------------------------------------------------------------


def answered_tasks(project: Project) -> tuple[list[Answered], int]:
    """A fixed share of the answered tasks, and how many there are in all."""
    cap = CAP if project.task_type in TASK_TYPES else MERGED_CAP
    rows = Task.objects.filter(project=project, confidence__isnull=False, votes__gt=0).order_by()
    count = rows.count()
    found = fixed_share(rows, count, cap).order_by("pk")
    columns = ("pk", "arm", "status", "adjudicated", "ballot", "prior", "audit")
    tasks = [
        Answered(
            task.pk,
            task.arm,
            task.status,
            task.adjudicated,
            tuple((int(entry[1]), str(entry[2])) for entry in sorted(task.ballot)),
            tuple(int(entry[0]) for entry in sorted(task.ballot)),
            Opinion.of(task.prior_in(project)),
        )
        for task in found.only(*columns)
    ]
    return tasks, count


def outlook_of(project: Project, tasks: tuple[Answered, ...], rule: Rule) -> Outlook:
    assert project.schema is not None
    names = tuple(project.schema.label_names)
    if project.task_type in TASK_TYPES:
        method = project.consensus_method
        if method == AUTO:
            fit = ConsensusFit.objects.filter(pk=project.fit_id or 0)
            method = fit.values_list("method", flat=True).first() or DEFAULT_METHOD
        params = tuple(sorted(project.consensus_params.items()))
        known = tuple(sorted(_known(project, [task.pk for task in tasks]).items()))
        return _of_classes(tasks, names, rule, method, params, known, project.fit_id)
    return _of_merged(_prefixes(project, tasks), tasks, rule)


def _known(project: Project, tasks: Sequence[int]) -> dict[int, str]:
    """What is certain of the sampled tasks; a decision comes before a gold item."""
    gold = GoldItem.objects.filter(task__in=tasks, active=True, source__in=GoldItem.CERTAIN)
    decided = Adjudication.objects.filter(task__in=tasks, reopened_at=None, bulk=None)
    found = dict(gold.values_list("task_id", "category"))
    return found | dict(decided.values_list("task_id", "category"))


# --- answers with classes ----------------------------------------------------------------------


@lru_cache(maxsize=64)
def _of_classes(
    tasks: tuple[Answered, ...],
    names: tuple[str, ...],
    rule: Rule,
    method_name: str,
    params: tuple[tuple[str, Any], ...],
    certain: tuple[tuple[int, str], ...],
    fit_id: int | None,
) -> Outlook:
    """The outlook of votes on classes; the same votes and rule give the same figures."""
    method = configured(method_name, dict(params))
    votes, codes = _table(tasks, names)
    if not tasks:
        return _of_nothing(method.fit(votes), rule)
    known = _coded(tasks, dict(certain), codes)
    replayed = replay_stop_rule(
        votes, method, rule.confidence, least=rule.least, most=rule.most, known=known
    )
    fit = (open_fit(fit_id) if fit_id else None) or replayed.fit
    if fit.n_classes != len(names):
        fit = replayed.fit
    now = fit.verdicts(votes)
    same = np.mean(replayed.verdicts.codes == fit.verdicts(votes, known=known).codes)
    have = np.bincount(votes.items, minlength=votes.n_items).astype(np.int32)
    missing = _missing(fit, votes, tasks, have, rule, now.confidence)
    stopped = replayed.stopped | (replayed.used >= rule.most)
    further = _further(fit, votes, tasks, have, rule)
    total = np.asarray(replayed.used + np.where(stopped, 0.0, further.more), dtype=np.float64)
    settled = np.where(replayed.stopped, 1.0, further.settled)
    return Outlook(total, missing, settled, float(same))


def _missing(
    fit: CategoricalFit,
    votes: VoteTable,
    tasks: Sequence[Answered],
    have: Any,
    rule: Rule,
    sure: FloatArray,
) -> FloatArray:
    """Votes that the tasks would still be given, as they stand."""
    settled = np.asarray([task.status == Task.Status.SETTLED for task in tasks])
    goal = np.where(settled, rule.confidence - REOPEN_MARGIN, rule.confidence)
    more = _further(fit, votes, tasks, have, rule, goal=goal).more
    certain = np.asarray([task.certain for task in tasks])
    return np.where(certain, 0.0, more)


def _further(
    fit: CategoricalFit,
    votes: VoteTable,
    tasks: Sequence[Answered],
    have: Any,
    rule: Rule,
    *,
    goal: FloatArray | None = None,
) -> Coming:
    if not fit.is_wide:
        heard = Heard(classes_said(votes.log_priors, votes.n_items), _voted(votes))
        return foresee_votes(
            fit, fit.posteriors(votes), have, _alike(votes), rule, goal=goal, heard=heard
        )
    wanted = np.full(len(tasks), rule.confidence) if goal is None else goal
    done = (fit.verdicts(votes).confidence >= wanted) & (have >= rule.least)
    rest = remaining_by_rate(have.tolist(), done.tolist(), least=rule.least, most=rule.most)
    more = np.where(done | (have >= rule.most), 0.0, rest[np.minimum(have, rule.most)])
    return Coming(more, np.ones(len(tasks)))


def _alike(votes: VoteTable) -> Any:
    """The class of all votes of an item, -1 where they differ, -2 where there are none."""
    low = np.full(votes.n_items, votes.n_classes, dtype=np.int32)
    high = np.full(votes.n_items, -1, dtype=np.int32)
    np.minimum.at(low, votes.items, votes.codes)
    np.maximum.at(high, votes.items, votes.codes)
    return np.where(high < 0, -2, np.where(low == high, high, -1))


def _voted(votes: VoteTable) -> Any:
    """Which classes anybody voted for, bool (n_items, K)."""
    voted = np.zeros((votes.n_items, votes.n_classes), dtype=bool)
    voted[votes.items, votes.codes] = True
    return voted


def _of_nothing(fit: CategoricalFit, rule: Rule) -> Outlook:
    """What the method expects of labelers whom it does not know, before the first vote."""
    nothing = np.zeros(0)
    if fit.is_wide:
        return Outlook(np.full(1, float(rule.least)), nothing, nothing, None)
    prior = fit.posterior([], [])[None, :]
    none = np.zeros(1, dtype=np.int32)
    coming = foresee_votes(fit, prior, none, np.full(1, -2), rule, draws=400)
    return Outlook(coming.more, nothing, coming.settled, None)


def _table(tasks: Sequence[Answered], names: Sequence[str]) -> tuple[VoteTable, dict[str, int]]:
    codes = {name: code for code, name in enumerate(names)}
    rows = [
        (index, labeler, codes[label])
        for index, task in enumerate(tasks)
        for labeler, label in task.votes
        if label in codes
    ]
    items, labelers, labels = zip(*rows, strict=True) if rows else ((), (), ())
    keys, places = np.unique(np.asarray(labelers, dtype=np.int64), return_inverse=True)
    table = VoteTable(
        np.asarray(items, dtype=np.int32), places.astype(np.int32),
        np.asarray(labels, dtype=np.int32), len(tasks), keys, max(len(names), 1),
        log_priors=_log_priors(tasks, codes),
    )  # fmt: skip
    return table, codes


def _log_priors(tasks: Sequence[Answered], codes: dict[str, int]) -> FloatArray | None:
    """What the model says of each task (n, K), NaN where nothing; None where it has no say."""
    opinions = {
        index: {"shares": dict(task.opinion.shares), "weight": task.opinion.weight}
        for index, task in enumerate(tasks)
        if task.opinion
    }
    return stacked_log_priors(opinions, len(tasks), codes)


def _coded(
    tasks: Sequence[Answered], certain: dict[int, str], codes: dict[str, int]
) -> Known | None:
    pairs = [
        (index, codes[certain[task.pk]])
        for index, task in enumerate(tasks)
        if certain.get(task.pk) in codes
    ]
    if not pairs:
        return None
    items, labels = zip(*pairs, strict=True)
    return np.asarray(items), np.asarray(labels)


# --- merged answers ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Prefix:
    """What the first votes of a task merge to: how sure, how many gave that answer, in a word."""

    confidence: float
    equal: int
    label: str


Prefixes = tuple[tuple[Prefix, ...], ...]


def _prefixes(project: Project, tasks: tuple[Answered, ...]) -> Prefixes:
    assert project.schema is not None
    rows = ConsensusFit.objects.filter(pk=project.fit_id or 0)
    settings = project.merge_settings(rows.values_list("method", flat=True).first() or "")
    return _merge_prefixes(settings, project.fit_id, project.schema.pk, tasks)


@lru_cache(maxsize=4)
def _merge_prefixes(
    settings: Settings, fit_id: int | None, schema_id: int, tasks: tuple[Answered, ...]
) -> Prefixes:
    """Merge the first one, two, three and so on votes of each task; no rule changes that."""
    schema = LabelSchema.objects.get(pk=schema_id).document
    state = ConsensusFit.objects.filter(pk=fit_id or 0).values_list("state", flat=True).first()
    task_type = settings.task_type
    merger = open_merger(task_type, state, schema, settings)
    kind = ALL_TASK_TYPES[task_type]
    wanted = [pk for task in tasks for pk in task.answers]
    answers = dict(Annotation.objects.filter(pk__in=wanted).values_list("pk", "answer"))
    found = []
    for task in tasks:
        given = [answers[pk] for pk in task.answers]
        keys = [kind.key(answer, schema) for answer in given]
        labelers = [labeler for labeler, _ in task.votes]
        rows = []
        for k in range(1, len(given) + 1):
            merged = merger.merge(labelers[:k], given[:k])
            key = kind.key(merged.answer, schema)
            equal = keys[:k].count(key) if key and task_type == "transcription" else 0
            rows.append(Prefix(merged.confidence, equal, key))
        found.append(tuple(rows))
    return tuple(found)


def _of_merged(prefixes: Prefixes, tasks: Sequence[Answered], rule: Rule) -> Outlook:
    """The outlook of merged answers: real prefixes, then the rate at which items stop."""
    used, stopped = [], []
    for rows in prefixes:
        ends = [k for k in range(rule.least, min(len(rows), rule.most) + 1)
                if _stops(rows[k - 1], rule)]  # fmt: skip
        used.append(ends[0] if ends else min(len(rows), rule.most))
        stopped.append(bool(ends))
    rest = remaining_by_rate(used, stopped, least=rule.least, most=rule.most)
    total = np.asarray([u if s else u + rest[u] for u, s in zip(used, stopped, strict=True)])
    missing = np.asarray(
        [
            _missing_merged(rows, task, rule, rest)
            for rows, task in zip(prefixes, tasks, strict=True)
        ]
    )
    if not len(total):
        return Outlook(np.full(1, float(rule.least)), missing, np.zeros(0), None)
    same = np.mean(
        [rows[u - 1].label == rows[-1].label for rows, u in zip(prefixes, used, strict=True)]
    )
    at_cap = np.asarray([s or u < rule.most for u, s in zip(used, stopped, strict=True)])
    return Outlook(total, missing, at_cap.astype(np.float64), float(same))


def _missing_merged(rows: Sequence[Prefix], task: Answered, rule: Rule, rest: FloatArray) -> float:
    margin = REOPEN_MARGIN if task.status == Task.Status.SETTLED else 0.0
    eased = replace(rule, confidence=rule.confidence - margin)
    have = len(rows)
    if task.certain or have >= rule.most or (have >= rule.least and _stops(rows[-1], eased)):
        return 0.0
    return float(rest[have])


def _stops(prefix: Prefix, rule: Rule) -> bool:
    return prefix.confidence >= rule.confidence or prefix.equal >= rule.least
