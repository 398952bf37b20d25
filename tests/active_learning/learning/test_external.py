"""Weights from elsewhere are opened only when they are a trunk, and stay as they are."""

import hashlib
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from active_learning.learning import artifact as artifacts
from active_learning.learning.artifact import WEIGHTS
from active_learning.learning.errors import ArtifactInvalid, CannotTrain
from active_learning.learning.external import look_over, open_external
from active_learning.learning.recipes import load_recipe
from active_learning.learning.recipes.base import Run
from active_learning.learning.transforms import Preparation
from tests.active_learning.learning.material import digit_items, digit_snapshot, snapshot_of

INK = Preparation("ink")


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    """A file as the recipe `small_cnn` leaves it: a trunk and a head."""
    items = digit_items(tmp_path / "elsewhere", 30, start=600)
    made = load_recipe("small_cnn").fit(snapshot_of(items), Run(budget_cpu_seconds=0.5))
    made.save(tmp_path / "made")
    return tmp_path / "made" / WEIGHTS


def refused(file: Path, said: str) -> None:
    with pytest.raises(ArtifactInvalid, match=said):
        open_external(file, INK)


def test_the_trunk_is_taken_and_the_head_is_left(brought: Path) -> None:
    tensors = load_file(brought)
    found = open_external(brought, INK)
    assert found.sha256 == hashlib.sha256(brought.read_bytes()).hexdigest()
    assert found.encoder.preparation == INK
    for name, tensor in found.encoder.tensors.items():
        assert (tensor == tensors[f"trunk.{name}"]).all()
    bare = brought.with_name("bare.safetensors")
    save_file(found.encoder.tensors, bare)
    assert open_external(bare, INK).encoder.name == found.encoder.name


def test_the_weights_stand_in_the_artifact_unchanged_and_by_their_checksum(
    brought: Path, tmp_path: Path
) -> None:
    run = Run(weights_file=brought)
    made = load_recipe("external").fit(digit_snapshot(tmp_path, train=30), run)
    for name, tensor in open_external(brought, INK).encoder.tensors.items():
        assert made.tensors[f"encoder.{name}"].tobytes() == tensor.tobytes()
    made.save(tmp_path / "artifact")
    told = json.loads((tmp_path / "artifact" / "artifact.json").read_text())["lineage"]
    assert told["weights"] == hashlib.sha256(brought.read_bytes()).hexdigest()


def test_without_a_file_the_recipe_says_so(tmp_path: Path) -> None:
    with pytest.raises(CannotTrain, match="no file of weights"):
        load_recipe("external").fit(digit_snapshot(tmp_path, train=20), Run())


def test_the_files_own_preparation_is_used(brought: Path) -> None:
    prepared = {"preprocessing": json.dumps(Preparation("photo").to_json())}
    save_file(load_file(brought), brought, metadata=prepared | {"architecture": "small_cnn"})
    assert open_external(brought, INK).encoder.preparation == Preparation("photo")


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"architecture": "resnet18"}, "architecture 'resnet18'"),
        ({"preprocessing": "{"}, "not JSON"),
        ({"preprocessing": '{"mode": "ink", "size": 1000000, "content": 20}'}, "not understood"),
        ({"preprocessing": '{"mode": "ink", "size": 64, "content": 40}'}, "shape"),
    ],
)
def test_odd_descriptions_are_refused(brought: Path, metadata: dict[str, str], said: str) -> None:
    save_file(load_file(brought), brought, metadata=metadata)
    refused(brought, said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"trunk.embed.0.weight": np.zeros((64, 3), np.float32)}, "shape"),
        ({"trunk.embed.0.weight": None}, "missing"),
        ({"trunk.extra": np.zeros(3, np.float32)}, "unknown"),
        ({"trunk.embed.1.bias": np.zeros(64, np.float64)}, "type float64"),
        ({"trunk.embed.1.bias": np.full(64, np.nan, np.float32)}, "not finite"),
    ],
)
def test_other_shapes_names_types_and_numbers_are_refused(
    brought: Path, change: dict[str, Any], said: str
) -> None:
    tensors = load_file(brought) | change
    save_file({name: tensor for name, tensor in tensors.items() if tensor is not None}, brought)
    refused(brought, said)


class Bomb:
    """Unpickling this makes a file: the canary of the test."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> Any:
        return (Path.touch, (self.canary,))


def test_pickles_and_archives_are_refused_and_never_run(tmp_path: Path) -> None:
    canary, file = tmp_path / "canary", tmp_path / "model.safetensors"
    bomb = pickle.dumps(Bomb(canary))
    with zipfile.ZipFile(tmp_path / "model.pt", "w") as archive:
        archive.writestr("model/data.pkl", bomb)
    for data in (bomb, (tmp_path / "model.pt").read_bytes()):
        file.write_bytes(data)
        refused(file, "pickle")
        with pytest.raises(ArtifactInvalid, match="pickle"):
            look_over(file)
    assert not canary.exists()


def test_a_gigabyte_is_refused_unread(brought: Path) -> None:
    with brought.open("r+b") as stream:
        stream.truncate(10**9)
    refused(brought, f"1,000,000,000 bytes; {artifacts.MAX_WEIGHT_BYTES:,} are allowed")
    with pytest.raises(ArtifactInvalid, match="allowed"):
        look_over(brought)
