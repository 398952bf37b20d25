"""Class run: a consensus run where answers fall into classes, compared with what is in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from annotations.actions.model_share import weigh_model
from annotations.actions.run_rows import (
    BATCH,
    NOTHING_KNOWN,
    Before,
    Label,
    RunOutcome,
    batches,
    commonest,
    compared_statuses,
    standing_before,
    status_in_run,
)
from annotations.actions.settle import Verdict
from annotations.actions.votes_as_of import CastVotes, Pin, votes_as_of
from annotations.consensus import AUTO, CANDIDATES, DEFAULT_METHOD, METHODS
from annotations.consensus.base import CategoricalMethod, VoteTable
from annotations.consensus.calibrate import apply_temperature, calibration_error, fit_temperature
from annotations.consensus.choose import choose_method, held_out
from annotations.consensus.configured import configured
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.model_prior import classes_said
from annotations.consensus.stop import answers_stand
from annotations.measures.share import wilson
from annotations.models import ConsensusRun, Project, RunChange, Task
from labelhub.errors import Conflict
from labelhub.jobs.claim import Claim


def run_on_classes(*, run: ConsensusRun, project: Project, pin: Pin, claim: Claim) -> RunOutcome:
    """Fit, label every task that has votes, and write down which labels differ."""
    assert project.schema is not None
    cast = votes_as_of(project, pin)
    if not len(cast.settling):
        raise Conflict("Nobody has answered yet, so there is nothing to run on.", code="no_votes")
    before = standing_before(project)
    opinions = {task: stood.opinion for task, stood in before.items() if stood.opinion}
    cast = cast.with_opinions(opinions, project.schema.label_names)
    claim.progress(0.1, "Fitting")
    fit, chosen, why = fit_run(run, cast)
    claim.progress(0.4, "Comparing")
    labels = list(_labelled(project, cast, fit, before))
    figures = _figures(project, run, chosen, cast, fit, labels, before)
    claim.progress(0.7, "Writing")
    _write_changes(run, labels, before)
    return RunOutcome(
        chosen,
        fit.params,
        fit.to_json(),
        why,
        len(cast.settling),
        labels,
        figures,
        opinions=opinions,
    )


def fit_run(run: ConsensusRun, cast: CastVotes) -> tuple[CategoricalFit, str, str]:
    """Return the run's calibrated fit, its method, and why that one.

    It starts from nothing, so votes and opinions alone decide: the same ones give the same bits.
    """
    chosen, why = run.method, "asked for"
    if run.method == AUTO:
        choice = choose_method(cast.table, cast.known, CANDIDATES, default=DEFAULT_METHOD)
        chosen, why = choice.method, choice.reason
    method = configured(chosen, run.params)
    fit = method.fit(cast.table, known=cast.known)
    found = fit_temperature(*held_out(method, cast.table, cast.known, start=fit))
    return fit.with_temperature(found.temperature, calibrated_on=found.items), chosen, why


def _labelled(
    project: Project, cast: CastVotes, fit: CategoricalFit, before: Mapping[int, Before]
) -> Iterator[Label]:
    """The run's label of every task with votes, and what the project's rule makes of it."""
    assert project.schema is not None
    names = project.schema.label_names
    standing = set() if cast.standing is None else set(np.asarray(cast.standing[0]).tolist())
    verdicts = fit.verdicts(cast.settling, known=cast.standing)
    stands = _standing(project, cast, fit, before)
    said, named = _said_and_named(cast.settling, verdicts.codes)
    found = zip(verdicts.codes.tolist(), verdicts.confidence.tolist(), strict=True)
    for index, (task, (code, sure)) in enumerate(zip(cast.tasks, found, strict=True)):
        stood = before.get(task)
        if code < 0 or stood is None:
            continue
        status = str(Task.Status.SETTLED)
        if index not in standing:
            verdict = Verdict(
                names[code], sure, {}, "", None, bool(stands[index]),
                seconded=said[index] == code,
                overruled=said[index] >= 0 and not named[index],
            )  # fmt: skip
            status = _status(project, verdict, stood)
        yield task, names[code], round(sure, 6), status


def _said_and_named(votes: VoteTable, leaders: Any) -> tuple[Any, Any]:
    """The class that a model names of each item (n,), -1 where it has no say, and whether anybody
    voted for the item's leading class (n,)."""
    named = np.zeros(votes.n_items, dtype=bool)
    named[votes.items[votes.codes == leaders[votes.items]]] = True
    return classes_said(votes.log_priors, votes.n_items), named


