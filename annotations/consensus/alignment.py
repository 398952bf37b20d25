"""Readings of one text, aligned and voted on token by token.

After Fiscus, A post-processing system to yield reduced word error rates (ROVER), ASRU 1997: the
medoid reading is the pivot, the others are aligned to it by least edits, and every place, gap and
insertion is voted on. The winner is the next pivot until nothing changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

ROUNDS = 4
NESTED = 3
TIE = 1e-9
# Share of a vote for one word that counts for another, by how alike they are spelled.
LIKENESS = 0.5
# How much a reading that lies far from the others on this very text loses.
APART = 10.0


@dataclass(frozen=True)
class Token:
    """A voted token: as it is shown, how it is compared, and its share of the weight."""

    raw: str
    key: str
    support: float


# A place's votes: weight per token key, and per raw form of each key. None is a gap.
Votes = dict[str | None, dict[str, float]]


def tokens_of(text: Sequence[str], key: Callable[[str], str]) -> list[Token]:
    """Tokens of one reading; those with an empty key are left out."""
    pairs = ((raw, key(raw)) for raw in text)
    return [Token(raw, folded, 1.0) for raw, folded in pairs if folded]


def align_and_vote(readings: Sequence[Sequence[Token]], weights: Sequence[float]) -> list[Token]:
    """The voted text of at least one reading, whatever their order."""
    order = sorted(range(len(readings)), key=lambda i: (_identity(readings[i]), weights[i]))
    readings, weights = [readings[i] for i in order], [weights[i] for i in order]
    pivot = list(readings[medoid_index([token_keys(r) for r in readings], weights)])
    for _ in range(ROUNDS):
        voted = _vote(readings, weights, pivot, depth=0)
        done = token_keys(voted) == token_keys(pivot)
        pivot = voted
        if done:
            break
    return pivot


def medoid_index(keys: Sequence[Sequence[str]], weights: Sequence[float]) -> int:
    """The reading nearest to all the others; of equals the longer, then the greater.

    Distance is the edit distance over the longer length, in [0, 1].
    """
    cost = [
        sum(
            weight * Levenshtein.normalized_distance(mine, other)
            for other, weight in zip(keys, weights, strict=True)
        )
        for mine in keys
    ]
    return max(range(len(keys)), key=lambda i: (-round(cost[i], 9), len(keys[i]), list(keys[i])))


def _identity(reading: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.raw for token in reading)


def token_keys(reading: Sequence[Token]) -> list[str]:
    return [token.key for token in reading]


def less_apart(
    keys: Sequence[Sequence[str]], weights: Sequence[float], strength: float = APART
) -> list[float]:
    """Weights lowered for readings that lie far from the others on this text."""
    lowered = []
    for mine, own in zip(range(len(keys)), weights, strict=True):
        others = [other for other in range(len(keys)) if other != mine]
        total = math.fsum(weights[other] for other in others)
        apart = math.fsum(
            weights[other] * Levenshtein.normalized_distance(keys[mine], keys[other])
            for other in others
        )
        lowered.append(own / (1.0 + strength * apart / total) if total > 0 else own)
    return lowered


def supported(
    text: Sequence[Token], readings: Sequence[Sequence[Token]], weights: Sequence[float]
) -> tuple[list[Token], list[float]]:
    """The tokens of a text with the share of weight behind each, and for every gap where some
    reading has more, the share of weight without."""
    support, more = [0.0] * len(text), [0.0] * (len(text) + 1)
    for reading, weight in zip(readings, weights, strict=True):
        for step in Levenshtein.opcodes(token_keys(text), token_keys(reading)):
            if step.tag == "insert":
                more[step.src_start] += weight
            elif step.tag == "equal":
                for place in range(step.src_start, step.src_end):
                    support[place] += weight
    total = math.fsum(weights)
    tokens = [replace(t, support=s / total) for t, s in zip(text, support, strict=True)]
    return tokens, [1.0 - share / total for share in more if share > 0]


def _vote(
    readings: Sequence[Sequence[Token]],
    weights: Sequence[float],
    pivot: Sequence[Token],
    depth: int,
) -> list[Token]:
    places: list[Votes] = [{} for _ in pivot]
    inserted: list[list[tuple[Sequence[Token], float]]] = [[] for _ in range(len(pivot) + 1)]
    for reading, weight in zip(readings, weights, strict=True):
        _cast(reading, weight, pivot, places, inserted)
    total = sum(weights)
    voted: list[Token] = []
    for index in range(len(pivot) + 1):
        voted += _insertion(inserted[index], total, depth)
        if index < len(pivot):
            winner = _winner(places[index], pivot[index].key, total)
            voted += [winner] if winner is not None else []
    return voted


def _cast(
    reading: Sequence[Token],
    weight: float,
    pivot: Sequence[Token],
    places: list[Votes],
    inserted: list[list[tuple[Sequence[Token], float]]],
) -> None:
    """Enter one reading's vote at every place of the pivot."""
    for step in Levenshtein.opcodes(token_keys(pivot), token_keys(reading)):
        if step.tag == "insert":
            part = reading[step.dest_start : step.dest_end]
            inserted[step.src_start].append((part, weight))
            continue
        for offset in range(step.src_end - step.src_start):
            place = places[step.src_start + offset]
            if step.tag == "delete":
                _add(place, None, "", weight)
            else:
                token = reading[step.dest_start + offset]
                _add(place, token.key, token.raw, weight)


def _add(place: Votes, key: str | None, raw: str, weight: float) -> None:
    forms = place.setdefault(key, {})
    forms[raw] = forms.get(raw, 0.0) + weight


def _winner(place: Votes, pivot_key: str, total: float) -> Token | None:
    """The heaviest token, None for a gap; of equals the pivot's, then any token over a gap.

    Words get a part of the votes for words spelled like them, so that slips do not split a vote.
    """
    sums = {key: sum(forms.values()) for key, forms in place.items()}
    backing = {key: round(_backing(key, sums), 9) for key in sums}
    most = max(backing.values())
    best = [key for key, weight in backing.items() if weight >= most - TIE]
    key = pivot_key if pivot_key in best else min(best, key=lambda k: (k is None, k or ""))
    if key is None:
        return None
    forms = place[key]
    # Of equals the one that ends a line: a break is left out sooner than put in by mistake.
    raw = max(forms, key=lambda form: (round(forms[form], 9), "\n" in form, form))
    return Token(raw, key, sums[key] / total if total > 0 else 1.0)


def _backing(key: str | None, sums: dict[str | None, float]) -> float:
    own = sums[key]
    if key is None or len(key) < 2 or len(sums) < 2:
        return own
    alike = (
        weight * Levenshtein.normalized_similarity(key, other)
        for other, weight in sums.items()
        if other is not None and other != key
    )
    return own + LIKENESS * math.fsum(alike)


def _insertion(
    parts: Sequence[tuple[Sequence[Token], float]], total: float, depth: int
) -> list[Token]:
    """What most readings have between two places of the pivot, itself aligned and voted on."""
    weight = sum(part_weight for _, part_weight in parts)
    if not parts or weight <= total / 2 + TIE or depth >= NESTED:
        return []
    readings = [part for part, _ in parts]
    weights = [part_weight for _, part_weight in parts]
    pivot = readings[medoid_index([token_keys(part) for part in readings], weights)]
    return _vote([*readings, []], [*weights, total - weight], pivot, depth + 1)
