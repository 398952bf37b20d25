"""Pictures that belong to no class of the project: several kinds of strangeness, one p-value.

No single score is safe: a network is sure of faces, HOG is blind to polarity, pixels to shape.
Each signal becomes an empirical p-value against labeled items (an unlabeled pool would vouch for
its own pollution), with an exponential tail beyond what was seen. As normal deviates, the strange
halves are squared and summed, and the sum is again ranked against labeled items, which makes up
for the signals not being independent.

Other people write and see the same classes otherwise. What varies within classes therefore counts
little (features are whitened by it), and strokes are blurred before they are held against those
known and a class is asked whether it can draw them, which forgives sharpness, thickness and small
shifts, but no other shape.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.special import logsumexp, ndtri

from active_learning.learning import principal_components, softmax_regression
from active_learning.learning.clustering import squared_distances

Doubles = NDArray[np.float64]
Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

NEIGHBOURS = 3
COMPONENTS = 32
CLASS_COMPONENTS = 12
ROWS_PER_AXIS = 3
WHITENED = 128  # components whose variation within classes is measured
SHRINKAGE = 0.1  # share of an even spread in that measure, which is poor for few labels
BLUR = 1.5  # pixels of the canvas
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
    # Distances grow with the number of axes, which must therefore be that of the folds in the end.
    width = (len(labeled) - int(np.bincount(folds).max())) // ROWS_PER_AXIS
    for fold in range(FOLDS):
        seen, left = folds != fold, folds == fold
        held[left] = signals_against(labeled.part(seen), labels[seen], width)(labeled.part(left))
    tails = tuple(Tail.of(held[:, column]) for column in range(SIGNALS))
    known, together = signals_against(labeled, labels, width), _fuse(tails, held)
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


def signals_against(known: Views, labels: Ints, width: int) -> Callable[[Views], Doubles]:
    """A function from views to (n, SIGNALS), larger being stranger.

    Distances to what is known are taken along at most `width` axes.
    """
    whiten = whitening(unit(known.embedded), labels, width)
    near_embedded = nearest_in(whiten(unit(known.embedded)))
    edges_rest = rest_of_classes(known.hog, labels)
    strokes = blurred(known.canvas)
    near_strokes = nearest_components(strokes, width)
    strokes_rest = rest_of_classes(strokes, labels)
    canvas_rest = rest_of(known.canvas, COMPONENTS)
    near_look = nearest_in(known.look)
    energy = energy_of(known.embedded, labels)
    ink = known.canvas.mean(axis=1)
    middle, spread = float(np.median(ink)), max(float(np.std(ink)), 1e-6)

    def signals(views: Views) -> Doubles:
        strokes = blurred(views.canvas)
        columns = [
            near_embedded(whiten(unit(views.embedded))),
            edges_rest(views.hog),
            near_strokes(strokes),
            strokes_rest(strokes),
            canvas_rest(views.canvas),
            np.abs(views.canvas.mean(axis=1) - middle) / spread,
            near_look(views.look),
            energy(views.embedded),
        ]
        return np.stack(columns, axis=1)

    return signals


def whitening(known: Floats, labels: Ints, width: int) -> Callable[[Floats], Floats]:
    """A map (n, d) -> (n, k) after which every direction varies alike within the classes.

    So distances measure what tells classes apart, not what differs between hands: within-class
    covariance normalisation (Hatch, Kajarekar and Stolcke 2006). Without two examples of any
    class, directions vary alike over all.
    """
    mean, axes = principal_axes(known, min(WHITENED, width))
    rows = np.asarray((known - mean) @ axes, np.float64)
    classes, column = np.unique(labels, return_inverse=True)
    counts = np.bincount(column)
    if len(rows) == len(classes):
        column, counts = np.zeros_like(column), np.asarray([len(rows)])
    sums = np.zeros((len(counts), rows.shape[1]))
    np.add.at(sums, column, rows)
    apart = rows - (sums / counts[:, None])[column]
    spread = apart.T @ apart / max(len(rows) - len(counts), 1)
    even = np.eye(len(spread)) * max(float(np.trace(spread)) / len(spread), 1e-9)
    values, vectors = np.linalg.eigh((1 - SHRINKAGE) * spread + SHRINKAGE * even)
    whole = np.asarray(axes @ (vectors / np.sqrt(values)), np.float32)
    return lambda some: np.asarray((some - mean) @ whole, np.float32)


def blurred(canvases: Floats) -> Floats:
    """(n, size * size) -> the same without fine detail, each of length one."""
    size = isqrt(canvases.shape[1])
    pictures = canvases.reshape(-1, size, size)
    return unit(gaussian_filter(pictures, (0, BLUR, BLUR)).reshape(canvases.shape))


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


def nearest_components(known: Floats, width: int) -> Callable[[Floats], Doubles]:
    """The same within the leading components of the known rows, COMPONENTS or `width` of them."""
    mean, axes = principal_axes(known, min(COMPONENTS, width))
    near = nearest_in((known - mean) @ axes)
    return lambda rows: near((rows - mean) @ axes)


def rest_of_classes(known: Floats, labels: Ints) -> Callable[[Floats], Doubles]:
    """What the components of the class that explains a row best leave out of it."""
    rests = [rest_of(known[labels == one], CLASS_COMPONENTS) for one in np.unique(labels)]
    return lambda rows: np.asarray(np.min([rest(rows) for rest in rests], axis=0), np.float64)


def rest_of(known: Floats, count: int) -> Callable[[Floats], Doubles]:
    """What the leading `count` components of the known rows leave out: (n, d) -> (n,) length."""
    mean, axes = principal_axes(known, count)

    def rest(rows: Floats) -> Doubles:
        centred = np.asarray(rows, np.float32) - mean
        within = centred @ axes
        left = np.einsum("nd,nd->n", centred, centred) - np.einsum("nk,nk->n", within, within)
        return np.asarray(np.sqrt(np.maximum(left, 0)), np.float64)

    return rest


def principal_axes(known: Floats, count: int) -> tuple[Floats, Floats]:
    """Mean (d,) and at most `count` orthonormal axes (d, k), fewer when there are few rows."""
    vectors = np.asarray(known, np.float32)
    most = max(1, min(count, len(vectors) // ROWS_PER_AXIS))
    components = principal_components.fit(vectors, most, seed=0)
    axes, _ = np.linalg.qr(components.axes)
    return components.mean, axes


def _fuse(tails: tuple[Tail, ...], signals: Doubles) -> Doubles:
    p_values = np.stack(
        [tail.p_values(column) for tail, column in zip(tails, signals.T, strict=True)]
    )
    return np.asarray((np.maximum(-ndtri(p_values), 0) ** 2).sum(axis=0))
