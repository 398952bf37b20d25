"""Pictures that belong to no class of the project: several kinds of strangeness, one p-value.

No single score is safe: a network is sure of faces, HOG is blind to polarity, pixels to shape.
Each signal becomes an empirical p-value against labeled items (an unlabeled pool would vouch for
its own pollution), with an exponential tail beyond what was seen. As normal deviates, the strange
halves are squared and summed, and the sum is again ranked against labeled items, which makes up
for the signals not being independent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtri

from active_learning.learning import principal_components, softmax_regression
from active_learning.learning.clustering import squared_distances

Doubles = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

NEIGHBOURS = 3
COMPONENTS = 32
CLASS_COMPONENTS = 12
FOLDS = 5
TAIL = 0.9  # quantile from which the tail is extrapolated
MOST = 3000  # references looked at
FEWEST = 30
THRESHOLD = 0.08  # references are judged by fewer references: flags 5 to 7 % of own pictures
SMALLEST = 0.02  # scale of a tail: a ground that never varied may vary a little
FLOOR = 1e-6  # smallest p-value of one signal
SIGNALS = 8
FALSE_SHARE = 0.25  # of those that are surely foreign, at most so many belong after all


@dataclass(frozen=True)
class Views:
    """Several descriptions of n pictures, one row each: `embedded` (n, d) by something that was
    not trained on their labels, `hog`, `canvas` and `look` (n, 2)."""

    embedded: Floats
    hog: Floats
    canvas: Floats
    look: Floats

    def __len__(self) -> int:
        return len(self.hog)

    def part(self, rows: NDArray[Any]) -> "Views":
        """The views of these rows alone."""
        return Views(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Tail:
    """Empirical survival function of a signal, exponential beyond `start`."""

    seen: Doubles
    start: float
    scale: float

    @classmethod
    def of(cls, signal: Doubles) -> "Tail":
        """From the values (n,) of labeled items."""
        start = float(np.quantile(signal, TAIL))
        beyond = signal[signal > start] - start
        scale = float(beyond.mean()) if len(beyond) else 0.0
        usual = float(np.quantile(signal, 0.75) - np.quantile(signal, 0.25))
        return cls(np.sort(signal), start, max(scale, 0.05 * usual, SMALLEST))

    def p_values(self, signal: Doubles) -> Doubles:
        """(n,) -> (n,) share of labeled items that are at least as strange."""
        above = len(self.seen) - np.searchsorted(self.seen, signal, side="left")
        inside = (above + 0.5) / (len(self.seen) + 1)
        outside = (1 - TAIL) * np.exp(-np.maximum(signal - self.start, 0) / self.scale)
        return np.clip(np.where(signal > self.start, outside, inside), FLOOR, 1)


@dataclass(frozen=True)
class ForeignTest:
    """`p_values` of pictures: small means foreign."""

    signals: Callable[[Views], Doubles]
    tails: tuple[Tail, ...]
    fused: Tail
    references: int
    own_share: float  # of the references, flagged against the others: what clean pictures give

    def p_values(self, views: Views) -> Doubles:
        """(n,) chance that a picture of the project is as strange as this one."""
        return self.fused.p_values(_fuse(self.tails, self.signals(views)))


def fit(labeled: Views, labels: Ints, seed: int = 0) -> ForeignTest:
    """The test against labeled pictures (n,) `labels`; raise ValueError below FEWEST.

    Every labeled picture is judged by references it is not among (cross-fitted).
    """
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(len(labeled))[:MOST])
    if len(rows) < FEWEST:
        raise ValueError(f"{len(rows)} labeled pictures are too few; {FEWEST} are needed")
    labeled, labels = labeled.part(rows), labels[rows]
    folds = rng.permutation(len(labeled)) % FOLDS
    held = np.empty((len(labeled), SIGNALS))
    for fold in range(FOLDS):
        seen, left = folds != fold, folds == fold
        held[left] = signals_against(labeled.part(seen), labels[seen])(labeled.part(left))
    tails = tuple(Tail.of(held[:, column]) for column in range(SIGNALS))
    known, together = signals_against(labeled, labels), _fuse(tails, held)
    fused = Tail.of(together)
    own = float(np.mean(fused.p_values(together) < THRESHOLD))
    return ForeignTest(known, tails, fused, len(labeled), own)


def surely_foreign(p_values: Doubles) -> NDArray[np.bool_]:
    """(n,) which pictures are too strange, and too many of them, to be there by chance.

    Among them at most FALSE_SHARE belong to the project (Benjamini and Hochberg 1995). Of a pool
    without foreign pictures hardly any is, however many are flagged.
    """
    count = len(p_values)
    if not count:
        return np.zeros(0, bool)
    ordered = np.sort(p_values)
    passing = np.flatnonzero(ordered <= FALSE_SHARE * np.arange(1, count + 1) / count)
    limit = ordered[passing[-1]] if len(passing) else -1.0
    return np.asarray(p_values <= min(limit, THRESHOLD), bool)


def signals_against(known: Views, labels: Ints) -> Callable[[Views], Doubles]:
    """A function from views to (n, SIGNALS), larger being stranger."""
    near_embedded = nearest_in(unit(known.embedded))
    near_hog, hog_rest = components_of(known.hog, COMPONENTS)
    class_rests = [
        components_of(known.hog[labels == one], CLASS_COMPONENTS)[1] for one in np.unique(labels)
    ]
    _, canvas_rest = components_of(known.canvas, COMPONENTS)
    near_look = nearest_in(known.look)
    energy = energy_of(known.embedded, labels)
    ink = known.canvas.mean(axis=1)
    middle, spread = float(np.median(ink)), max(float(np.std(ink)), 1e-6)

    def signals(views: Views) -> Doubles:
        columns = [
            near_embedded(unit(views.embedded)),
            near_hog(views.hog),
            hog_rest(views.hog),
            np.min([rest(views.hog) for rest in class_rests], axis=0),
            canvas_rest(views.canvas),
            np.abs(views.canvas.mean(axis=1) - middle) / spread,
            near_look(views.look),
            energy(views.embedded),
        ]
        return np.stack(columns, axis=1)

    return signals


def energy_of(known: Floats, labels: Ints) -> Callable[[Floats], Doubles]:
    """Minus the log of the summed class scores (Liu et al. 2020) of a regression fitted here,
    since a model that has seen the references is too sure of them."""
    classes, column = np.unique(labels, return_inverse=True)
    scale = max(float(np.std(known)), 1e-6)
    centre = known.mean(axis=0)

    def scaled(rows: Floats) -> Doubles:
        return np.asarray((rows - centre) / scale, np.float64)

    ones = np.ones(len(known))
    model = softmax_regression.fit(scaled(known), np.eye(len(classes))[column], ones, 0.1)

    def energy(rows: Floats) -> Doubles:
        scores = scaled(rows) @ model.coefficients.T + model.intercepts
        return np.asarray(-logsumexp(scores, axis=1), np.float64)

    return energy


def unit(rows: Floats) -> Floats:
    """(n, d) rows of length one: direction tells classes apart, length how much ink."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)


