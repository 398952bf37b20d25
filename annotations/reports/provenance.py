"""Provenance: how one task came to its label, vote by vote, and what changed it since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from annotations.consensus.base import FloatArray
from annotations.consensus.explain import Explanation, explain
from annotations.consensus.fit import CategoricalFit, first_best
from annotations.consensus.model_prior import log_prior_of
from annotations.models import Adjudication, Annotation, ConsensusFit, LabelChange, Task
from annotations.reports.labelers import open_fit, skill_of
from annotations.reports.names import Name
from annotations.task_types import ALL_TASK_TYPES

Document = dict[str, Any]
# [annotation id, labeler id, category] and, where it is not 1, the vote's weight
Entry = Sequence[Any]


def provenance_of(task: Task, *, name: Name) -> Document:
    """Return who said what, what each vote counted, what decided, and every change since.

    `task` comes with its project and schema. Six queries, however many votes and changes.
    """
    versions = list(Annotation.objects.filter(task=task).select_related("labeler").order_by("pk"))
    row = fit_row(_fit_of(task))
    fit = None if row is None else _opened(row)
    prior = None if task.adjudicated else task.prior_in(task.project)
    explained, parts = (None, {}) if row is None else _parts(task.ballot, row, prior)
    decisions = list(
        Adjudication.objects.filter(task=task).select_related("reviewer").order_by("pk")
    )
    return {
        "task": task.pk,
        "status": task.status,
        "label": task.label,
        "answer": task.answer,
        "confidence": task.confidence,
        "distribution": task.distribution,
        "method": task.method,
        "decided_by": _decided_by(task, prior),
        "fit": None if row is None else _fit_document(row, fit),
        "odds": None if explained is None else _odds(explained, _names(row)),
        "votes": _votes(task, versions, parts, fit, name),
        "model_vote": _model_vote(prior, explained),
        "decision": next(
            (_decision(row) for row in decisions if row.reopened_at is None),
            None,
        ),
        "history": _history(task, versions, decisions, fit, _names(row), name),
    }


def in_brief(
    ballot: Sequence[Entry],
    fit_id: int | None,
    *,
    decision: str | None,
    who: Callable[[int], str],
    said: Mapping[int, str],
    prior: Document | None = None,
) -> Document:
    """Return a label's origin for a file: the fit, each vote with its part, the model's, and a
    decision's note.

    `said` is what votes said, by annotation, where the ballot keeps no more than a hash of it.
    """
    row = fit_row(fit_id)
    explained, found = (None, {}) if row is None else _parts(ballot, row, prior)
    return {
        "fit": fit_id,
        "code_version": "" if row is None else row.code_version,
        "params": {} if row is None else row.params,
        "temperature": None if row is None else row.state.get("temperature"),
        "votes": [
            {
                "annotation": entry[0],
                "labeler": who(entry[1]),
                "label": said.get(entry[0], entry[2]),
                "weight": _weight(entry),
                "log_odds": found.get(entry[0]),
            }
            for entry in ballot
        ],
        "model": _model_vote(prior, explained),
        "decision": decision,
    }


def _decided_by(task: Task, prior: Document | None) -> str:
    if task.confidence is None:
        return "nothing"
    if task.method == "gold":
        return "gold"
    if task.adjudicated:
        return "reviewer"
    return "votes" if prior is None else "votes_and_model"


def _fit_of(task: Task) -> int | None:
    """The fit behind the verdict; for a reviewer's decision the one that weighs votes now."""
    return task.fit_id or (task.project.fit_id if task.adjudicated else None)


@lru_cache(maxsize=32)
def fit_row(fit_id: int | None) -> ConsensusFit | None:
    """Fits never change, so they can be kept by id."""
    return ConsensusFit.objects.filter(pk=fit_id).first() if fit_id else None


def _opened(row: ConsensusFit) -> CategoricalFit | None:
    """The fit of a row, None where answers have no classes."""
    return open_fit(row.pk) if "n_classes" in row.state and row.labels else None


def _names(row: ConsensusFit | None) -> list[str]:
    return [] if row is None else list(row.labels)


def _parts(
    ballot: Sequence[Entry], row: ConsensusFit, prior: Document | None
) -> tuple[Explanation | None, dict[int, float]]:
    """The odds of a ballot in parts, and the part of each vote by its annotation's id."""
    fit = _opened(row)
    codes = {label: code for code, label in enumerate(row.labels)}
    entries = [entry for entry in ballot if entry[2] in codes]
    if fit is None:
        return None, {}
    found = explain(
        fit,
        [entry[1] for entry in entries],
        [codes[entry[2]] for entry in entries],
        [_weight(entry) for entry in entries],
        None if fit.is_wide or prior is None else _log_prior(prior, codes),
    )
    if found is None:
        return None, {}
    return found, {entry[0]: part for entry, part in zip(entries, found.votes, strict=True)}


def _weight(entry: Entry) -> float:
    return float(entry[3]) if len(entry) > 3 else 1.0


