"""What the recipe for lines reads after six CPU minutes, and whose labels it doubts.

    python -m tests.benchmarks.bench_lines [--cpu 360] [--seed 0]

On German place names in many hands, where the set is beside the project: every eighth item and all
of the last five writers are never trained on. `suspicious` are the training and held-out items
whose stored text the model contradicts with most confidence: whether they are truly wrong is for
people to see, so the files are named with both texts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from rapidfuzz.distance import Levenshtein
from scipy.stats import rankdata

from active_learning.learning import text_metrics
from active_learning.learning.datasets.snapshot import Item, Snapshot
from active_learning.learning.line_reader import LineReader
from active_learning.learning.process import use_one_thread
from active_learning.learning.recipes.base import Event, Run
from active_learning.learning.recipes.line_crnn import LineCrnn

ROOT = Path(__file__).resolve().parents[2]
WORDS = ROOT.parent / "shared" / "data" / "domain" / "dhsd_words"
RESULTS = Path(__file__).resolve().parent / "results" / "lines.json"
UNSEEN_WRITERS = 5
SHOWN = 40
SHARPNESS = 8  # of the confidence, when labels are doubted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cpu", type=float, default=360.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    use_one_thread()
    if not WORDS.is_dir():
        print(f"{WORDS} is not there; nothing was measured.")
        return
    RESULTS.write_text(json.dumps(measure(options.cpu, options.seed), indent=1) + "\n")


def measure(cpu: float, seed: int) -> dict[str, Any]:
    """Train once and say what the model reads, how fast, and whose labels it doubts."""
    items = read_words(WORDS)
    snapshot = Snapshot("words", "transcription", (), seed, tuple(items))
    curve: list[dict[str, Any]] = []

    def note(event: Event) -> None:
        if event.kind == "epoch":
            curve.append({name: event.data[name] for name in ("step", "cpu_seconds", "train_loss")})

    recipe = LineCrnn()
    artifact = recipe.fit(snapshot, Run(seed=seed, report=note, budget_cpu_seconds=cpu))
    reader = recipe.open(artifact)
    held_out = [item for item in items if item.role != "train"]
    parts = {
        "seen_writers": [item for item in held_out if item.role == "validation"],
        "unseen_writers": [item for item in held_out if item.role == "holdout"],
        "all_unseen": held_out,
    }
    return {
        "trained_on": sum(item.role == "train" for item in items),
        "cpu_seconds": curve[-1]["cpu_seconds"],
        "curve": curve[:: max(1, len(curve) // 20)],
        "reading": {name: figures_of(reader, part) for name, part in parts.items()},
        "suspicious": suspicious(reader, items),
    }


def read_words(folder: Path) -> list[Item]:
    """Items with texts; every eighth is for validation, the last writers for the holdout."""
    rows = [json.loads(line) for line in (folder / "labels.jsonl").open(encoding="utf-8")]
    last = set(sorted({row["writer"] for row in rows})[-UNSEEN_WRITERS:])
    items = []
    for number, row in enumerate(rows):
        file = folder / row["file"]
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        role = "validation" if int(digest[:8], 16) % 8 == 0 else "train"
        role = "holdout" if row["writer"] in last else role
        items.append(Item(number, digest, file, role, group=str(row["writer"]), text=row["text"]))
    return items


def figures_of(reader: LineReader, items: list[Item]) -> dict[str, Any]:
    begun = time.process_time()
    readings = reader.read_files([item.file for item in items])
    seconds = time.process_time() - begun
    truth = [item.text or "" for item in items]
    report = text_metrics.report([reading.text for reading in readings], truth)
    right = [a.text == text_metrics.plain(b) for a, b in zip(readings, truth, strict=True)]
    report["ranking_auc"] = auc([reading.confidence for reading in readings], right)
    report["milliseconds_a_line"] = 1000 * seconds / len(items)
    return report


def auc(scores: list[float], right: list[bool]) -> float:
    """Chance that a right reading is surer than a wrong one (Mann-Whitney)."""
    ranks, hits = rankdata(scores), np.asarray(right)
    above = ranks[hits].sum() - hits.sum() * (hits.sum() + 1) / 2
    return float(above / max(hits.sum() * (~hits).sum(), 1))


def suspicious(reader: LineReader, items: list[Item]) -> list[dict[str, Any]]:
    """Items whose text the model contradicts, worst first."""
    readings = reader.read_files([item.file for item in items])
    rows = []
    for item, reading in zip(items, readings, strict=True):
        stored = text_metrics.plain(item.text or "")
        doubt = Levenshtein.normalized_distance(reading.text, stored)
        rows.append((doubt * reading.confidence**SHARPNESS, item, reading, stored))
    rows.sort(key=lambda row: (-row[0], row[1].id))
    return [
        {
            "file": item.file.name,
            "role": item.role,
            "stored": stored,
            "reading": reading.text,
            "confidence": round(reading.confidence, 4),
            "doubt": round(doubt, 4),
        }
        for doubt, item, reading, stored in rows[:SHOWN]
    ]


if __name__ == "__main__":
    main()