def _standing(
    project: Project, cast: CastVotes, fit: CategoricalFit, before: Mapping[int, Before]
) -> Any:
    """Whether the votes that may still come cannot change an answer, bool (n_items,)."""
    if fit.is_wide:
        return np.zeros(len(cast.tasks), dtype=bool)
    nothing = Before("", None, "", project.max_votes, True, "", False)
    left = [project.max_votes - before.get(task, nothing).votes for task in cast.tasks]
    return answers_stand(
        fit, fit.posteriors(cast.settling), np.maximum(np.asarray(left, dtype=np.int32), 0)
    ) & (np.asarray(left) > 0)


def _status(project: Project, verdict: Verdict, stood: Before) -> str:
    # The rule looks at how many votes there are, and at whether all of them agree; an empty key
    # would be an abstention.
    ballot = [[n, n, "same" if stood.unanimous else str(n)] for n in range(stood.votes)]
    return status_in_run(project, ballot, verdict, stood)


def _figures(
    project: Project,
    run: ConsensusRun,
    chosen: str,
    cast: CastVotes,
    fit: CategoricalFit,
    labels: Sequence[Label],
    before: Mapping[int, Before],
) -> dict[str, Any]:
    moved = Counter(
        (before[task].label, label) for task, label, *_ in labels if before[task].label != label
    )
    now = project.fit.method if project.fit else project.consensus_method
    current = configured(now if now in METHODS else DEFAULT_METHOD, project.consensus_params)
    return {
        "answered": len(labels),
        "changed": sum(moved.values()),
        "from_to": commonest(moved),
        "statuses": compared_statuses(labels, before),
        "known": {
            "now": _on_known(current, cast, fit),
            "run": _on_known(configured(chosen, run.params), cast, fit),
        },
        "current_method": current.name,
        "temperature": fit.temperature,
        "model": weigh_model(configured(chosen, run.params), cast.table, cast.known, fit),
    }


def _on_known(method: CategoricalMethod, cast: CastVotes, start: CategoricalFit) -> dict[str, Any]:
    """How right and how honest a method is on known answers, none of which its fit was told."""
    posteriors, codes = held_out(method, cast.table, cast.known, start=start)
    if not len(codes):
        return dict(NOTHING_KNOWN)
    temperature = fit_temperature(posteriors, codes).temperature
    cooled = apply_temperature(posteriors, temperature)
    right = cooled.argmax(axis=1) == codes
    low, high = wilson(float(right.sum()), len(codes))
    return {
        "items": len(codes),
        "accuracy": float(right.mean()),
        "low": low,
        "high": high,
        "calibration_error": calibration_error(cooled.max(axis=1), right),
        "error": None,
    }


def _write_changes(
    run: ConsensusRun, labels: Sequence[Label], before: Mapping[int, Before]
) -> None:
    changed = (label for label in labels if before[label[0]].label != label[1])
    for batch in batches(changed, BATCH):
        RunChange.objects.bulk_create(
            RunChange(
                run=run,
                task_id=task,
                before=before[task].label,
                after=label,
                confidence_before=before[task].confidence,
                confidence_after=sure,
                status_before=before[task].status,
                status_after=status,
            )
            for task, label, sure, status in batch
        )
