"""The items page in a real browser: filters in the address, saved views, tags in bulk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_pairs import shot
from tests.stack import Stack

Enter = Callable[..., Page]
# Thirty items that show the samples' pictures, in two parts, with answers of all sorts.
MAKE = """
import hashlib
from annotations.models import *
from annotations.actions.project import create_project, open_tasks
from labelhub.accounts.models import User
root = User.objects.get(username="root")
shown = list(Item.objects.exclude(renditions={}).filter(width__lt=60)[:30])
dataset = Dataset.objects.create(name="Browsed", created_by=root, item_count=30)
Item.objects.bulk_create([
    Item(dataset=dataset, sha256=hashlib.sha256(f"browsed {n}".encode()).hexdigest(),
         filename=f"leaf{n:02}.png", media_type="image/png", byte_size=1, width=28, height=28,
         split="test" if n < 6 else "train", group=f"writer {n % 3}",
         renditions=shown[n].renditions)
    for n in range(30)])
project = create_project(by=root, dataset=dataset, name="Browsing", question="Which digit?",
    schema={"labels": [{"name": d} for d in "0123456789"]}, random_share=0, audit_share=0,
    auto_train=False, split_by_group=False)
open_tasks(project=project)
for place, task in enumerate(Task.objects.filter(project=project).order_by("pk")):
    status = ("open", "settled", "disputed")[place % 3]
    Task.objects.filter(pk=task.pk).update(status=status, votes=place % 3, label=str(place % 10),
        answer={"choice": str(place % 10)} if place % 3 else None,
        confidence=0.5 + place / 60 if place % 3 else None,
        agreement=(0.5, 1.0)[place % 2] if place % 3 == 2 else None)
print("project", project.pk)
"""


@pytest.fixture(scope="module")
def browsed(stack: Stack) -> int:
    return int(stack.manage("shell", "-v", "0", "-c", MAKE).split("project ")[1].split()[0])


def test_a_view_is_its_address_and_can_be_saved(browsed: int, sign_in: Enter) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{browsed}/items")
    expect(page.get_by_text("30 items", exact=True)).to_be_visible()
    page.get_by_role("button", name="More filters").click()
    page.get_by_label("Part").select_option("test")
    expect(page.get_by_text("6 items", exact=True)).to_be_visible()
    page.get_by_label("Order").select_option("file")
    page.get_by_label("Search file names").fill("LEAF0")
    expect(page).to_have_url(re.compile("split=test.*file=LEAF0"))
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("dialog").get_by_label("Name").fill("First leaves")
    page.get_by_role("dialog").get_by_role("button", name="Save view").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_label("Saved views")).to_have_value(re.compile("[0-9]+"))
    shot(page, "browse-view")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_text("30 items", exact=True)).to_be_visible()
    page.get_by_label("Saved views").select_option("First leaves")
    expect(page.get_by_text("6 items", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_text("6 items", exact=True)).to_be_visible()
    expect(page.locator("main table tbody tr")).to_have_count(6)


def test_tags_are_put_on_what_the_filters_show_and_taken_back(browsed: int, sign_in: Enter) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{browsed}/items?status=disputed")
    expect(page.get_by_text("10 items", exact=True)).to_be_visible()
    page.get_by_role("button", name="Tag these").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Change 10 items")).to_be_disabled()
    dialog.get_by_label("Add tags").fill("torn, faded")
    shot(page, "browse-tags")
    dialog.get_by_role("button", name="Change 10 items").click()
    expect(dialog.get_by_text("10 items were changed.")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    page.goto(f"/projects/{browsed}/items?tag=torn")
    expect(page.get_by_text("10 items", exact=True)).to_be_visible()
    expect(page.locator("main table tbody tr").first.get_by_text("faded")).to_be_visible()
    page.get_by_role("button", name="Tag these").click()
    dialog.get_by_label("Remove tags").fill("torn")
    dialog.get_by_role("button", name="Change 10 items").click()
    dialog.get_by_role("button", name="Take it back").click()
    expect(dialog.get_by_text("All is as it was.")).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(page.locator("main table tbody tr")).to_have_count(10)
