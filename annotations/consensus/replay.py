"""What a stop rule would have saved: votes handed out in rounds, as if they were yet to come."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from annotations.consensus.base import (
    CategoricalMethod,
    IntArray,
    Known,
    VoteTable,
)
from annotations.consensus.choose import calibrate_method
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.scoring import Verdicts
from annotations.consensus.stop import answers_stand


@dataclass(frozen=True)
class Replay:
    """used: votes that the rule asked for per item (n_items,). stopped: whether the rule settled
    the item before its votes ran out. fit, verdicts: from the used votes alone."""

    used: IntArray
    stopped: npt.NDArray[np.bool_]
    fit: CategoricalFit
    verdicts: Verdicts

    @property
    def votes_used(self) -> int:
        return int(self.used.sum())


def replay_stop_rule(
    votes: VoteTable,
    method: CategoricalMethod,
    confidence: float,
    *,
    least: int = 2,
    most: int | None = None,
    known: Known | None = None,
) -> Replay:
    """Ask for votes in the table's order, `least` per item at first, then one more per round.

    After each round the method is fitted to the votes asked for so far, and after rounds 1, 2, 3,
    5, 9 and so on calibrated on the known items. Items at or above `confidence`, or whose answer
    the votes left cannot change, get no more. No round sees a vote not yet asked for.
    """
    turn = _turns(votes)
    available = np.bincount(votes.items, minlength=votes.n_items).astype(np.int32)
    ceiling = available if most is None else np.minimum(available, most)
    used = np.minimum(ceiling, least).astype(np.int32)
    stopped = np.zeros(votes.n_items, dtype=bool)
    fit: CategoricalFit | None = None
    for round_no in range(int(ceiling.max(initial=0)) + 1):
        asked = _part(votes, turn < used[votes.items])
        fit = _fit_round(method, asked, known, fit, calibrate=_is_power_of_two(round_no))
        # Known items stop like the others: they must show what confidence is worth at the stop.
        done = _done(fit, asked, confidence, ceiling - used)
        stopped |= done & (used >= np.minimum(least, ceiling))
        more = ~stopped & (used < ceiling)
        if not more.any():
            break
        used[more] += 1
    asked = _part(votes, turn < used[votes.items])
    fit = _fit_round(method, asked, known, fit, calibrate=True)
    return Replay(used, stopped & (used < available), fit, fit.verdicts(asked, known=known))


def _done(
    fit: CategoricalFit, asked: VoteTable, confidence: float, left: IntArray
) -> npt.NDArray[np.bool_]:
    if fit.is_wide:
        return np.asarray(fit.verdicts(asked).confidence >= confidence)
    posteriors = fit.posteriors(asked)
    sure = posteriors.max(axis=1, initial=0.0) >= confidence
    return np.asarray(sure | answers_stand(fit, posteriors, left))


def _turns(votes: VoteTable) -> npt.NDArray[np.intp]:
    """For each vote (V,) how many votes on its item come before it."""
    order = np.argsort(votes.items, kind="stable")
    first = np.searchsorted(votes.items[order], np.arange(votes.n_items))
    turn = np.empty(len(votes), dtype=np.intp)
    turn[order] = np.arange(len(votes)) - first[votes.items[order]]
    return turn


def _part(votes: VoteTable, mine: npt.NDArray[np.bool_]) -> VoteTable:
    return replace(
        votes,
        items=votes.items[mine],
        labelers=votes.labelers[mine],
        codes=votes.codes[mine],
        weights=None if votes.weights is None else votes.weights[mine],
    )


def _fit_round(
    method: CategoricalMethod,
    asked: VoteTable,
    known: Known | None,
    last: CategoricalFit | None,
    *,
    calibrate: bool,
) -> CategoricalFit:
    fit = method.fit(asked, known=known, start=last)
    if known is None:
        return fit
    if calibrate or last is None:
        return fit.with_temperature(calibrate_method(method, asked, known, start=fit).temperature)
    return fit.with_temperature(last.temperature)


def _is_power_of_two(number: int) -> bool:
    return number & (number - 1) == 0
