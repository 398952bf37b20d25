"""One skill per labeler: right with that probability, else any other class alike.

Zhang, Chen, Zhou and Jordan, Spectral methods meet EM, JMLR 17, 2016 (one-coin model).
"""

from __future__ import annotations

from annotations.consensus.base import Known, Params, VoteTable
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.fitting import fit_labeler_model
from annotations.consensus.labeler_model import LabelerModel


class OneCoin:
    """Best where labelers differ in skill but have no bias towards a class."""

    def __init__(self, name: str = "one_coin", prior_power: float = 1.0) -> None:
        self.name = name
        self.model = LabelerModel(prior_power=prior_power)

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
