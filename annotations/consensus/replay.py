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
from annotations.consensus.labeler_model import WIDE_CLASSES
from annotations.consensus.model_prior import classes_said
from annotations.consensus.scoring import Verdicts, first_best
from annotations.consensus.stop import answers_stand, heard_enough


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

    Priors of the table are a model's word: where it agrees it stands for one of the least votes,
    and an item begins with one vote less.

    After each round the method is fitted to the votes asked for so far, and after rounds 1, 2, 3,
    5, 9 and so on calibrated on the known items. Items at or above `confidence`, or whose answer
    the votes left cannot change, get no more. No round sees a vote not yet asked for.
    """
    turn = _turns(votes)
    available = np.bincount(votes.items, minlength=votes.n_items).astype(np.int32)
    ceiling = available if most is None else np.minimum(available, most)
    said = classes_said(
        votes.log_priors if votes.n_classes <= WIDE_CLASSES else None, votes.n_items
    )
    first = np.where(said >= 0, max(least - 1, 1), least)
    used = np.minimum(ceiling, first).astype(np.int32)
    stopped = np.zeros(votes.n_items, dtype=bool)
    fit: CategoricalFit | None = None
    for round_no in range(int(ceiling.max(initial=0)) + 1):
        asked = _part(votes, turn < used[votes.items])
        fit = _fit_round(method, asked, known, fit, calibrate=_is_power_of_two(round_no))
        # Known items stop like the others: they must show what confidence is worth at the stop.
        done, leader = _done(fit, asked, confidence, ceiling - used)
        voted = np.isin(_cells(np.arange(votes.n_items), leader, votes), _cast(asked))
        # Votes that end early are all there is: without a model they suffice.
        wanted = np.where(said >= 0, least, np.minimum(least, ceiling))
        stopped |= done & heard_enough(leader, used, said, voted, wanted)
        more = ~stopped & (used < ceiling)
        if not more.any():
            break
        used[more] += 1
    asked = _part(votes, turn < used[votes.items])
    fit = _fit_round(method, asked, known, fit, calibrate=True)
    return Replay(used, stopped & (used < available), fit, fit.verdicts(asked, known=known))


def _done(
    fit: CategoricalFit, asked: VoteTable, confidence: float, left: IntArray
) -> tuple[npt.NDArray[np.bool_], IntArray]:
    """Which items (n_items,) are sure or stand, and their leading classes."""
    if fit.is_wide:
        verdicts = fit.verdicts(asked)
        return np.asarray(verdicts.confidence >= confidence), verdicts.codes
    posteriors = fit.posteriors(asked)
    leader, sure = first_best(posteriors)
    return np.asarray((sure >= confidence) | answers_stand(fit, posteriors, left)), leader


def _cast(votes: VoteTable) -> npt.NDArray[np.int64]:
    """Item and class of every vote as one number, distinct and ascending."""
    return np.unique(_cells(votes.items, votes.codes, votes))


def _cells(items: npt.ArrayLike, codes: IntArray, votes: VoteTable) -> npt.NDArray[np.int64]:
    return np.asarray(items, dtype=np.int64) * votes.n_classes + codes


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
