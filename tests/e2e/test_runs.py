"""A run in a real browser: what it gets wrong, what it used, beside another, and a spent quota."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.test_foreign import MAKE
from tests.e2e.watched import Watched
from tests.stack import Stack
from tests.waiting import until

Enter = Callable[..., Page]
# Every fifth label is wrong: whatever is held back for validation, the model disagrees with some.
WRONG = """
for place, task in enumerate(tasks):
    if place % 5 == 0:
        task.label = str((int(task.label) + 1) % 10)
        task.answer, task.distribution = {"choice": task.label}, {task.label: 0.97}
Task.objects.bulk_update"""


@pytest.fixture(scope="module")
def runs(
    stack: Stack, admin_token: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[int, list[int]]:
    """A project with wrong labels and two finished runs; their ids."""
    folder: Path = tmp_path_factory.mktemp("mistaken")
    Image.new("L", (28, 28), 90).save(folder / "grey.png")
    stack.manage("import_items", "Mistaken", str(folder), "--owner", "root")
    script = MAKE.replace("Strangers", "Mistaken").replace("\nTask.objects.bulk_update", WRONG)
    project = int(stack.manage("shell", "-c", script).split("project")[-1])
    made = []
    for seed in (1, 2):
        body = {"recipe": "hog_logreg", "seed": seed}
        made.append(stack.api("POST", f"projects/{project}/runs/", admin_token, body)["id"])
        wait_for(stack, admin_token, made[-1])
    return project, made


def wait_for(stack: Stack, token: str, run: int) -> None:
    def ended() -> dict[str, Any] | None:
        state: dict[str, Any] = stack.api("GET", f"runs/{run}/", token)
        return None if state["state"] in ("pending", "running") else state

    state = until(ended, f"run {run} ends")
    assert state["state"] == "done", state["error"]


def test_a_run_shows_its_mistakes_its_cost_and_another_run_beside_it(
    sign_in: Enter, runs: tuple[int, list[int]]
) -> None:
    project, (first, second) = runs
    watched = Watched(sign_in("root"))
    page = watched.page
    page.goto(f"/projects/{project}/runs/{second}")
    mistakes = page.get_by_role("list", name="What it gets wrong, the surest first")
    expect(mistakes.get_by_role("link").first).to_be_visible()
    expect(page.get_by_text("Memory at most")).to_be_visible()
    page.get_by_label("Choose a run").select_option(str(first))
    table = page.get_by_role("table", name="Beside another run")
    expect(table.get_by_role("row", name="Seed 1 2")).to_be_visible()
    watched.in_all_forms("run-in-detail")
    watched.has_no_barriers()
    assert watched.complaints == []
    mistakes.get_by_role("link").first.click()
    page.wait_for_url("**/review?task=*")


def test_a_run_is_repeated_exactly_and_a_spent_quota_says_so(
    stack: Stack, admin_token: str, sign_in: Enter, runs: tuple[int, list[int]]
) -> None:
    project, (first, _) = runs
    page = sign_in("root")
    page.goto(f"/projects/{project}/runs/{first}")
    page.get_by_role("button", name="Repeat exactly").click()
    expect(page.get_by_text(f"Run {first} repeated by Root.")).to_be_visible()
    again = int(page.url.rsplit("/", 1)[-1])
    wait_for(stack, admin_token, again)
    before, after = (stack.api("GET", f"runs/{run}/", admin_token) for run in (first, again))
    assert before["snapshot"] == after["snapshot"]
    stack.api("PATCH", f"projects/{project}/", admin_token, {"train_quota": 1})
    page.goto(f"/projects/{project}/runs")
    expect(page.get_by_text("Nothing is trained now.")).to_be_visible()
    page.get_by_role("button", name="Train now").click()
    page.get_by_role("dialog").get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert").get_by_text("of the 1 CPU seconds")).to_be_visible()
