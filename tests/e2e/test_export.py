"""The export page in a real browser: rows counted first, a file that holds them, one cancelled."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Download, Locator, Page, expect

from annotations.actions.export import INLINE_ROWS
from tests.e2e.questions import Questions
from tests.e2e.watched import Watched
from tests.stack import Stack
from tests.waiting import BY_A_WORKER, until

Enter = Callable[..., Page]
ITEMS = 6


@pytest.fixture
def many(stack: Stack, questions: Questions, admin_token: str) -> tuple[int, int]:
    """A project with more items than are exported at once where no worker is; and their count."""
    datasets = stack.api("GET", "datasets/?limit=500", admin_token)["results"]
    digits = next(one for one in datasets if one["name"] == "Digits")
    count = int(digits["item_count"])
    assert count > INLINE_ROWS
    project = questions.ask("choice", digits["id"], [], auto_train=False)
    address = f"projects/{project}/"

    def opened() -> bool:
        return bool(stack.api("GET", address, admin_token)["progress"]["tasks"] == count)

    until(opened, f"project {project} asks about all {count} items")
    return project, count


@pytest.fixture
def answered(questions: Questions, tmp_path: Path) -> int:
    """A project of which a third of the items is settled as `smiling`, the rest as `serious`."""
    rng = np.random.default_rng(11)
    for number in range(ITEMS):
        noise = rng.integers(0, 255, (32, 32)).astype(np.uint8)
        Image.fromarray(noise).save(tmp_path / f"face-{number}.png")
    dataset = questions.dataset("Exported", sorted(tmp_path.iterdir()))
    project = questions.ask("choice", dataset, ["lena"], min_votes=1, max_votes=1, audit_share=0)
    token, lease = questions.token_of("lena"), f"projects/{project}/lease/"
    tasks = questions.stack.api("POST", lease, token, {"count": ITEMS})["tasks"]
    for place, task in enumerate(tasks):
        answer = {"choice": "smiling" if place < ITEMS // 3 else "serious"}
        body = {"lease": task["lease"]["id"], "answer": answer}
        questions.stack.api("POST", "annotations/", token, body, key=f"export {task['id']}")
    assert len(tasks) == ITEMS
    return project


def listed(page: Page) -> Locator:
    return page.get_by_role("table", name="Exports so far").locator("tbody tr")


def newest(page: Page) -> Locator:
    return listed(page).first


def exported(page: Page, button: str) -> tuple[Download, bytes]:
    """Press the button and download the file that comes of it."""
    before = listed(page).count()
    page.get_by_role("button", name=button, exact=True).click()
    expect(listed(page)).to_have_count(before + 1)
    link = newest(page).get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=BY_A_WORKER)
    with page.expect_download() as started:
        link.click()
    return started.value, Path(started.value.path()).read_bytes()


def test_what_is_counted_first_is_what_the_file_holds(
    stack: Stack, answered: int, sign_in: Enter, admin_token: str
) -> None:
    page = sign_in("root")
    watched = Watched(page)
    page.goto(f"/projects/{answered}/export")
    expect(page.get_by_role("status").filter(has_text="6 rows")).to_be_visible()
    page.get_by_label("Format").select_option("csv")
    page.get_by_label("Label", exact=True).select_option("smiling")
    expect(page.get_by_role("status").filter(has_text="2 rows")).to_be_visible()
    download, data = exported(page, "Export 2 rows")
    assert download.suggested_filename.endswith(".csv")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["label"] for row in rows] == ["smiling", "smiling"]
    (made,) = stack.api("GET", f"projects/{answered}/exports/", admin_token)["results"]
    assert (made["rows"], made["sha256"]) == (2, hashlib.sha256(data).hexdigest())

    page.get_by_label("Label", exact=True).select_option("")
    page.get_by_label("Format").select_option("folders")
    _, packed = exported(page, "Export 6 rows")
    names = zipfile.ZipFile(io.BytesIO(packed)).namelist()
    pictures = [name for name in names if name.endswith(".png")]
    assert len(pictures) == ITEMS
    assert sum("smiling/" in name for name in pictures) == 2
    assert watched.complaints == []


def test_an_export_that_waits_is_cancelled_and_another_deleted(
    stack: Stack, many: tuple[int, int], sign_in: Enter, admin_token: str
) -> None:
    project, count = many
    page = sign_in("root")
    page.goto(f"/projects/{project}/export")
    page.get_by_label("Items", exact=True).select_option("all")
    button = page.get_by_role("button", name=f"Export {count:,} rows", exact=True)
    expect(button).to_be_enabled()
    with stack.without("worker"):
        button.click()
        newest(page).get_by_role("button", name="Cancel this export").click()
        expect(newest(page).get_by_text("Cancelled")).to_be_visible(timeout=BY_A_WORKER)
    exported(page, f"Export {count:,} rows")
    for left in (1, 0):
        newest(page).get_by_role("button", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(listed(page)).to_have_count(left)
    expect(page.get_by_text("No export yet")).to_be_visible()
    assert stack.api("GET", f"projects/{project}/exports/", admin_token)["results"] == []
