"""Real crowd votes with gold, read where they lie; a test skips where they are absent."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from annotations.consensus.base import VoteTable

ROOT = Path(__file__).parents[4] / "shared" / "data" / "crowd"
CATEGORICAL = (
    "bluebird",
    "imagenet_real_even",
    "product_pairs",
    "rte",
    "sentiment_amt",
    "weather_amt",
    "web",
    "zencrowd_in",
)


@dataclass(frozen=True)
class CrowdSet:
    """votes: the coded table; gold_items and gold_codes: items whose answer is known."""

    votes: VoteTable
    gold_items: np.ndarray
    gold_codes: np.ndarray

    def accuracy(self, codes: np.ndarray) -> float:
        """Percent right against gold."""
        return float(100 * (codes[self.gold_items] == self.gold_codes).mean())


def rows(name: str, file: str) -> list[dict[str, str]]:
    path = ROOT / name / file
    if not path.exists():
        pytest.skip(f"no crowd votes at {path}")
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@lru_cache(maxsize=4)
def load_set(name: str) -> CrowdSet:
    votes, gold = rows(name, "labels.csv"), rows(name, "gold.csv")
    workers = {w: i for i, w in enumerate(sorted({row["worker"] for row in votes}))}
    classes = sorted({row["label"] for row in votes} | {row["label"] for row in gold})
    table, items, names = VoteTable.encode(
        [row["task"] for row in votes],
        [workers[row["worker"]] for row in votes],
        [row["label"] for row in votes],
        classes=classes,
    )
    place = {item: index for index, item in enumerate(items)}
    known = [(place[r["task"]], names.index(r["label"])) for r in gold if r["task"] in place]
    gold_items, gold_codes = np.array(known).T
    return CrowdSet(table, gold_items, gold_codes)
