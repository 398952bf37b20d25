"""Votes to ground truth: the table of consensus methods."""

from annotations.consensus.base import CategoricalMethod
from annotations.consensus.dawid_skene import FullDawidSkene
from annotations.consensus.half_half import HalfHalf
from annotations.consensus.majority import Majority
from annotations.consensus.one_coin import OneCoin

# Methods for answers with a category (choice, pair).
METHODS: dict[str, CategoricalMethod] = {
    "majority": Majority(),
    "one_coin": OneCoin(),
    "one_coin_flat": OneCoin("one_coin_flat", prior_power=0.0),
    "dawid_skene": HalfHalf(),  # the default: the half-and-half form
    "dawid_skene_full": FullDawidSkene(),  # the textbook method
}
DEFAULT_METHOD = "dawid_skene"
AUTO = "auto"  # the method that explains the known answers best
# What "auto" chooses among by known answers.
CANDIDATES = {
    name: METHODS[name]
    for name in (DEFAULT_METHOD, "dawid_skene_full", "one_coin", "one_coin_flat")
}
