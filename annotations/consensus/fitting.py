"""Table in, fit out: the steps all categorical methods share."""

from __future__ import annotations

from annotations.consensus.base import FloatArray, Known, Params, VoteTable, known_arrays
from annotations.consensus.em import DenseEM
from annotations.consensus.em_wide import WideEM
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.labeler_model import WIDE_CLASSES, LabelerModel
from annotations.consensus.scoring import WideScorer


def fit_labeler_model(
    method: str,
    model: LabelerModel,
    votes: VoteTable,
    *,
    known: Known | None = None,
    start: CategoricalFit | None = None,
    params: Params | None = None,
) -> CategoricalFit:
    """Run EM to convergence, from vote shares or from the posteriors of an earlier fit."""
    model = model.with_params(params)
    table = votes.canonical()
    certain = known_arrays(known, votes)
    if start is not None and start.n_classes != votes.n_classes:
        start = None  # the schema grew: the old classes are no start
    if votes.n_classes > WIDE_CLASSES:
        wide = WideEM(table, model, certain)
        estimate = wide.run(
            wide.start() if start is None else wide.layout.clamp(_cells(wide, start))
        )
    else:
        dense = DenseEM(table, model, certain)
        estimate = dense.run(
            dense.start() if start is None else dense.clamp(start.posteriors(table))
        )
    return CategoricalFit(
        method=method,
        model=model,
        n_classes=votes.n_classes,
        labeler_keys=table.labeler_keys,
        correct=estimate.correct,
        total=estimate.total,
        class_mass=estimate.class_mass,
        cell_labelers=estimate.cell_labelers,
        cell_codes=estimate.cell_codes,
        cell_truths=estimate.cell_truths,
        cell_counts=estimate.cell_counts,
        iterations=estimate.iterations,
        converged=estimate.converged,
    )


def _cells(em: WideEM, start: CategoricalFit) -> FloatArray:
    """Probability of each cell of a wide table under an earlier fit."""
    return WideScorer(start, em.votes, em.layout).cells
