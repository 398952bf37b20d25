"""The accurate quick recipe: a Gaussian support vector machine on the same features."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from active_learning.learning import metrics
from active_learning.learning.artifact import Artifact, Tensors
from active_learning.learning.calibration import fit_temperature
from active_learning.learning.datasets.snapshot import Snapshot
from active_learning.learning.datasets.sources import (
    HogSource,
    JoinedSource,
    Source,
    preparation_for,
)
from active_learning.learning.encoder import EncodedSource, Encoder
from active_learning.learning.errors import ArtifactInvalid
from active_learning.learning.kernel_machine import KernelMachine, train_machine, trainable
from active_learning.learning.principal_components import PrincipalComponents
from active_learning.learning.recipes.base import (
    Event,
    Part,
    Probabilities,
    Run,
    Vectors,
    lineage,
    load_part,
    measure,
    require_two_classes,
)
from active_learning.learning.recipes.projection import (
    components_in,
    components_of,
    encoder_tensors,
    feature_names,
    folds_of,
    own_tensors,
    source_of,
)
from active_learning.learning.softmax_regression import FOLDS

WIDTH = 0.5  # of the kernel: gamma = WIDTH / (components * variance)
PRIOR = 10.0  # labels; one-against-one votes have no scale of their own to hold on to
PREDICT_BATCH = 4096
PROBE = 500  # training items of the machine that tells how long a larger one would take
LIBRARIES = ("numpy", "scipy", "scikit-learn", "pillow", "safetensors")


@dataclass(frozen=True)
class SvmModel:
    """Votes of the machine on the components, made probabilities by one temperature."""

    source: Source
    components: PrincipalComponents
    machine: KernelMachine
    temperature: float

    def predict_proba(self, vectors: Vectors) -> Probabilities:
        rows = [np.zeros((0, self.machine.classes), np.float32)]
        for start in range(0, len(vectors), PREDICT_BATCH):
            votes = self.machine.votes(self.embed(vectors[start : start + PREDICT_BATCH]))
            rows.append(softmax(votes / self.temperature, axis=1).astype(np.float32))
        return np.concatenate(rows)

    def embed(self, vectors: Vectors) -> Vectors:
        """The principal components."""
        return self.components.project(vectors)


@dataclass(frozen=True)
class Svm:
    """On self-supervised features and HOG, or HOG alone while there is no encoder."""

    name: str = "svm"
    task_types: frozenset[str] = field(default_factory=lambda: frozenset({"choice"}))

    def fit(self, snapshot: Snapshot, run: Run) -> Artifact:
        source = _source(snapshot, run)
        train = load_part(snapshot, "train", source, run)
        require_two_classes(train)
        run.stop_if_asked()
        components = components_of(snapshot, source, train, run)
        points = components.project(train.vectors)
        affordable = _affordable(points, train, run)
        train, points = train.rows(affordable), points[affordable]
        gamma = _gamma(points)
        temperature, out_of_fold = _temperature(points, train, gamma, run)
        machine = train_machine(points, train.targets, train.weights, gamma)
        model = SvmModel(source, components, machine, temperature)
        parts = {"train": train}
        for role in ("validation", "holdout"):
            parts[role] = load_part(snapshot, role, source, run)
        _report(model, parts, run)
        artifact = self._artifact(snapshot, run, model)
        artifact.out_of_fold["ids"] = np.asarray([item.id for item in train.items], np.int64)
        artifact.out_of_fold["probabilities"] = out_of_fold
        return measure(artifact, model, parts, run)

    def open(self, artifact: Artifact) -> SvmModel:
        source, width = source_of(artifact), components_in(artifact)
        own = own_tensors(artifact)
        present = own.get("present", np.zeros(0, np.int64))
        support, pairs = own.get("vectors", np.zeros(0)).shape[:1], _pairs(len(present))
        shapes = {
            "mean": (source.length,),
            "axes": (source.length, width),
            "vectors": (*support, width),
            "pairs": (*support, pairs),
            "intercepts": (pairs,),
            "present": (len(present),),
        }
        artifact.expect(shapes, own)
        count = len(artifact.classes)
        if len(set(present.tolist()) & set(range(count))) < len(present) or len(present) < 2:
            raise ArtifactInvalid(f"the classes {present.tolist()} are not among {count}")
        machine = KernelMachine(
            vectors=own["vectors"],
            pairs=own["pairs"],
            intercepts=own["intercepts"],
            present=present,
            gamma=_positive(artifact, "gamma"),
            classes=count,
        )
        components = PrincipalComponents(own["mean"], own["axes"])
        return SvmModel(source, components, machine, _positive(artifact, "temperature"))

    def _artifact(self, snapshot: Snapshot, run: Run, model: SvmModel) -> Artifact:
        machine = model.machine
        tensors: Tensors = {
            "mean": model.components.mean,
            "axes": np.ascontiguousarray(model.components.axes),
            "vectors": machine.vectors,
            "pairs": machine.pairs,
            "intercepts": machine.intercepts,
            "present": machine.present,
        }
        return Artifact(
            recipe=self.name,
            task_type=snapshot.task_type,
            classes=snapshot.classes,
            preparation=model.source.preparation,
            config={
                "features": feature_names(model.source),
                "components": int(model.components.axes.shape[1]),
                "gamma": machine.gamma,
                "temperature": model.temperature,
            },
            tensors=tensors | encoder_tensors(model.source),
            lineage=lineage(snapshot, run.seed, LIBRARIES),
        )


def _source(snapshot: Snapshot, run: Run) -> Source:
    if run.encoder_folder is None:
        return HogSource(preparation_for(snapshot.items))
    encoded = EncodedSource(Encoder.load(run.encoder_folder))
    return JoinedSource((HogSource(encoded.preparation), encoded))


def _gamma(points: Vectors) -> float:
    return float(WIDTH / (points.shape[1] * max(float(points.var()), 1e-9)))


def _affordable(points: Vectors, train: Part, run: Run) -> NDArray[np.int64]:
    """The places of the training items that fit into the budget, all of them as a rule.

    A machine cannot be asked to stop, but takes the square of the time for twice the items: a
    small one tells how many there may be.
    """
    if len(train) <= PROBE:
        return np.arange(len(train))
    order = np.random.default_rng(run.seed).permutation(len(train))
    _, examples = np.unique(train.labels[order], return_index=True)
    order = np.concatenate([order[examples], np.delete(order, examples)])  # one of each class first
    probe, begun = order[:PROBE], run.cpu_seconds()
    train_machine(points[probe], train.targets[probe], train.weights[probe], _gamma(points[probe]))
    seconds = (run.cpu_seconds() - begun) * (1 + (FOLDS - 1) ** 2 / FOLDS)
    count = int(PROBE * math.sqrt(run.seconds_left() / max(seconds, 1e-9)))
    if count >= len(train):
        return np.arange(len(train))
    count = max(count, PROBE)
    allowed = f"allows {count} of {len(train)} training items"
    run.log(f"the budget of {run.budget_cpu_seconds:g} CPU s {allowed}")
    return np.sort(order[:count])


def _temperature(
    points: Vectors, train: Part, gamma: float, run: Run
) -> tuple[float, Probabilities]:
    """The scale of the votes that fits left-out items best, and what those were given."""
    folds = folds_of(train, run.seed)
    votes = np.zeros(train.targets.shape)
    for fold in np.unique(folds):
        run.stop_if_asked()
        seen = folds != fold
        if trainable(train.targets[seen]):
            machine = train_machine(points[seen], train.targets[seen], train.weights[seen], gamma)
            votes[~seen] = machine.votes(points[~seen])
    raw = softmax(votes, axis=1)
    temperature = fit_temperature(raw, train.targets, train.weights, PRIOR)
    return temperature, softmax(votes / temperature, axis=1).astype(np.float32)


def _report(model: SvmModel, parts: dict[str, Part], run: Run) -> None:
    """One point of the loss curve: there is nothing to watch in between."""
    figures: dict[str, float | None] = {"epoch": 1, "step": 1}
    for role, short in (("train", "train"), ("validation", "val")):
        part = parts[role]
        predicted = model.predict_proba(part.vectors)
        loss = metrics.cross_entropy(predicted, part.targets, part.weights)
        figures[f"{short}_loss"] = loss if len(part) else None
        right = metrics.accuracy(predicted, part.labels)
        figures[f"{short}_accuracy"] = right if len(part) else None
    run.report(Event("epoch", figures | {"cpu_seconds": round(run.cpu_seconds(), 3)}))


def _positive(artifact: Artifact, name: str) -> float:
    value = artifact.config.get(name)
    if not isinstance(value, int | float) or not 0 < value < 1e9:
        raise ArtifactInvalid(f"{name} = {value!r} makes no sense")
    return float(value)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2
