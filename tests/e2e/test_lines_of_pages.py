"""Lines of real pages with their page: outlined where they lie, one after the other, by keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.canvas import TWO_FRAMES
from tests.e2e.questions import Questions, all_saved, domain
from tests.e2e.watched import LOADED, Watched

Enter = Callable[..., Page]


@pytest.fixture
def pages(questions: Questions) -> int:
    """Two letters and their lines, cut out of them."""
    files = domain("pages_xml", "hooker_page2013", "JDH_2_16_[36]*")
    return questions.dataset("Letters in lines", files, "handwriting")


def top_of_outline(page: Page) -> float:
    """Where the outline comes to rest: the page follows the room that a line leaves it."""
    page.wait_for_function(LOADED)  # a picture takes its room when it is there
    outline = page.get_by_test_id("line-outline")
    before, now = None, outline.bounding_box()
    while now is None or now != before:
        page.evaluate(TWO_FRAMES)
        before, now = now, outline.bounding_box()
    return now["y"]


def test_a_page_is_transcribed_line_by_line(
    questions: Questions, pages: int, sign_in: Enter
) -> None:
    project = questions.ask("transcription", pages, ["lena"], random_share=0)
    watched = Watched(sign_in("lena"))
    page = watched.page
    page.goto(f"/projects/{project}/label")
    expect(page.get_by_test_id("line-outline")).to_be_visible()
    page.keyboard.press("Alt+p")  # the whole page stands still, and the outline wanders down
    stage, tops = page.get_by_test_id("stage"), []
    for text in ("one", "two", "three", "four"):
        tops.append(top_of_outline(page))
        task = stage.get_attribute("data-task") or ""
        expect(page.get_by_role("textbox")).to_be_focused()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(stage).not_to_have_attribute("data-task", task)
    assert tops == sorted(tops) and tops[0] < tops[-1]
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("textbox")).to_have_value("four")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("textbox")).to_have_value("three")
    assert top_of_outline(page) == tops[2]
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("textbox")).to_have_value("four")
    all_saved(page)
    rows = questions.answers(project, "lena").values()
    assert {row["answer"]["text"] for row in rows} == {"one", "two", "three", "four"}
    assert len({row["page"]["id"] for row in rows}) == 1
    watched.has_no_barriers()
    watched.in_all_forms("line-of-page-whole")
    page.keyboard.press("Alt+p")
    watched.in_all_forms("line-of-page")
    page.get_by_role("button", name="Hide the page").click()
    expect(page.get_by_test_id("page")).to_be_hidden()
    expect(page.get_by_role("button", name="Show the page")).to_be_visible()
    assert watched.complaints == []
