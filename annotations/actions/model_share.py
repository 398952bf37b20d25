"""Model share: what a model's opinion changes in the consensus, so that it can be audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef

from annotations.actions.project import refit_soon
from annotations.consensus.base import CategoricalMethod, FloatArray, Known, VoteTable
from annotations.consensus.choose import held_out
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.scoring import first_best
from annotations.models import Project, ShownProposal, Task

CHUNK = 500  # opinions written in one transaction
KEPT_SHARE = 0.005  # classes less likely than this are not named
# A smaller change of any share is not worth a write, nor a verdict made anew.
NOTICEABLE = 0.02
SEEN = ShownProposal.objects.filter(
    task=OuterRef("pk"), hidden=False, version__isnull=False, annotation__isnull=False
)


@dataclass(frozen=True)
class Opinion:
    """What a version says of one task: shares by label, and how much its word counts."""

    task: int
    version: int
    weight: float
    shares: dict[str, float]

    def document(self) -> dict[str, Any]:
        return {"version": self.version, "weight": round(self.weight, 4), "shares": self.shares}


def weigh_model(
    method: CategoricalMethod, votes: VoteTable, known: Known | None, fit: CategoricalFit
) -> dict[str, Any] | None:
    """Compare the consensus with the one that people alone would have; None where no model is in.

    The labelers are fitted anew without it: its word must not live on in what is thought of them.
    On answers that are known for certain, both are taken from folds that did not know them.
    """
    if votes.log_priors is None:
        return None
    alone = replace(votes, log_priors=None)
    without = method.fit(alone, known=known, start=fit).with_temperature(fit.temperature)
    asked = ~np.isnan(votes.log_priors[:, 0])
    asked &= np.bincount(votes.items, minlength=votes.n_items) > 0
    found = [_labels(one, table)[asked] for one, table in ((fit, votes), (without, alone))]
    figures = {"tasks": int(asked.sum()), "differ": int((found[0] != found[1]).sum())}
    return figures | _on_known(method, votes, alone, known, fit)


def _labels(fit: CategoricalFit, table: VoteTable) -> Any:
    return first_best(fit.posteriors(table))[0]


def _on_known(
    method: CategoricalMethod,
    votes: VoteTable,
    alone: VoteTable,
    known: Known | None,
    fit: CategoricalFit,
) -> dict[str, Any]:
    (with_model, codes), (without, _) = (
        held_out(method, table, known, start=fit) for table in (votes, alone)
    )
    return {
        "known": len(codes),
        "known_right_with": _right(with_model, codes),
        "known_right_without": _right(without, codes),
    }


def _right(posteriors: FloatArray, codes: Any) -> int:
    return int((first_best(posteriors)[0] == codes).sum())


def keep_opinions(*, project: Project, opinions: Sequence[Opinion]) -> int:
    """Write what a model says on its tasks, where that is new; returns on how many.

    The next vote reads it, and a refit looks at the votes there are. Uniformly drawn items take
    none, nor do those that somebody answered with the model's proposal in view.
    """
    written = 0
    for start in range(0, len(opinions), CHUNK):
        part = {one.task: one for one in opinions[start : start + CHUNK]}
        with transaction.atomic():
            tasks = Task.objects.select_for_update().filter(
                ~Exists(SEEN), project=project, pk__in=part, arm=Task.Arm.ACTIVE
            )
            changed = []
            for task in tasks.only("pk", "prior").order_by("pk"):
                document = part[task.pk].document()
                if differs(task.prior, document):
                    task.prior = document
                    changed.append(task)
            Task.objects.bulk_update(changed, ["prior"], batch_size=CHUNK)
        written += len(changed)
    if written:
        refit_soon(project)
    return written


def drop_opinions(*, project: Project) -> int:
    """Take every opinion back, and have verdicts follow; returns how many there were."""
    dropped = Task.objects.filter(project=project, prior__isnull=False).update(prior=None)
    if dropped:
        refit_soon(project)
    return dropped


def differs(old: dict[str, Any] | None, new: dict[str, Any]) -> bool:
    """Whether an opinion would say something noticeably else than the one there is."""
    if old is None:
        return True
    names = old["shares"].keys() | new["shares"].keys()
    mixed = [
        {name: one["weight"] * one["shares"].get(name, 0.0) for name in names} for one in (old, new)
    ]
    return any(abs(mixed[0][name] - mixed[1][name]) >= NOTICEABLE for name in names)


def shares_of(probabilities: Sequence[float], names: Sequence[str]) -> dict[str, float]:
    """Return the classes worth naming with their probabilities, likeliest first."""
    pairs = sorted(zip(probabilities, names, strict=True), key=lambda pair: -pair[0])
    return {name: round(float(share), 4) for share, name in pairs if share >= KEPT_SHARE}
