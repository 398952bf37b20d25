"""What learning costs and what selection saves; figures as JSON, no assertions.

    python -m tests.benchmarks.bench_learning [--seeds 3] [--only speed,strategies,curves]

`speed`: HOG beside scikit-image, start to `done` of each recipe, scoring of 100,000 items with
cached features. `strategies`: picks and CPU ratios beside scikit-activeml. `curves`: labels to a
share of full accuracy, selected against random, on digits and, where the sets are beside the
project, MNIST and handwritten Chinese numbers. CPU seconds of one thread throughout.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from active_learning.learning import principal_components, softmax_regression
from active_learning.learning.datasets.snapshot import Item, Snapshot, write_items, write_snapshot
from active_learning.learning.datasets.sources import (
    Cache,
    CanvasSource,
    HogSource,
    load,
    preparation_for,
)
from active_learning.learning.encoder import EncodedSource, Encoder
from active_learning.learning.features import hog
from active_learning.learning.process import use_one_thread
from active_learning.learning.recipes import RECIPES, load_trainer
from active_learning.learning.strategies import STRATEGIES
from active_learning.learning.strategies.base import Pool, serving_order

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT.parent / "shared" / "data" / "images"
RESULTS = Path(__file__).resolve().parent / "results" / "learning.json"
SHARES = (0.9, 0.95, 0.97, 0.99)
POOL = 100_000


@dataclasses.dataclass(frozen=True)
class Material:
    """Pictures with their truth; `test` marks those that are only measured."""

    items: list[Item]
    labels: np.ndarray
    test: np.ndarray
    classes: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="speed,strategies,curves")
    options = parser.parse_args()
    use_one_thread()
    known: dict[str, Callable[[Path], dict[str, Any]]] = {
        "speed": speed,
        "strategies": strategies,
        "curves": lambda folder: curves(folder, options.seeds),
    }
    report = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only.split(","):
            report[name] = known[name](Path(folder))
            print(json.dumps({name: report[name]}, indent=1), flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")


def speed(folder: Path) -> dict[str, Any]:
    from skimage.feature import hog as skimage_hog

    material = digits(folder / "digits")
    canvases = load_canvases(material.items[:512])
    own = cpu(lambda: hog(canvases)) / len(canvases)
    theirs = cpu(lambda: [skimage_hog(c, 9, (4, 4), (2, 2)) for c in canvases[:64]]) / 64
    figures: dict[str, Any] = {
        "hog_us_per_image": round(1e6 * own, 1),
        "hog_times_faster_than_skimage": round(theirs / own, 1),
    }
    for name in RECIPES:
        if "choice" in load_trainer(name).task_types:
            figures[f"fit_{name}"] = {
                n: fit_cpu(folder, material, name, n) for n in (20, 200, 1000)
            }
    figures["score_100000_cached"] = {
        name: scored(folder, material, name) for name in ("hog_logreg", "small_cnn")
    }
    return figures


def load_canvases(items: list[Item]) -> np.ndarray:
    source = CanvasSource(preparation_for(items))
    size = source.preparation.size
    return load(source, items, Cache())[1].reshape(-1, size, size)


def fit_cpu(folder: Path, material: Material, recipe: str, labels: int) -> float:
    """CPU seconds of the command, from process start to its end."""
    where = folder / f"snapshot-{labels}"
    chosen = labeled(material, labels)
    write_snapshot(where, Snapshot("0" * 64, "choice", material.classes, 0, tuple(chosen)))
    options = ["--recipe", recipe, "--feature-store", folder / "store"]
    return child("fit", where, folder / f"{recipe}-{labels}", *options)


def scored(folder: Path, material: Material, recipe: str) -> dict[str, float]:
    """CPU seconds to score POOL items, before and after their features are kept."""
    pool = [
        dataclasses.replace(
            material.items[n % len(material.items)],
            id=n,
            sha256=hashlib.sha256(str(n).encode()).hexdigest(),
        )
        for n in range(POOL)
    ]
    write_items(folder / "pool.jsonl", pool)
    options = ["--feature-store", folder / "store-large"]
    command = ("score", folder / f"{recipe}-200", folder / "pool.jsonl", folder / "out.npz")
    return {turn: child(*command, *options) for turn in ("first_time", "cached")}


def strategies(folder: Path) -> dict[str, Any]:
    """CPU seconds and picks of own strategies beside scikit-activeml's, same pool and model."""
    from skactiveml.classifier import SklearnClassifier
    from skactiveml.pool import Badge, CoreSet, UncertaintySampling
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    centres = rng.normal(0, 1, (10, 64))
    truth = rng.integers(0, 10, 6000)
    features = (centres[truth] + rng.normal(0, 1.2, (6000, 64))).astype(np.float64)
    seen = np.arange(6000) < 100
    said = np.where(seen, truth.astype(float), np.nan)
    learner = SklearnClassifier(LogisticRegression(max_iter=300), classes=range(10))
    model = LogisticRegression(max_iter=300).fit(features[seen], truth[seen])
    pool = Pool(np.arange(6000), model.predict_proba(features), features, labeled=seen, batch=60)
    rivals = {
        "margin": lambda: UncertaintySampling(method="margin_sampling", random_state=0).query(
            features, said, learner, batch_size=60
        ),
        "k_centre": lambda: CoreSet(random_state=0).query(features, said, batch_size=60),
        "badge": lambda: Badge(random_state=0).query(features, said, learner, batch_size=60),
    }
    figures = {}
    for name, query in rivals.items():
        own, theirs = cpu(lambda name=name: STRATEGIES[name].score(pool)), cpu(query)
        order = serving_order(pool.ids, np.where(seen, -1, STRATEGIES[name].score(pool)))
        figures[name] = {
            "times_faster": round(theirs / own, 1),
            "same_picks": order[:60].tolist() == list(query()),
        }
    return figures


