"""The alarm about an import of another kind: where it stands, how it looks, how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.entrance import entrance
from tests.e2e.watched import Watched
from tests.stack import Stack
from tests.waiting import until

Enter = Callable[..., Page]
STRANGERS = 40
# The samples' digits once more, most of them settled on their known labels.
MAKE = """
from django.utils import timezone
from annotations.models import *
from annotations.actions.project import create_project, open_tasks
from labelhub.accounts.models import User
root = User.objects.get(username="root")
dataset = Dataset.objects.create(name="Drifting", created_by=root)
source = Dataset.objects.get(name="Digits")
known = list(source.items.exclude(known_label=None).select_related("known_label")[:300])
for item in known:
    Item.objects.create(
        dataset=dataset, sha256=item.sha256, filename=item.filename, media_type=item.media_type,
        byte_size=item.byte_size, width=item.width, height=item.height, renditions=item.renditions)
Dataset.objects.filter(pk=dataset.pk).update(item_count=dataset.items.count())
project = create_project(by=root, dataset=dataset, name="Ledgers of 1890 to 1910",
    question="Which digit is in the ledger?",
    schema={"labels": [{"name": d} for d in "0123456789"]}, random_share=0, audit_share=0,
    min_votes=1, auto_train=False, recipe="hog_logreg", split_by_group=False)
open_tasks(project=project)
for name, role in (("rita", "reviewer"), ("lena", "labeler")):
    Membership.objects.create(project=project, user=User.objects.get(username=name), role=role)
truth = {item.sha256: item.known_label.value for item in known[:200]}
tasks = list(Task.objects.filter(project=project, item__sha256__in=truth).select_related("item"))
for task in tasks:
    task.label = truth[task.item.sha256]
    task.answer, task.distribution = {"choice": task.label}, {task.label: 0.97}
    task.status, task.confidence, task.votes = "settled", 0.97, 2
    task.settled_at = timezone.now()
Task.objects.bulk_update(tasks, ["label", "answer", "distribution", "status", "confidence",
    "votes", "settled_at"])
print("made", project.pk, dataset.pk)
"""


@pytest.fixture(scope="module")
def drifting(stack: Stack, admin_token: str) -> tuple[int, int]:
    """A project whose latest import is noise, and its dataset: their ids."""
    words = stack.manage("shell", "-c", MAKE).split("made")[-1].split()
    project, dataset = int(words[0]), int(words[1])
    stack.api("POST", f"projects/{project}/runs/", admin_token, {"recipe": "hog_logreg"})
    report = f"projects/{project}/foreign/report/"

    def judged() -> bool:
        found = stack.api("GET", report, admin_token)
        return bool(found["made_at"]) and not found["judging"]

    until(judged, "a model judges the first items")
    folder = stack.folder / "shelf" / "drift"
    folder.mkdir()
    rng = np.random.default_rng(7)
    for number in range(STRANGERS):
        noise = rng.integers(0, 255, (28, 28)).astype(np.uint8)
        Image.fromarray(noise).save(folder / f"noise-{number:02}.png")
    place = {"kind": "folder", "name": "shelf", "path": "drift"}
    stack.api("POST", f"datasets/{dataset}/imports/places/", admin_token, place)

    def imported() -> bool:
        found = stack.api("GET", f"projects/{project}/", admin_token)
        return int(found["progress"]["tasks"]) == 300 + STRANGERS

    until(imported, "the import's items are asked about")
    stack.api("POST", report, admin_token)
    drifts = f"datasets/{dataset}/drifts/"
    until(lambda: bool(stack.api("GET", drifts, admin_token)), "the import is called strange")
    return project, dataset


@pytest.fixture(scope="module")
def root(stack: Stack, browser: Browser, drifting: tuple[int, int]) -> Iterator[Watched]:
    with entrance(stack, browser) as enter:
        yield Watched(enter("root").context.new_page())


@pytest.mark.parametrize("screen", ["overview", "dataset", "status"])
def test_the_alarm_fits_every_width_and_bars_nobody(
    root: Watched, drifting: tuple[int, int], screen: str
) -> None:
    project, dataset = drifting
    addresses = {
        "overview": f"/projects/{project}",
        "dataset": f"/datasets/{dataset}",
        "status": "/status",
    }
    titles = {"status": "Imported pictures look unlike what is labeled"}
    root.open(addresses[screen])
    alarm = root.page.get_by_text(titles.get(screen, "Imported images look different"))
    expect(alarm).to_be_visible()
    root.in_all_forms(f"drift-{screen}")
    assert root.complaints == []
    root.has_no_barriers(least="minor")


def test_the_alarm_is_said_once_and_leads_to_the_items(
    sign_in: Enter, drifting: tuple[int, int]
) -> None:
    project, _ = drifting
    page = sign_in("rita")
    page.goto(f"/projects/{project}")
    alarm = page.get_by_role("status").filter(has_text="Imported images look different")
    expect(alarm).to_have_count(1)
    expect(alarm).to_contain_text(f"of {STRANGERS} items")
    expect(alarm).to_contain_text("Ledgers of 1890 to 1910")
    alarm.get_by_role("link", name="Look at them").press("Enter")
    expect(page.get_by_test_id("foreign-tiles").locator("button").first).to_be_visible()


def test_labelers_are_not_alarmed(sign_in: Enter, drifting: tuple[int, int]) -> None:
    project, _ = drifting
    page = sign_in("lena")
    page.goto(f"/projects/{project}")
    expect(page.get_by_role("heading", name="Guidelines")).to_be_visible()
    expect(page.get_by_text("Imported images look different")).to_have_count(0)


def test_the_alarm_ends_when_all_that_is_flagged_was_looked_at(
    sign_in: Enter, drifting: tuple[int, int]
) -> None:
    project, _ = drifting
    page = sign_in("rita")
    page.goto(f"/projects/{project}")
    page.get_by_role("link", name="Look at them").click()
    tiles = page.get_by_test_id("foreign-tiles").locator("button")
    expect(tiles.first).to_be_visible()
    page.keyboard.press("Control+a")
    page.keyboard.press("a")
    expect(tiles).to_have_count(0)
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Overview").click()
    expect(page.get_by_role("heading", name="Settled labels")).to_be_visible()
    expect(page.get_by_text("Imported images look different")).to_have_count(0)
