"""Sides of a release: whole units, close to the shares, steady over releases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.releases.splits import BadShares, assign, check_shares, leaks

SHARES = {"train": 0.8, "test": 0.2}
sizes = st.dictionaries(st.integers(1, 400).map(str), st.integers(1, 50), max_size=40)


@given(sizes)
def test_every_unit_gets_one_side_and_the_order_does_not_matter(found: dict[str, int]) -> None:
    sides = assign(found, SHARES)
    assert sides.keys() == found.keys()
    assert set(sides.values()) <= SHARES.keys()
    assert assign(dict(reversed(found.items())), SHARES) == sides


@given(sizes, sizes)
def test_who_had_a_side_keeps_it_when_others_come(
    first: dict[str, int], later: dict[str, int]
) -> None:
    before = assign(first, SHARES)
    after = assign(later | first, SHARES, before=before)
    assert {unit: after[unit] for unit in first} == before


def test_shares_are_met_to_within_one_unit() -> None:
    sides = assign({f"writer {n}": 1 for n in range(100)}, SHARES)
    assert 79 <= list(sides.values()).count("train") <= 81


def test_a_group_on_two_sides_is_a_leak_and_items_without_group_are_none() -> None:
    assert leaks([("a", "train"), ("a", "test"), ("b", "test"), ("", "train"), ("", "test")]) == [
        "a"
    ]


@pytest.mark.parametrize(
    "shares",
    [
        {},
        {"train": 0.5},
        {"train": 1.5, "test": -0.5},
        {"train": True},
        {"train": float("nan"), "test": 1.0},
        {" ": 1.0},
        {"a\nb": 1.0},
    ],
)
def test_impossible_shares_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(BadShares):
        check_shares(shares)
