"""Where a training was: one safetensors file per checkpoint, whole or not there.

Each is written to a temporary file, forced to disk and renamed; a torn or foreign file is
passed over, so that a run killed at any moment goes on from the newest sound checkpoint.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save as save_tensors
from torch import Tensor

from active_learning.learning.artifact import sync_folder, write_durably

KEPT = 2


@dataclass(frozen=True)
class Checkpoint:
    """`identity` says of what (snapshot, recipe, seed, versions); `facts` are plain JSON."""

    identity: dict[str, Any]
    step: int
    tensors: dict[str, Tensor]
    facts: dict[str, Any]

    def part(self, name: str) -> dict[str, Tensor]:
        """The tensors whose names begin with `name.`, without that."""
        start = name + "."
        return {
            key.removeprefix(start): value
            for key, value in self.tensors.items()
            if key.startswith(start)
        }


class CheckpointFolder:
    """The checkpoints of one training; a folder of None keeps nothing."""

    def __init__(self, folder: Path | None, identity: dict[str, Any]) -> None:
        self.folder = folder
        self.identity = json.loads(json.dumps(identity))

    def save(self, step: int, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
        """Keep this state for good and drop all but the newest KEPT."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        about = {"identity": self.identity, "step": step, "facts": facts}
        data = save_tensors(
            {name: tensor.contiguous() for name, tensor in tensors.items()},
            metadata={"about": json.dumps(about)},
        )
        aside = self.folder / f".writing-{os.getpid()}"
        write_durably(aside, data)
        aside.rename(self.folder / f"step-{step:08d}.safetensors")
        sync_folder(self.folder)
        self._sweep()

    def newest(self) -> Checkpoint | None:
        """The newest sound checkpoint of this very training, or None."""
        for path in reversed(self._files()):
            found = self._open(path)
            if found is not None and found.identity == self.identity:
                return found
        return None

    def clear(self) -> None:
        """Forget all: the training is over."""
        for path in self._files():
            path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("step-*.safetensors")) if self.folder else []

    def _open(self, path: Path) -> Checkpoint | None:
        try:
            with safe_open(path, framework="pt") as stream:
                about = json.loads(stream.metadata()["about"])
                tensors = {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118
            return Checkpoint(about["identity"], about["step"], tensors, about["facts"])
        except (SafetensorError, OSError, ValueError, KeyError, TypeError):
            return None

    def _sweep(self) -> None:
        assert self.folder is not None
        for path in self._files()[:-KEPT]:
            path.unlink(missing_ok=True)
        for path in self.folder.glob(".writing-*"):
            path.unlink(missing_ok=True)  # left by a killed run; one run owns a folder
