"""Foreign items in a real browser: found by a real model, set aside, given back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.test_pairs import shot
from tests.e2e.watched import Watched
from tests.stack import Stack
from tests.waiting import until

Enter = Callable[..., Page]
STRANGERS = 20
# The samples' digits once more, most of them settled on their known labels, beside the strangers.
MAKE = """
from django.utils import timezone
from annotations.models import *
from annotations.actions.project import create_project, open_tasks
from labelhub.accounts.models import User
root = User.objects.get(username="root")
dataset = Dataset.objects.get(name="Strangers")
source = Dataset.objects.get(name="Digits")
known = list(source.items.exclude(known_label=None).select_related("known_label")[:260])
for item in known:
    Item.objects.create(
        dataset=dataset, sha256=item.sha256, filename=item.filename, media_type=item.media_type,
        byte_size=item.byte_size, width=item.width, height=item.height, renditions=item.renditions)
Dataset.objects.filter(pk=dataset.pk).update(item_count=dataset.items.count())
project = create_project(by=root, dataset=dataset, name="Strangers", question="Which digit?",
    schema={"labels": [{"name": d} for d in "0123456789"]}, random_share=0, audit_share=0,
    min_votes=1, auto_train=False, recipe="hog_logreg", split_by_group=False)
open_tasks(project=project)
Membership.objects.create(project=project, user=User.objects.get(username="rita"), role="reviewer")
truth = {item.sha256: item.known_label.value for item in known[:180]}
tasks = list(Task.objects.filter(project=project, item__sha256__in=truth).select_related("item"))
for task in tasks:
    task.label = truth[task.item.sha256]
    task.answer, task.distribution = {"choice": task.label}, {task.label: 0.97}
    task.status, task.confidence, task.votes = "settled", 0.97, 2
    task.settled_at = timezone.now()
Task.objects.bulk_update(tasks, ["label", "answer", "distribution", "status", "confidence",
    "votes", "settled_at"])
print("project", project.pk)
"""


@pytest.fixture(scope="module")
def strangers(stack: Stack, admin_token: str, tmp_path_factory: pytest.TempPathFactory) -> int:
    """A project whose model has judged eighty digits and twenty pictures of noise; its id."""
    folder: Path = tmp_path_factory.mktemp("strangers")
    rng = np.random.default_rng(5)
    for number in range(STRANGERS):
        noise = rng.integers(0, 255, (28, 28)).astype(np.uint8)
        Image.fromarray(noise).save(folder / f"noise-{number:02}.png")
    stack.manage("import_items", "Strangers", str(folder), "--owner", "root")
    project = int(stack.manage("shell", "-c", MAKE).split("project")[-1])
    stack.api("POST", f"projects/{project}/runs/", admin_token, {"recipe": "hog_logreg"})

    def judged() -> bool:
        report = stack.api("GET", f"projects/{project}/foreign/report/", admin_token)
        return bool(report["made_at"]) and not report["judging"]

    until(judged, "a model judges the items")
    return project


def test_strange_pictures_are_set_aside_and_given_back(
    stack: Stack, sign_in: Enter, strangers: int, admin_token: str
) -> None:
    page = sign_in("rita")
    page.goto(f"/projects/{strangers}")
    page.get_by_role("navigation", name="Sections").get_by_role(
        "link", name="Foreign items"
    ).click()
    tiles = page.get_by_test_id("foreign-tiles").locator("button")
    expect(tiles.first).to_be_visible()
    names = tiles.evaluate_all("all => all.map((one) => one.title)")
    assert sum(name.startswith("noise") for name in names[:STRANGERS]) >= 0.8 * STRANGERS
    expect(page.get_by_text("labelers are asked last until you have looked")).to_be_visible()
    shot(page, "foreign")
    tiles.nth(0).click()
    tiles.nth(4).click(modifiers=["Shift"])
    expect(page.get_by_text("5 items chosen")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("main").get_by_text("5 items set aside")).to_be_visible()
    page.get_by_role("radio", name="Set aside · 5").check()
    expect(tiles).to_have_count(5)
    token = stack.manage("create_token", "root").strip()
    listed = stack.api("GET", f"projects/{strangers}/foreign/?state=aside", token)["results"]
    assert all(row["aside"] and row["decided_by"] == "Rita" for row in listed)
    page.keyboard.press("Control+a")
    page.keyboard.press("t")
    expect(page.get_by_text("Nothing is set aside")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(tiles).to_have_count(5)


def test_the_page_fits_every_width_in_both_themes(sign_in: Enter, strangers: int) -> None:
    watched = Watched(sign_in("root"))
    watched.page.goto(f"/projects/{strangers}/foreign")
    expect(watched.page.get_by_test_id("foreign-tiles")).to_be_visible()
    watched.in_all_forms("foreign")
    assert watched.complaints == []
    watched.has_no_barriers()


def test_labelers_see_none_of_it(sign_in: Enter, stack: Stack, strangers: int) -> None:
    stack.api(
        "POST", f"projects/{strangers}/members/", stack.manage("create_token", "root").strip(),
        {"username": "lena", "role": "labeler"},
    )  # fmt: skip
    page = sign_in("lena")
    page.goto(f"/projects/{strangers}/foreign")
    expect(page.get_by_text("Only managers and reviewers see foreign items.")).to_be_visible()
