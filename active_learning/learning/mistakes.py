"""Where a fresh model is wrong on items it was not trained on, the most confident first."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from active_learning.learning import text_metrics
from active_learning.learning.datasets.snapshot import Item, Snapshot
from active_learning.learning.datasets.sources import Cache
from active_learning.learning.errors import ImageUnreadable
from active_learning.learning.predictor import Predictor, open_reader

PARTS = ("holdout", "validation")
KEPT = 200
Mistake = dict[str, Any]


def find_mistakes(artifact: Path, snapshot: Snapshot, cache: Cache) -> dict[str, Any]:
    """`checked` items, `wrong` ones of them, and `items`: the KEPT worst.

    Each has the item's `id`, its `part`, what the model `said` with which `probability`, and the
    settled `truth`.
    """
    items = [item for part in PARTS for item in snapshot.part(part)]
    if snapshot.classes:
        told = list(_classes(artifact, snapshot, items, cache))
    else:
        told = list(_texts(artifact, items))
    wrong = [one for one in told if one["said"] != one["truth"]]
    wrong.sort(key=lambda one: (-one["probability"], one["id"]))
    return {"checked": len(told), "wrong": len(wrong), "items": wrong[:KEPT]}


def _classes(
    artifact: Path, snapshot: Snapshot, items: Sequence[Item], cache: Cache
) -> Iterator[Mistake]:
    predictor = Predictor.open(artifact)
    truth = snapshot.targets(items).argmax(axis=1)
    for indices, probabilities, _ in predictor.predict_items(items, cache):
        for at, row in zip(indices.tolist(), probabilities, strict=True):
            best = int(row.argmax())
            yield _told(
                items[at], predictor.classes[best], snapshot.classes[truth[at]], float(row[best])
            )


def _texts(artifact: Path, items: Sequence[Item]) -> Iterator[Mistake]:
    reader = open_reader(artifact)
    for item in items:
        try:
            (reading,) = reader.read_files([item.file])
        except ImageUnreadable:
            continue  # said when it was trained
        said, truth = text_metrics.plain(reading.text), text_metrics.plain(item.text or "")
        yield _told(item, said, truth, float(reader.chance(reading)))


def _told(item: Item, said: str, truth: str, probability: float) -> Mistake:
    told = {"id": item.id, "part": item.role, "said": said, "truth": truth}
    return told | {"probability": round(probability, 4)}
