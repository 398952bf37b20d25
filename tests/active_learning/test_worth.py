"""What the model's choice is worth: votes saved, the next gain, and stop advice."""

from __future__ import annotations

import numpy as np
import pytest

from active_learning.actions.keep_scores import class_rows, keep_rows
from active_learning.actions.rank import Scores
from active_learning.actions.score import note_stability, score_items
from active_learning.models import ModelVersion, Score, TrainingRun
from active_learning.worth import learning_worth, stop_advice
from annotations.models import ConsensusFit, Project
from annotations.reports.model_share import model_share_of
from tests import factories
from tests.active_learning.conftest import MakeProject, trained


def run(project: Project, arm: str, votes: int, accuracy: float, holdout: int = 200) -> None:
    figures = {"count": holdout, "accuracy": accuracy, "low": accuracy - 0.05, "high": accuracy}
    TrainingRun.objects.create(
        project=project, arm=arm, recipe="fast", state="done", votes=votes,
        metrics={"holdout": figures, "votes": votes, "labels": votes // 2},
    )  # fmt: skip


def curves(project: Project) -> None:
    for votes in (50, 100, 200, 400, 800):
        run(project, "active", votes, 0.98 - 2 / votes)
        run(project, "random", votes, 0.98 - 12 / votes)


@pytest.fixture
def project(db: None) -> Project:
    return factories.project(items=3)


def test_the_votes_saved_are_those_that_random_order_would_have_needed_more(
    project: Project,
) -> None:
    curves(project)
    saved = learning_worth(project)["saved"]
    assert saved["value"] > 500 and saved["low"] <= saved["value"] <= saved["high"]


def test_figures_wait_for_three_points(project: Project) -> None:
    run(project, "active", 50, 0.8)
    found = learning_worth(project)
    assert (found["saved"], found["next_gain"], found["trend"]) == (None, None, [])
    assert found["advice"]["stop"] is False


def test_without_any_model_there_is_no_advice(project: Project) -> None:
    assert learning_worth(project)["advice"] is None


def test_the_trend_goes_a_step_beyond_what_was_measured(project: Project) -> None:
    curves(project)
    trend = learning_worth(project)["trend"]
    assert trend[0]["votes"] == 50 and trend[-1]["votes"] == 1200
    assert trend[-1]["active"] > trend[0]["active"] and trend[0]["active"] > trend[0]["random"]


def test_it_advises_to_stop_once_nothing_changes_any_more(project: Project) -> None:
    for number, kappa in enumerate((0.9, 0.99, 0.99, 0.99), 1):
        made = TrainingRun.objects.create(project=project, recipe="fast", state="done")
        ModelVersion.objects.create(
            project=project, run=made, number=number, sha256="0" * 64, metrics={"kappa": kappa}
        )
    for votes in (1000, 2000, 4000, 8000, 16000):
        run(project, "active", votes, 0.97, holdout=3000)
    assert learning_worth(project)["advice"]["stop"] is True
    ModelVersion.objects.filter(number=3).update(metrics={"kappa": 0.9})
    advice = stop_advice(project, None)
    assert advice["stop"] is False and any("kappa 0.900" in line for line in advice["reasons"])


def test_consecutive_versions_are_compared_on_what_nobody_answered(digits: MakeProject) -> None:
    project = digits(120, active=40)
    old, new = trained(project, serving=False), trained(project)
    score_items(project=project)
    new.refresh_from_db()
    assert "kappa" not in new.metrics  # nothing to compare with
    ids = np.array(sorted(Score.objects.values_list("task_id", flat=True)))
    rows = np.tile([0.9, 0.1], (len(ids), 1))
    rows[: len(ids) // 2] = [0.1, 0.9]
    said = Scores(ids, np.zeros(len(ids)), rows, ("4", "9"), "margin")
    keep_rows(project=project, version=old, rows=class_rows(said))
    assert note_stability(new, said) == 1.0
    other = Scores(ids, np.zeros(len(ids)), rows[:, ::-1], ("4", "9"), "margin")
    kappa = note_stability(new, other)
    new.refresh_from_db()
    assert kappa is not None and kappa < 0 and new.metrics["kappa"] == kappa


def test_the_report_says_what_the_model_changed_in_the_consensus(project: Project) -> None:
    found = {"tasks": 40, "differ": 2, "known": 10, "known_right_with": 9, "known_right_without": 8}
    fit = ConsensusFit.objects.create(
        project=project, method="dawid_skene", state={}, votes=1, calibration={"model": found}
    )
    Project.objects.filter(pk=project.pk).update(fit=fit, consensus_method="dawid_skene")
    project.refresh_from_db()
    assert model_share_of(project) == {"on": True, **found}
