"""What is begun in one browser is gone on with in another one, by the same labeler alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Response, expect

from tests.e2e.questions import Questions, all_saved, domain, open_canvas

Enter = Callable[..., Page]


def keeps_draft(response: Response) -> bool:
    return response.url.endswith("/draft/") and response.request.method == "PUT" and response.ok


def keeps(text: str) -> Callable[[Response], bool]:
    """Whether all of a text is kept: on a slow machine some of it is sent by itself before."""

    def kept(response: Response) -> bool:
        if not keeps_draft(response):
            return False
        return bool((response.request.post_data_json or {}).get("answer") == {"text": text})

    return kept


def text_project(questions: Questions, *people: str) -> int:
    lines = domain("hooker_lines", "lines", "*.jpg")[:12]
    return questions.ask("transcription", questions.dataset("Lines", lines, "handwriting"), people)


def open_text(page: Page, project: int) -> Any:
    page.goto(f"/projects/{project}/label")
    field = page.get_by_label("Text of the line")
    expect(field).to_be_visible()
    return field


def task_of(page: Page) -> str:
    return page.get_by_test_id("stage").get_attribute("data-task") or ""


def test_a_text_is_gone_on_with_in_another_browser(questions: Questions, sign_in: Enter) -> None:
    project = text_project(questions, "lena", "noor")
    here = sign_in("lena")
    field = open_text(here, project)
    with here.expect_response(keeps("In the year")):
        field.press_sequentially("In the year")
    task = task_of(here)

    there = sign_in("lena")
    field = open_text(there, project)
    expect(there.get_by_test_id("stage")).to_have_attribute("data-task", task)
    expect(field).to_have_value("In the year")
    expect(there.get_by_test_id("elsewhere")).to_contain_text("another browser")
    field.press_sequentially(" of our Lord")
    expect(there.get_by_test_id("elsewhere")).to_have_count(0)
    field.press("Enter")
    expect(there.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
    all_saved(there)
    rows = questions.answers(project, "lena")
    assert {number: row["answer"] for number, row in rows.items()} == {
        task: {"text": "In the year of our Lord"}
    }

    other = sign_in("noor")
    expect(open_text(other, project)).to_have_value("")
    expect(other.get_by_test_id("elsewhere")).to_have_count(0)


def test_what_was_typed_without_a_line_is_newer_than_what_was_sent(
    questions: Questions, sign_in: Enter
) -> None:
    project = text_project(questions, "lena")
    page = sign_in("lena")
    field = open_text(page, project)
    with page.expect_response(keeps("sent")):
        field.press_sequentially("sent")
    page.context.set_offline(True)
    field.press_sequentially(" and more")
    expect(field).to_have_value("sent and more")
    page.wait_for_function(
        """async () => {
            const open = indexedDB.open("labelhub");
            const db = await new Promise((done) => (open.onsuccess = () => done(open.result)));
            const all = db.transaction("drafts").objectStore("drafts").getAll();
            const rows = await new Promise((done) => (all.onsuccess = () => done(all.result)));
            db.close();
            return rows.some(({ value }) => value.text === "sent and more");
        }"""
    )
    with page.expect_response(keeps("sent and more")):
        page.context.set_offline(False)
    page.reload()
    expect(page.get_by_label("Text of the line")).to_have_value("sent and more")
    expect(page.get_by_test_id("elsewhere")).to_have_count(0)


def test_boxes_can_be_begun_anew_instead(questions: Questions, sign_in: Enter) -> None:
    pages = questions.dataset("Large pages", domain("pages_xml", "peraire_alto", "*.jpg"))
    project = questions.ask("boxes", pages, ["noor"])
    here = sign_in("noor")
    canvas = open_canvas(here, project)
    x, y = canvas.middle()
    with here.expect_response(keeps_draft):
        canvas.draw_box((x - 80, y - 40), (x + 40, y + 30))

    there = sign_in("noor")
    second = open_canvas(there, project)
    expect(second.shapes).to_have_count(1)
    note = there.get_by_test_id("elsewhere")
    expect(note).to_be_visible()
    note.get_by_role("button", name="Start anew").click()
    expect(second.shapes).to_have_count(0)
    expect(note).to_have_count(0)