def curves(folder: Path, seeds: int) -> dict[str, Any]:
    sets: dict[str, Material] = {"digits": digits(folder / "digits")}
    for name in ("mnist_10k", "hanzi_numbers"):
        if (IMAGES / name).is_dir():
            sets[name] = unpacked(folder, name)
    return {name: compared(folder, material, seeds) for name, material in sets.items()}


def compared(folder: Path, material: Material, seeds: int) -> dict[str, Any]:
    """Labels to shares of full accuracy: HOG at random, and the default on own features."""
    store = Cache(folder / "store")
    pool = [item for item, test in zip(material.items, material.test, strict=True) if not test]
    begun = time.process_time()
    encoder = pretrained(pool, store)
    spent = time.process_time() - begun
    vectors = {
        "hog": load(HogSource(encoder.preparation), material.items, store)[1],
        "self_supervised": load(EncodedSource(encoder), material.items, store)[1],
    }
    step = 2 * len(material.classes)
    sizes = [*range(step, 5 * step, step), *map(int, np.geomspace(5 * step, 40 * step, 13))]
    runs: dict[str, Any] = {}
    full = max(full_accuracy(kind, material) for kind in vectors.values())
    for name, kind, strategy in (
        ("hog_uniform", "hog", "uniform"),
        ("hog_margin", "hog", "margin"),
        ("self_supervised_uniform", "self_supervised", "uniform"),
        ("self_supervised_phased", "self_supervised", "phased"),
    ):
        lines = [curve(vectors[kind], material, strategy, sizes, seed) for seed in range(seeds)]
        runs[name] = {
            "first": {"labels": sizes[0], "accuracy": round(float(np.mean(lines, 0)[0]), 4)},
            "last": {"labels": sizes[-1], "accuracy": round(float(np.mean(lines, 0)[-1]), 4)},
            "labels_to": {
                share: [reached(sizes, line, share * full) for line in lines] for share in SHARES
            },
        }
    return {"full_accuracy": round(full, 4), "pretraining_cpu_s": round(spent, 1), "runs": runs}


def curve(
    vectors: np.ndarray, material: Material, strategy: str, sizes: list[int], seed: int
) -> list[float]:
    """Test accuracy at each size; each seed leaves out another tenth of the pool."""
    pool = np.random.default_rng(seed).permutation(np.flatnonzero(~material.test))
    pool = np.sort(pool[: int(0.9 * len(pool))])
    inputs = projected(vectors, material)
    seen = np.zeros(len(pool), bool)
    model, accuracies = None, []
    for size in sizes:
        wanted = size - int(seen.sum())
        pool_now = Pool(
            ids=pool.astype(np.int64),
            probabilities=None if model is None else model.probabilities(inputs[pool]),
            features=inputs[pool],
            labeled=seen.copy(),
            batch=wanted,
            seed=seed,
        )
        first = "uniform" if model is None and strategy == "margin" else strategy
        scores = np.where(seen, -np.inf, STRATEGIES[first].score(pool_now))
        seen[serving_order(pool_now.ids, scores)[:wanted]] = True
        model = learned(inputs[pool[seen]], material.labels[pool[seen]], len(material.classes))
        accuracies.append(accuracy(model, inputs, material))
    return accuracies


