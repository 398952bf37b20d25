"""Other ways of merging in a real browser: boxes and texts, compared, put in force, taken back."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.questions import Questions
from tests.e2e.watched import Watched
from tests.pictures import png
from tests.stack import Stack
from tests.waiting import BY_A_WORKER

Enter = Callable[..., Page]
WORDS = ["abcdef ghijkl", "mnopqr stuvwx", "tzyxwv utsrqp", "onmlkj ihgfed"]


def answered(stack: Stack, questions: Questions, task_type: str, folder: Path, answers: Any) -> int:
    """A project on four pictures with three answers each; `answers(picture, place)` are they."""
    for n in range(4):
        (folder / f"{task_type}-{n}.png").write_bytes(png(seed=700 + n, width=320, height=240))
    dataset = questions.dataset(f"{task_type} for runs", sorted(folder.glob(f"{task_type}-*.png")))
    project = questions.ask(task_type, dataset, ["lena", "noor", "mika"])
    for place, name in enumerate(("lena", "noor", "mika")):
        token = questions.token_of(name)
        tasks = stack.api("POST", f"projects/{project}/lease/", token, {"count": 4})["tasks"]
        for task in tasks:
            number = int(task["item"]["filename"].rsplit("-", 1)[1].split(".")[0])
            body = {"lease": task["lease"]["id"], "answer": answers(number, place)}
            stack.api("POST", "annotations/", token, body, key=str(uuid.uuid4()))
    return project


def boxes(number: int, place: int) -> Any:
    width = (80, 80, 140)[place]
    found = [{"label": "line", "x": 20 + 10 * number, "y": 30, "width": width, "height": 60}]
    if place == 2:
        found.append({"label": "drawing", "x": 200, "y": 150, "width": 60, "height": 50})
    return {"boxes": found}


def texts(number: int, place: int) -> Any:
    """Each reader slips at another place of the word, so that no reading is right."""
    word = WORDS[number]
    at = (1, 5, 9)[place]
    return {"text": word[:at] + "?" + word[at + 1 :]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


def start(page: Page, project: int, method: str, **settings: str) -> None:
    page.goto(f"/projects/{project}/quality/consensus")
    page.get_by_role("button", name="New run").click()
    page.get_by_role("combobox", name="Method").select_option(label=method)
    for label, value in settings.items():
        page.get_by_label(label.replace("_", " ")).fill(value)
    page.get_by_role("button", name="Start").click()
    compared = page.get_by_role("table", name="Beside the method in force")
    expect(compared).to_be_visible(timeout=BY_A_WORKER)


def test_another_way_of_merging_boxes_is_seen_put_in_force_and_taken_back(
    stack: Stack, admin_token: str, questions: Questions, sign_in: Enter, folder: Path
) -> None:
    project = answered(stack, questions, "boxes", folder, boxes)
    page = sign_in("root")
    start(page, project, "Mean of matched boxes", Share_of_labelers_who_must_have="0.3")
    changes = page.get_by_role("table", name="What would change").get_by_role("row")
    expect(changes).to_have_count(5)
    expect(changes.nth(1)).to_contain_text("drawing, line")
    expect(changes.nth(1).get_by_role("img")).to_have_attribute(
        "aria-label", "Now: line. By this run: drawing, line."
    )
    watched = Watched(page)
    watched.has_no_barriers()
    page.get_by_role("heading", name="What would change").scroll_into_view_if_needed()
    changes.nth(2).scroll_into_view_if_needed()
    watched.in_all_forms("consensus-run-boxes")
    page.get_by_role("button", name="Put in force").click()
    page.get_by_role("dialog").get_by_role("button", name="Put in force").click()
    expect(page.get_by_role("button", name="Roll back")).to_be_visible()
    shown = stack.api("GET", f"projects/{project}/", admin_token)
    assert shown["consensus_method"] == "box_mean"
    page.get_by_role("button", name="Roll back").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    expect(page.get_by_text("Rolled back", exact=True).first).to_be_visible()
    assert stack.api("GET", f"projects/{project}/", admin_token)["consensus_method"] == "auto"


def test_changed_texts_show_the_characters_that_differ(
    stack: Stack, questions: Questions, sign_in: Enter, folder: Path
) -> None:
    project = answered(stack, questions, "transcription", folder, texts)
    page = sign_in("root")
    start(page, project, "Reading nearest to the others (medoid)")
    row = page.get_by_role("table", name="What would change").get_by_role("row").nth(1)
    cells = row.get_by_role("cell")
    expect(cells.nth(1)).to_contain_text(re.compile("|".join(WORDS)))
    marks = cells.nth(2).locator("mark")
    expect(marks).to_have_count(1)
    expect(marks).to_have_text("?")
    watched = Watched(page)
    watched.has_no_barriers()
    row.scroll_into_view_if_needed()
    watched.in_all_forms("consensus-run-texts")
