"""Self-supervised features: learned without labels, kept by content, opened with care."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from active_learning.learning.artifact import Artifact
from active_learning.learning.datasets.snapshot import write_items
from active_learning.learning.datasets.sources import Cache, HogSource, JoinedSource, load
from active_learning.learning.encoder import EncodedSource, Encoder, trunk_shapes
from active_learning.learning.errors import ArtifactInvalid, CannotTrain
from active_learning.learning.networks.small_cnn import Trunk, count_weights
from active_learning.learning.pretraining import TEMPERATURE, contrast, pretrain
from active_learning.learning.recipes.base import Run
from active_learning.learning.transforms import Preparation
from tests.active_learning.learning.material import digit_items

COMMAND = [sys.executable, "-m", "active_learning.learning.pretrain"]
pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, object]]]:
    """The command on 64 digits with a small budget, and what it said."""
    folder = tmp_path_factory.mktemp("pretrain")
    write_items(folder / "items.jsonl", digit_items(folder / "images", 64, role="pool"))
    options = ["--budget-cpu", "20", "--feature-store", folder / "store"]
    ran = subprocess.run(
        [*COMMAND, folder / "items.jsonl", folder / "encoder", *options],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=True,
    )
    return folder, [json.loads(line) for line in ran.stdout.splitlines()]


def test_command_tells_its_loss_and_writes_an_encoder(
    made: tuple[Path, list[dict[str, object]]],
) -> None:
    folder, events = made
    losses = [event["train_loss"] for event in events if event["event"] == "epoch"]
    assert losses[-1] < losses[0]
    assert events[-1]["event"] == "done"
    assert Encoder.load(folder / "encoder").name == events[-1]["name"]


def test_vectors_come_from_the_store_the_second_time(
    made: tuple[Path, list[dict[str, object]]], tmp_path: Path
) -> None:
    source = EncodedSource(Encoder.load(made[0] / "encoder"))
    joined = JoinedSource((HogSource(source.preparation), source))
    items = digit_items(tmp_path / "images", 10)
    items[4].file.write_bytes(b"broken")
    first = load(joined, items, Cache(tmp_path / "store"))
    for item in items:
        item.file.unlink()
    second = load(joined, items, Cache(tmp_path / "store"))
    assert first[0].tolist() == second[0].tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert (first[1] == second[1]).all()
    assert first[1].shape == (9, 1296 + 64)


def test_other_weights_have_another_name_and_store(
    made: tuple[Path, list[dict[str, object]]],
) -> None:
    encoder = Encoder.load(made[0] / "encoder")
    changed = {name: tensor.copy() for name, tensor in encoder.tensors.items()}
    changed["embed.1.bias"][0] += 1
    assert Encoder(encoder.preparation, changed).name != encoder.name


def test_only_encoders_are_opened_as_such(
    made: tuple[Path, list[dict[str, object]]], tmp_path: Path
) -> None:
    artifact = Artifact.load(made[0] / "encoder")
    artifact.tensors["embed.1.bias"] = np.zeros(3, np.float32)
    artifact.save(tmp_path / "bad")
    with pytest.raises(ArtifactInvalid, match="not the weights"):
        Encoder.load(tmp_path / "bad")


def test_too_few_pictures_are_refused() -> None:
    with pytest.raises(CannotTrain, match="5 pictures"):
        pretrain(np.zeros((5, 784), np.float32), Preparation(), Run(), {})


@pytest.mark.parametrize("size", [28, 32, 45])
def test_shapes_are_those_of_the_network(size: int) -> None:
    trunk = Trunk(size)
    assert {n: tuple(t.shape) for n, t in trunk.state_dict().items()} == trunk_shapes(size)
    assert count_weights(Trunk(28)) < 120_000


def test_contrast_is_low_when_views_agree_and_pictures_differ() -> None:
    points = torch.eye(6)[:, :6]
    agreeing = contrast(torch.cat([points, points]))
    swapped = contrast(torch.cat([points, points.roll(1, 0)]))
    alone = np.log(1 + 10 * np.exp(-1 / TEMPERATURE))
    assert float(agreeing) == pytest.approx(alone, rel=1e-4)
    assert float(swapped) > float(agreeing) + 2
