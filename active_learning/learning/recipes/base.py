"""What a recipe is: a pure function of snapshot and seed that reports as it goes."""

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from active_learning.learning import metrics
from active_learning.learning.artifact import Artifact
from active_learning.learning.calibration import calibrate
from active_learning.learning.ctc import Doubles, Reading
from active_learning.learning.datasets.snapshot import Item, Snapshot, weights
from active_learning.learning.datasets.sources import Cache, Source, load
from active_learning.learning.errors import Cancelled, CannotTrain

CALIBRATION = "calibration"  # where an artifact's config keeps its temperature
Probabilities = NDArray[np.float32]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Event:
    """One thing worth telling while training; `kind` is start, epoch, log or metrics."""

    kind: str
    data: dict[str, Any]


def _never() -> bool:
    return False


def _silent(event: Event) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Run:
    """The circumstances of one training: none of them changes what is learned but `seed`
    (and the budget, when it is reached) and the encoder or the weights, for recipes that use them.

    `budget_cpu_seconds` counts this process' CPU time since `fit` began, plus that of the
    checkpoint it went on from.
    """

    seed: int = 0
    report: Callable[[Event], None] = _silent
    feature_folder: Path | None = None
    checkpoint_folder: Path | None = None
    encoder_folder: Path | None = None
    weights_file: Path | None = None
    budget_cpu_seconds: float = 600.0
    should_stop: Callable[[], bool] = _never
    started: float = field(default_factory=time.process_time)

    def log(self, message: str) -> None:
        """Report one sentence for people."""
        self.report(Event("log", {"message": message}))

    @property
    def cache(self) -> Cache:
        """Where features are kept; unreadable pictures go to the log."""
        return Cache(self.feature_folder, self.log)

    def cpu_seconds(self) -> float:
        """CPU seconds of this process since the run began."""
        return time.process_time() - self.started

    def seconds_left(self) -> float:
        """What is left of the budget, in CPU seconds; never negative."""
        return max(0.0, self.budget_cpu_seconds - self.cpu_seconds())

    def has_spent(self, share: float) -> bool:
        """Whether this share of the budget is gone: time to come to an end with what there is."""
        return self.cpu_seconds() >= share * self.budget_cpu_seconds

    def stop_if_asked(self) -> None:
        """Raise Cancelled when somebody asked for it."""
        if self.should_stop():
            raise Cancelled("the run was cancelled")


class Model(Protocol):
    """An opened artifact."""

    @property
    def source(self) -> Source:
        """The vectors the model reads."""
        ...

    def predict_proba(self, vectors: Vectors) -> Probabilities:
        """(n, source.length) vectors -> (n, K) float32, rows sum to one."""
        ...

    def embed(self, vectors: Vectors) -> Vectors:
        """(n, source.length) -> (n, d): a space where near means alike."""
        ...


@runtime_checkable
class Sampler(Protocol):
    """A model that can be drawn from."""

    def sample_proba(self, vectors: Vectors, count: int, seed: int) -> Probabilities:
        """(n, source.length) -> (count, n, K) predictions of as many draws of the weights."""
        ...


class Reader(Protocol):
    """An opened artifact that reads text."""

    def read_files(self, files: Sequence[str | Path]) -> list[Reading]:
        """Picture files -> readings, in their order; raise ImageUnreadable."""
        ...

    def log_chances(
        self, files: Sequence[str | Path], texts: Sequence[Sequence[str]]
    ) -> list[Doubles]:
        """n picture files and some texts for each -> the log chance of each text there."""
        ...

    def chance(self, reading: Reading) -> float:
        """How often a reading that is as sure as this one is right as a whole, 0..1."""
        ...


class Trainer(Protocol):
    """A way to train. Rows of the table in `recipes/__init__.py` are instances."""

    @property
    def name(self) -> str:
        """Its name in the table."""
        ...

    @property
    def task_types(self) -> frozenset[str]:
        """The task types it can learn."""
        ...

    def fit(self, snapshot: Snapshot, run: Run) -> Artifact:
        """Train; raise CannotTrain with the reason, or Cancelled."""
        ...


class Recipe(Trainer, Protocol):
    """One that tells classes apart."""

    def open(self, artifact: Artifact) -> Model:
        """Check the weights' names and shapes (ArtifactInvalid) and make them predict."""
        ...


class ReaderRecipe(Trainer, Protocol):
    """One that reads text."""

    def open(self, artifact: Artifact) -> Reader:
        """Check the weights' names and shapes (ArtifactInvalid) and make them read."""
        ...


@dataclass(frozen=True)
class Part:
    """The readable, labeled items of one role as arrays."""

    items: tuple[Item, ...]
    vectors: NDArray[np.float32]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.items)

    def rows(self, places: NDArray[np.int64]) -> "Part":
        """These items alone."""
        some = tuple(self.items[place] for place in places)
        return Part(some, self.vectors[places], self.targets[places], self.weights[places])

    @property
    def labels(self) -> NDArray[np.int64]:
        """(n,) the likeliest class of each item."""
        return np.asarray(self.targets.argmax(axis=1), np.int64)


def load_part(snapshot: Snapshot, role: str, source: Source, run: Run) -> Part:
    """Vectors, targets and weights of a role; unreadable or weightless items are left out."""
    items = [item for item in snapshot.part(role) if item.weight > 0]
    indices, vectors = load(source, items, run.cache)
    kept = tuple(items[index] for index in indices)
    return Part(kept, vectors, snapshot.targets(kept), weights(kept))


def require_two_classes(train: Part) -> None:
    """Raise CannotTrain unless at least two classes have a likeliest example."""
    if not len(train):
        raise CannotTrain("no training item can be read: label some items first")
    if len(np.unique(train.labels)) < 2:
        raise CannotTrain(f"all {len(train)} training items have the same label")


def measure(artifact: Artifact, model: Model, parts: dict[str, Part], run: Run) -> Artifact:
    """Calibrate on the validation part, then fill in and report the figures of every part."""
    predicted = {role: model.predict_proba(part.vectors) for role, part in parts.items()}
    validation = parts["validation"]
    calibration = calibrate(predicted["validation"], validation.targets, validation.weights)
    artifact.config[CALIBRATION] = calibration.temperature
    if calibration.temperature != 1:
        run.log(f"temperature {calibration.temperature:.2f}, from {len(validation)} other items")
    for role, part in parts.items():
        honest = calibration.apply(predicted[role])
        artifact.metrics[role] = metrics.report(
            honest, part.targets, artifact.classes, [item.group for item in part.items]
        )
    run.report(Event("metrics", artifact.metrics))
    return artifact


def lineage(snapshot: Snapshot, seed: int, libraries: Sequence[str]) -> dict[str, Any]:
    """What the artifact was made of: data, seed and the versions of what computed it."""
    return {"snapshot": snapshot.sha256, "seed": seed} | versions(libraries)


def versions(libraries: Sequence[str]) -> dict[str, Any]:
    """Versions of Python and of the named libraries."""
    numbers = {name: version(name) for name in libraries}
    return {"python": platform.python_version(), "libraries": numbers}
