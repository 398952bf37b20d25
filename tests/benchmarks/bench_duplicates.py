"""How well duplicates are told from pictures that are only alike; figures as JSON, no assertions.

    python -m tests.benchmarks.bench_duplicates [--copied 100] [--large 100000]

Pictures of sets without duplicates, and among them copies of some: saved as JPEG and WebP, smaller,
larger, brighter, one pixel aside, all of it. As the product runs it: the same command, one thread.
`--large` times so many pictures, made of MNIST's by turning and stretching.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from active_learning.learning.datasets.snapshot import Item, write_items
from tests.benchmarks.bench_learning import IMAGES, ROOT

RESULTS = Path(__file__).resolve().parent / "results" / "duplicates.json"
SETS = {"mnist_10k": 10_000, "hanzi_numbers": 9_000, "omniglot_small1": 2_720, "orl_faces": 400}
CHANGES = ("jpeg", "webp", "smaller", "larger", "brighter", "aside", "pixels", "all")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copied", type=int, default=100)
    parser.add_argument("--large", type=int, default=0)
    options = parser.parse_args()
    report: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    with tempfile.TemporaryDirectory() as name:
        if options.large:
            report["large"] = timed(Path(name), options.large)
        else:
            report["sets"] = {one: judged(Path(name), one, options.copied) for one in SETS}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


def judged(folder: Path, name: str, copied: int) -> dict[str, Any]:
    """Recall for each kind of copy, and how many groups hold pictures that are no copies."""
    with zipfile.ZipFile(IMAGES / name / f"{name}.zip") as archive:
        archive.extractall(folder / name)
    files = sorted(path for path in (folder / name).rglob("*") if path.suffix in (".png", ".jpg"))
    rng = np.random.default_rng(3)
    chosen = rng.permutation(len(files))[: min(copied, len(files) // 3)]
    source = dict(enumerate(range(len(files))))
    kind: dict[int, str] = {}
    copies = folder / f"{name}-copies"
    copies.mkdir()
    for place in chosen:
        change = CHANGES[len(kind) % len(CHANGES)]
        number = len(source)
        path = copies / f"{number}"
        path.write_bytes(changed(Image.open(files[place]).convert("L"), change))
        files.append(path)
        source[number], kind[number] = int(place), change
    found, facts = searched(folder / name, files)
    return scored(found, source, kind) | facts


def scored(found: dict[str, Any], source: dict[int, int], kind: dict[int, str]) -> dict[str, Any]:
    groups: dict[int, list[int]] = {}
    for number, group in zip(found["ids"], found["group"], strict=True):
        groups.setdefault(int(group), []).append(int(number))
    of = {number: group for group, members in groups.items() for number in members}
    recall: dict[str, list[bool]] = {}
    for number, change in kind.items():
        hit = number in of and of.get(source[number]) == of[number]
        recall.setdefault(change, []).append(hit)
    wrong = [one for one in groups.values() if len({source[number] for number in one}) > 1]
    hits = [hit for some in recall.values() for hit in some]
    return {
        "recall": {change: round(float(np.mean(some)), 3) for change, some in recall.items()},
        "recall_of_all": round(float(np.mean(hits)), 3),
        "groups": len(groups),
        "groups_of_different_pictures": len(wrong),
        "precision_of_groups": round(1 - len(wrong) / max(len(groups), 1), 3),
        "examples_of_wrong": wrong[:10],
    }


def changed(picture: Image.Image, change: str) -> bytes:
    """The picture once more, as a file."""
    if change in ("aside", "all"):
        ground = int(np.median(np.asarray(picture)[[0, -1]]))
        picture = picture.transform(
            picture.size, Image.Transform.AFFINE, (1, 0, -1, 0, 1, 1), fillcolor=ground
        )
    sizes = {"smaller": 0.8, "larger": 1.5, "all": 0.85}
    if change in sizes:
        width, height = (round(side * sizes[change]) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
    if change == "brighter":
        picture = picture.point(lambda level: min(255, int(20 + 0.8 * level)))
    out = io.BytesIO()
    kind = {"jpeg": "JPEG", "all": "JPEG", "webp": "WEBP", "pixels": "BMP"}.get(change, "PNG")
    picture.save(out, kind, **({"quality": 70} if kind in ("JPEG", "WEBP") else {}))
    return out.getvalue()


def searched(folder: Path, files: list[Path]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run the command twice, as after an import: features first, then the search."""
    items = [
        Item(number, hashlib.sha256(path.read_bytes()).hexdigest(), path)
        for number, path in enumerate(files)
    ]
    # Files of the same bytes are one item in the product.
    unique = {item.sha256: item for item in reversed(items)}
    write_items(folder / "items.jsonl", sorted(unique.values(), key=lambda item: item.id))
    store = ["--feature-store", str(folder / "features")]
    called("embed", [str(folder / "items.jsonl"), *store])
    began = time.monotonic()
    spent, peak, last = called(
        "find_duplicates", [str(folder / "items.jsonl"), str(folder / "found.npz"), *store]
    )
    with np.load(folder / "found.npz") as found:
        columns = {name: found[name] for name in found.files}
    return columns, {
        "items": len(unique),
        "bound": round(last["bound"], 5),
        "cpu_seconds": round(spent, 1),
        "seconds": round(time.monotonic() - began, 1),
        "peak_mb": round(peak / 1024),
    }


def called(module: str, arguments: list[str]) -> tuple[float, int, dict[str, Any]]:
    """CPU seconds, peak kilobytes and the last event of a command of the learning package."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", f"active_learning.learning.{module}", *arguments],
        cwd=ROOT, check=True, capture_output=True, env=dict(os.environ, OMP_NUM_THREADS="1"),
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, after.ru_maxrss, json.loads(done.stdout.decode().strip().splitlines()[-1])


def timed(folder: Path, count: int) -> dict[str, Any]:
    """Seconds and memory for so many pictures."""
    with zipfile.ZipFile(IMAGES / "mnist_10k" / "mnist_10k.zip") as archive:
        archive.extractall(folder / "mnist")
    originals = [
        Image.open(path).convert("L") for path in sorted((folder / "mnist").rglob("*.png"))
    ]
    rng = np.random.default_rng(5)
    (folder / "many").mkdir()
    files = []
    for number in range(count):
        one = originals[number % len(originals)]
        turn, wide, lean = rng.uniform(-25, 25), rng.uniform(0.75, 1.25), rng.uniform(-0.3, 0.3)
        one = one.rotate(turn, Image.Resampling.BILINEAR)
        shape = (wide, lean, 14 - 14 * wide - 14 * lean, 0, 1, 0)
        one = one.transform(one.size, Image.Transform.AFFINE, shape, Image.Resampling.BILINEAR)
        files.append(folder / "many" / f"{number}.png")
        one.save(files[-1])
    found, facts = searched(folder / "many", files)
    return facts | {"groups": len(set(found["group"].tolist()))}


if __name__ == "__main__":
    main()
