"""What a labeler has given outlives new labels and a double click."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.canvas import painted
from tests.e2e.questions import Questions, all_saved, domain, loaded_ahead
from tests.stack import Stack

Enter = Callable[..., Page]


def lines(questions: Questions) -> int:
    pictures = domain("hooker_lines", "lines", "*.jpg")[:12]
    return questions.dataset("Lines", pictures, "handwriting")


def shown(page: Page) -> str:
    return page.get_by_test_id("stage").get_attribute("data-task") or ""


def open_label(page: Page, project: int) -> None:
    page.goto(f"/projects/{project}/label")
    expect(page.get_by_test_id("stage")).to_be_visible()


def test_new_labels_come_while_somebody_labels_and_a_retired_one_is_not_lost(
    stack: Stack, questions: Questions, admin_token: str, sign_in: Enter
) -> None:
    labels = [{"name": "ink"}, {"name": "pencil"}]
    schema = {"labels": labels}
    project = questions.ask("choice", lines(questions), ["lena"], schema=schema)
    page = sign_in("lena")
    open_label(page, project)
    loaded_ahead(page, 3)
    page.context.set_offline(True)
    first = shown(page)
    page.keyboard.press("2")
    expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", first)
    second = shown(page)
    page.keyboard.press("1")
    expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", second)

    changed = [labels[0], {"name": "pencil", "retired": True}, {"name": "chalk"}]
    stack.api("PATCH", f"projects/{project}/", admin_token, {"schema": {"labels": changed}})
    page.context.set_offline(False)

    status = page.get_by_test_id("outbox-status")
    expect(status).to_contain_text("1 rejected")
    status.click()
    expect(page.get_by_role("dialog")).to_contain_text("retired")
    expect(page.get_by_role("dialog")).to_contain_text("pencil")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="chalk", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="pencil", exact=True)).to_have_count(0)
    third = shown(page)
    page.get_by_role("button", name="chalk", exact=True).click()
    expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", third)

    for task in (third, second, first):  # back to the refused one, to be answered anew
        page.keyboard.press("Alt+ArrowLeft")
        expect(page.get_by_test_id("stage")).to_have_attribute("data-task", task)
    page.get_by_role("button", name="chalk", exact=True).click()
    all_saved(page)
    rows = questions.answers(project, "lena")
    found = {task: row["answer"]["choice"] for task, row in rows.items()}
    assert found == {first: "chalk", second: "ink", third: "chalk"}


def test_a_double_click_on_an_answer_answers_one_item(questions: Questions, sign_in: Enter) -> None:
    project = questions.ask("choice", lines(questions), ["noor"])
    page = sign_in("noor")
    open_label(page, project)
    task = shown(page)
    page.get_by_role("button", name="smiling").dblclick()
    expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
    painted(page)  # the second click has been heard too
    all_saved(page)
    assert list(questions.answers(project, "noor")) == [task]