def learned(
    inputs: np.ndarray, labels: np.ndarray, classes: int
) -> softmax_regression.SoftmaxRegression:
    targets, ones = np.eye(classes)[labels], np.ones(len(labels))
    folds = softmax_regression.make_folds(labels, [None] * len(labels), 3, 0)
    choice = softmax_regression.choose_strength(inputs, targets, ones, folds)
    return softmax_regression.fit(inputs, targets, ones, choice.strength)


def projected(vectors: np.ndarray, material: Material) -> np.ndarray:
    components = principal_components.fit(vectors[~material.test][:2000], 64, 0)
    return components.project(vectors).astype(np.float64)


def full_accuracy(vectors: np.ndarray, material: Material) -> float:
    inputs, pool = projected(vectors, material), ~material.test
    model = learned(inputs[pool], material.labels[pool], len(material.classes))
    return accuracy(model, inputs, material)


def accuracy(
    model: softmax_regression.SoftmaxRegression, inputs: np.ndarray, material: Material
) -> float:
    said = model.probabilities(inputs[material.test]).argmax(axis=1)
    return float(np.mean(said == material.labels[material.test]))


def reached(sizes: list[int], line: list[float], goal: float) -> int | None:
    return next((size for size, seen in zip(sizes, line, strict=True) if seen >= goal), None)


def pretrained(pool: list[Item], cache: Cache) -> Encoder:
    from active_learning.learning.pretraining import pretrain
    from active_learning.learning.recipes.base import Run

    preparation = preparation_for(pool)
    _, canvases = load(CanvasSource(preparation), pool, cache)
    artifact = pretrain(canvases, preparation, Run(), {})
    return Encoder(preparation, artifact.tensors)


def digits(folder: Path) -> Material:
    from PIL import Image
    from sklearn.datasets import load_digits

    folder.mkdir(parents=True, exist_ok=True)
    data = load_digits()
    for number, picture in enumerate(data.images):
        levels = (picture * 255 / 16).astype(np.uint8)
        Image.fromarray(levels).save(folder / f"{number:04d}.png")
    test = np.random.default_rng(0).random(len(data.target)) < 0.3
    return material_of(sorted(folder.glob("*.png")), [str(t) for t in data.target], test)


def unpacked(folder: Path, name: str) -> Material:
    with zipfile.ZipFile(IMAGES / name / f"{name}.zip") as archive:
        archive.extractall(folder / name)
    with (folder / name / "labels.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    files = [folder / name / row["filename"] for row in rows]
    test = np.array([row["split"] == "test" for row in rows])
    return material_of(files, [row["label"] for row in rows], test)


def material_of(files: list[Path], names: list[str], test: np.ndarray) -> Material:
    classes, labels = np.unique(names, return_inverse=True)
    items = [
        Item(number, hashlib.sha256(file.read_bytes()).hexdigest(), file)
        for number, file in enumerate(files)
    ]
    return Material(items, labels, test, tuple(map(str, classes)))


def labeled(material: Material, count: int) -> list[Item]:
    """The first `count` items to train on and some of the rest unlabeled, as a server would."""
    names = [material.classes[label] for label in material.labels]
    train = [
        dataclasses.replace(item, role="train", target={name: 1.0})
        for item, name in zip(material.items[:count], names, strict=False)
    ]
    return train + material.items[count : count + 500]


def child(module: str, *arguments: object) -> float:
    """CPU seconds of one command of the learning package."""
    before = children_cpu()
    command = [sys.executable, "-m", f"active_learning.learning.{module}", *map(str, arguments)]
    subprocess.run(
        command, check=True, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    return round(children_cpu() - before, 2)


def children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpu(work: Callable[[], Any]) -> float:
    """Least CPU seconds of three runs."""
    times = []
    for _ in range(3):
        begun = time.process_time()
        work()
        times.append(time.process_time() - begun)
    return max(min(times), 1e-9)


if __name__ == "__main__":
    main()
