"""How well pictures of no class are told from the project's own; figures as JSON, no assertions.

    python -m tests.benchmarks.bench_foreign [--seeds 2] [--labels 500]

A model of 500 MNIST digits, with features learned from the unlabeled pool, judges other digits of
MNIST and pictures that are none: Omniglot as it is and drawn like MNIST, inverted and turned
digits, noise; and scikit-learn's digits of other people, which should pass. As the product runs
it: the same commands, one thread.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from sklearn.metrics import roc_auc_score

from active_learning.learning.datasets.snapshot import Item, Snapshot, write_items, write_snapshot
from active_learning.learning.process import use_one_thread
from tests.benchmarks.bench_learning import IMAGES, ROOT, Material, digits, unpacked

RESULTS = Path(__file__).resolve().parent / "results" / "foreign.json"
OWN, OF_EACH = 2_000, 1_000
UNLIKE = ("inverted", "turned", "noise")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--labels", type=int, default=500)
    options = parser.parse_args()
    use_one_thread()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        material = unpacked(folder, "mnist_10k")
        sets = sets_beside(folder, material)
        encoder = pretrained(folder, material)
        runs = [
            judged(folder, material, sets, encoder, options.labels, seed)
            for seed in range(options.seeds)
        ]
    report = {"labels": options.labels, "seeds": runs, "mean": mean_of(runs)}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


def sets_beside(folder: Path, material: Material) -> dict[str, list[Item]]:
    """Own digits that nobody labeled, and the sets they are to be told from, by name."""
    own = [item for item, test in zip(material.items, material.test, strict=True) if test][:OWN]
    sets = {"own": own, "other_people": digits(folder / "sklearn").items}
    for kind in UNLIKE:
        sets[kind] = [changed(item, kind, folder / kind) for item in own[:OF_EACH]]
    with zipfile.ZipFile(IMAGES / "omniglot_small1" / "omniglot_small1.zip") as archive:
        archive.extractall(folder / "omniglot")
    pictures = sorted((folder / "omniglot").rglob("*.png"))
    sets["omniglot"] = [item_of(number, path) for number, path in enumerate(pictures)]
    sets["omniglot_as_mnist"] = [
        as_mnist(number, path, folder / "as_mnist") for number, path in enumerate(pictures)
    ]
    return sets


def as_mnist(number: int, path: Path, folder: Path) -> Item:
    """White on black, the ink cropped, 20 pixels on its longer side, in the middle of 28: nothing
    but the shape is left to tell it by."""
    folder.mkdir(exist_ok=True)
    levels = 255 - np.asarray(Image.open(path).convert("L"))
    rows, columns = (np.flatnonzero(levels.max(axis=axis) > 128) for axis in (1, 0))
    ink = Image.fromarray(levels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = 20 / max(ink.size)
    size = (max(1, round(ink.width * scale)), max(1, round(ink.height * scale)))
    small, canvas = ink.resize(size, Image.Resampling.BOX), Image.new("L", (28, 28))
    canvas.paste(small, ((28 - size[0]) // 2, (28 - size[1]) // 2))
    canvas.save(folder / f"{number}.png")
    return item_of(number, folder / f"{number}.png")


def changed(item: Item, kind: str, folder: Path) -> Item:
    folder.mkdir(exist_ok=True)
    levels = np.asarray(Image.open(item.file).convert("L"))
    noise = np.random.default_rng(item.id).integers(0, 255, levels.shape)
    other = {"inverted": 255 - levels, "turned": np.rot90(levels), "noise": noise}[kind]
    path = folder / f"{item.id}.png"
    Image.fromarray(np.ascontiguousarray(other).astype(np.uint8)).save(path)
    return item_of(item.id, path)


def item_of(number: int, path: Path) -> Item:
    return Item(number, hashlib.sha256(path.read_bytes()).hexdigest(), path)


def pretrained(folder: Path, material: Material) -> Path:
    pool = [item for item, test in zip(material.items, material.test, strict=True) if not test]
    write_items(folder / "pool.jsonl", pool)
    command("pretrain", folder / "pool.jsonl", folder / "encoder", "--feature-store", store(folder))
    return folder / "encoder"


def judged(
    folder: Path,
    material: Material,
    sets: dict[str, list[Item]],
    encoder: Path,
    labels: int,
    seed: int,
) -> dict[str, Any]:
    """Train on `labels` random digits and judge each set."""
    pool = np.random.default_rng(seed).permutation(np.flatnonzero(~material.test))
    chosen = pool[: int(labels * 0.85)], pool[int(labels * 0.85) : labels]
    items = [
        dataclasses.replace(
            material.items[at],
            role=role,
            target={material.classes[material.labels[at]]: 1.0},
        )
        for role, some in zip(("train", "validation"), chosen, strict=True)
        for at in some
    ]
    snapshot, artifact = folder / f"snapshot-{seed}", folder / f"artifact-{seed}"
    whole = (*items, *(material.items[at] for at in pool[labels : labels + 2000]))
    write_snapshot(snapshot, Snapshot("0" * 64, "choice", material.classes, 0, whole))
    kept = ["--feature-store", store(folder)]
    command("fit", snapshot, artifact, "--recipe", "fast", "--encoder", encoder, *kept)
    found, spent = {}, 0.0
    for name, some in sets.items():
        write_items(folder / "items.jsonl", some)
        began = time.perf_counter()
        places = (snapshot, artifact, folder / "items.jsonl", folder / "judged.npz")
        command("find_foreign", *places, *kept)
        spent += time.perf_counter() - began
        with np.load(folder / "judged.npz") as file:
            found[name] = {key: file[key] for key in ("p_value", "flagged")}
    figures: dict[str, Any] = {"seed": seed, "seconds": round(spent, 1)}
    for name, said in found.items():
        figures[f"flagged_{name}"] = round(float(said["flagged"].mean()), 4)
        if name != "own":
            figures[f"auroc_{name}"] = auroc(found["own"]["p_value"], said["p_value"])
    return figures


def auroc(own: np.ndarray, other: np.ndarray) -> float:
    """The chance that an own picture has the larger p-value."""
    truth = np.repeat([1, 0], [len(own), len(other)])
    return round(float(roc_auc_score(truth, np.concatenate([own, other]))), 4)


def store(folder: Path) -> Path:
    return folder / "store"


def command(name: str, *arguments: object) -> None:
    words = [sys.executable, "-m", f"active_learning.learning.{name}", *map(str, arguments)]
    subprocess.run(words, check=True, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def mean_of(runs: list[dict[str, Any]]) -> dict[str, float]:
    return {
        name: round(float(np.mean([run[name] for run in runs])), 4)
        for name in runs[0]
        if name != "seed"
    }


if __name__ == "__main__":
    main()
