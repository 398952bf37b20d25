"""What the votes of a project say of each labeler: agreement, bias, pace, drift, worth."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from annotations.consensus.base import FloatArray, IntArray, KeyArray
from annotations.consensus.pairs import (
    Copying,
    beyond_chance,
    kappa_interval,
    mean_interval,
)
from annotations.consensus.sessions import by_minute, difference, minutes_of, tiredness
from annotations.measures.share import wilson

JsonObject = dict[str, Any]
LEAST_COMPARED = 20  # compared answers before a labeler is ranked, and a week judged
WEEKS = 26
NAMED_CELLS = 400  # of a confusion matrix, the commonest
PAUSE = 300.0  # seconds between two answers after which it is a pause, not work
LEAST_WORK = 10.0  # seconds; what a program sends in one go has no pace
DAY = 86_400.0


@dataclass(frozen=True)
class Activity:
    """Every vote: index into `keys`, seconds since 1970, and milliseconds taken (NaN: unknown)."""

    keys: KeyArray
    labelers: IntArray
    seconds: FloatArray
    durations: FloatArray


@dataclass(frozen=True)
class Compared:
    """Votes that could be held against what the others say; labelers as in the activity.

    likeness: (C,) in [0, 1], 1 for the same answer. right: bool (C,), near enough to it.
    own, others: class codes (C,), None where answers have no classes.
    expected: mean distance of any two answers, where there are no classes.
    """

    labelers: IntArray
    seconds: FloatArray
    likeness: FloatArray
    right: np.ndarray[tuple[int], np.dtype[np.bool_]]
    own: IntArray | None = None
    others: IntArray | None = None
    expected: float = float("nan")


@dataclass(frozen=True)
class Truths:
    """Votes with what is held for true: what is known for certain, else what the others say."""

    labelers: IntArray
    own: IntArray
    truth: IntArray


def labeler_figures(
    activity: Activity,
    compared: Compared,
    *,
    truths: Truths | None = None,
    names: Sequence[str] = (),
    copies: Sequence[Copying] = (),
) -> dict[int, JsonObject]:
    """Return the figures of every labeler by key, as JSON; null where nothing can be said."""
    worst = {copy.copier: copy for copy in sorted(copies, key=lambda copy: copy.low)}
    mine = _by_labeler(activity.labelers, len(activity.keys))
    judged = _by_labeler(compared.labelers, len(activity.keys))
    known = _by_labeler(truths.labelers, len(activity.keys)) if truths else None
    figures = {}
    for index, key in enumerate(activity.keys.tolist()):
        row = _agreement(compared, judged[index])
        row |= {"votes": len(mine[index]), **_pace(activity, mine[index])}
        row["weeks"] = list(_weeks(activity, mine[index], compared, judged[index]))
        row["drift"] = _drift(compared, judged[index])
        row |= _sessions(activity, mine[index], compared, judged[index])
        row["confusion"] = None
        if truths and known:
            row["confusion"] = _confusion(truths, known[index], names)
        copy = worst.get(key)
        row["copies"] = _copy_document(copy)
        row["worth"] = _worth(row, copy)
        figures[key] = row
    return figures


def _by_labeler(labelers: IntArray, count: int) -> list[IntArray]:
    order = np.argsort(labelers, kind="stable")
    ends = np.searchsorted(labelers[order], np.arange(count + 1))
    return [order[a:b].astype(np.int32) for a, b in pairwise(ends)]


def interval(estimate: float, low: float, high: float) -> JsonObject:
    """An estimate and its interval as JSON; NaN, which JSON has not, is null."""
    return {
        name: None if math.isnan(value) else round(value, 6)
        for name, value in (("estimate", estimate), ("low", low), ("high", high))
    }


def share(right: int, count: int) -> JsonObject:
    """A share with its 95 % interval, and of how many."""
    estimate = right / count if count else float("nan")
    low, high = wilson(right, count) if count else (float("nan"),) * 2
    return interval(estimate, low, high) | {"count": count}


def _agreement(compared: Compared, mine: IntArray) -> JsonObject:
    if compared.own is None or compared.others is None:
        likeness = compared.likeness[mine]
        alike = interval(*mean_interval(likeness))
        beyond = interval(*beyond_chance(1.0 - likeness, compared.expected))
    else:
        likeness = compared.likeness[mine]
        alike = share(int(likeness.sum()), len(mine))
        n_classes = int(max(compared.own.max(), compared.others.max())) + 1 if len(mine) else 1
        beyond = interval(*kappa_interval(compared.own[mine], compared.others[mine], n_classes))
    return {
        "compared": len(mine),
        "agreement": {name: alike[name] for name in ("estimate", "low", "high")},
        "beyond_chance": beyond,
        "right": share(int(compared.right[mine].sum()), len(mine)),
    }


def _pace(activity: Activity, mine: IntArray) -> JsonObject:
    """Median time per answer, and answers per hour of work: pauses do not count."""
    taken = activity.durations[mine]
    taken = taken[~np.isnan(taken)]
    return {
        "median_ms": round(float(np.median(taken))) if len(taken) else None,
        "per_hour": per_hour(activity.seconds[mine]),
        "first_at": _moment(activity.seconds[mine].min()) if len(mine) else None,
        "last_at": _moment(activity.seconds[mine].max()) if len(mine) else None,
    }


def per_hour(seconds: FloatArray) -> float | None:
    """Answers per hour of work from the times (n,) at which they were given, in seconds: pauses do
    not count. None where there is no work to speak of."""
    gaps = np.diff(np.sort(seconds))
    worked = gaps[gaps <= PAUSE]
    spent = float(worked.sum())
    return round(len(worked) / spent * 3600, 1) if spent >= LEAST_WORK else None


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(float(seconds), UTC).isoformat()


def week_of(seconds: FloatArray) -> IntArray:
    """The number of the week, from Monday to Sunday in UTC, of each moment."""
    # 1 January 1970 was a Thursday.
    return np.floor((seconds / DAY + 3) / 7).astype(np.int32)


def _weeks(
    activity: Activity, mine: IntArray, compared: Compared, judged: IntArray
) -> Iterator[JsonObject]:
    if not len(mine):
        return
    given, seen = week_of(activity.seconds[mine]), week_of(compared.seconds[judged])
    for week in np.unique(given)[-WEEKS:].tolist():
        likeness = compared.likeness[judged[seen == week]]
        taken = activity.durations[mine[given == week]]
        taken = taken[~np.isnan(taken)]
        monday = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=7 * week - 3)
        yield {
            "week": monday.date().isoformat(),
            "votes": int((given == week).sum()),
            "compared": len(likeness),
            "agreement": interval(*mean_interval(likeness)),
            "median_ms": round(float(np.median(taken))) if len(taken) else None,
        }


def _drift(compared: Compared, mine: IntArray) -> JsonObject | None:
    """How far the latest week is from all before; null unless both can be judged."""
    weeks = week_of(compared.seconds[mine])
    counts = Counter(weeks.tolist())
    latest = next((w for w in sorted(counts, reverse=True) if counts[w] >= LEAST_COMPARED), None)
    if latest is None:
        return None
    now, before = (compared.likeness[mine[chosen]] for chosen in (weeks == latest, weeks < latest))
    if len(before) < LEAST_COMPARED:
        return None
    return interval(*difference(now, before))


def _sessions(
    activity: Activity, mine: IntArray, compared: Compared, judged: IntArray
) -> JsonObject:
    """How alike by the minute of the session, and what is lost late in it."""
    if not len(judged):
        return {"sessions": [], "tiredness": None}
    minutes = minutes_of(activity.seconds[mine], compared.seconds[judged])
    likeness = compared.likeness[judged]
    lost = tiredness(minutes, likeness, least=LEAST_COMPARED)
    stretches = by_minute(minutes, likeness)
    return {
        "sessions": [{**one, "mean": interval(*one["mean"])} for one in stretches],
        "tiredness": None if lost is None else interval(*lost),
    }


def _confusion(truths: Truths, mine: IntArray, names: Sequence[str]) -> list[list[Any]]:
    """[truth, answer, count] of the commonest cells, in the order of the classes."""
    cell = truths.truth[mine].astype(np.int64) * max(len(names), 1) + truths.own[mine]
    cells, counts = np.unique(cell, return_counts=True)
    top = np.sort(np.argsort(-counts, kind="stable")[:NAMED_CELLS])
    return [
        [names[cells[at] // len(names)], names[cells[at] % len(names)], int(counts[at])]
        for at in top
    ]


def _copy_document(copy: Copying | None) -> JsonObject | None:
    if copy is None:
        return None
    return {
        "source": copy.source,
        "share": round(min(copy.share, 1.0), 4),
        "low": round(copy.low, 4),
        "odd": copy.odd,
    }


def _worth(row: Mapping[str, Any], copy: Copying | None) -> float | None:
    """What a labeler's answers add: agreement beyond chance, less what is copied.

    Chance is that of the labeler's own habits, so always the same answer is worth nothing however
    often it is right.
    """
    if row["compared"] < LEAST_COMPARED:
        return None
    value = row["beyond_chance"]["estimate"]
    if value is None:
        # Always one answer, and the others always that one too: nothing can be told apart.
        return None
    own = 1.0 - min(max(copy.share, 0.0), 1.0) if copy else 1.0
    return round(float(value) * own, 6)
