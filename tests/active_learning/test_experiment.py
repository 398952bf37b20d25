"""Experiments: policies against each other, on a database that nobody keeps."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from active_learning.simulation.experiment import auroc
from active_learning.simulation.plot import curves_svg
from active_learning.simulation.policies import Policy, PolicyUnknown
from active_learning.simulation.summary import isotonic, summarise, votes_to_reach
from tests.active_learning.conftest import digit_pngs


def write_zip(path: Path, *, pool: int, test: int) -> Path:
    blobs, labels = digit_pngs(pool + test)
    table = io.StringIO()
    rows = csv.writer(table)
    rows.writerow(["filename", "label", "split", "group"])
    with zipfile.ZipFile(path, "w") as archive:
        for place, (blob, label) in enumerate(zip(blobs, labels, strict=True)):
            archive.writestr(f"images/{place}.png", blob)
            rows.writerow([f"images/{place}.png", label, "test" if place >= pool else "pool", ""])
        archive.writestr("labels.csv", table.getvalue())
    return path


@pytest.mark.slow
def test_an_experiment_measures_each_policy_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, out = write_zip(tmp_path / "digits.zip", pool=120, test=60), tmp_path / "out.json"
    words = [str(data), "--policies", "default,uniform1", "--labelers", "perfect"]
    words += ["--votes", "60", "--seeds", "1", "--json", str(out)]
    monkeypatch.setattr("sys.argv", ["manage.py", "experiment", *words])
    call_command("experiment", *words)
    report = json.loads(out.read_text())
    assert set(report["policies"]) == {"default", "uniform1"}
    for trial in report["trials"]:
        final = trial["final"]
        assert final["votes"] == 60 and final["label_accuracy"] == 1.0
        assert final["test_accuracy"] > 0.5 and trial["cpu_seconds"] > 0
    assert "<svg" in out.with_suffix(".svg").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--policies", "magic"], "magic"),
        (["--labelers", "1.5"], "between 0 and 1"),
        (["--votes", "0"], "--votes"),
        (["--first-seed", "-1"], "--first-seed"),
    ],
)
def test_what_cannot_be_run_is_refused_at_once(tmp_path: Path, words: list[str], told: str) -> None:
    data = write_zip(tmp_path / "digits.zip", pool=1, test=1)
    with pytest.raises(CommandError, match=told):
        call_command("experiment", str(data), *words)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.zip"):
        call_command("experiment", "nowhere.zip")


def test_a_policy_is_an_order_and_a_number_of_votes() -> None:
    policy = Policy.named("margin3")
    assert policy.options["strategy"] == "margin" and policy.options["max_votes"] == 3
    assert Policy.named("default").options == {}
    assert Policy.named("default@0.9").options == {"confidence": 0.9}
    for name in ("uniform0", "default@1.5", "default@0.0"):
        with pytest.raises(PolicyUnknown):
            Policy.named(name)


def curve(*points: tuple[int, float]) -> list[dict[str, float]]:
    return [{"votes": votes, "test_accuracy": accuracy} for votes, accuracy in points]


def test_isotonic_is_that_of_scikit_learn() -> None:
    from sklearn.isotonic import IsotonicRegression

    values = np.random.default_rng(0).normal(size=40).cumsum()
    expected = IsotonicRegression().fit_transform(np.arange(40), values)
    assert isotonic(values) == pytest.approx(expected)


def test_votes_to_reach_look_past_a_lucky_crossing() -> None:
    lucky = curve((100, 0.5), (200, 0.9), (300, 0.7), (400, 0.9))
    assert votes_to_reach(lucky, 0.85) > 300
    assert votes_to_reach(lucky, 0.95) is None
    assert votes_to_reach(curve((100, 0.5), (400, 0.9)), 0.7) == pytest.approx(200)


def trial(policy: str, seed: int, *points: tuple[int, float]) -> dict[str, object]:
    final = {"votes": points[-1][0], "test_accuracy": points[-1][1]}
    final |= dict.fromkeys(
        ["items", "labels", "correct_labels", "label_accuracy", "all_items_accuracy"], 1
    )
    final |= {"test_ece": 0.01, "skill_error": None}
    return {"policy": policy, "seed": seed, "curve": curve(*points), "final": final,
            "cpu_seconds": 1.0}  # fmt: skip


def test_a_summary_tells_what_share_of_the_votes_was_enough() -> None:
    trials = [
        *(trial("uniform3", seed, (100, 0.5), (400, 0.9)) for seed in (0, 1)),
        *(trial("default", seed, (50, 0.5), (100, 0.9), (400, 0.95)) for seed in (0, 1)),
    ]
    policies = summarise(trials, reference="uniform3")
    assert policies["default"]["against"]["share_of_votes"]["mean"] == pytest.approx(0.25)
    assert policies["default"]["final"]["skill_error"]["mean"] is None
    assert curves_svg("a < b", policies).count("<polyline") == 2


def test_auroc_counts_ties_half() -> None:
    assert auroc(np.array([0.9, 0.5]), np.array([0.1, 0.5])) == pytest.approx(0.875)