def nearest_in(known: Floats) -> Callable[[Floats], Doubles]:
    """Mean distance to the nearest NEIGHBOURS of the known rows."""
    count = min(NEIGHBOURS, len(known))

    def distance(rows: Floats) -> Doubles:
        pieces = [np.zeros(0)]
        for start in range(0, len(rows), 2048):
            squares = squared_distances(rows[start : start + 2048], known)
            nearest = np.partition(squares, count - 1, axis=1)[:, :count]
            pieces.append(np.sqrt(nearest).mean(axis=1))
        return np.concatenate(pieces)

    return distance


def components_of(
    known: Floats, count: int
) -> tuple[Callable[[Floats], Doubles], Callable[[Floats], Doubles]]:
    """Distance within the leading components of the known rows, and what these leave out."""
    vectors = np.asarray(known, np.float32)
    most = max(1, min(count, len(vectors) // 3))
    components = principal_components.fit(vectors, most, seed=0)
    axes, _ = np.linalg.qr(components.axes)
    near = nearest_in((vectors - components.mean) @ axes)

    def distance(rows: Floats) -> Doubles:
        return near((np.asarray(rows, np.float32) - components.mean) @ axes)

    def rest(rows: Floats) -> Doubles:
        centred = np.asarray(rows, np.float32) - components.mean
        left = centred - (centred @ axes) @ axes.T
        return np.asarray(np.sqrt((left**2).sum(axis=1)), np.float64)

    return distance, rest


def _fuse(tails: tuple[Tail, ...], signals: Doubles) -> Doubles:
    p_values = np.stack(
        [tail.p_values(column) for tail, column in zip(tails, signals.T, strict=True)]
    )
    return np.asarray((np.maximum(-ndtri(p_values), 0) ** 2).sum(axis=0))
