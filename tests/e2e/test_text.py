"""Lines transcribed and many labels chosen on real pictures, and read back through the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.canvas import painted, tap
from tests.e2e.questions import Questions, all_saved, domain, loaded_ahead
from tests.stack import PASSWORD

Enter = Callable[..., Page]


@pytest.fixture
def lines(questions: Questions) -> int:
    """The dataset of twelve lines of one letter."""
    return questions.dataset("Lines", domain("hooker_lines", "lines", "*.jpg")[:12], "handwriting")


@pytest.fixture
def portraits(questions: Questions) -> int:
    return questions.dataset("Portraits", domain("orl_faces", "s0[12]", "0*.png")[:8], "face")


def open_question(page: Page, project: int) -> Locator:
    page.goto(f"/projects/{project}/label")
    stage = page.get_by_test_id("stage")
    expect(stage).to_be_visible()
    return stage


def write(page: Page, text: str) -> str:
    """Type a line, save it with Enter and wait for the next; return its task."""
    stage = page.get_by_test_id("stage")
    task = stage.get_attribute("data-task") or ""
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(stage).not_to_have_attribute("data-task", task)
    return task


def test_lines_are_written_by_keys_alone_and_kept_letter_for_letter(
    questions: Questions, lines: int, sign_in: Enter
) -> None:
    project = questions.ask("transcription", lines, ["lena"])
    page = sign_in("lena")
    open_question(page, project)
    expect(page.get_by_role("textbox")).to_be_focused()
    texts = [
        "we see the women in the labourers",
        "plots. Technical Education",
        "ſæcond “naïve” — 3½ £",
    ]
    wanted = {write(page, text): {"text": text} for text in texts}
    page.keyboard.press("Alt+u")
    task = page.get_by_test_id("stage").get_attribute("data-task") or ""
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
    wanted[task] = {"text": "", "illegible": True}
    all_saved(page)
    found = questions.answers(project, "lena")
    assert {task: row["answer"] for task, row in found.items()} == wanted


def test_a_line_is_taken_back_and_written_anew(
    questions: Questions, lines: int, sign_in: Enter
) -> None:
    project = questions.ask("transcription", lines, ["lena"])
    page = sign_in("lena")
    open_question(page, project)
    task = write(page, "plots")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_test_id("stage")).to_have_attribute("data-task", task)
    expect(page.get_by_role("textbox")).to_have_value("plots")
    write(page, " of land")
    all_saved(page)
    row = questions.answers(project, "lena")[task]
    assert (row["answer"], row["version"]) == ({"text": "plots of land"}, 2)


def test_an_empty_line_is_not_sent_and_half_a_line_survives_a_reload(
    questions: Questions, lines: int, sign_in: Enter
) -> None:
    project = questions.ask("transcription", lines, ["lena"])
    page = sign_in("lena")
    stage = open_question(page, project)
    task = stage.get_attribute("data-task") or ""
    expect(page.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    page.keyboard.type("half a li")
    page.reload()
    expect(page.get_by_role("textbox")).to_have_value("half a li")
    expect(stage).to_have_attribute("data-task", task)
    page.get_by_role("textbox").focus()
    page.keyboard.press("End")
    write(page, "ne")
    expect(page.get_by_role("textbox")).to_have_value("")
    all_saved(page)
    assert questions.answers(project, "lena")[task]["answer"] == {"text": "half a line"}


def test_lines_written_offline_and_after_the_session_ended_arrive_once(
    questions: Questions, lines: int, sign_in: Enter
) -> None:
    project = questions.ask("transcription", lines, ["noor"])
    page = sign_in("noor")
    open_question(page, project)
    loaded_ahead(page, 4)
    page.context.set_offline(True)
    wanted = {write(page, text): {"text": text} for text in ("one", "two")}
    page.context.clear_cookies(name="sessionid")
    wanted[write(page, "three")] = {"text": "three"}
    page.context.set_offline(False)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    all_saved(page)
    rows = questions.answers(project, "noor")
    assert {task: row["answer"] for task, row in rows.items()} == wanted
    assert {row["version"] for row in rows.values()} == {1}


def test_labels_are_chosen_by_digits_and_none_is_an_answer_too(
    questions: Questions, portraits: int, sign_in: Enter
) -> None:
    project = questions.ask("multi_label", portraits, ["lena"])
    page = sign_in("lena")
    stage = open_question(page, project)
    wanted = {}
    for keys, choices in (("31", ["glasses", "smile"]), ("22", []), ("2", ["beard"])):
        task = stage.get_attribute("data-task") or ""
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        expect(stage).not_to_have_attribute("data-task", task)
        wanted[task] = {"choices": choices}
    all_saved(page)
    found = questions.answers(project, "lena")
    assert {task: row["answer"] for task, row in found.items()} == wanted


def test_labels_are_chosen_by_touch_and_a_double_tap_on_submit_answers_once(
    questions: Questions, portraits: int, sign_in: Enter
) -> None:
    project = questions.ask("multi_label", portraits, ["mika"])
    page = sign_in("mika", viewport={"width": 390, "height": 844}, has_touch=True)
    stage = open_question(page, project)
    task = stage.get_attribute("data-task") or ""
    tap(page.get_by_role("button", name="beard"))
    expect(page.get_by_role("button", name="beard")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Submit").dblclick()
    expect(stage).not_to_have_attribute("data-task", task)
    painted(page)  # the second tap has been heard too
    all_saved(page)
    found = questions.answers(project, "mika")
    assert {task: row["answer"] for task, row in found.items()} == {task: {"choices": ["beard"]}}
