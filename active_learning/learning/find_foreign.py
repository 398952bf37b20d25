"""Which items belong to no class: `python -m active_learning.learning.find_foreign --help`."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning import foreign, process
from active_learning.learning.artifact import sync_folder
from active_learning.learning.datasets.snapshot import Item, read_items, read_snapshot
from active_learning.learning.datasets.sources import (
    Cache,
    CanvasSource,
    HogSource,
    ItemSource,
    LookSource,
    load,
)
from active_learning.learning.errors import CannotTrain
from active_learning.learning.foreign import Views
from active_learning.learning.predictor import Predictor
from active_learning.learning.recipes.base import Model

CHUNK = 16_384  # items whose views are in memory at once


def main(arguments: list[str] | None = None) -> int:
    """Judge every item, print events as JSON lines, return the exit status."""
    options = _parser().parse_args(arguments)
    return process.run_command(lambda stop: _find(options))


def views_of(model: Model, items: Sequence[Item], cache: Cache) -> tuple[NDArray[np.int64], Views]:
    """Indices of the readable items and all that the test looks at."""
    preparation = model.source.preparation
    # A network's own features have seen the labels of the references: HOG has not.
    learned = isinstance(model.source, CanvasSource)
    sources: list[ItemSource] = [
        HogSource(preparation) if learned else model.source,
        HogSource(preparation),
        CanvasSource(preparation),
        LookSource(),
    ]
    loaded = [load(source, items, cache) for source in sources]
    common = reduce(np.intersect1d, [indices for indices, _ in loaded])
    own, hog, canvas, look = (values[np.isin(indices, common)] for indices, values in loaded)
    return common, Views(own if learned else model.embed(own), hog, canvas, look)


def _find(options: argparse.Namespace) -> None:
    model = Predictor.open(options.artifact).model
    cache = Cache(options.feature_store, lambda text: process.emit("log", {"message": text}))
    test = _fit(model, options.snapshot, cache)
    items = list(read_items(options.items))
    process.emit("start", {"items": len(items)})
    kept, values = [np.zeros(0, np.int64)], [np.zeros(0)]
    for start in range(0, len(items), CHUNK):
        indices, views = views_of(model, items[start : start + CHUNK], cache)
        kept.append(indices + start)
        values.append(test.p_values(views))
    index, p_values = np.concatenate(kept), np.concatenate(values)
    ids = np.asarray([item.id for item in items], np.int64)
    flagged = p_values < foreign.THRESHOLD
    surely = foreign.surely_foreign(p_values)
    save_columns(
        options.out,
        ids=ids[index],
        p_value=p_values.astype(np.float32),
        flagged=flagged,
        surely=surely,
        skipped=np.delete(ids, index),
    )
    done = {
        "judged": len(index),
        "flagged": int(flagged.sum()),
        "references": test.references,
        "own_share": round(test.own_share, 4),
    }
    process.emit("done", {"out": str(options.out), "cpu_seconds": time.process_time()} | done)


def _fit(model: Model, folder: Path, cache: Cache) -> foreign.ForeignTest:
    snapshot = read_snapshot(folder)
    known = [item for role in ("train", "validation") for item in snapshot.part(role)]
    indices, views = views_of(model, known, cache)
    labels = snapshot.targets([known[index] for index in indices]).argmax(axis=1)
    try:
        return foreign.fit(views, labels)
    except ValueError as error:
        raise CannotTrain(str(error)) from error


def save_columns(path: Path, **columns: NDArray[Any]) -> None:
    """Write beside, then rename."""
    aside = path.with_name(f".{path.name}.writing-{os.getpid()}")
    with aside.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **columns)
        stream.flush()
        os.fsync(stream.fileno())
    aside.rename(path)
    sync_folder(path.parent)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m active_learning.learning.find_foreign")
    parser.add_argument("snapshot", type=Path, help="whose labeled items are the references")
    parser.add_argument("artifact", type=Path, help="a model of the project")
    parser.add_argument("items", type=Path, help="JSON lines with id, sha256 and file")
    parser.add_argument("out", type=Path, help="NPZ file: ids, p_value, flagged, surely, skipped")
    parser.add_argument("--feature-store", type=Path, help="folder of cached features")
    return parser


if __name__ == "__main__":
    sys.exit(main())
