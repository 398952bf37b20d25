"""Principal components by a randomised range finder (Halko, Martinsson, Tropp 2011)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

OVERSAMPLING = 16
POWER_ITERATIONS = 3


@dataclass(frozen=True)
class PrincipalComponents:
    """`mean` (d,) and `axes` (d, k), scaled so that projections have mean square one."""

    mean: Vectors
    axes: Vectors

    def project(self, vectors: Vectors) -> Vectors:
        """(n, d) -> (n, k)."""
        return np.asarray((vectors - self.mean) @ self.axes, np.float32)


def fit(vectors: Vectors, count: int, seed: int) -> PrincipalComponents:
    """At most `count` leading components of (n, d) vectors; fewer when n or d is smaller."""
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    axes = _leading_axes(centred, min(count, *centred.shape), seed)
    energy = float(np.mean((centred @ axes) ** 2))
    scale = np.float32(1 / np.sqrt(energy)) if energy > 1e-12 else np.float32(1)
    return PrincipalComponents(mean, (axes * scale).astype(np.float32))


def _leading_axes(centred: Vectors, count: int, seed: int) -> Vectors:
    """(d, count) orthonormal directions of largest variance, signs fixed."""
    rng = np.random.default_rng(seed)
    width = min(count + OVERSAMPLING, *centred.shape)
    probe = rng.standard_normal((centred.shape[1], width), np.float32)
    for _ in range(POWER_ITERATIONS):
        basis, _ = np.linalg.qr(centred @ probe)
        probe, _ = np.linalg.qr(centred.T @ basis)
    small = centred @ probe
    _, _, rotation = np.linalg.svd(small, full_matrices=False)
    axes = (probe @ rotation.T)[:, :count]
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return np.asarray(axes * np.where(signs == 0, 1, signs), np.float32)
