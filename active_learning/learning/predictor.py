"""Open an artifact folder and predict; also `python -m active_learning.learning.predictor`."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning import process
from active_learning.learning.artifact import Artifact
from active_learning.learning.calibration import UNCHANGED, Calibration
from active_learning.learning.ctc import Reading
from active_learning.learning.datasets.snapshot import Item
from active_learning.learning.datasets.sources import Cache, Indices
from active_learning.learning.errors import ArtifactInvalid, ImageUnreadable, LearningError
from active_learning.learning.images import read_grey
from active_learning.learning.pictures import bring
from active_learning.learning.prediction_table import TABLE, TEXTS, PredictionTable
from active_learning.learning.recipes import READERS, RECIPES, load_reader, load_recipe
from active_learning.learning.recipes.base import CALIBRATION, Model, Probabilities, Reader

BROUGHT = 256  # pictures that lie elsewhere are fetched so many at a time


@dataclass(frozen=True)
class Predictor:
    """An opened artifact; `classes` names the columns of what it predicts."""

    artifact: Artifact
    model: Model
    calibration: Calibration = UNCHANGED

    @property
    def classes(self) -> tuple[str, ...]:
        return self.artifact.classes

    @classmethod
    def open(cls, folder: str | Path) -> "Predictor":
        """Raise ArtifactInvalid with the reason for anything but a sound artifact."""
        artifact = Artifact.load(folder)
        if artifact.recipe == TABLE:
            raise ArtifactInvalid("these are predictions from elsewhere; no network made them here")
        if artifact.recipe not in RECIPES.keys() - READERS:
            raise ArtifactInvalid(f"the recipe {artifact.recipe!r} is unknown here")
        if not artifact.classes:
            raise ArtifactInvalid("there is no class")
        model = load_recipe(artifact.recipe).open(artifact)
        return cls(artifact, model, _calibration(artifact))

    def predict_proba(self, files: Sequence[str | Path]) -> Probabilities:
        """n picture files -> (n, K) float32, rows sum to one; raise ImageUnreadable."""
        source = self.model.source
        canvases = [source.preparation.canvas(read_grey(file)) for file in files]
        size = source.preparation.size
        stack = np.asarray(canvases, np.float32).reshape(len(files), size, size)
        return self._honest(source.compute(stack))

    def predict_items(
        self, items: Sequence[Item], cache: Cache
    ) -> Iterator[tuple[Indices, Probabilities, NDArray[np.float32]]]:
        """Pieces of (indices, probabilities, vectors); unreadable items are missing."""
        for indices, vectors in self.model.source.pieces(items, cache):
            yield indices, self._honest(vectors), vectors

    def _honest(self, vectors: NDArray[np.float32]) -> Probabilities:
        raw = self.model.predict_proba(vectors)
        return self.calibration.apply(raw).astype(np.float32)


@dataclass(frozen=True)
class Brought:
    """Predictions from elsewhere, asked as a predictor is: of items, never of loose pictures."""

    table: PredictionTable

    @property
    def classes(self) -> tuple[str, ...]:
        return self.table.classes

    def predict_items(
        self, items: Sequence[Item], cache: Cache
    ) -> Iterator[tuple[Indices, Probabilities, NDArray[np.float32]]]:
        """Pieces as of a predictor; vectors are (m, 0), items without a prediction are missing."""
        return self.table.predict_items(items)


def open_classes(folder: str | Path) -> Predictor | Brought:
    """Open what tells classes apart, made here or elsewhere; raises ArtifactInvalid."""
    artifact = Artifact.load(folder)
    if artifact.recipe != TABLE:
        return Predictor.open(folder)
    if not artifact.classes or TEXTS in artifact.tensors:
        raise ArtifactInvalid("there is no class")
    return Brought(PredictionTable.open(artifact))


Read = Iterator[tuple[int, Reading, float]]
Complain = Callable[[Item, str], None]


def _silent(item: Item, reason: str) -> None:
    """Nobody wants to hear of lines that cannot be read."""


@dataclass(frozen=True)
class LineTexts:
    """A version that reads the lines of items."""

    reader: Reader

    def read_items(self, items: Sequence[Item], complain: Complain = _silent) -> Read:
        """Yield (index, reading, chance that all of it is right) of what can be read."""
        for at, item in enumerate(items):
            if at % BROUGHT == 0:
                bring([each.file for each in items[at : at + BROUGHT]])
            try:
                (reading,) = self.reader.read_files([item.file])
            except ImageUnreadable as error:
                complain(item, str(error))
                continue
            yield at, reading, self.reader.chance(reading)


@dataclass(frozen=True)
class BroughtTexts:
    """Texts from elsewhere, asked in the same way."""

    table: PredictionTable

    def read_items(self, items: Sequence[Item], complain: Complain = _silent) -> Read:
        """Yield (index, reading, confidence) of the items whose text is there."""
        for at, reading in self.table.read_items(items):
            yield at, reading, reading.confidence


def open_texts(folder: str | Path) -> LineTexts | BroughtTexts:
    """Open what says which text is on a line, made here or elsewhere; raises ArtifactInvalid."""
    artifact = Artifact.load(folder)
    if artifact.recipe != TABLE:
        return LineTexts(open_reader(folder))
    if TEXTS not in artifact.tensors:
        raise ArtifactInvalid("these predictions are no texts")
    return BroughtTexts(PredictionTable.open(artifact))


def open_reader(folder: str | Path) -> Reader:
    """Open an artifact that reads text; raise ArtifactInvalid with the reason for any other."""
    artifact = Artifact.load(folder)
    if artifact.recipe not in READERS:
        raise ArtifactInvalid(f"the recipe {artifact.recipe!r} does not read text")
    return load_reader(artifact.recipe).open(artifact)


def _calibration(artifact: Artifact) -> Calibration:
    temperature = artifact.config.get(CALIBRATION, 1.0)
    if not isinstance(temperature, int | float) or not 0.01 < temperature < 100:
        raise ArtifactInvalid(f"the temperature {temperature!r} makes no sense")
    return Calibration(float(temperature))


def main(arguments: list[str] | None = None) -> int:
    """Print one JSON line per picture; return 0 when all could be read."""
    parser = argparse.ArgumentParser(prog="python -m active_learning.learning.predictor")
    parser.add_argument("artifact", type=Path)
    parser.add_argument("images", type=Path, nargs="+", metavar="image")
    options = parser.parse_args(arguments)
    process.use_one_thread()
    try:
        answer = _open_any(options.artifact)
    except LearningError as error:
        _print({"error": {"code": error.code, "reason": str(error)}})
        return 2
    return max(_answer_one(answer, image) for image in options.images)


def _open_any(folder: Path) -> Callable[[Path], dict[str, Any]]:
    """Open an artifact of either kind; returns what answers for one picture."""
    if Artifact.load(folder).recipe in READERS:
        return partial(_read, open_reader(folder))
    return partial(_predict, Predictor.open(folder))


def _read(reader: Reader, image: Path) -> dict[str, Any]:
    (reading,) = reader.read_files([image])
    sure = {"confidence": reader.chance(reading), "characters": list(reading.characters)}
    return {"text": reading.text} | sure


def _predict(predictor: Predictor, image: Path) -> dict[str, Any]:
    row = predictor.predict_proba([image])[0]
    best = int(row.argmax())
    by_class = {name: float(value) for name, value in zip(predictor.classes, row, strict=True)}
    answer = {"label": predictor.classes[best], "confidence": float(row[best])}
    return answer | {"probabilities": by_class}


def _answer_one(answer: Callable[[Path], dict[str, Any]], image: Path) -> int:
    try:
        _print({"file": str(image)} | answer(image))
    except ImageUnreadable as error:
        _print({"file": str(image), "error": {"code": error.code, "reason": str(error)}})
        return 1
    return 0


def _print(data: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
