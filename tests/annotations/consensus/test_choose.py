"""Method choice by known answers."""

from __future__ import annotations

import numpy as np

from annotations.consensus import CANDIDATES, DEFAULT_METHOD, METHODS
from annotations.consensus.choose import choose_method, fit_chosen
from tests.annotations.consensus.crowd_sets import CrowdSet, load_set


def first_gold(crowd: CrowdSet, n: int) -> tuple[np.ndarray, np.ndarray]:
    return crowd.gold_items[:n], crowd.gold_codes[:n]


def test_with_few_known_items_the_default_stays() -> None:
    crowd = load_set("imagenet_real_even")
    choice = choose_method(crowd.votes, first_gold(crowd, 29), METHODS, default="dawid_skene_full")
    assert choice.method == "dawid_skene_full"
    assert choice.candidates == {}
    assert "29 of the 30" in choice.reason


def test_gold_finds_a_clearly_better_method() -> None:
    crowd = load_set("imagenet_real_even")
    choice = choose_method(crowd.votes, first_gold(crowd, 200), METHODS, default="dawid_skene_full")
    assert choice.method != "dawid_skene_full"
    best, default = choice.candidates[choice.method], choice.candidates["dawid_skene_full"]
    assert best.log_loss < default.log_loss and best.accuracy > default.accuracy


def test_a_lead_within_the_margin_does_not_change_the_method() -> None:
    crowd = load_set("sentiment_amt")
    choice = choose_method(crowd.votes, first_gold(crowd, 200), METHODS, default=DEFAULT_METHOD)
    assert choice.method == DEFAULT_METHOD
    assert set(choice.candidates) == set(METHODS)


def test_auto_fits_the_chosen_method_with_gold_certain_and_confidence_calibrated() -> None:
    crowd = load_set("zencrowd_in")
    known = first_gold(crowd, 100)
    fit, choice = fit_chosen(crowd.votes, known, CANDIDATES, default=DEFAULT_METHOD)
    assert fit.method == choice.method
    assert fit.temperature > 1.0
    verdicts = fit.verdicts(crowd.votes, known=known)
    assert (verdicts.codes[known[0]] == known[1]).all()
    assert (verdicts.confidence[known[0]] == 1.0).all()
