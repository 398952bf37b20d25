"""The default: part confusion matrix, part skill, and a class prior held back.

A full matrix learns bias but drifts when votes are few; a skill is steady but blind to bias.
The mixture keeps both. Own rows are smoothed halfway to the pool's, the class prior is the square
root of the EM prior, and a class that the pool mostly calls by another name gets no matrix of its
own. On sixteen real crowds the optimum is flat around these settings.
"""

from __future__ import annotations

from annotations.consensus.base import Known, Params, VoteTable
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.fitting import fit_labeler_model
from annotations.consensus.labeler_model import LabelerModel


class HalfHalf:
    """Dawid-Skene in the half-and-half form; what projects call "dawid_skene"."""

    name = "dawid_skene"
    model = LabelerModel(
        full_weight=0.7, smoothing=2.0, pool_share=0.5, prior_power=0.5, guarded=True
    )

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
