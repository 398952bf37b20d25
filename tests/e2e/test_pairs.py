"""Two faces side by side in a real browser: pairs drawn, answered by keyboard, read back."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_label import saved, task_shown
from tests.stack import Stack

Enter = Callable[..., Page]
SHOTS = os.environ.get("LABELHUB_SHOTS")  # a folder, where somebody wants to look at the screens
KEYS = {"1": "same", "2": "different", "3": "cannot_tell"}


@pytest.fixture(scope="module")
def pairs(
    stack: Stack, admin_token: str, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """A project that asks whether two faces are of one person, with lena, noor and rita."""
    archive = tmp_path_factory.mktemp("faces") / "faces.zip"
    some_faces(shared_data / "images" / "orl_faces" / "orl_faces.zip", archive)
    stack.manage("import_items", "Faces", str(archive), "--kind", "face", "--owner", "root")
    datasets = stack.api("GET", "datasets/?limit=500", admin_token)["results"]
    faces = next(row for row in datasets if row["name"] == "Faces")
    body = {
        "dataset": faces["id"], "name": "Same person?", "question": "Is this the same person?",
        "task_type": "pair", "schema": {}, "min_votes": 2, "max_votes": 2,
        "random_share": 0, "audit_share": 0,
    }  # fmt: skip
    project = stack.api("POST", "projects/", admin_token, body)
    for name, role in (("lena", "labeler"), ("noor", "labeler"), ("rita", "reviewer")):
        users = stack.api("GET", "users/", admin_token)["results"]
        who = next(row["id"] for row in users if row["username"] == name)
        stack.api(
            "POST", f"projects/{project['id']}/members/", admin_token, {"user": who, "role": role}
        )
    return dict(project)


def some_faces(source: Path, target: Path) -> None:
    """Three pictures each of six people; the person is the group."""
    with zipfile.ZipFile(source) as faces, zipfile.ZipFile(target, "w") as few:
        lines = ["filename,group"]
        for name in sorted(faces.namelist()):
            person, _, number = Path(name).stem.partition("_")
            if name.endswith(".png") and person <= "s06" and number <= "03":
                few.writestr(name, faces.read(name))
                lines.append(f"{name},{person}")
        few.writestr("labels.csv", "\n".join(lines))


def shot(page: Page, name: str) -> None:
    """Keep pictures of the screen in both widths and schemes, where they are wanted."""
    if not SHOTS:
        return
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width, height in ((1440, 900), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(400)
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_a_manager_draws_pairs_and_labelers_answer_them_by_keyboard(
    stack: Stack, sign_in: Enter, admin_token: str, pairs: dict[str, Any]
) -> None:
    project = pairs["id"]
    manager = sign_in("root")
    manager.goto(f"/projects/{project}/settings")
    expect(manager.get_by_text("This project asks about no pairs yet")).to_be_visible()
    manager.get_by_label("Within a group").fill("6")
    manager.get_by_label("Across groups").fill("6")
    manager.get_by_role("button", name="Draw pairs").click()
    expect(manager.get_by_text("12 pairs added")).to_be_visible()
    manager.get_by_text("12 pairs added").scroll_into_view_if_needed()
    shot(manager, "pairs-settings")

    page = sign_in("lena")
    page.goto(f"/projects/{project}/label")
    expect(page.get_by_test_id("stage")).to_be_visible()
    expect(page.get_by_alt_text("Picture B: ").first).to_be_visible()
    shot(page, "pairs-label")
    given: dict[str, str] = {}
    for key in "123123121":
        task = task_shown(page)
        page.keyboard.press(key)
        expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
        given[task] = KEYS[key]
    saved(page)
    token = stack.manage("create_token", "lena").strip()
    rows = stack.api("GET", f"projects/{project}/history/?limit=500", token)["results"]
    assert {str(row["task"]): row["answer"]["choice"] for row in rows} == given
    shown = [(row["filename"], row["other_item"]["filename"]) for row in rows]
    assert all(one != two for one, two in shown)


def test_while_space_is_held_the_two_change_places(sign_in: Enter, pairs: dict[str, Any]) -> None:
    page = sign_in("noor")
    page.goto(f"/projects/{pairs['id']}/label")
    stage = page.get_by_test_id("stage")
    expect(stage).to_have_attribute("data-flipped", "false")
    page.keyboard.down("Space")
    expect(stage).to_have_attribute("data-flipped", "true")
    page.keyboard.up("Space")
    expect(stage).to_have_attribute("data-flipped", "false")


def test_a_reviewer_sees_both_faces_and_decides(
    stack: Stack, sign_in: Enter, admin_token: str, pairs: dict[str, Any]
) -> None:
    project = pairs["id"]
    answers = stack.api("GET", f"projects/{project}/tasks/?limit=50", admin_token)["results"]
    votes = {
        row["id"]: stack.api("GET", f"tasks/{row['id']}/", admin_token)["votes_cast"]
        for row in answers
    }
    token = stack.manage("create_token", "noor").strip()
    offered = stack.api("POST", f"projects/{project}/lease/", token, {"count": 20, "resume": True})
    for task in offered["tasks"]:
        said = [vote["answer"]["choice"] for vote in votes[task["id"]]]
        answer = {"choice": "different" if said == ["same"] else "same"}
        body = {"lease": task["lease"]["id"], "answer": answer}
        stack.api("POST", "annotations/", token, body)
    page = sign_in("rita")
    page.goto(f"/projects/{project}/review")
    expect(page.get_by_role("radio", name="Contradicting")).to_be_attached()
    expect(page.locator("main img")).to_have_count(2)
    shot(page, "pairs-review")
    with page.expect_response(re.compile("/adjudicate/")) as decided:  # behind the next item
        page.keyboard.press("2")
    assert decided.value.ok
    expect(page.locator("main img")).to_have_count(2)
    shown = stack.api("GET", f"projects/{project}/tasks/?limit=50", admin_token)["results"]
    decided = [row for row in shown if row["consensus"] and row["consensus"]["adjudicated"]]
    assert [row["consensus"]["label"] for row in decided] == ["different"]
    manager = sign_in("root")
    manager.goto(f"/projects/{project}/items")
    expect(manager.locator("tbody img, [role=row] img").first).to_be_visible()
    shot(manager, "pairs-items")
