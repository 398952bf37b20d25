"""Most votes win; the confidence comes from one skill shared by the whole pool."""

from __future__ import annotations

from annotations.consensus.base import Known, Params, VoteTable
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.fitting import fit_labeler_model
from annotations.consensus.labeler_model import LabelerModel


class Majority:
    """Plurality vote. A tie stays a tie in the posterior; its verdict is the lower code.

    Also the method for anonymous votes, where labelers cannot be told apart.
    """

    name = "majority"
    model = LabelerModel(shared_skill=True)

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
