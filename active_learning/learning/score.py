"""A pool through a model and a strategy: `python -m active_learning.learning.score --help`."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from active_learning.learning import principal_components, process
from active_learning.learning.artifact import sync_folder
from active_learning.learning.datasets.snapshot import Item, read_items
from active_learning.learning.datasets.sources import (
    Cache,
    HogSource,
    Indices,
    Vectors,
    load,
    preparation_for,
)
from active_learning.learning.encoder import EncodedSource, Encoder
from active_learning.learning.errors import LearningError, SnapshotInvalid
from active_learning.learning.predictor import Brought, Predictor, open_classes
from active_learning.learning.recipes.base import Probabilities, Sampler
from active_learning.learning.schedule import nearly_repeated
from active_learning.learning.strategies import find_strategy
from active_learning.learning.strategies.base import Pool, Scores, Strategy, serving_order

COMPLAINTS_SHOWN = 20
DRAWS = 10  # of the model, for strategies that need samples
COMPONENTS = 64
NO_MODEL = "none"


class StrategyUnfit(LearningError):
    """The strategy needs something this model cannot give."""

    code = "strategy_unfit"


@dataclass(frozen=True)
class PoolScores:
    """What the output file holds: one row per readable item, in the order of the input.

    `top` (n,) int32 column of the likeliest class (-1 without a model), `probability` (n,)
    float32 its probability, `score` (n,) float32 of the strategy, `probabilities` (n, K)
    float16, `repeated` (n,) whether nearly the same picture comes before it, `skipped` (m,) the
    ids that could not be read, `classes` (K,) their names, `strategy` the name of the one used.
    """

    ids: NDArray[np.int64]
    top: NDArray[np.int32]
    probability: NDArray[np.float32]
    score: NDArray[np.float32]
    probabilities: NDArray[np.float16]
    repeated: NDArray[np.bool_]
    skipped: NDArray[np.int64]
    classes: NDArray[np.str_]
    strategy: str

    def save(self, path: Path) -> None:
        """Write beside, then rename."""
        aside = path.with_name(f".{path.name}.writing-{os.getpid()}")
        with aside.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **self.__dict__)
            stream.flush()
            os.fsync(stream.fileno())
        aside.rename(path)
        sync_folder(path.parent)


@dataclass(frozen=True)
class Look:
    """What a strategy shall see of the readable items: `index` (m,) says which they are."""

    index: Indices
    probabilities: Probabilities | None = None
    features: Vectors | None = None
    samples: Probabilities | None = None


def look_with_model(
    predictor: Predictor | Brought,
    items: Sequence[Item],
    needs: frozenset[str],
    cache: Cache,
    seed: int,
) -> Look:
    """Predict every readable item; features and samples only where needed."""
    if isinstance(predictor, Brought):
        return _look_up(predictor, items, needs, cache)
    model = predictor.model
    if "samples" in needs and not isinstance(model, Sampler):
        raise StrategyUnfit(f"the recipe {predictor.artifact.recipe} cannot be drawn from")
    indices, rows, features, samples = [], [], [], []
    for some, probabilities, vectors in predictor.predict_items(items, cache):
        indices.append(some)
        rows.append(probabilities)
        if "features" in needs:
            features.append(model.embed(vectors))
        if "samples" in needs and isinstance(model, Sampler):
            samples.append(model.sample_proba(vectors, DRAWS, seed))
    count = len(predictor.classes)
    return Look(
        index=np.concatenate(indices) if indices else np.zeros(0, np.int64),
        probabilities=np.concatenate(rows) if rows else np.zeros((0, count), np.float32),
        features=np.concatenate(features) if features else None,
        samples=np.concatenate(samples, axis=1) if samples else None,
    )


def _look_up(
    predictor: Brought, items: Sequence[Item], needs: frozenset[str], cache: Cache
) -> Look:
    if needs & {"features", "samples"}:
        raise StrategyUnfit("predictions from elsewhere have neither features nor samples")
    pieces = [piece[:2] for piece in predictor.predict_items(items, cache)]
    return Look(
        index=np.concatenate([np.zeros(0, np.int64), *(index for index, _ in pieces)]),
        probabilities=np.concatenate(
            [np.zeros((0, len(predictor.classes)), np.float32), *(rows for _, rows in pieces)]
        ),
    )


def look_without_model(items: Sequence[Item], encoder: Path | None, cache: Cache) -> Look:
    """Features alone: of the encoder, or else the components of HOG over the items."""
    if encoder is not None:
        index, vectors = load(EncodedSource(Encoder.load(encoder)), items, cache)
        return Look(index, features=vectors)
    index, vectors = load(HogSource(preparation_for(items)), items, cache)
    if not len(index):
        return Look(index, features=vectors)
    order = np.argsort([items[i].sha256 for i in index])[:4000]
    components = principal_components.fit(vectors[order], COMPONENTS, seed=0)
    return Look(index, features=components.project(vectors))


def main(arguments: list[str] | None = None) -> int:
    """Score, print events as JSON lines, return the exit status."""
    options = _parser().parse_args(arguments)
    return process.run_command(lambda stop: _score(options))


def _score(options: argparse.Namespace) -> None:
    strategy = find_strategy(options.strategy)
    predictor = None if options.artifact == NO_MODEL else open_classes(options.artifact)
    items = list(read_items(options.items))
    if len({item.id for item in items}) < len(items):
        raise SnapshotInvalid(f"{options.items}: an item is there twice")
    process.emit("start", {"items": len(items), "strategy": strategy.name})
    complaints = _Complaints()
    cache = Cache(options.feature_store, complaints)
    if predictor is None:
        look = look_without_model(items, options.encoder, cache)
    else:
        look = look_with_model(predictor, items, strategy.needs, cache, options.seed)
    complaints.summarise()
    result = _pool_scores(look, items, strategy, predictor, options)
    result.save(options.out)
    done = {"scored": len(result.ids), "skipped": len(result.skipped)}
    process.emit("done", {"out": str(options.out), "cpu_seconds": time.process_time()} | done)


def _pool_scores(
    look: Look,
    items: Sequence[Item],
    strategy: Strategy,
    predictor: Predictor | Brought | None,
    options: argparse.Namespace,
) -> PoolScores:
    ids = np.asarray([item.id for item in items], np.int64)
    pool = Pool(
        ids=ids[look.index],
        probabilities=look.probabilities,
        features=look.features,
        samples=look.samples,
        labeled=np.asarray([items[i].target is not None for i in look.index], bool),
        label_count=options.label_count,
        batch=options.batch,
        seed=options.seed,
    )
    try:
        scores = strategy.score(pool)
    except ValueError as error:
        raise StrategyUnfit(f"{strategy.name}: {error}") from error
    repeated = _repeated(pool, scores)
    scores[repeated] = scores.min(initial=0.0)
    probabilities = look.probabilities
    if probabilities is None:
        probabilities = np.zeros((len(pool), 0), np.float32)
    known = probabilities.shape[1] > 0
    top = probabilities.argmax(axis=1) if known else np.full(len(pool), -1)
    best = probabilities.max(axis=1) if known else np.zeros(len(pool))
    return PoolScores(
        ids=pool.ids,
        top=top.astype(np.int32),
        probability=best.astype(np.float32),
        score=scores.astype(np.float32),
        probabilities=probabilities.astype(np.float16),
        repeated=repeated,
        skipped=np.delete(ids, look.index),
        classes=np.asarray(predictor.classes if predictor else (), np.str_),
        strategy=strategy.name,
    )


def _repeated(pool: Pool, scores: Scores) -> NDArray[np.bool_]:
    """(n,) open items of which nearly the same picture is asked before; none without features."""
    if pool.features is None or pool.labeled is None:
        return np.zeros(len(pool), bool)
    able = pool.open()
    order = able[serving_order(pool.ids[able], scores[able])]
    return nearly_repeated(pool.features, order, pool.labeled)


class _Complaints:
    """Passes the first few complaints on and counts the rest."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, message: str) -> None:
        self.count += 1
        if self.count <= COMPLAINTS_SHOWN:
            process.emit("log", {"message": message})

    def summarise(self) -> None:
        if self.count > COMPLAINTS_SHOWN:
            process.emit("log", {"message": f"{self.count} items are left out in all"})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m active_learning.learning.score")
    parser.add_argument("artifact", help="folder that `fit` made, or `none` before there is one")
    parser.add_argument("items", type=Path, help="JSON lines with id, sha256 and file")
    parser.add_argument("out", type=Path, help="NPZ file to write")
    parser.add_argument("--strategy", default="margin")
    parser.add_argument("--feature-store", type=Path, help="folder of cached features")
    parser.add_argument("--encoder", type=Path, help="folder of `pretrain`, with `none`")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=100, help="items served per scoring")
    parser.add_argument("--label-count", type=int, help="labels in all, for phased strategies")
    return parser


if __name__ == "__main__":
    sys.exit(main())
