"""Named points of several labelers to one set: undo swaps, then a robust weighted mean.

Each point starts at the geometric median (Weiszfeld, Tohoku Math. J. 43, 1937); labelers far from
it by their own measure are left out, the rest averaged by inverse variance less their bias. An
instance whose left and right were mixed up is detected, mended and reported. Visibility is voted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from annotations.consensus.base import FloatArray
from annotations.measures.keypoints import Skeleton, point_error

QUORUM = 0.5
# Instances further apart than this part of their size are not the same one.
FARTHEST = 0.5
# A swap is believed when mirrored points fit this much better than the points as given.
SWAP_GAIN = 0.5
# Points further off than this many of the labeler's own deviations are outliers.
OUTLIER = 3.5
# A labeler's own bias and variance count in full only after this many shared points.
SHARED_POINTS = 20.0
START_DEVIATION = 0.05
LEAST_DEVIATION = 1e-4
OCCLUDED, VISIBLE = 1, 2
# Weiszfeld ends when no point moves this far (pixels), at the latest after so many steps.
STILL, WEISZFELD = 1e-3, 25


@dataclass(frozen=True)
class PointVerdict:
    """x, y in pixels; visibility 0, 1 or 2; support: share of labelers who placed it; agreement:
    share behind the visibility; spread: median distance of the inliers in units of the scale."""

    x: float
    y: float
    visibility: int
    support: float
    agreement: float
    spread: float


@dataclass(frozen=True)
class InstanceVerdict:
    """One object. swapped: labelers whose left and right were mixed up here. members: (labeler
    key, index of the instance). scale: the unit of error in pixels."""

    points: Mapping[str, PointVerdict]
    label: str
    support: float
    scale: float
    members: tuple[tuple[int, int], ...]
    swapped: tuple[int, ...]


@dataclass(frozen=True)
class KeypointVerdict:
    """kept: the consensus; rejected: instances below the quorum; confidence about presence;
    odds: the log odds that each of these is rightly kept or rejected."""

    kept: tuple[InstanceVerdict, ...]
    rejected: tuple[InstanceVerdict, ...]
    confidence: float
    odds: tuple[float, ...] = ()


@dataclass(frozen=True)
class LabelerRecord:
    """Over a labeler's shared points, in units of the scale: bias is the mean offset, deviation
    the robust standard deviation per axis about it; swaps of instances."""

    points: float = 0.0
    bias: tuple[float, float] = (0.0, 0.0)
    deviation: float = START_DEVIATION
    swaps: int = 0
    instances: int = 0


def geometric_median(stack: FloatArray, weights: FloatArray) -> FloatArray:
    """Least weighted distance over labelers (n, P, 2), NaN where absent, to points (P, 2).

    Weiszfeld's iteration for all points at once; NaN where nobody placed a point.
    """
    placed = ~np.isnan(stack[:, :, 0])
    has = placed.any(axis=0)
    spots = np.where(placed[:, :, None], stack, 0.0)[:, has]
    weight = (weights[:, None] * placed)[:, has]
    centre = _weighted_mean(spots, weight)
    for _ in range(WEISZFELD):
        off = np.hypot(*np.moveaxis(spots - centre, 2, 0))
        moved = _weighted_mean(spots, weight / np.maximum(off, 1e-9))
        step = np.abs(moved - centre).max(initial=0.0)
        centre = moved
        if step < STILL:
            break
    found = np.full(stack.shape[1:], np.nan)
    found[has] = centre
    return found


def _weighted_mean(spots: FloatArray, weight: FloatArray) -> FloatArray:
    """Mean (P, 2) of spots (n, P, 2) under weights (n, P)."""
    total = np.maximum(weight.sum(axis=0), 1e-300)
    return np.asarray((weight[:, :, None] * spots).sum(axis=0) / total[:, None])


def find_swaps(stack: FloatArray, skeleton: Skeleton, scale: float) -> list[bool]:
    """For each labeler (n, P, 2) whether mirrored names fit the others much better than given."""
    if not skeleton.mirror or len(stack) < 3:
        return [False] * len(stack)
    mirror = skeleton.mirror_index()
    sided = [index for index, other in enumerate(mirror) if other != index]
    found = []
    for mine in range(len(stack)):
        others = np.delete(stack, mine, axis=0)
        # The middle of each coordinate: a minority that is swapped cannot move it far.
        centre = _nan_median(others)[sided]
        as_given = point_error(stack[mine][sided], centre, scale)
        mirrored = point_error(stack[mine][mirror][sided], centre, scale)
        found.append(mirrored < SWAP_GAIN * as_given)
    return found


def _nan_median(stack: FloatArray) -> FloatArray:
    has = ~np.isnan(stack[:, :, 0]).all(axis=0)
    centre = np.full(stack.shape[1:], np.nan)
    centre[has] = np.nanmedian(stack[:, has], axis=0)
    return centre


def robust_mean(
    stack: FloatArray,
    weights: FloatArray,
    deviations: FloatArray,
    bias: FloatArray,
    scale: float,
    outlier: float = OUTLIER,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Means (P, 2), inliers (n, P) and spread (P,) in units of the scale.

    stack: (n, P, 2); deviations (n,) and bias (n, 2) of the labelers in units of the scale;
    outlier: how many deviations off a point is left out.
    """
    mended = stack - scale * bias[:, None, :]
    centres = geometric_median(mended, weights)
    off = np.hypot(*np.moveaxis(mended - centres, 2, 0)) / scale
    inlier = off <= outlier * np.maximum(deviations, _typical(off))[:, None]
    # Where all lie far apart nobody is an outlier.
    inlier |= ~np.isnan(off) & ~inlier.any(axis=0)
    kept = inlier.any(axis=0)
    precision = inlier * (weights / deviations**2)[:, None]
    means, spread = np.full(centres.shape, np.nan), np.full(len(centres), np.nan)
    spots = np.where(inlier[:, :, None], mended, 0.0)
    means[kept] = _weighted_mean(spots, precision)[kept]
    spread[kept] = np.nanmedian(np.where(inlier, off, np.nan)[:, kept], axis=0)
    # What all agree on needs no correction.
    low, high = np.fmin.reduce(stack, axis=0), np.fmax.reduce(stack, axis=0)
    agreed = (low == high).all(axis=1)
    means[agreed] = low[agreed]
    return means, inlier, spread


def plain_medians(stack: FloatArray, scale: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """What `robust_mean` gives, with the geometric median alone: all labelers weigh alike."""
    centres = geometric_median(stack, np.ones(len(stack)))
    off = np.hypot(*np.moveaxis(stack - centres, 2, 0)) / scale
    placed = ~np.isnan(off)
    spread = np.full(len(centres), np.nan)
    has = placed.any(axis=0)
    spread[has] = np.nanmedian(off[:, has], axis=0)
    return centres, placed, spread


def _typical(off: FloatArray) -> float:
    """A robust standard deviation per axis from distances (NaN where there is none)."""
    known = off[~np.isnan(off)]
    return float(np.median(known)) / 1.1774 if len(known) else START_DEVIATION
