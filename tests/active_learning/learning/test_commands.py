"""`fit` and `score` as child processes: events, endings, kills and resumption."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from active_learning.learning.datasets.snapshot import write_items
from active_learning.learning.predictor import Predictor
from active_learning.learning.recipes import load_recipe
from active_learning.learning.recipes.base import Run
from tests.active_learning.learning.material import (
    digit_items,
    digit_snapshot,
    snapshot_of,
    written,
)
from tests.waiting import PATIENCE

FIT = [sys.executable, "-m", "active_learning.learning.fit"]
SCORE = [sys.executable, "-m", "active_learning.learning.score"]


def events_of(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def fit(*arguments: Any) -> tuple[int, list[dict[str, Any]]]:
    ran = subprocess.run(
        [*FIT, *map(str, arguments)], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    return ran.returncode, events_of(ran.stdout)


def start(*arguments: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [*FIT, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def wait_for(child: "subprocess.Popen[str]", kind: str, count: int = 1) -> None:
    for line in child.stdout:
        count -= json.loads(line)["event"] == kind
        if not count:
            return
    raise AssertionError(f"the run ended before {kind!r}")


def test_fit_tells_its_story_in_json_lines(tmp_path: Path) -> None:
    folder = written(tmp_path, digit_snapshot(tmp_path, train=20, validation=10, holdout=10))
    code, events = fit(folder, tmp_path / "artifact", "--recipe", "hog_logreg")
    kinds = [event["event"] for event in events]
    assert code == 0
    assert kinds[0] == "start"
    assert kinds[-3:] == ["metrics", "mistakes", "done"]
    assert "epoch" in kinds
    assert events[0]["items"] == {"train": 20, "validation": 10, "holdout": 10}
    assert (tmp_path / "artifact" / "weights.safetensors").exists()


@pytest.mark.parametrize("module", ["torch", "sklearn", "django", "celery"])
def test_the_fast_recipe_loads_no_heavy_library(module: str, tmp_path: Path) -> None:
    folder = written(tmp_path, digit_snapshot(tmp_path, train=12))
    program = (
        "import sys; from active_learning.learning.fit import main;"
        f"main([{str(folder)!r}, {str(tmp_path / 'a')!r}, '--recipe', 'hog_logreg']);"
        f"sys.exit({module!r} in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True
    )
    assert ran.returncode == 0


@pytest.mark.parametrize(
    ("case", "code"),
    [("one class", "cannot_train"), ("absent", "snapshot_invalid"), ("recipe", "unknown_name")],
)
def test_refusals_carry_code_and_reason(case: str, code: str, tmp_path: Path) -> None:
    digits = digit_items(tmp_path, 11)
    folder = written(tmp_path, snapshot_of([digits[0], digits[10]]))
    where = tmp_path / "absent" if case == "absent" else folder
    recipe = "magic" if case == "recipe" else "hog_logreg"
    status, events = fit(where, tmp_path / "artifact", "--recipe", recipe)
    assert status == 2
    assert events[-1]["event"] == "error"
    assert events[-1]["code"] == code
    assert events[-1]["reason"]
    assert not (tmp_path / "artifact").exists()


def test_a_recipe_refuses_task_types_it_does_not_know(tmp_path: Path) -> None:
    folder = written(tmp_path, digit_snapshot(tmp_path, train=12))
    manifest = json.loads((folder / "manifest.json").read_text()) | {"task_type": "boxes"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    status, events = fit(folder, tmp_path / "artifact", "--recipe", "hog_logreg")
    assert (status, events[-1]["code"]) == (2, "cannot_train")


@pytest.mark.torch
def test_a_run_ended_three_times_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    folder = written(tmp_path, digit_snapshot(tmp_path, train=30, validation=5))
    straight, broken = tmp_path / "straight", tmp_path / "broken"
    options = ["--recipe", "small_cnn", "--seed", 5]
    resumable = [*options, "--checkpoint-dir", tmp_path / "checkpoints"]
    assert fit(folder, straight, *options)[0] == 0
    for end, status in ((signal.SIGKILL, -9), (signal.SIGTERM, 143), (None, 125)):
        with start(folder, broken, *resumable) as child:
            wait_for(child, "epoch", 2)
            child.send_signal(end) if end else child.stdin.close()
            assert child.wait(PATIENCE) == status
        assert not broken.exists()
    code, events = fit(folder, broken, *resumable)
    assert code == 0
    assert any("resumed at step" in event.get("message", "") for event in events)
    for file in ("weights.safetensors", "artifact.json"):
        assert (straight / file).read_bytes() == (broken / file).read_bytes()
    assert not list((tmp_path / "checkpoints").glob("step-*"))


@pytest.mark.torch
def test_a_small_budget_shortens_the_training(tmp_path: Path) -> None:
    folder = written(tmp_path, digit_snapshot(tmp_path, train=30))
    options = ("--recipe", "small_cnn", "--budget-cpu", 0.5)
    code, events = fit(folder, tmp_path / "artifact", *options)
    assert code == 0
    assert any("allows" in event.get("message", "") for event in events)
    assert max(event.get("step", 0) for event in events) < 250


@pytest.mark.parametrize("recipe", ["hog_logreg", "svm"])
def test_a_small_budget_ends_the_quick_recipes_softly(recipe: str, tmp_path: Path) -> None:
    snapshot = digit_snapshot(tmp_path, train=600, validation=20)
    said: list[str] = []
    run = Run(
        report=lambda event: said.append(event.data.get("message", "")), budget_cpu_seconds=1e-3
    )
    artifact = load_recipe(recipe).fit(snapshot, run)
    assert any("the budget of 0.001 CPU s allows" in words for words in said)
    assert artifact.metrics["validation"]["accuracy"] > 0.2
    artifact.save(tmp_path / "artifact")
    Predictor.open(tmp_path / "artifact")


def test_score_writes_one_row_per_readable_item(tmp_path: Path) -> None:
    folder = written(tmp_path, digit_snapshot(tmp_path, train=30))
    fit(folder, tmp_path / "artifact", "--recipe", "hog_logreg")
    pool = digit_items(tmp_path / "pool", 40, start=100, role="pool")
    pool[7].file.write_bytes(b"broken")
    write_items(tmp_path / "items.jsonl", pool)
    out = tmp_path / "out.npz"
    command = [*SCORE, tmp_path / "artifact", tmp_path / "items.jsonl", out]
    cached = [*command, "--feature-store", tmp_path / "store"]
    for again in (command, cached, cached):
        ran = subprocess.run(again, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert ran.returncode == 0, ran.stderr
        found = np.load(out)
        assert found["skipped"].tolist() == [107]
        assert found["ids"].tolist() == [n for n in range(100, 140) if n != 107]
        two = np.sort(found["probabilities"].astype(float), axis=1)[:, -2:]
        np.testing.assert_allclose(found["score"], 1 - (two[:, 1] - two[:, 0]), atol=2e-3)
        assert (found["classes"][found["top"]] != "").all()
        assert events_of(ran.stdout)[-1]["scored"] == 39


@pytest.mark.parametrize("lines", ["", '{"id": 1, "sha256": "00", "file": "x"}\n' * 2, "{"])
def test_score_of_odd_pools(lines: str, tmp_path: Path) -> None:
    folder = written(tmp_path, digit_snapshot(tmp_path, train=12))
    fit(folder, tmp_path / "artifact", "--recipe", "hog_logreg")
    (tmp_path / "items.jsonl").write_text(lines)
    command = [*SCORE, tmp_path / "artifact", tmp_path / "items.jsonl", tmp_path / "out.npz"]
    ran = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert ran.returncode == (2 if lines else 0)
    assert events_of(ran.stdout)[-1]["event"] == ("error" if lines else "done")


@pytest.mark.torch
def test_a_network_is_trained_without_torch_s_compiler(tmp_path: Path) -> None:
    folder = written(tmp_path, digit_snapshot(tmp_path, train=30))
    program = (
        "import sys; from active_learning.learning.fit import main;"
        f"main([{str(folder)!r}, {str(tmp_path / 'a')!r}, '--recipe', 'small_cnn',"
        "'--budget-cpu', '0.2']); sys.exit('torch._dynamo' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True
    )
    assert ran.returncode == 0, ran.stderr
