"""Weights of a model that was trained elsewhere, as an encoder; never fetched, never unpickled.

A safetensors file of a trunk of our own (`networks.small_cnn.Trunk`), bare or as part of a larger
state: `trunk.` as the recipe `cnn` writes it, `encoder.` as `fast` and `svm` do. Its head is left
out, since its classes are another project's. The metadata may say `architecture` and, as JSON,
the `preprocessing` that an artifact's description holds; without it, pictures are prepared as the
dataset's own models do.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from active_learning.learning.artifact import (
    HEAD,
    MAX_WEIGHT_BYTES,
    Tensors,
    parse_weights,
    read_frame,
    refuse_pickles,
)
from active_learning.learning.encoder import Encoder, trunk_shapes
from active_learning.learning.errors import ArtifactInvalid
from active_learning.learning.transforms import Preparation

ARCHITECTURE = "small_cnn"
PARTS = ("trunk.", "encoder.")


@dataclass(frozen=True)
class External:
    """The trunk in a file, and the SHA-256 of the whole file."""

    encoder: Encoder
    sha256: str


def look_over(path: Path) -> None:
    """Refuse at a glance what cannot be weights: raise ArtifactInvalid by size and first bytes."""
    size = path.stat().st_size
    if size > MAX_WEIGHT_BYTES:
        allowed = f"{MAX_WEIGHT_BYTES:,} are allowed"
        raise ArtifactInvalid(f"{path.name} has {size:,} bytes; {allowed}")
    with path.open("rb") as stream:
        refuse_pickles(path.name, stream.read(HEAD), size)


def open_external(path: Path, usual: Preparation) -> External:
    """Open a file; raise ArtifactInvalid with the reason for all but sound weights of a trunk.

    `usual` is how pictures are prepared where the file does not say.
    """
    data = read_frame(path)
    metadata = _metadata(path.name, data)
    named = metadata.get("architecture", ARCHITECTURE)
    if named != ARCHITECTURE:
        known = f"{ARCHITECTURE} is known here"
        raise ArtifactInvalid(f"{path.name} is of the architecture {named!r}; only {known}")
    preparation = _preparation(metadata, usual)
    tensors = _trunk_of(parse_weights(path.name, data))
    _expect(path.name, tensors, preparation.size)
    return External(Encoder(preparation, tensors), hashlib.sha256(data).hexdigest())


def _metadata(name: str, data: bytes) -> dict[str, Any]:
    """The texts that a safetensors header carries beside the weights."""
    length = int.from_bytes(data[:8], "little")
    try:
        header = json.loads(data[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise ArtifactInvalid(f"{name} is not safetensors: {error}") from error
    metadata = header.get("__metadata__", {})
    return metadata if isinstance(metadata, dict) else {}


def _preparation(metadata: dict[str, Any], usual: Preparation) -> Preparation:
    if "preprocessing" not in metadata:
        return usual
    try:
        return Preparation.from_json(json.loads(metadata["preprocessing"]))
    except (ValueError, TypeError, RecursionError) as error:
        raise ArtifactInvalid(f"the preprocessing is not JSON: {error}") from error


def _trunk_of(tensors: Tensors) -> Tensors:
    for prefix in PARTS:
        part = {
            name.removeprefix(prefix): tensor
            for name, tensor in tensors.items()
            if name.startswith(prefix)
        }
        if part:
            return part
    return {name: tensor for name, tensor in tensors.items() if not name.startswith("head.")}


def _expect(file: str, tensors: Tensors, size: int) -> None:
    shapes = trunk_shapes(size)
    whose = f"in {file}, which is no {ARCHITECTURE} for pictures of {size} x {size}"
    for name in sorted(set(shapes) ^ set(tensors)):
        kind = "is missing" if name in shapes else "is unknown"
        raise ArtifactInvalid(f"the weight {name!r} {kind} {whose}")
    for name, shape in shapes.items():
        if tensors[name].shape != shape:
            found = f"has shape {tensors[name].shape}, expected {shape}"
            raise ArtifactInvalid(f"{name!r} {found}, {whose}")
