"""Which labels are likely wrong: `python -m active_learning.learning.find_label_errors --help`."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from active_learning.learning import label_errors, process, strips, text_match, text_odds
from active_learning.learning.artifact import sync_folder
from active_learning.learning.datasets.snapshot import Item, read_items
from active_learning.learning.datasets.sources import (
    Cache,
    HogSource,
    Indices,
    load,
    preparation_for,
    read,
)
from active_learning.learning.encoder import EncodedSource, Encoder
from active_learning.learning.errors import CannotTrain
from active_learning.learning.predictor import open_reader
from active_learning.learning.recipes.base import Reader

MOST = 20_000  # items whose neighbours are looked for; the latest ones


@dataclass(frozen=True)
class Found:
    """Rows for the items at `index`: the doubt, what else it could be, and its witnesses."""

    index: Indices
    score: NDArray[np.float64]
    suggested: list[str]
    parts: list[dict[str, float]]
    suspicious: NDArray[np.bool_]
    slipped_by: Callable[[int, int], int]


def main(arguments: list[str] | None = None) -> int:
    """Judge every label, print events as JSON lines, return the exit status."""
    options = _parser().parse_args(arguments)
    return process.run_command(lambda stop: _find(options))


def _find(options: argparse.Namespace) -> None:
    items = list(read_items(options.items))[-MOST:]
    process.emit("start", {"items": len(items)})
    cache = Cache(options.feature_store, lambda text: process.emit("log", {"message": text}))
    try:
        if options.texts:
            found = by_text(items, cache, open_reader(options.reader) if options.reader else None)
        else:
            found = by_class(items, cache, options.encoder)
    except ValueError as error:
        raise CannotTrain(str(error)) from error
    document = {"items": _rows(items, found), "runs": _runs(items, found)}
    _save(options.out, document)
    done = {"judged": len(found.index), "runs": len(document["runs"])}
    process.emit("done", {"out": str(options.out), "cpu_seconds": time.process_time()} | done)


def by_class(items: Sequence[Item], cache: Cache, encoder: Path | None) -> Found:
    """Labels that are classes: against a model by folds, and against neighbours."""
    source = (
        HogSource(preparation_for(items))
        if encoder is None
        else EncodedSource(Encoder.load(encoder))
    )
    index, vectors = load(source, items, cache)
    given = [_label(items[place]) for place in index]
    names, labels = np.unique(given, return_inverse=True)
    confidence = np.array([items[place].weight for place in index])
    seen = label_errors.suspect(vectors, labels.astype(np.int64), confidence, len(names))
    parts = [
        {"model": model, "neighbours": near, "voters": voters}
        for model, near, voters in zip(
            *(part.round(4).tolist() for part in (seen.model, seen.neighbours, seen.voters)),
            strict=True,
        )
    ]
    suggested = [str(names[code]) for code in seen.suggested]
    return Found(
        index, seen.score, suggested, parts, seen.score > label_errors.SUSPECT, unknown_slip
    )


def unknown_slip(first: int, last: int) -> int:
    """Equal classes stand everywhere: nothing tells where a label came from."""
    return 0


def _label(item: Item) -> str:
    target = item.target or {}
    return max(target, key=lambda name: target[name])


def by_text(items: Sequence[Item], cache: Cache, reader: Reader | None) -> Found:
    """Labels that are texts: which picture should have which of the known texts.

    By their shapes alone while nothing can read; else a reader weighs the texts that match best.
    """
    items = items[-text_match.MOST :]
    pieces = list(read(items, np.arange(len(items)), strips.see, cache.complain))
    index = np.concatenate([some for some, _ in pieces]) if pieces else np.zeros(0, np.int64)
    seen = [strip for _, some in pieces for strip in some]
    if len(index) < text_match.FEWEST:
        raise ValueError(f"{len(index)} texts are too few; {text_match.FEWEST} are needed")
    texts = [items[place].text or "" for place in index]
    groups = [items[place].group or "" for place in index]
    matched = text_match.match(strips.describe(np.stack(seen)), texts, groups)
    parts = [{"fit": round(float(-score), 4)} for score in matched.score]
    score, best, limit = matched.score, matched.best, text_match.SUSPECT
    if reader is not None:
        files = [items[place].file for place in index]
        odds = text_odds.weigh(reader, files, texts, text_odds.others(matched, texts, groups))
        score, best, limit = odds.score, odds.best, text_odds.SUSPECT
        parts = [
            {"model": round(float(share), 4)} | part
            for share, part in zip(expit(score), parts, strict=True)
        ]
    return Found(
        index,
        # Doubt as a share: one half where another text fits as well as the own one.
        expit(score),
        [texts[place] for place in best],
        parts,
        score > limit,
        matched.slipped_by,
    )


def _rows(items: Sequence[Item], found: Found) -> list[dict[str, Any]]:
    return [
        {
            "id": items[place].id,
            "score": round(float(score), 6),
            "suggested": suggested,
            "parts": parts,
        }
        for place, score, suggested, parts in zip(
            found.index, found.score, found.suggested, found.parts, strict=True
        )
    ]


def _runs(items: Sequence[Item], found: Found) -> list[dict[str, Any]]:
    """Runs among the items in the order in which they came, within a group each."""
    groups = np.array([items[place].group or "" for place in found.index])
    return [
        {
            "first": items[found.index[run.first]].id,
            "last": items[found.index[run.last]].id,
            "items": run.last - run.first + 1,
            "suspicious": run.suspicious,
            "shift": found.slipped_by(run.first, run.last),
        }
        for run in label_errors.find_runs(found.suspicious, groups)
    ]


def _save(path: Path, document: dict[str, Any]) -> None:
    """Write beside, then rename."""
    aside = path.with_name(f".{path.name}.writing-{os.getpid()}")
    with aside.open("w", encoding="utf-8") as stream:
        json.dump(document, stream, ensure_ascii=False)
        stream.flush()
        os.fsync(stream.fileno())
    aside.rename(path)
    sync_folder(path.parent)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m active_learning.learning.find_label_errors")
    parser.add_argument("items", type=Path, help="JSON lines with id, sha256, file and the label")
    parser.add_argument("out", type=Path, help="JSON file to write: items and runs")
    parser.add_argument("--texts", action="store_true", help="labels are texts, not classes")
    parser.add_argument("--feature-store", type=Path, help="folder of cached features")
    parser.add_argument("--encoder", type=Path, help="folder of `pretrain`; else edges are used")
    parser.add_argument("--reader", type=Path, help="artifact that reads text; weighs the texts")
    return parser


if __name__ == "__main__":
    sys.exit(main())
