"""The network recipes: a small CNN on affine views, from scratch or from an encoder."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor, nn

from active_learning.learning import metrics
from active_learning.learning.artifact import Artifact
from active_learning.learning.augmentation import CLASS_KEEPING, dropout, random_affine
from active_learning.learning.datasets.snapshot import Snapshot
from active_learning.learning.datasets.sources import CanvasSource, preparation_for
from active_learning.learning.device import training_device, use_one_thread
from active_learning.learning.encoder import Encoder
from active_learning.learning.networks.small_cnn import SmallCnn as Network
from active_learning.learning.networks.small_cnn import initialise
from active_learning.learning.recipes.base import (
    Part,
    Probabilities,
    Run,
    Vectors,
    lineage,
    load_part,
    measure,
    require_two_classes,
)
from active_learning.learning.training_loop import Loop, draw
from active_learning.learning.transforms import Preparation

LIBRARIES = ("numpy", "torch", "pillow", "safetensors")
PREDICT_BATCH = 256
FEW_LABELS = 1000
BATCH = 48
DROPOUT = 0.2
PEAK_RATE = 4e-3
DECAY = 0.02


@dataclass(frozen=True)
class CnnModel:
    """The network ready to predict; `source` names its input."""

    source: CanvasSource
    network: Network

    def predict_proba(self, vectors: Vectors) -> Probabilities:
        features = torch.from_numpy(self.embed(vectors)).to(self._device())
        with torch.inference_mode():
            return torch.softmax(self.network.head(features), dim=1).cpu().numpy()

    def embed(self, vectors: Vectors) -> Vectors:
        """What the last layer sees."""
        self.network.eval()
        rows = [np.zeros((0, self.network.head.in_features), np.float32)]
        with torch.inference_mode():
            for start in range(0, len(vectors), PREDICT_BATCH):
                batch = as_images(vectors[start : start + PREDICT_BATCH], self.source.preparation)
                rows.append(self.network.trunk(batch.to(self._device())).cpu().numpy())
        return np.concatenate(rows)

    def sample_proba(self, vectors: Vectors, count: int, seed: int) -> Probabilities:
        """Monte Carlo dropout (Gal and Ghahramani 2016); the trunk runs once."""
        features = torch.from_numpy(self.embed(vectors)).to(self._device())
        generator = torch.Generator().manual_seed(seed)
        with torch.inference_mode():
            draws = [
                torch.softmax(self.network.head(dropout(features, DROPOUT, generator)), dim=1)
                for _ in range(count)
            ]
            return torch.stack(draws).cpu().numpy()

    def _device(self) -> torch.device:
        return self.network.head.weight.device


@dataclass(frozen=True)
class SmallCnn:
    """250 steps of 48 pictures up to 1,000 labels, 900 beyond."""

    name: str = "small_cnn"
    task_types: frozenset[str] = field(default_factory=lambda: frozenset({"choice"}))

    def begin(self, snapshot: Snapshot, run: Run) -> tuple[Preparation, Network]:
        """The untrained network and how its pictures are prepared."""
        preparation = preparation_for(snapshot.items)
        network = Network(preparation.size, len(snapshot.classes))
        initialise(network, run.seed)
        return preparation, network

    def fit(self, snapshot: Snapshot, run: Run) -> Artifact:
        use_one_thread()
        preparation, network = self.begin(snapshot, run)
        model = CnnModel(CanvasSource(preparation), network.to(training_device()))
        parts = {
            role: load_part(snapshot, role, model.source, run) for role in ("train", "validation")
        }
        require_two_classes(parts["train"])
        run.stop_if_asked()
        steps = self._train(model, parts, run, self._identity(snapshot, run, preparation))
        parts["holdout"] = load_part(snapshot, "holdout", model.source, run)
        state = network.state_dict()
        artifact = Artifact(
            recipe=self.name,
            task_type=snapshot.task_type,
            classes=snapshot.classes,
            preparation=preparation,
            config={"network": "small_cnn", "steps": steps},
            tensors={name: tensor.cpu().numpy() for name, tensor in state.items()},
            lineage=lineage(snapshot, run.seed, LIBRARIES),
        )
        return measure(artifact, model, parts, run)

    def open(self, artifact: Artifact) -> CnnModel:
        use_one_thread()
        network = Network(artifact.preparation.size, len(artifact.classes))
        artifact.expect({name: tuple(t.shape) for name, t in network.state_dict().items()})
        network.load_state_dict(
            {name: torch.from_numpy(tensor.copy()) for name, tensor in artifact.tensors.items()}
        )
        network.to(training_device()).eval()
        return CnnModel(CanvasSource(artifact.preparation), network)

    def _identity(self, snapshot: Snapshot, run: Run, preparation: Preparation) -> dict[str, Any]:
        """What a checkpoint must agree in: anything else would give other weights."""
        made_of = lineage(snapshot, run.seed, LIBRARIES)
        return made_of | {"recipe": self.name, "preparation": preparation.name}

    def _train(
        self, model: CnnModel, parts: dict[str, Part], run: Run, identity: dict[str, Any]
    ) -> int:
        train, validation = parts["train"], parts["validation"]
        steps = 250 if len(train) <= FEW_LABELS else 900
        loop = Loop(model.network, run, identity, steps=steps, peak_rate=PEAK_RATE, decay=DECAY)

        def validate() -> tuple[float | None, float | None]:
            if not len(validation):
                return None, None
            predicted = model.predict_proba(validation.vectors)
            loss = metrics.cross_entropy(predicted, validation.targets, validation.weights)
            return loss, metrics.accuracy(predicted, validation.labels)

        loop.train(Lesson(model, train), validate)
        return loop.step


@dataclass(frozen=True)
class WarmCnn(SmallCnn):
    """The same, its trunk begun from self-supervised weights where there are any."""

    name: str = "cnn"

    def begin(self, snapshot: Snapshot, run: Run) -> tuple[Preparation, Network]:
        if run.encoder_folder is None:
            return super().begin(snapshot, run)
        encoder = Encoder.load(run.encoder_folder)
        network = Network(encoder.preparation.size, len(snapshot.classes))
        initialise(network, run.seed)
        network.trunk.load_state_dict(
            {name: torch.from_numpy(value.copy()) for name, value in encoder.tensors.items()}
        )
        return encoder.preparation, network

    def _identity(self, snapshot: Snapshot, run: Run, preparation: Preparation) -> dict[str, Any]:
        begun = Encoder.load(run.encoder_folder).name if run.encoder_folder else None
        return super()._identity(snapshot, run, preparation) | {"encoder": begun}


class Lesson:
    """One training step on soft, weighted targets; callable as the loop wants it."""

    def __init__(self, model: CnnModel, train: Part) -> None:
        self.network = model.network
        self.device = model.network.head.weight.device
        self.images = as_images(train.vectors, model.source.preparation)
        self.targets = torch.from_numpy(train.targets)
        self.weights = torch.from_numpy(train.weights)
        self.ground = "zeros" if model.source.preparation.mode == "ink" else "border"

    def __call__(self, step: int, generator: Generator) -> tuple[Tensor, float]:
        chosen = draw(len(self.images), BATCH, generator)
        views = random_affine(self.images[chosen], generator, CLASS_KEEPING, ground=self.ground)
        features = self.network.trunk(views.to(self.device))
        logits = self.network.head(dropout(features, DROPOUT, generator))
        targets = self.targets[chosen].to(self.device)
        losses = nn.functional.cross_entropy(logits, targets, reduction="none")
        share = (self.weights[chosen] / self.weights[chosen].sum()).to(self.device)
        right = (logits.detach().argmax(1) == targets.argmax(1)).float().mean()
        return (losses * share).sum(), float(right)


def as_images(vectors: Vectors, preparation: Preparation) -> Tensor:
    """(n, size * size) -> (n, 1, size, size)."""
    size = preparation.size
    return torch.from_numpy(np.ascontiguousarray(vectors)).view(-1, 1, size, size)