def _fit_document(row: ConsensusFit, fit: CategoricalFit | None) -> Document:
    return {
        "id": row.pk,
        "method": row.method,
        "params": row.params,
        "code_version": row.code_version,
        "votes": row.votes,
        "temperature": None if fit is None else fit.temperature,
        "calibrated_on": None if fit is None else fit.notes.get("calibrated_on"),
        "created_at": row.created_at,
    }


def _odds(found: Explanation, names: list[str]) -> Document:
    return {
        "label": names[found.best],
        "against": names[found.rival],
        "prior": found.prior,
        "total": found.prior + sum(found.votes),
    }


def _votes(
    task: Task,
    versions: list[Annotation],
    parts: dict[int, float],
    fit: CategoricalFit | None,
    name: Name,
) -> list[Document]:
    ballot = {entry[0]: entry for entry in task.ballot}
    return [
        {
            "annotation": vote.pk,
            "labeler": name(vote.labeler_id, vote.labeler.shown_name),
            "answer": vote.answer,
            "label": _category(task, vote.answer),
            "version": vote.version,
            "source": vote.source,
            "counted": vote.pk in ballot,
            "weight": _weight(ballot[vote.pk]) if vote.pk in ballot else 0.0,
            "log_odds": parts.get(vote.pk),
            **skill_of(fit, vote.labeler_id),
            "created_at": vote.created_at,
        }
        for vote in versions
        if vote.current
    ]


def _category(task: Task, answer: Any) -> str:
    return ALL_TASK_TYPES[task.project.task_type].summary(answer)


def _log_prior(prior: Document, codes: dict[str, int]) -> FloatArray | None:
    return log_prior_of(prior["shares"], prior["weight"], codes)


def _model_vote(prior: Document | None, explained: Explanation | None) -> Document | None:
    """What the model said, and its part of the odds; None where people alone decided."""
    if prior is None or not prior["shares"]:
        return None
    label, share = max(prior["shares"].items(), key=lambda pair: pair[1])
    return {
        "label": label,
        "share": share,
        "version": prior["version"],
        "weight": prior["weight"],
        "log_odds": None if explained is None else explained.prior,
    }


def _decision(row: Adjudication) -> Document:
    return {
        "reviewer": row.reviewer.shown_name,
        "answer": row.answer,
        "note": row.note,
        "created_at": row.created_at,
        "reopened_at": row.reopened_at,
    }


def _history(
    task: Task,
    versions: list[Annotation],
    decisions: list[Adjudication],
    fit: CategoricalFit | None,
    names: list[str],
    name: Name,
) -> list[Document]:
    """Votes, decisions and kept changes in the order of time.

    What a vote led to is computed anew, under the fit behind today's verdict: a submit keeps the
    vote alone. Decisions from before changes were kept are told from their own rows.
    """
    rows = _vote_events(task, versions, fit, names, name)
    changes = list(LabelChange.objects.filter(task=task).select_related("by").order_by("pk"))
    rows += [_change_event(change) for change in changes]
    kept = sum(change.cause == LabelChange.Cause.ADJUDICATION for change in changes)
    rows += [_decision_event(task, row) for row in decisions[: max(0, len(decisions) - kept)]]
    return sorted(rows, key=lambda row: row["at"])


def _vote_events(
    task: Task,
    versions: list[Annotation],
    fit: CategoricalFit | None,
    names: list[str],
    name: Name,
) -> list[Document]:
    codes = {label: code for code, label in enumerate(names)}
    standing: dict[int, int] = {}
    rows, before = [], ""
    for vote in versions:
        label = _category(task, vote.answer)
        after = before
        if fit is not None and label in codes:
            standing[vote.labeler_id] = codes[label]
            posterior = fit.posterior(list(standing), list(standing.values()))
            after = names[int(first_best(posterior[None, :])[0][0])]
        rows.append(
            _event(
                "vote" if vote.version == 1 else "revision",
                vote.created_at,
                who=name(vote.labeler_id, vote.labeler.shown_name),
                given=label,
                before=before,
                after=after,
            )
        )
        before = after
    return rows


def _change_event(change: LabelChange) -> Document:
    return _event(
        change.cause,
        change.created_at,
        who=change.by.shown_name if change.by else "",
        before=change.label_before,
        after=change.label_after,
        status_before=change.status_before,
        status_after=change.status_after,
        confidence=change.confidence,
        method=change.method,
        note=change.note,
    )


def _decision_event(task: Task, row: Adjudication) -> Document:
    return _event(
        "adjudication",
        row.created_at,
        who=row.reviewer.shown_name,
        after=row.category,
        note=row.note,
    )


def _event(cause: str, at: Any, **values: Any) -> Document:
    blank = {
        "who": "",
        "given": "",
        "before": "",
        "after": "",
        "status_before": "",
        "status_after": "",
        "confidence": None,
        "method": "",
        "note": "",
    }
    return {"cause": cause, "at": at} | blank | values
