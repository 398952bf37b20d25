"""The quick recipes: features, principal components, logistic regression; no torch to train."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning import metrics
from active_learning.learning.artifact import Artifact
from active_learning.learning.datasets.snapshot import Snapshot
from active_learning.learning.datasets.sources import (
    HogSource,
    JoinedSource,
    Source,
    preparation_for,
)
from active_learning.learning.encoder import EncodedSource, Encoder
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
from active_learning.learning.softmax_regression import (
    Choice,
    SoftmaxRegression,
    choose_strength,
    fit,
)

EPOCH_ITERATIONS = 5  # steps of the optimiser between two points of the loss curve
SEARCH, ALL = 0.5, 0.9  # shares of the budget after which the search, and the training, end
ENOUGH = 10  # labels per class from which several feature sets are tried against each other
LIBRARIES = ("numpy", "scipy", "pillow", "safetensors")


@dataclass(frozen=True)
class LogregModel:
    """Projection (length, d) and regression folded into one linear map (length, K)."""

    source: Source
    components: PrincipalComponents
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def predict_proba(self, vectors: Vectors) -> Probabilities:
        scores = vectors @ self.weights + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        return np.asarray(scores, np.float32)

    def embed(self, vectors: Vectors) -> Vectors:
        """The principal components."""
        return self.components.project(vectors)


@dataclass(frozen=True)
class Candidate:
    """One feature set: its source, components and what the folds said of it."""

    source: Source
    components: PrincipalComponents
    train: Part
    choice: Choice


@dataclass(frozen=True)
class HogLogreg:
    """HOG -> at most 64 components -> softmax regression with soft, weighted targets."""

    name: str = "hog_logreg"
    task_types: frozenset[str] = field(default_factory=lambda: frozenset({"choice"}))

    def feature_sets(self, snapshot: Snapshot, run: Run) -> list[Source]:
        """What may be learned from, the best for few labels first."""
        return [HogSource(preparation_for(snapshot.items))]

    def fit(self, snapshot: Snapshot, run: Run) -> Artifact:
        best = self._best_candidate(snapshot, run)
        parts = {"train": best.train}
        for role in ("validation", "holdout"):
            parts[role] = load_part(snapshot, role, best.source, run)
        regression = _train(best, parts, run)
        artifact = Artifact(
            recipe=self.name,
            task_type=snapshot.task_type,
            classes=snapshot.classes,
            preparation=best.source.preparation,
            config={
                "features": feature_names(best.source),
                "components": int(best.components.axes.shape[1]),
                "strength": best.choice.strength,
            },
            tensors=_tensors(best, regression),
            lineage=lineage(snapshot, run.seed, LIBRARIES),
            out_of_fold={
                "ids": np.asarray([item.id for item in best.train.items], np.int64),
                "probabilities": best.choice.out_of_fold.astype(np.float32),
            },
        )
        return measure(artifact, self.open(artifact), parts, run)

    def open(self, artifact: Artifact) -> LogregModel:
        source = source_of(artifact)
        count, width = len(artifact.classes), components_in(artifact)
        own = own_tensors(artifact)
        shapes = {
            "mean": (source.length,),
            "axes": (source.length, width),
            "coefficients": (count, width),
            "intercepts": (count,),
        }
        artifact.expect(shapes, own)
        folded = own["axes"] @ own["coefficients"].T
        bias = own["intercepts"] - own["mean"] @ folded
        components = PrincipalComponents(own["mean"], own["axes"])
        return LogregModel(source, components, np.ascontiguousarray(folded), bias)

    def _best_candidate(self, snapshot: Snapshot, run: Run) -> Candidate:
        candidates: list[Candidate] = []
        for source in self.feature_sets(snapshot, run):
            train = load_part(snapshot, "train", source, run)
            require_two_classes(train)
            run.stop_if_asked()
            candidates.append(_candidate(snapshot, source, train, run))
            if len(train) < ENOUGH * len(snapshot.classes) or run.has_spent(SEARCH):
                break
        best = min(candidates, key=lambda one: one.choice.losses[one.choice.strength])
        chosen = f"{' + '.join(feature_names(best.source))}, C = {best.choice.strength:g}"
        run.log(f"{chosen}: best on folds of {len(best.train)} items")
        if run.has_spent(SEARCH):
            run.log(f"the budget of {run.budget_cpu_seconds:g} CPU s allows no longer search")
        return best


@dataclass(frozen=True)
class Fast(HogLogreg):
    """The same on self-supervised features, with HOG beside them once labels can tell; on HOG
    alone while there is no encoder."""

    name: str = "fast"

    def feature_sets(self, snapshot: Snapshot, run: Run) -> list[Source]:
        if run.encoder_folder is None:
            return [HogSource(preparation_for(snapshot.items))]
        encoded = EncodedSource(Encoder.load(run.encoder_folder))
        hog = HogSource(encoded.preparation)
        return [encoded, JoinedSource((hog, encoded))]


def _candidate(snapshot: Snapshot, source: Source, train: Part, run: Run) -> Candidate:
    components = components_of(snapshot, source, train, run)
    choice = choose_strength(
        components.project(train.vectors).astype(np.float64),
        train.targets.astype(np.float64),
        train.weights.astype(np.float64),
        folds_of(train, run.seed),
        enough=lambda: run.has_spent(SEARCH),
    )
    run.stop_if_asked()
    return Candidate(source, components, train, choice)


def _train(best: Candidate, parts: dict[str, Part], run: Run) -> SoftmaxRegression:
    project = best.components.project
    inputs = {
        role: project(parts[role].vectors).astype(np.float64) for role in ("train", "validation")
    }
    seen = 0

    def progress(model: SoftmaxRegression) -> None:
        nonlocal seen
        seen += 1
        if seen == 1 or seen % EPOCH_ITERATIONS == 0:
            run.stop_if_asked()
            _report(model, inputs, parts, seen, run)

    train = parts["train"]
    model = fit(
        inputs["train"],
        train.targets.astype(np.float64),
        train.weights.astype(np.float64),
        best.choice.strength,
        progress=progress,
        enough=lambda: run.has_spent(ALL),
    )
    _report(model, inputs, parts, seen + EPOCH_ITERATIONS, run)
    return model


def _report(
    model: SoftmaxRegression,
    inputs: dict[str, NDArray[np.float64]],
    parts: dict[str, Part],
    step: int,
    run: Run,
) -> None:
    figures: dict[str, Any] = {"epoch": step // EPOCH_ITERATIONS, "step": step}
    for role, short in (("train", "train"), ("validation", "val")):
        part = parts[role]
        predicted = model.probabilities(inputs[role])
        loss = metrics.cross_entropy(predicted, part.targets, part.weights)
        figures[f"{short}_loss"] = loss if len(part) else None
        right = metrics.accuracy(predicted, part.labels)
        figures[f"{short}_accuracy"] = right if len(part) else None
    run.report(Event("epoch", figures | {"cpu_seconds": round(run.cpu_seconds(), 3)}))


def _tensors(best: Candidate, regression: SoftmaxRegression) -> dict[str, NDArray[Any]]:
    tensors = {
        "mean": best.components.mean,
        "axes": np.ascontiguousarray(best.components.axes),
        "coefficients": regression.coefficients.astype(np.float32),
        "intercepts": regression.intercepts.astype(np.float32),
    }
    return tensors | encoder_tensors(best.source)
