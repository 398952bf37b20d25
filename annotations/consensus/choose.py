"""Which method suits this crowd: the one that explains the known answers best, honestly calibrated.

Share right on 50 items moves in steps of two points and cannot tell methods apart; the log loss
after calibration uses the same answers better and finds the better method more often.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from annotations.consensus.base import (
    CategoricalMethod,
    FloatArray,
    IntArray,
    Known,
    VoteTable,
    known_arrays,
)
from annotations.consensus.calibrate import Calibration, fit_temperature
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.scoring import first_best

LEAST_GOLD = 30
# A lead in mean log loss (nats) that is needed to leave the default.
MARGIN = 0.02
FOLDS = 5


@dataclass(frozen=True)
class Candidate:
    """A method on the known items, none of which its fit knew."""

    accuracy: float
    log_loss: float
    calibration: Calibration


@dataclass(frozen=True)
class Choice:
    """method: the name chosen. candidates: what was compared. reason: a sentence for a person."""

    method: str
    candidates: dict[str, Candidate]
    reason: str


def choose_method(
    votes: VoteTable,
    known: Known | None,
    methods: Mapping[str, CategoricalMethod],
    *,
    default: str,
    least_gold: int = LEAST_GOLD,
    margin: float = MARGIN,
) -> Choice:
    """The default, unless with `least_gold` known items another has a lower calibrated log loss.

    Candidates are fitted without the known items, so each is scored on answers it has not seen.
    With fewer known items nothing is compared. Raises KeyError if `default` is not among the
    methods.
    """
    items, codes = known_arrays(known, votes)
    voted = np.isin(items, votes.items)
    items, codes = items[voted], codes[voted]
    if len(items) < least_gold:
        reason = f"{len(items)} of the {least_gold} known answers needed to compare methods"
        return Choice(methods[default].name, {}, reason)
    candidates = {name: _try(method, votes, items, codes) for name, method in methods.items()}
    best = min(candidates, key=lambda name: candidates[name].log_loss)
    return _decide(best, default, candidates, margin, len(items))


def fit_chosen(
    votes: VoteTable,
    known: Known | None,
    methods: Mapping[str, CategoricalMethod],
    *,
    default: str,
    start: CategoricalFit | None = None,
) -> tuple[CategoricalFit, Choice]:
    """Choose, fit with the known items as certain votes, and calibrate: the whole of "auto"."""
    choice = choose_method(votes, known, methods, default=default)
    method = methods[choice.method]
    fit = method.fit(votes, known=known, start=start)
    calibration = calibrate_method(method, votes, known, start=fit)
    return fit.with_temperature(calibration.temperature, calibrated_on=calibration.items), choice


def calibrate_method(
    method: CategoricalMethod, votes: VoteTable, known: Known | None, *, start: CategoricalFit
) -> Calibration:
    """The calibration of a fit that knows these items, by cross-validation over them."""
    return fit_temperature(*held_out(method, votes, known, start=start))


def held_out(
    method: CategoricalMethod, votes: VoteTable, known: Known | None, *, start: CategoricalFit
) -> tuple[FloatArray, IntArray]:
    """Posteriors (n, K) of the known items that have votes, and their codes (n,).

    Each fold is scored by a fit that knows the other folds only: that is how sure the real fit
    is on an item it does not know.
    """
    items, codes = known_arrays(known, votes)
    voted = np.isin(items, votes.items)
    items, codes = items[voted], codes[voted]
    posteriors = np.zeros((len(items), votes.n_classes))
    fold_of = np.arange(len(items)) % FOLDS
    for fold in np.unique(fold_of):
        held, kept = fold_of == fold, fold_of != fold
        fit = method.fit(votes, known=(items[kept], codes[kept]), start=start)
        posteriors[held] = fit.posteriors_of(votes, items[held])
    return posteriors, codes


def _try(
    method: CategoricalMethod, votes: VoteTable, items: IntArray, codes: IntArray
) -> Candidate:
    posteriors = method.fit(votes).posteriors_of(votes, items)
    calibration = fit_temperature(posteriors, codes)
    right = first_best(posteriors)[0] == codes
    return Candidate(_mean(right.astype(np.float64)), calibration.log_loss, calibration)


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _decide(
    best: str, default: str, candidates: dict[str, Candidate], margin: float, items: int
) -> Choice:
    lead = candidates[default].log_loss - candidates[best].log_loss
    if lead <= margin:
        reason = f"no method explains {items} known answers clearly better than {default}"
        return Choice(default, candidates, reason)
    reason = (
        f"{best} explains {items} known answers better than {default}: log loss "
        f"{candidates[best].log_loss:.3f} against {candidates[default].log_loss:.3f}, "
        f"right {candidates[best].accuracy:.1%} against {candidates[default].accuracy:.1%}"
    )
    return Choice(best, candidates, reason)
