"""A snapshot folder is read as written, and every contradiction in it is named."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from active_learning.learning.datasets.snapshot import read_snapshot, write_snapshot
from active_learning.learning.errors import SnapshotInvalid
from tests.active_learning.learning.material import digit_snapshot, written


def test_written_snapshot_is_read_back(tmp_path: Path) -> None:
    snapshot = digit_snapshot(tmp_path, train=5, validation=3, pool=2)
    assert read_snapshot(written(tmp_path, snapshot)) == snapshot


def test_targets_follow_the_order_of_the_classes_and_sum_to_one(tmp_path: Path) -> None:
    snapshot = digit_snapshot(tmp_path, train=2)
    doubtful = dataclasses.replace(snapshot.items[0], target={"7": 3.0, "1": 1.0})
    row = snapshot.targets([doubtful])[0]
    assert row[7] == pytest.approx(0.75)
    assert row[1] == pytest.approx(0.25)
    assert np.count_nonzero(row) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target": {"ten": 1.0}}, "'ten' is not in the manifest"),
        ({"target": {"1": -1.0}}, "not a distribution"),
        ({"target": {"1": 0.0}}, "not a distribution"),
        ({"target": {"1": float("nan")}}, "not a distribution"),
        ({"target": {}}, "not a distribution"),
        ({"target": ["1"]}, "not a mapping"),
        ({"weight": float("nan")}, "weight"),
        ({"weight": -1.0}, "weight"),
        ({"role": "test"}, "'test' is unknown"),
        ({"id": 1}, "twice"),
    ],
)
def test_contradictions_are_named(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    snapshot = digit_snapshot(tmp_path, train=3)
    items = (dataclasses.replace(snapshot.items[0], **change), *snapshot.items[1:])
    write_snapshot(tmp_path / "bad", dataclasses.replace(snapshot, items=items))
    with pytest.raises(SnapshotInvalid, match=said):
        read_snapshot(tmp_path / "bad")


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": "x", "sha256": "", "file": ""}'])
def test_torn_lines_are_named(line: str, tmp_path: Path) -> None:
    folder = written(tmp_path, digit_snapshot(tmp_path, train=2))
    with (folder / "items.jsonl").open("a") as stream:
        stream.write(line + "\n")
    with pytest.raises(SnapshotInvalid, match="line 3"):
        read_snapshot(folder)


@pytest.mark.parametrize(
    "manifest",
    ["", "[]", "{}", {"classes": "abc"}, {"classes": ["a", "a"]}, {"classes": [1, 2]}],
)
def test_poor_manifests_are_refused(manifest: Any, tmp_path: Path) -> None:
    folder = written(tmp_path, digit_snapshot(tmp_path, train=2))
    if isinstance(manifest, dict) and manifest:
        manifest = json.dumps({"snapshot": "x", "task_type": "choice"} | manifest)
    (folder / "manifest.json").write_text(str(manifest))
    with pytest.raises(SnapshotInvalid, match=r"manifest\.json"):
        read_snapshot(folder)


def test_absent_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SnapshotInvalid, match="nowhere"):
        read_snapshot(tmp_path / "nowhere")
