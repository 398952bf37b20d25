"""Labels that are likely wrong: what a model that never saw them, neighbours and voters doubt."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning import principal_components, softmax_regression
from active_learning.learning.clustering import squared_distances

Floats = NDArray[np.floating[Any]]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
COMPONENTS = 64
STRENGTH = 0.3
NEIGHBOURS = 10
CHUNK = 1024  # items whose distances to all others are in memory at once
# How much each witness counts; voters are heard least, since they made the label.
MODEL, NEIGHBOUR, VOTERS = 0.5, 0.35, 0.15
FEWEST = 30
SUSPECT = 0.6  # from this score on an item counts towards a run
# A run: so many items in a row, of whom so great a share is suspicious.
SHORTEST_RUN, SHARE_OF_RUN = 3, 0.75


@dataclass(frozen=True)
class Suspicion:
    """How doubtful each of n labels is, in [0, 1], and what it could be instead.

    `score` (n,) joins the others; `model`, `neighbours`, `voters` (n,) the doubt of each witness;
    `suggested` (n,) the code that model and neighbours favour, the label's own where they agree.
    """

    score: Doubles
    model: Doubles
    neighbours: Doubles
    voters: Doubles
    suggested: Ints


@dataclass(frozen=True)
class Run:
    """Neighbouring items, `first` to `last` by place, that are nearly all suspicious."""

    first: int
    last: int
    suspicious: int


def suspect(
    features: Floats, labels: Ints, confidence: Floats, n_classes: int, *, seed: int = 0
) -> Suspicion:
    """Judge the labels (n,) of items by features (n, d) and the voters' confidence (n,) in them.

    The model is fitted by folds, so that it has never seen the label which it judges, and a second
    time without the labels that it doubts most. Raises ValueError below FEWEST items.
    """
    if len(labels) < FEWEST:
        raise ValueError(f"{len(labels)} labels are too few; {FEWEST} are needed")
    vectors = _reduced(features, seed)
    first = out_of_fold(vectors, labels, n_classes, np.ones(len(labels)), seed)
    trusted = np.where(_own(first, labels) < 0.5 * first.max(axis=1), 0.1, 1.0)
    predicted = out_of_fold(vectors, labels, n_classes, trusted, seed)
    around = neighbour_shares(vectors, labels, n_classes, trusted)
    joined = MODEL * predicted + NEIGHBOUR * around
    model, near = _doubt(predicted, labels), _doubt(around, labels)
    voters = 1.0 - np.clip(np.asarray(confidence, np.float64), 0.0, 1.0)
    score = MODEL * model + NEIGHBOUR * near + VOTERS * voters
    return Suspicion(score, model, near, voters, joined.argmax(axis=1).astype(np.int64))


def _reduced(features: Floats, seed: int) -> Doubles:
    values = np.asarray(features, np.float32)
    components = principal_components.fit(values, COMPONENTS, seed)
    return np.asarray(components.project(values), np.float64)


def out_of_fold(
    vectors: Doubles, labels: Ints, n_classes: int, weights: Doubles, seed: int
) -> Doubles:
    """(n, K) probabilities, each by a softmax regression that never saw the item's own label."""
    folds = np.random.default_rng(seed).permutation(len(labels)) % FOLDS
    targets = np.eye(n_classes)[labels]
    found = np.zeros((len(labels), n_classes))
    for fold in range(FOLDS):
        seen = folds != fold
        model = softmax_regression.fit(vectors[seen], targets[seen], weights[seen], STRENGTH)
        found[~seen] = model.probabilities(vectors[~seen])
    return found


def neighbour_shares(
    vectors: Doubles, labels: Ints, n_classes: int, weights: Doubles, count: int = NEIGHBOURS
) -> Doubles:
    """(n, K) shares of the labels of each item's nearest others."""
    targets = np.eye(n_classes)[labels] * weights[:, None]
    found = np.zeros((len(labels), n_classes))
    count = min(count, len(labels) - 1)
    for start in range(0, len(labels), CHUNK):
        part = slice(start, start + CHUNK)
        apart = squared_distances(vectors[part], vectors)
        apart[np.arange(len(apart)), start + np.arange(len(apart))] = np.inf
        nearest = np.argpartition(apart, count - 1, axis=1)[:, :count]
        found[part] = targets[nearest].sum(axis=1)
    return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-9))


def _own(shares: Doubles, labels: Ints) -> Doubles:
    return np.asarray(shares[np.arange(len(labels)), labels])


def _doubt(shares: Doubles, labels: Ints) -> Doubles:
    """In [0, 1]: 1 where another class has it all, 0 where the label has, 0.5 for a tie."""
    own = _own(shares, labels)
    others = shares.copy()
    others[np.arange(len(labels)), labels] = -1.0
    return np.asarray((1.0 + others.max(axis=1) - own) / 2.0)


def find_runs(suspicious: NDArray[np.bool_], groups: NDArray[Any]) -> list[Run]:
    """Runs of suspicious items among items (n,) in their order of import, within one group each.

    One label that slipped drags the next ones along: a run is mended at once, not item by item.
    The ends of a run are suspicious themselves.
    """
    found = []
    place, count = 0, len(suspicious)
    while place < count:
        end = _end_of_run(suspicious, groups, place) if suspicious[place] else place
        inside = slice(place, end + 1)
        hits = int(suspicious[inside].sum())
        if suspicious[place] and hits >= SHORTEST_RUN:
            found.append(Run(place, end, hits))
        place = end + 1
    return found


def _end_of_run(suspicious: NDArray[np.bool_], groups: NDArray[Any], first: int) -> int:
    """The last place from `first` on up to which the share of suspicious items stays high."""
    end, hits = first, 1
    for place in range(first + 1, len(suspicious)):
        if groups[place] != groups[first]:
            break
        hits += bool(suspicious[place])
        if hits / (place - first + 1) < SHARE_OF_RUN:
            break
        if suspicious[place]:
            end = place
    return end
