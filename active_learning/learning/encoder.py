"""A trained trunk as a feature: 64 numbers per picture that know what varies in this dataset."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from active_learning.learning.artifact import Artifact, Tensors
from active_learning.learning.datasets.snapshot import Item
from active_learning.learning.datasets.sources import (
    Cache,
    CanvasSource,
    Indices,
    Pieces,
    Vectors,
    cached,
)
from active_learning.learning.errors import ArtifactInvalid
from active_learning.learning.transforms import Canvas, Preparation

RECIPE = "self_supervised"
LENGTH = 64
CHANNELS = (1, 16, 32, 48, 56)
KERNELS = (5, 3, 3, 3)
EMBEDDING = "active_learning.learning.networks.embedding"


@dataclass(frozen=True)
class Encoder:
    """Weights of a trunk and how its pictures are prepared; torch is loaded on first use only,
    so that scoring from cached vectors never pays for it."""

    preparation: Preparation
    tensors: Tensors = field(repr=False, compare=False)

    @cached_property
    def name(self) -> str:
        """Content hash of the weights: two encoders never share a feature store."""
        digest = hashlib.sha256()
        for key in sorted(self.tensors):
            digest.update(key.encode() + self.tensors[key].tobytes())
        return digest.hexdigest()[:16]

    @cached_property
    def _trunk(self) -> Any:
        return import_module(EMBEDDING).open_trunk(self.tensors, self.preparation.size)

    def check(self) -> None:
        """Raise ArtifactInvalid unless the weights are those of a trunk for the canvas."""
        shapes = trunk_shapes(self.preparation.size)
        found = {name: tuple(tensor.shape) for name, tensor in self.tensors.items()}
        if found != shapes:
            raise ArtifactInvalid("these are not the weights of an encoder for this canvas")

    def embed(self, canvases: Canvas) -> Vectors:
        """(n, size, size) -> (n, LENGTH) float32."""
        vectors: Vectors = import_module(EMBEDDING).embed(self._trunk, canvases)
        return vectors

    @classmethod
    def load(cls, folder: str | Path) -> "Encoder":
        """Open what `pretrain` wrote; raise ArtifactInvalid."""
        artifact = Artifact.load(folder)
        if artifact.recipe != RECIPE:
            raise ArtifactInvalid(f"{folder} holds a {artifact.recipe}, not an encoder")
        encoder = cls(artifact.preparation, artifact.tensors)
        encoder.check()
        return encoder


@dataclass(frozen=True)
class EncodedSource:
    """Vectors of an encoder, computed from cached canvases."""

    encoder: Encoder

    @property
    def preparation(self) -> Preparation:
        return self.encoder.preparation

    @property
    def length(self) -> int:
        return LENGTH

    def compute(self, canvases: Canvas) -> Vectors:
        # Rounded twice, since cached canvases are rounded as well.
        from_store = CanvasSource(self.preparation).compute(canvases)
        return self._encode(from_store)

    def pieces(self, items: Sequence[Item], cache: Cache) -> Pieces:
        def fresh(wanted: Indices) -> Pieces:
            some = [items[index] for index in wanted]
            for indices, canvases in CanvasSource(self.preparation).pieces(some, cache):
                yield wanted[indices], self._encode(canvases)

        return cached(f"ssl-{self.encoder.name}", LENGTH, items, cache, fresh)

    def _encode(self, flat: Vectors) -> Vectors:
        size = self.preparation.size
        vectors = self.encoder.embed(flat.reshape(-1, size, size))
        return vectors.astype("float16").astype("float32")


def trunk_shapes(size: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the weights of networks.small_cnn.Trunk, without loading torch."""
    shapes: dict[str, tuple[int, ...]] = {}
    for index, kernel in enumerate(KERNELS):
        outputs = CHANNELS[index + 1]
        shapes[f"blocks.{index}.0.weight"] = (outputs, CHANNELS[index], kernel, kernel)
        shapes |= _batch_norm(f"blocks.{index}.1", outputs)
    side = (((size + 1) // 2 + 1) // 2 + 1) // 2
    shapes["embed.0.weight"] = (LENGTH, CHANNELS[-1] * side * side)
    return shapes | _batch_norm("embed.1", LENGTH)


def _batch_norm(name: str, count: int) -> dict[str, tuple[int, ...]]:
    vectors = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{part}": (count,) for part in vectors} | {f"{name}.num_batches_tracked": ()}
