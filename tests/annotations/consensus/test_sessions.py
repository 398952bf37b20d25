"""Sessions: where one begins, and what is lost late in it."""

from __future__ import annotations

import numpy as np
import pytest

from annotations.consensus.sessions import (
    BREAK,
    by_minute,
    minutes_of,
    session_minutes,
    tiredness,
)


def test_a_long_break_begins_a_new_session() -> None:
    seconds = np.array([0.0, 60.0, 600.0, 600.0 + BREAK + 1, 600.0 + BREAK + 121])
    assert session_minutes(seconds).tolist() == [0.0, 1.0, 10.0, 0.0, 2.0]


def test_compared_answers_take_their_minute_from_all_that_were_given() -> None:
    given = np.arange(0.0, 3600.0, 30.0)[::-1]
    assert minutes_of(given, np.array([1800.0, 0.0, 90.0])).tolist() == [30.0, 0.0, 1.5]


def test_stretches_hold_every_answer_once() -> None:
    minutes = np.array([0.0, 9.9, 10.0, 44.0, 500.0])
    found = list(by_minute(minutes, np.array([1.0, 0.0, 1.0, 1.0, 0.0])))
    assert [(row["since"], row["to"], row["compared"]) for row in found] == [
        (0, 10, 2),
        (10, 20, 1),
        (30, 45, 1),
        (90, None, 1),
    ]
    assert found[0]["mean"][0] == 0.5


def test_whoever_gets_worse_late_is_seen_and_nothing_is_said_of_few() -> None:
    minutes = np.tile(np.arange(60.0), 20)
    random = np.random.default_rng(3)
    worse = (random.random(len(minutes)) < np.where(minutes >= 30, 0.7, 0.95)).astype(float)
    found = tiredness(minutes, worse, least=20)
    assert found is not None
    estimate, low, high = found
    assert estimate == pytest.approx(-0.25, abs=0.06) and high < 0 and low < estimate
    assert tiredness(minutes[:60], worse[:60], least=31) is None
