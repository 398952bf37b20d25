"""What is begun outlives a changed question, and is sent once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.by_keys import next_item, press_all
from tests.e2e.questions import Questions, all_saved, domain, open_canvas
from tests.stack import Stack
from tests.waiting import BY_A_WORKER

Enter = Callable[..., Page]


@pytest.fixture
def portraits(questions: Questions) -> int:
    return questions.dataset("Portraits", domain("orl_faces", "s0[12]", "0*.png")[:8], "face")


def open_label(page: Page, project: int) -> str:
    page.goto(f"/projects/{project}/label")
    stage = page.get_by_test_id("stage")
    expect(stage).to_be_visible()
    return stage.get_attribute("data-task") or ""


def answers(questions: Questions, project: int, name: str) -> dict[str, Any]:
    return {task: row["answer"] for task, row in questions.answers(project, name).items()}


# --- A question that changes -------------------------------------------------------------------


def change(stack: Stack, token: str, project: int, schema: dict[str, Any]) -> None:
    stack.api("PATCH", f"projects/{project}/", token, {"schema": schema})


def test_a_chosen_label_that_is_taken_out_of_use_is_named_and_not_quietly_left_out(
    stack: Stack, questions: Questions, admin_token: str, portraits: int, sign_in: Enter
) -> None:
    project = questions.ask("multi_label", portraits, ["lena"])
    page = sign_in("lena")
    open_label(page, project)
    press_all(page, "1", "2")
    expect(page.get_by_role("status").filter(has_text="2 chosen")).to_be_visible()
    labels = [{"name": "glasses"}, {"name": "beard", "retired": True}, {"name": "smile"}]
    change(stack, admin_token, project, {"labels": labels, "at_least": 0})
    gone = page.get_by_role("alert").filter(has_text="No longer a label here: beard")
    expect(gone).to_be_visible(timeout=BY_A_WORKER)  # the project is looked at every 30 seconds
    task = page.get_by_test_id("stage").get_attribute("data-task") or ""
    press_all(page, "Enter")
    expect(gone).to_be_hidden()
    expect(page.get_by_test_id("stage")).to_have_attribute("data-task", task)
    assert next_item(page, lambda: page.keyboard.press("Enter")) == task
    all_saved(page)
    assert answers(questions, project, "lena") == {task: {"choices": ["glasses"]}}


# --- An item that went to somebody else ---------------------------------------------------------

AN_HOUR = """
from datetime import timedelta
from django.db.models import F
from annotations.models import Seat
Seat.objects.filter(project={project}, state="held").update(until=F("until") - timedelta(hours=1))
"""


def test_what_is_begun_on_an_item_that_is_lost_stays_and_is_there_when_it_comes_back(
    stack: Stack, questions: Questions, sign_in: Enter
) -> None:
    line = domain("hooker_lines", "lines", "*.jpg")[:1]
    rule = {"min_votes": 1, "max_votes": 1, "lease_seconds": 30}
    project = questions.ask(
        "transcription", questions.dataset("One line", line), ["lena", "noor"], **rule
    )
    page = sign_in("lena")
    task = open_label(page, project)
    field = page.get_by_role("textbox")
    expect(field).to_be_focused()
    page.keyboard.type("half a li")
    stack.manage("shell", "-c", AN_HOUR.format(project=project))
    lease = f"projects/{project}/lease/"
    (taken,) = stack.api("POST", lease, questions.token_of("noor"), {"count": 1})["tasks"]
    assert str(taken["id"]) == task

    told = page.get_by_role("alert").filter(has=page.get_by_role("button"))
    expect(told).to_be_visible(timeout=BY_A_WORKER)  # leases are looked at every 20 seconds
    expect(field).to_have_value("half a li")
    told.get_by_role("button").click()
    expect(page.get_by_test_id("stage")).to_have_count(0)
    body = {"leases": [taken["lease"]["id"]]}
    stack.api("POST", "leases/return/", questions.token_of("noor"), body)
    expect(page.get_by_test_id("stage")).to_have_attribute("data-task", task)
    expect(field).to_have_value("half a li")
    expect(field).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("ne")
    assert next_item(page, lambda: page.keyboard.press("Enter")) == task
    all_saved(page)
    assert answers(questions, project, "lena") == {task: {"text": "half a line"}}


# --- Sent twice --------------------------------------------------------------------------------

# Two presses of one moment: the second comes when the next item is there already.
TWICE = """async ([ctrlKey, seen]) => {
    const press = () => new KeyboardEvent("keydown",
        { key: "Enter", code: "Enter", ctrlKey, bubbles: true, cancelable: true });
    const [first, second] = [press(), press()];
    const shown = () => document.querySelector(seen)?.dataset.task;
    const before = shown();
    document.body.dispatchEvent(first);
    while (shown() === before) await new Promise((done) => setTimeout(done, 5));
    document.body.dispatchEvent(second);
}"""
STAGE = "[data-testid=stage]"


@pytest.mark.parametrize("kind", ["multi_label", "boxes"])
def test_a_double_press_of_enter_answers_one_item(
    questions: Questions, portraits: int, sign_in: Enter, kind: str
) -> None:
    project = questions.ask(kind, portraits, ["noor"])
    page = sign_in("noor")
    task = open_label(page, project)
    page.wait_for_load_state("networkidle")  # the pictures ahead are there too
    page.evaluate(TWICE, [kind == "boxes", STAGE])
    after = page.get_by_test_id("stage").get_attribute("data-task") or ""
    pressed = page.evaluate("performance.now()")
    page.wait_for_function("then => performance.now() - then > 400", arg=pressed)
    assert page.get_by_test_id("stage").get_attribute("data-task") == after != task
    assert next_item(page, lambda: page.keyboard.press("Control+Enter")) == after
    all_saved(page)
    assert set(questions.answers(project, "noor")) == {task, after}


def test_a_double_click_on_submit_sends_one_page(
    questions: Questions, portraits: int, sign_in: Enter
) -> None:
    project = questions.ask("boxes", portraits, ["noor"])
    canvas = open_canvas(sign_in("noor"), project)
    task = canvas.task
    canvas.page.wait_for_load_state("networkidle")
    canvas.page.get_by_role("button", name="Submit").dblclick()
    expect(canvas.page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
    all_saved(canvas.page)
    canvas.shown()
    assert list(questions.answers(project, "noor")) == [task]
