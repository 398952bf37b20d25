"""A reviewer decides disputes of texts and of boxes by keyboard; REST says what was decided."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.pictures import png
from tests.stack import Stack

Enter = Callable[..., Page]
Answers = list[dict[str, Any]]
READINGS: list[Answers] = [
    [{"text": "Anna Smith"}, {"text": "Anna Smyth"}],
    [{"text": "born 1812"}, {"text": "born 1842"}],
]


def box(x: float, y: float, label: str = "face") -> dict[str, Any]:
    return {"label": label, "x": x, "y": y, "width": 30, "height": 24}


FACES: list[Answers] = [
    [{"boxes": [box(10, 10), box(70, 30)]}, {"boxes": [box(12, 11)]}],
    [{"boxes": [box(20, 20)]}, {"boxes": []}],
]


def disputes(
    stack: Stack,
    token: str,
    folder: Path,
    task_type: str,
    schema: dict[str, Any],
    votes: list[Answers],
) -> int:
    """A project with one item for each pair of answers, given by lena and noor; its id."""
    name = f"{task_type} to review"
    for n in range(len(votes)):
        (folder / f"{task_type}-{n}.png").write_bytes(png(200 + n, 120, 80))
    stack.manage("import_items", name, str(folder), "--owner", "root")
    datasets = stack.api("GET", "datasets/?limit=500", token)["results"]
    project = stack.api(
        "POST", "projects/", token,
        {
            "dataset": next(d["id"] for d in datasets if d["name"] == name),
            "name": name, "question": "What is there?", "task_type": task_type, "schema": schema,
            "min_votes": 2, "max_votes": 2, "random_share": 0, "audit_share": 0,
            "auto_train": False, "reviewers_see_names": True,
        },
    )["id"]  # fmt: skip
    for who, role in (("lena", "labeler"), ("noor", "labeler"), ("rita", "reviewer")):
        stack.api("POST", f"projects/{project}/members/", token, {"username": who, "role": role})
    for place, who in enumerate(("lena", "noor")):
        own = stack.manage("create_token", who).strip()
        offer = {"count": len(votes)}
        tasks = stack.api("POST", f"projects/{project}/lease/", own, offer)["tasks"]
        for task in tasks:
            at = int(re.findall(r"-(\d)\.png", task["item"]["filename"])[0])
            body = {"lease": task["lease"]["id"], "answer": votes[at][place]}
            stack.api("POST", "annotations/", own, body, key=str(uuid.uuid4()))
    return int(project)


@pytest.fixture(scope="module")
def lines(stack: Stack, admin_token: str, tmp_path_factory: pytest.TempPathFactory) -> int:
    folder = tmp_path_factory.mktemp("lines")
    return disputes(stack, admin_token, folder, "transcription", {}, READINGS)


@pytest.fixture(scope="module")
def faces(stack: Stack, admin_token: str, tmp_path_factory: pytest.TempPathFactory) -> int:
    schema = {"labels": [{"name": "face"}, {"name": "hand"}]}
    folder = tmp_path_factory.mktemp("faces")
    return disputes(stack, admin_token, folder, "boxes", schema, FACES)


def decision(page: Page, press: Callable[[], None]) -> dict[str, Any]:
    """Do what decides, and return what the server made of the task."""
    with page.expect_response(re.compile("/adjudicate/")) as answered:
        press()
    assert answered.value.ok, answered.value.text()
    return dict(answered.value.json())


def test_a_reviewer_decides_readings_of_lines_by_keyboard(
    stack: Stack, admin_token: str, lines: int, sign_in: Enter
) -> None:
    page = sign_in("rita")
    page.goto(f"/projects/{lines}/review")
    readings = page.get_by_role("region", name="Readings, character by character")
    expect(readings.get_by_role("rowheader")).to_have_count(3)
    expect(readings.locator("td[data-disputed][data-other]")).to_have_count(1)
    expect(page.get_by_role("region", name="Answers")).to_contain_text("Noor")
    note = page.get_by_label("Note")
    page.keyboard.press("n")
    expect(note).to_be_focused()
    page.keyboard.type("a y with a tail")
    page.keyboard.press("Escape")
    expect(note).not_to_be_focused()
    first = decision(page, lambda: page.keyboard.press("2"))
    given = [vote["answer"] for vote in first["votes_cast"]]
    assert first["consensus"]["answer"] in given
    page.keyboard.press("e")
    field = page.get_by_label("Text of the line")
    expect(field).to_be_focused()
    field.press("ControlOrMeta+a")
    page.keyboard.type("born 1872")
    second = decision(page, lambda: page.keyboard.press("Enter"))
    expect(page.get_by_text("You have decided 2 items.")).to_be_visible()
    kept = [stack.api("GET", f"tasks/{one['id']}/", admin_token) for one in (first, second)]
    assert kept[1]["consensus"]["answer"] == {"text": "born 1872"}
    assert [one["consensus"]["adjudicated"] for one in kept] == [True, True]
    assert kept[0]["decisions"][0]["note"] == "a y with a tail"


def test_a_reviewer_decides_boxes_by_keyboard_and_takes_it_back(
    stack: Stack, admin_token: str, faces: int, sign_in: Enter
) -> None:
    page = sign_in("rita")
    page.goto(f"/projects/{faces}/review")
    overlays = page.get_by_test_id("overlays")
    expect(overlays).to_be_visible()
    first_task = overlays.get_attribute("data-task") or ""
    eye = page.get_by_role("button", name=re.compile("^Show or hide")).first
    expect(eye).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Shift+Digit1")
    expect(eye).to_have_attribute("aria-pressed", "false")
    merged = stack.api("GET", f"tasks/{first_task}/", admin_token)["consensus"]["answer"]
    first = decision(page, lambda: page.keyboard.press("Enter"))
    assert first["consensus"]["answer"] == merged
    expect(overlays).not_to_have_attribute("data-task", first_task)
    page.keyboard.press("e")
    expect(page.get_by_test_id("stage")).to_be_visible()
    Canvas(page).shown()
    page.keyboard.press("n")  # a new box in the middle of the view
    page.keyboard.press("2")  # labelled as a hand
    second = decision(page, lambda: page.keyboard.press("ControlOrMeta+Enter"))
    labels = [one["label"] for one in second["consensus"]["answer"]["boxes"]]
    assert "hand" in labels
    read = stack.api("GET", f"tasks/{second['id']}/", admin_token)
    assert read["consensus"]["answer"] == second["consensus"]["answer"]
    expect(page.get_by_text("You have decided 2 items.")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(page.get_by_role("button", name=re.compile("^Take (it )?back"))).to_be_visible()
    with page.expect_response(re.compile("/reopen/")) as reopened:
        page.keyboard.press("r")
    assert reopened.value.ok
    again = stack.api("GET", f"tasks/{second['id']}/", admin_token)
    assert (again["status"], again["consensus"]["adjudicated"]) == ("disputed", False)
