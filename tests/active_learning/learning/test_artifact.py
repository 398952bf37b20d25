"""Artifacts are opened only when every byte is what a recipe would have written."""

import hashlib
import json
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from active_learning.learning import artifact as artifacts
from active_learning.learning.errors import ArtifactInvalid
from active_learning.learning.predictor import Predictor
from active_learning.learning.recipes import load_recipe
from active_learning.learning.recipes.base import Run
from tests.active_learning.learning.material import digit_snapshot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound artifact of the fast recipe."""
    made = load_recipe("hog_logreg").fit(digit_snapshot(tmp_path, train=15), Run())
    made.save(tmp_path / "artifact")
    return tmp_path / "artifact"


def put_weights(folder: Path, data: bytes) -> None:
    """Other weights with a checksum that fits."""
    (folder / "weights.safetensors").write_bytes(data)
    describe(folder, weights_sha256=hashlib.sha256(data).hexdigest())


def describe(folder: Path, **change: Any) -> None:
    file = folder / "artifact.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | change))


def put_tensors(folder: Path, **change: np.ndarray | None) -> None:
    tensors = load_file(folder / "weights.safetensors") | change
    put_weights(folder, save({name: t for name, t in tensors.items() if t is not None}))


def refused(folder: Path, said: str) -> None:
    with pytest.raises(ArtifactInvalid, match=said):
        Predictor.open(folder)


class Bomb:
    """Unpickling this makes a file: the canary of the test."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> Any:
        return (Path.touch, (self.canary,))


def test_pickles_are_refused_and_never_run(folder: Path, tmp_path: Path) -> None:
    put_weights(folder, pickle.dumps(Bomb(tmp_path / "canary")))
    refused(folder, "pickle")
    assert not (tmp_path / "canary").exists()


def test_archives_of_pickles_are_refused(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "model.pt", "w") as archive:
        archive.writestr("model/data.pkl", pickle.dumps(Bomb(tmp_path / "canary")))
    put_weights(folder, (tmp_path / "model.pt").read_bytes())
    refused(folder, "archive")


@pytest.mark.parametrize(
    "data",
    [b"", b"short", b"\xff" * 64, (10**9).to_bytes(8, "little") + b"{}", bytes(16)],
)
def test_noise_is_refused(folder: Path, data: bytes) -> None:
    put_weights(folder, data)
    refused(folder, "not safetensors")


def test_header_that_points_outside_the_file_is_refused(folder: Path) -> None:
    header = json.dumps({"mean": {"dtype": "F32", "shape": [10**12], "data_offsets": [0, 4]}})
    put_weights(folder, len(header).to_bytes(8, "little") + header.encode() + bytes(4))
    refused(folder, "not safetensors")


def test_wrong_shapes_names_types_and_numbers_are_refused(folder: Path) -> None:
    sound = (folder / "weights.safetensors").read_bytes()
    for change, said in [
        ({"coefficients": np.zeros((10, 3), np.float32)}, "shape"),
        ({"intercepts": None}, "missing"),
        ({"extra": np.zeros(3, np.float32)}, "not part"),
        ({"intercepts": np.zeros(10, np.float64)}, "type float64"),
        ({"intercepts": np.full(10, np.nan, np.float32)}, "not finite"),
    ]:
        put_weights(folder, sound)
        put_tensors(folder, **change)
        refused(folder, said)


def test_huge_weights_are_refused_unread(folder: Path) -> None:
    with (folder / "weights.safetensors").open("r+b") as stream:
        stream.truncate(artifacts.MAX_WEIGHT_BYTES + 1)
    refused(folder, "bytes")


def test_changed_weights_do_not_match_their_checksum(folder: Path) -> None:
    data = bytearray((folder / "weights.safetensors").read_bytes())
    data[-1] ^= 1
    (folder / "weights.safetensors").write_bytes(data)
    refused(folder, "checksum")


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"recipe": "os.system"},
        {"classes": []},
        {"classes": [1, 2]},
        {"classes": ["0", "1"]},
        {"config": {"components": 10**9}},
        {"config": {}},
        {"config": {"features": ["hog"], "components": 14, "calibration": 0}},
        {"config": {"features": ["hog"], "components": 14, "calibration": "hot"}},
        {"config": {"features": ["ssl"], "components": 14}},
        {"preprocessing": {"mode": "ink", "size": 10**6, "content": 20}},
        {"preprocessing": {"mode": "other", "size": 28, "content": 20}},
        {"preprocessing": {}},
        {"weights_sha256": None},
    ],
)
def test_odd_descriptions_are_refused(folder: Path, change: dict[str, Any]) -> None:
    describe(folder, **change)
    with pytest.raises(ArtifactInvalid):
        Predictor.open(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000])
def test_torn_descriptions_are_refused(folder: Path, text: str) -> None:
    (folder / "artifact.json").write_text(text)
    with pytest.raises(ArtifactInvalid):
        Predictor.open(folder)


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactInvalid, match=r"artifact\.json is missing"):
        Predictor.open(tmp_path)


def test_saving_again_replaces_the_folder_whole(folder: Path, tmp_path: Path) -> None:
    (folder / "stray.txt").write_text("from before")
    artifacts.Artifact.load(folder).save(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "artifact.json",
        "weights.safetensors",
    ]
    assert not list(tmp_path.glob("*writing*"))


def test_temperature_flattens_what_the_model_says(folder: Path, tmp_path: Path) -> None:
    digit = next((tmp_path / "images").iterdir())
    sharp = Predictor.open(folder).predict_proba([digit])[0]
    config = json.loads((folder / "artifact.json").read_text())["config"]
    describe(folder, config=config | {"calibration": 4.0})
    flat = Predictor.open(folder).predict_proba([digit])[0]
    assert sharp.argmax() == flat.argmax()
    assert 0.1 < flat.max() < sharp.max()


def test_command_predicts_and_names_what_it_cannot_read(folder: Path, tmp_path: Path) -> None:
    digit = next((tmp_path / "images").iterdir())
    command = [sys.executable, "-m", "active_learning.learning.predictor"]
    ran = subprocess.run([*command, folder, digit, folder], capture_output=True, text=True)
    good, bad = map(json.loads, ran.stdout.splitlines())
    assert ran.returncode == 1
    assert good["label"] == max(good["probabilities"], key=good["probabilities"].get)
    assert bad["error"]["code"] == "image_unreadable"


def test_command_refuses_hostile_weights_in_one_sentence(folder: Path) -> None:
    put_weights(folder, pickle.dumps({}))
    command = [sys.executable, "-m", "active_learning.learning.predictor", folder, folder]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 2
    assert json.loads(ran.stdout)["error"]["code"] == "artifact_invalid"
    assert ran.stderr == ""
