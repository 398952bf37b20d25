"""All readings of a project to a text fit: who reads well, and how often wrong readings meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from statistics import median
from typing import TypeVar

from rapidfuzz.distance import Levenshtein

from annotations.consensus.transcription import (
    RULES,
    LabelerRecord,
    Reading,
    Rule,
    Strengths,
    TextFit,
    TextVerdict,
)
from annotations.measures.text import TextPolicy

ROUNDS = 2
# Median distance of two readings above which they are free text, not readings of one text.
FREE_TEXT = 0.35

Item = TypeVar("Item", bound=Hashable)
Ballot = tuple[list[int], list[Reading]]


def fit_readings(
    items: Sequence[Item],
    labeler_keys: Sequence[int],
    readings: Sequence[Reading],
    *,
    rule: Rule = "auto",
    policy: TextPolicy | None = None,
    known: Mapping[Item, Reading] | None = None,
    start: TextFit | None = None,
    strengths: Strengths | None = None,
) -> TextFit:
    """Learn labelers' records from one reading per (item, labeler).

    known: texts that are certain. start: an earlier fit, whose records weigh the first round.
    strengths: how labelers are weighed.
    The order of the readings does not matter. Raises ValueError for an unknown rule.
    """
    if rule not in RULES:
        raise ValueError(f"unknown rule {rule!r}")
    policy = policy or TextPolicy()
    ballots = ballots_of(items, labeler_keys, readings)
    records = {} if start is None else start.records
    free_text = _is_free_text(policy, ballots)
    fit = TextFit(rule, policy, records, free_text, strengths=strengths or Strengths())
    for _ in range(ROUNDS if start is None else 1):
        truths = _truths(fit, ballots, known or {})
        fit = replace(fit, records=_records(fit, ballots, truths))
    return fit


def verdicts_of(
    fit: TextFit, items: Sequence[Item], labeler_keys: Sequence[int], readings: Sequence[Reading]
) -> dict[Item, TextVerdict]:
    """The verdict of every item."""
    ballots = ballots_of(items, labeler_keys, readings)
    return {item: fit.merge(*ballot) for item, ballot in ballots.items()}


def ballots_of(
    items: Sequence[Item], labeler_keys: Sequence[int], readings: Sequence[Reading]
) -> dict[Item, Ballot]:
    """(labeler keys, readings) of each item, in a fixed order of labelers."""
    ballots: dict[Item, Ballot] = {}
    for item, labeler, reading in zip(items, labeler_keys, readings, strict=True):
        ballot = ballots.setdefault(item, ([], []))
        ballot[0].append(int(labeler))
        ballot[1].append(reading)
    return ballots


def _truths(
    fit: TextFit, ballots: Mapping[Item, Ballot], known: Mapping[Item, Reading]
) -> dict[Item, str]:
    """Key of the text of each item that tells something about its labelers."""
    truths: dict[Item, str] = {}
    for item, (labelers, readings) in ballots.items():
        if item in known:
            text = known[item]
        elif sum(1 for reading in readings if reading) >= 2:
            text = fit.merge(labelers, readings).text
        else:
            continue
        if text:
            truths[item] = fit.policy.key(text)
    return truths


def _records(
    fit: TextFit, ballots: Mapping[Item, Ballot], truths: Mapping[Item, str]
) -> dict[int, LabelerRecord]:
    """Counts per labeler; sums of whole numbers, so the order of items leaves no trace."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0] * 6)
    for item, truth in truths.items():
        for labeler, reading in zip(*ballots[item], strict=True):
            if not reading or not reading.strip():
                continue
            key = fit.policy.key(reading)
            row = sums[labeler]
            words, true_words = key.split(" "), truth.split(" ")
            row[0] += Levenshtein.distance(key, truth)
            row[1] += len(truth)
            row[2] += Levenshtein.distance(words, true_words)
            row[3] += len(true_words)
            row[4] += key == truth
            row[5] += 1
    return {key: LabelerRecord(*map(float, row)) for key, row in sorted(sums.items())}


def _is_free_text(policy: TextPolicy, ballots: Mapping[Item, Ballot]) -> bool:
    """Whether most pairs of readings of one text differ too much for slips of the pen."""
    differences = []
    for _, readings in ballots.values():
        keys = [policy.key(reading) for reading in readings if reading and reading.strip()]
        differences += [Levenshtein.normalized_distance(a, b) for a, b in combinations(keys, 2)]
    return bool(differences) and median(differences) > FREE_TEXT
