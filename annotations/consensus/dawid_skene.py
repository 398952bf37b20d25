"""One confusion matrix per labeler, estimated by EM.

Dawid and Skene, Maximum likelihood estimation of observer error-rates using the EM algorithm,
Applied Statistics 28(1), 1979.
"""

from __future__ import annotations

from annotations.consensus.base import Known, Params, VoteTable
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.fitting import fit_labeler_model
from annotations.consensus.labeler_model import LabelerModel


class FullDawidSkene:
    """The textbook method, with one hundredth of a pseudo-count per row against log(0).

    Best where labelers have many votes and class-specific bias; drifts on sparse tables.
    """

    name = "dawid_skene_full"
    model = LabelerModel(full_weight=1.0, smoothing=0.01, prior_power=1.0)

    def fit(
        self,
        votes: VoteTable,
        *,
        known: Known | None = None,
        start: CategoricalFit | None = None,
        params: Params | None = None,
    ) -> CategoricalFit:
        return fit_labeler_model(
            self.name, self.model, votes, known=known, start=start, params=params
        )
