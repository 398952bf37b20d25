"""Label errors: how many of the first in the queue are truly wrong, on real and on spoilt labels.

    python -m tests.benchmarks.bench_label_errors [--cpu 360] [--seed 0] [--reader FOLDER]

Real: the street names of ../shared/data/domain/dhsd_words, whose published texts hold errors, by
their shapes alone and by a reader trained on them for so many CPU seconds (or the one in FOLDER).
The first of both were looked at, picture by picture; what was judged then is written down below,
so a later change of the queue is measured on the pictures that are known, and says how many are
new. Spoilt: scikit-learn's digits with a share of labels replaced. Writes
results/label_errors.json.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits

from active_learning.learning import strips, text_match, text_odds
from active_learning.learning.datasets.snapshot import Item, Snapshot
from active_learning.learning.images import read_grey
from active_learning.learning.label_errors import suspect
from active_learning.learning.predictor import open_reader
from active_learning.learning.process import use_one_thread
from active_learning.learning.recipes.base import Run
from active_learning.learning.recipes.line_crnn import LineCrnn
from tests.benchmarks.bench_lines import WORDS, read_words

RESULTS = Path(__file__).parent / "results" / "label_errors.json"
FIRST = 40
# The picture shows another text, or one that is spelt otherwise than the label says.
WRONG = {
    "4_31", "4_38", "4_114", "4_116", "5_94", "6_56", "6_101", "8_73", "8_84", "9_94", "10_60",
    "11_123", "12_136", "13_43", "15_2", "15_30", "15_62", "15_63", "15_81", "15_103", "15_113",
    "15_123", "15_133", "15_159", "16_0", "16_12", "16_26", "16_41", "16_74", "16_81", "16_97",
    "16_107", "16_116", "16_135", "16_141", "19_116", "24_15", "24_51", "24_119", "26_30",
}  # fmt: skip
# The picture is blank, or the text on it is cut off.
SPOILT = {
    "1_46", "1_66", "1_86", "1_111", "1_141", "14_6", "14_29", "14_35", "14_92", "14_95",
    "14_108", "14_127",
}  # fmt: skip
RIGHT = {
    "2_134", "3_58", "4_141", "9_47", "10_71", "13_21", "13_35", "13_110", "16_72", "16_151",
    "16_164", "17_11", "17_25", "19_3", "19_77", "19_130", "22_58",
}  # fmt: skip


def street_names(cpu: float, seed: int, folder: Path | None) -> dict[str, Any]:
    items = sorted(read_words(WORDS), key=lambda item: _numbers(f"{item.group}_{item.file.stem}"))
    texts, groups = [item.text or "" for item in items], [item.group or "" for item in items]
    started = time.process_time()
    seen = np.stack([strips.see(read_grey(item.file)) for item in items])
    matched = text_match.match(strips.describe(seen), texts, groups)
    by_shape = time.process_time() - started
    with tempfile.TemporaryDirectory() as scratch:
        trained = folder or trained_reader(items, cpu, seed, Path(scratch) / "reader")
        reader = open_reader(trained)
    started = time.process_time()
    others = text_odds.others(matched, texts, groups)
    odds = text_odds.weigh(reader, [item.file for item in items], texts, others)
    by_reader = time.process_time() - started
    stems = [item.file.stem for item in items]
    return {
        "labels": len(items),
        "first": FIRST,
        "by_shape": judged(stems, matched.score, by_shape),
        "by_reader": judged(stems, odds.score, by_shape + by_reader)
        | {"trained_cpu_seconds": cpu, "seed": seed},
    }


def trained_reader(items: list[Item], cpu: float, seed: int, folder: Path) -> Path:
    """As a project would: on its training items, for so many CPU seconds."""
    snapshot = Snapshot("words", "transcription", (), seed, tuple(items))
    LineCrnn().fit(snapshot, Run(seed=seed, budget_cpu_seconds=cpu)).save(folder)
    return folder


def judged(stems: list[str], score: np.ndarray, seconds: float) -> dict[str, Any]:
    first = [stems[place] for place in np.argsort(-score, kind="stable")[:FIRST]]
    counts = {
        name: sum(one in known for one in first)
        for name, known in (("wrong", WRONG), ("spoilt", SPOILT), ("right", RIGHT))
    }
    return {
        **counts,
        "never_looked_at": sorted(set(first) - WRONG - SPOILT - RIGHT),
        "truly_wrong": counts["wrong"] / FIRST,
        "need_a_person": (counts["wrong"] + counts["spoilt"]) / FIRST,
        "cpu_seconds": round(seconds, 1),
    }


def _numbers(name: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", name)]


def spoilt_digits(share: float, seed: int) -> dict[str, Any]:
    data = load_digits()
    random = np.random.default_rng(seed)
    labels = data.target.astype(np.int64)
    wrong = random.random(len(labels)) < share
    labels[wrong] = (labels[wrong] + random.integers(1, 10, int(wrong.sum()))) % 10
    started = time.process_time()
    found = suspect(data.data / 16.0, labels, np.ones(len(labels)), 10, seed=seed)
    order = np.argsort(-found.score)
    return {
        "share": share,
        "seed": seed,
        "wrong": int(wrong.sum()),
        "wrong_among_first_40": float(wrong[order[:FIRST]].mean()),
        "wrong_among_as_many_as_there_are": float(wrong[order[: wrong.sum()]].mean()),
        "suggested_right": float((found.suggested[wrong] == data.target[wrong]).mean()),
        "cpu_seconds": round(time.process_time() - started, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cpu", type=float, default=360.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", type=Path, help="one that was trained so before")
    options = parser.parse_args()
    use_one_thread()
    words = street_names(options.cpu, options.seed, options.reader) if WORDS.is_dir() else None
    figures: dict[str, Any] = {
        "digits": [spoilt_digits(share, seed) for share in (0.02, 0.05, 0.15) for seed in range(3)],
        "street_names": words,
    }
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
