"""The folder a training run leaves behind: weights as safetensors, everything else as JSON.

Nothing in it is ever unpickled. `load` trusts neither file: sizes, types, shapes, finiteness
and the checksum are all checked before a number is used.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from active_learning.learning.errors import ArtifactInvalid
from active_learning.learning.transforms import Preparation

FORMAT = 1
DESCRIPTION = "artifact.json"
WEIGHTS = "weights.safetensors"
MAX_DESCRIPTION_BYTES = 16_000_000
MAX_WEIGHT_BYTES = 512_000_000
MAX_HEADER_BYTES = 1_000_000
HEAD = 9  # bytes that tell safetensors from anything else: a length and a brace

Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Artifact:
    """What a recipe learned. `classes` orders the columns of every prediction."""

    recipe: str
    task_type: str
    classes: tuple[str, ...]
    preparation: Preparation
    config: dict[str, Any]
    tensors: Tensors = field(repr=False)
    metrics: dict[str, Any] = field(default_factory=dict, repr=False)
    lineage: dict[str, Any] = field(default_factory=dict)
    out_of_fold: Tensors = field(default_factory=dict, repr=False)

    def save(self, folder: str | Path) -> None:
        """Write beside, then rename: the folder is there whole or not at all.

        The same artifact gives the same bytes. An older folder of this name is replaced.
        """
        folder = Path(folder)
        aside = folder.with_name(f"{folder.name}.writing-{os.getpid()}")
        aside.mkdir(parents=True)
        try:
            self._write(aside)
            if folder.exists():
                shutil.rmtree(folder)
            aside.rename(folder)
            sync_folder(folder.parent)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _write(self, folder: Path) -> None:
        weights = save_tensors(self.tensors)
        write_durably(folder / WEIGHTS, weights)
        if self.out_of_fold:
            with (folder / "out_of_fold.npz").open("wb") as stream:
                np.savez(stream, allow_pickle=False, **self.out_of_fold)
        description = self._description(weights)
        text = json.dumps(description, ensure_ascii=False, indent=1)
        write_durably(folder / DESCRIPTION, text.encode())
        sync_folder(folder)

    def _description(self, weights: bytes) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "recipe": self.recipe,
            "task_type": self.task_type,
            "classes": list(self.classes),
            "preprocessing": self.preparation.to_json(),
            "config": self.config,
            "weights_sha256": hashlib.sha256(weights).hexdigest(),
            "lineage": self.lineage,
            "metrics": self.metrics,
        }

    @classmethod
    def load(cls, folder: str | Path) -> "Artifact":
        """Read a folder; raise ArtifactInvalid with the reason for anything out of order."""
        folder = Path(folder)
        about = _read_description(folder / DESCRIPTION)
        tensors = _read_weights(folder / WEIGHTS, about["weights_sha256"])
        return cls(
            recipe=about["recipe"],
            task_type=about["task_type"],
            classes=tuple(about["classes"]),
            preparation=Preparation.from_json(about["preprocessing"]),
            config=about["config"],
            tensors=tensors,
            metrics=about.get("metrics", {}),
            lineage=about.get("lineage", {}),
        )

    def expect(self, shapes: dict[str, tuple[int, ...]], some: Tensors | None = None) -> None:
        """Raise ArtifactInvalid unless the weights (or `some` of them) have exactly these names
        and shapes."""
        tensors = self.tensors if some is None else some
        found = {name: tensor.shape for name, tensor in tensors.items()}
        for name in sorted(set(shapes) ^ set(found)):
            kind = "missing" if name in shapes else "not part of this recipe"
            raise ArtifactInvalid(f"the weight {name!r} is {kind}")
        for name, shape in shapes.items():
            if found[name] != shape:
                raise ArtifactInvalid(f"{name!r} has shape {found[name]}, expected {shape}")


def write_durably(path: Path, data: bytes) -> None:
    """Write and force to disk."""
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to disk, so that a rename survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_limited(path: Path, limit: int) -> bytes:
    try:
        if not path.is_file():
            raise ArtifactInvalid(f"{path.name} is missing")
        size = path.stat().st_size
        if size > limit:
            raise ArtifactInvalid(f"{path.name} has {size:,} bytes; {limit:,} are allowed")
        return path.read_bytes()
    except OSError as error:
        raise ArtifactInvalid(f"{path.name}: {error.strerror}") from error


def _read_description(path: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads(_read_limited(path, MAX_DESCRIPTION_BYTES))
    except (ValueError, RecursionError) as error:
        raise ArtifactInvalid(f"{path.name} is not JSON: {error}") from error
    kinds: dict[str, type] = {
        "format": int,
        "recipe": str,
        "task_type": str,
        "classes": list,
        "preprocessing": dict,
        "config": dict,
        "weights_sha256": str,
    }
    for name, kind in kinds.items():
        if not isinstance(about, dict) or not isinstance(about.get(name), kind):
            raise ArtifactInvalid(f"{path.name}: `{name}` is missing or of the wrong kind")
    if about["format"] != FORMAT:
        raise ArtifactInvalid(f"{path.name}: format {about['format']} is unknown")
    if not all(isinstance(name, str) for name in about["classes"]):
        raise ArtifactInvalid(f"{path.name}: classes must be texts")
    return about


def _read_weights(path: Path, checksum: str) -> Tensors:
    data = read_frame(path)
    if hashlib.sha256(data).hexdigest() != checksum:
        raise ArtifactInvalid(f"{path.name} does not match its checksum")
    return parse_weights(path.name, data)


def read_frame(path: Path) -> bytes:
    """The bytes of a safetensors file of allowed size; ArtifactInvalid for pickles and others."""
    data = _read_limited(path, MAX_WEIGHT_BYTES)
    refuse_pickles(path.name, data[:HEAD], len(data))
    return data


def parse_weights(name: str, data: bytes) -> Tensors:
    """Safetensors -> arrays by name; raise ArtifactInvalid for other types and for NaN."""
    try:
        tensors = load_tensors(data)
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise ArtifactInvalid(f"{name} is not safetensors: {error}") from error
    for key, tensor in tensors.items():
        if tensor.dtype not in (np.float32, np.int64):
            raise ArtifactInvalid(f"{key!r} has type {tensor.dtype}; only float32 and int64")
        if not np.isfinite(tensor).all():
            raise ArtifactInvalid(f"{key!r} holds numbers that are not finite")
    return tensors


def refuse_pickles(name: str, head: bytes, size: int) -> None:
    """Look at the frame before any parser does: 8 bytes of header length, then a JSON object.

    `head` is the first HEAD bytes of a file of `size`. Raises ArtifactInvalid.
    """
    header = int.from_bytes(head[:8], "little")
    if head[8:9] == b"{" and header <= min(MAX_HEADER_BYTES, size - 8):
        return
    if head[:1] == b"\x80" or head[:2] == b"PK":
        raise ArtifactInvalid(f"{name} is a pickle or an archive; only safetensors are opened")
    raise ArtifactInvalid(f"{name} is not safetensors: its header is torn")
