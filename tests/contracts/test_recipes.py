"""Every recipe: learns a small batch by heart, survives save and load, repeats by seed."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from active_learning.learning.artifact import WEIGHTS, Artifact
from active_learning.learning.datasets.snapshot import Item, Snapshot
from active_learning.learning.datasets.sources import Cache, CanvasSource, load
from active_learning.learning.errors import Cancelled, CannotTrain, UnknownName
from active_learning.learning.predictor import Predictor
from active_learning.learning.pretraining import pretrain
from active_learning.learning.recipes import RECIPES, load_recipe, load_trainer
from active_learning.learning.recipes.base import Event, Run, Sampler
from active_learning.learning.transforms import Preparation
from tests.active_learning.learning.material import digit_items, digit_snapshot, snapshot_of

CHOICE = sorted(name for name in RECIPES if "choice" in load_trainer(name).task_types)
every = pytest.mark.parametrize("name", CHOICE)


@dataclass(frozen=True)
class Trained:
    """One training of 20 digits, with 20 others for each of validation and holdout."""

    snapshot: Snapshot
    artifact: Artifact
    folder: Path
    events: tuple[Event, ...]

    def part(self, role: str) -> list[Item]:
        return list(self.snapshot.part(role))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Features learned from 60 digits for a second or two."""
    folder = tmp_path_factory.mktemp("encoder")
    preparation = Preparation("ink")
    items = digit_items(folder / "images", 60, start=300, role="pool")
    _, canvases = load(CanvasSource(preparation), items, Cache())
    pretrain(canvases, preparation, Run(budget_cpu_seconds=2), {}).save(folder / "made")
    return folder / "made"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What somebody brings: the network of another set of digits, trained for a second or two."""
    folder = tmp_path_factory.mktemp("weights")
    items = digit_items(folder / "images", 60, start=500)
    made = load_recipe("small_cnn").fit(snapshot_of(items), Run(budget_cpu_seconds=2))
    made.save(folder / "made")
    return folder / "made" / WEIGHTS


@pytest.fixture(scope="module")
def trained(
    encoder: Path, weights: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Trained]:
    """Train each recipe once for the tests that only look at the outcome."""

    @cache
    def train(name: str) -> Trained:
        folder = tmp_path_factory.mktemp(name)
        snapshot = digit_snapshot(folder, train=20, validation=20, holdout=20)
        events: list[Event] = []
        run = Run(seed=3, report=events.append, encoder_folder=encoder, weights_file=weights)
        artifact = load_recipe(name).fit(snapshot, run)
        artifact.save(folder / "artifact")
        return Trained(snapshot, artifact, folder / "artifact", tuple(events))

    return train


@every
def test_memorizes_a_small_batch(name: str, trained: Callable[[str], Trained]) -> None:
    made = trained(name)
    items = made.part("train")
    predicted = Predictor.open(made.folder).predict_proba([item.file for item in items])
    assert (predicted.argmax(axis=1) == made.snapshot.targets(items).argmax(axis=1)).all()
    np.testing.assert_allclose(predicted.sum(axis=1), 1, atol=1e-5)


@every
def test_saved_and_opened_it_predicts_the_same_bytes(
    name: str, trained: Callable[[str], Trained]
) -> None:
    made = trained(name)
    files = [item.file for item in made.part("holdout")]
    one, two = (Predictor.open(made.folder) for _ in range(2))
    assert one.predict_proba(files).tobytes() == two.predict_proba(files).tobytes()
    fresh = dataclasses.replace(one, model=load_recipe(name).open(made.artifact))
    assert fresh.predict_proba(files).tobytes() == one.predict_proba(files).tobytes()


@every
def test_same_seed_gives_the_same_bytes(
    name: str, trained: Callable[[str], Trained], encoder: Path, weights: Path, tmp_path: Path
) -> None:
    made = trained(name)
    run = Run(seed=3, encoder_folder=encoder, weights_file=weights)
    again = load_recipe(name).fit(made.snapshot, run)
    again.save(tmp_path / "again")
    names = sorted(path.name for path in made.folder.iterdir())
    assert WEIGHTS in names
    for file in names:
        assert (made.folder / file).read_bytes() == (tmp_path / "again" / file).read_bytes()


@every
def test_reports_epochs_and_final_figures(name: str, trained: Callable[[str], Trained]) -> None:
    made = trained(name)
    epochs = [event.data for event in made.events if event.kind == "epoch"]
    assert epochs[-1]["train_loss"] < epochs[0]["train_loss"] or len(epochs) == 1
    assert {"val_loss", "train_accuracy", "val_accuracy", "cpu_seconds"} <= set(epochs[0])
    assert made.artifact.metrics["holdout"]["count"] == 20
    assert made.events[-1].kind == "metrics"


@every
def test_other_parts_never_change_the_weights(
    name: str, trained: Callable[[str], Trained], encoder: Path, weights: Path
) -> None:
    made = trained(name)
    alone = snapshot_of(made.part("train"))
    run = Run(seed=3, encoder_folder=encoder, weights_file=weights)
    tensors = load_recipe(name).fit(alone, run).tensors
    assert all((tensors[key] == made.artifact.tensors[key]).all() for key in tensors)


@every
def test_a_poor_validation_part_and_a_broken_picture_do_not_hinder(
    name: str, weights: Path, tmp_path: Path
) -> None:
    items = digit_items(tmp_path, 12)
    items[11] = dataclasses.replace(items[11], role="validation")
    items[3].file.write_bytes(b"not a picture")
    events: list[Event] = []
    artifact = load_recipe(name).fit(
        snapshot_of(items), Run(report=events.append, weights_file=weights)
    )
    assert artifact.metrics["train"]["count"] == 10
    assert artifact.metrics["validation"]["count"] == 1
    assert any("item 3 is left out" in event.data.get("message", "") for event in events)


@every
@pytest.mark.parametrize("kept", ["none", "one class", "no weight", "unreadable"])
def test_nothing_to_learn_is_said_plainly(
    name: str, kept: str, weights: Path, tmp_path: Path
) -> None:
    items = digit_items(tmp_path, 11)
    if kept == "one class":
        items = [items[0], items[10]]
    elif kept == "no weight":
        items = [dataclasses.replace(item, weight=0.0) for item in items]
    elif kept == "unreadable":
        items = [dataclasses.replace(item, file=tmp_path / "absent.png") for item in items]
    else:
        items = []
    with pytest.raises(CannotTrain, match="training item"):
        load_recipe(name).fit(snapshot_of(items), Run(weights_file=weights))


@every
def test_a_doubtful_vote_of_little_weight_changes_little(
    name: str, weights: Path, tmp_path: Path
) -> None:
    items = digit_items(tmp_path, 20)
    confused = dataclasses.replace(items[0], id=900, target={"1": 0.5, "7": 0.5}, weight=0.01)
    run = Run(weights_file=weights)
    load_recipe(name).fit(snapshot_of([*items, confused]), run).save(tmp_path / "artifact")
    assert Predictor.open(tmp_path / "artifact").predict_proba([items[0].file])[0].argmax() == 0


@every
def test_cancelling_stops_the_run(name: str, weights: Path, tmp_path: Path) -> None:
    run = Run(should_stop=lambda: True, weights_file=weights)
    with pytest.raises(Cancelled):
        load_recipe(name).fit(digit_snapshot(tmp_path, train=20), run)


@every
def test_embeddings_are_finite_and_one_per_item(
    name: str, trained: Callable[[str], Trained]
) -> None:
    made = trained(name)
    model = Predictor.open(made.folder).model
    _, vectors = load(model.source, made.part("holdout"), Cache())
    embedded = model.embed(vectors)
    assert embedded.shape[0] == 20
    assert np.isfinite(embedded).all()
    if isinstance(model, Sampler):
        drawn = model.sample_proba(vectors, 5, seed=0)
        assert drawn.shape == (5, 20, 10)
        assert drawn.std(axis=0).max() > 0


def test_unknown_recipe_is_refused() -> None:
    with pytest.raises(UnknownName, match="known: cnn"):
        load_recipe("magic")
