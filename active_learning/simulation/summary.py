"""What several trials say together: curves with intervals, and votes to reach an accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean, stdev
from typing import Any

import numpy as np
from scipy.stats import t

POINTS = 25
FINAL = (
    "votes",
    "items",
    "labels",
    "correct_labels",
    "label_accuracy",
    "all_items_accuracy",
    "test_accuracy",
    "test_ece",
    "skill_error",
)
Trial = dict[str, Any]


def summarise(trials: Sequence[Trial], *, reference: str | None) -> dict[str, Any]:
    """Per policy its mean curve and final figures; against `reference`, the votes it saved."""
    policies = list(dict.fromkeys(trial["policy"] for trial in trials))
    by_policy = {name: [one for one in trials if one["policy"] == name] for name in policies}
    others = by_policy.get(reference or "", [])
    goals = {one["seed"]: one["final"]["test_accuracy"] for one in others}
    return {
        name: {
            "final": {key: estimate([one["final"][key] for one in own]) for key in FINAL},
            "curve": mean_curve(own),
            "area": estimate([area(one["curve"]) for one in own]),
            "cpu_seconds": estimate([one["cpu_seconds"] for one in own]),
            "against": _against(own, others, goals) if others else None,
        }
        for name, own in by_policy.items()
    }


def _against(own: Sequence[Trial], other: Sequence[Trial], goals: dict[int, Any]) -> dict[str, Any]:
    """Votes until the accuracy that the reference had in the end, with the same crowd."""
    spent = {one["seed"]: one["final"]["votes"] for one in other}
    needed = {
        one["seed"]: votes_to_reach(one["curve"], goals[one["seed"]])
        for one in own
        if goals.get(one["seed"]) is not None
    }
    reached = [votes / spent[seed] for seed, votes in needed.items() if votes is not None]
    return {
        "goal": estimate([goal for goal in goals.values() if goal is not None]),
        "votes": [needed.get(one["seed"]) for one in own],
        "share_of_votes": estimate(reached),
        "never": sum(votes is None for votes in needed.values()),
    }


def estimate(values: Sequence[float | None]) -> dict[str, float | None]:
    """Mean over seeds with the 95 % interval of Student's t; none for a single seed."""
    known = [value for value in values if value is not None]
    if not known:
        return {"mean": None, "low": None, "high": None}
    middle = mean(known)
    if len(known) < 2:
        return {"mean": round(middle, 4), "low": None, "high": None}
    wide = float(t.ppf(0.975, len(known) - 1)) * stdev(known) / len(known) ** 0.5
    return {name: round(value, 4) for name, value in
            (("mean", middle), ("low", middle - wide), ("high", middle + wide))}  # fmt: skip


def mean_curve(trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """Test accuracy at even numbers of votes, over seeds, from where each trial has a model."""
    last = min(trial["curve"][-1]["votes"] for trial in trials)
    points = []
    for votes in np.linspace(0, last, POINTS + 1)[1:].round().astype(int).tolist():
        values = [value_at(trial["curve"], votes) for trial in trials]
        if all(value is not None for value in values):
            points.append({"votes": votes} | estimate(values))
    return points


def value_at(curve: Sequence[dict[str, Any]], votes: int) -> float | None:
    """Accuracy of the model that served after so many votes."""
    served = [point["test_accuracy"] for point in curve if point["votes"] <= votes]
    known = [value for value in served if value is not None]
    return known[-1] if known else None


def votes_to_reach(curve: Sequence[dict[str, Any]], goal: float) -> float | None:
    """Votes at which the isotonic fit of a curve over log(votes) reaches an accuracy; None: never.

    The raw curve goes up and down by a point with each model; its first lucky crossing says little.
    """
    points = [(p["votes"], p["test_accuracy"]) for p in curve if p["test_accuracy"] is not None]
    if not points:
        return None
    votes = np.log([count for count, _ in points])
    level = isotonic(np.array([accuracy for _, accuracy in points], float))
    if level[-1] < goal:
        return None
    place = int(np.argmax(level >= goal))
    if place == 0:
        return float(points[0][0])
    share = (goal - level[place - 1]) / (level[place] - level[place - 1])
    return round(float(np.exp(votes[place - 1] + share * (votes[place] - votes[place - 1]))), 1)


def isotonic(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The closest sequence that never falls (pool adjacent violators)."""
    blocks: list[tuple[float, int]] = []
    for value in values.tolist():
        blocks.append((value, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (low, many), (high, few) = blocks.pop(), blocks.pop()
            blocks.append(((low * many + high * few) / (many + few), many + few))
    return np.concatenate([np.full(count, value) for value, count in blocks])


def area(curve: Sequence[dict[str, Any]]) -> float | None:
    """Mean test accuracy over log(votes), from the first model to the last point."""
    points = [(p["votes"], p["test_accuracy"]) for p in curve if p["test_accuracy"] is not None]
    if len(points) < 2 or points[0][0] == points[-1][0]:
        return None
    places = np.log([count for count, _ in points])
    heights = np.array([accuracy for _, accuracy in points])
    return round(float(np.trapezoid(heights, places) / (places[-1] - places[0])), 4)
