"""What proposals do to answers: an effect that is there is found, and none is made up."""

from __future__ import annotations

import numpy as np
import pytest

from annotations.consensus.anchoring import LEAST, Aided, anchoring
from annotations.measures.share import share_difference


def crowd(count: int, *, follow: float, faster: float = 1.0, seed: int = 1) -> Aided:
    """People who are right in 9 of 10 by themselves; `follow` of them take what they see."""
    random = np.random.default_rng(seed)
    hidden = random.random(count) < 0.3
    proposal_right = random.random(count) < 0.8
    follows = ~hidden & (random.random(count) < follow)
    own = random.random(count) < 0.9
    right = np.where(follows, proposal_right, own)
    # With two classes, a wrong answer to a wrong proposal is the proposal.
    same = right == proposal_right
    seconds = random.lognormal(0.5, 0.4, count) * np.where(follows, faster, 1.0)
    return Aided(
        hidden=hidden,
        taken=follows,
        same=same,
        right=right.astype(float),
        proposal_right=proposal_right.astype(float),
        seconds=seconds,
    )


def test_people_who_follow_are_led_astray_helped_and_fast() -> None:
    found = anchoring(crowd(4_000, follow=0.6, faster=0.5))
    assert found["led_astray"]["difference"]["low"] > 0.3
    assert found["helped"]["difference"]["high"] < 0
    assert found["same"]["difference"]["low"] > 0
    assert 0.4 < found["time"]["ratio"]["low"] < found["time"]["ratio"]["high"] < 0.8
    assert found["shown"] + found["hidden"] == 4_000


def test_where_nobody_follows_the_intervals_hold_no_effect_as_often_as_they_say() -> None:
    held = 0
    for seed in range(60):
        found = anchoring(crowd(600, follow=0.0, seed=seed))
        apart, ratio = found["led_astray"]["difference"], found["time"]["ratio"]
        held += (apart["low"] <= 0 <= apart["high"]) + (ratio["low"] <= 1 <= ratio["high"])
    assert held / 120 >= 0.88


def test_few_answers_are_not_compared() -> None:
    few = crowd(4_000, follow=0.5)
    kept = few.hidden & (np.cumsum(few.hidden) < LEAST)
    found = anchoring(few.part(~few.hidden | kept))
    assert found["hidden"] == LEAST - 1
    assert found["same"]["difference"] == {"estimate": None, "low": None, "high": None}
    assert found["time"]["ratio"]["estimate"] is None


def test_unknown_truth_and_time_are_left_out() -> None:
    some = crowd(200, follow=0.5)
    some.right[:], some.proposal_right[:], some.seconds[:] = np.nan, np.nan, np.nan
    found = anchoring(some)
    assert found["error"]["shown"]["count"] == found["led_astray"]["hidden"]["count"] == 0
    assert found["time"] == {
        "shown": None, "hidden": None, "ratio": {"estimate": None, "low": None, "high": None},
    }  # fmt: skip
    assert found["same"]["shown"]["count"] > 0


def test_no_answers_at_all_are_no_error() -> None:
    assert anchoring(crowd(0, follow=0.5))["shown"] == 0


@pytest.mark.parametrize(
    ("counts", "wanted"),
    # Newcombe 1998, table II, method 10
    [((56, 70, 48, 80), (0.2, 0.0524, 0.3339)), ((9, 10, 3, 10), (0.6, 0.1705, 0.8090)),
     ((10, 10, 0, 10), (1.0, 0.6075, 1.0))],
)  # fmt: skip
def test_the_interval_of_a_difference_is_the_published_one(
    counts: tuple[int, int, int, int], wanted: tuple[float, float, float]
) -> None:
    assert share_difference(*counts) == pytest.approx(wanted, abs=1e-3)
