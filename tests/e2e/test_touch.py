"""A phone of 390 px: choice, pair and lines of text, answered by fingers alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.canvas import tap
from tests.e2e.questions import Questions, all_saved, domain

Enter = Callable[..., Page]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LEAST, COMFORT = 24, 44  # WCAG 2.5.8 asks for the first; what is answered with gets the second
# Buttons and fields that are shown, smaller than a finger needs.
SMALL = """(least) => [...document.querySelectorAll("main :is(button, a, input, textarea, select)")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([one, { width, height }]) => width > 1 && (width < least || height < least))
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)}: ${box.width} x ${box.height}`)"""
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"
READABLE = 40  # px of a line's height
WHOLE_HEIGHT = """least => {
  const line = document.querySelector("[data-testid='stage'] img").getBoundingClientRect();
  return line.top >= 0 && line.bottom <= innerHeight && line.height >= least;
}"""
KINDS = {
    "choice": (("orl_faces", "s0[12]", "0*.png"), "face"),
    "pair": (("orl_faces", "s0[12]", "0*.png"), "face"),
    "transcription": (("hooker_lines", "lines", "*.jpg"), "handwriting"),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def project(questions: Questions, kind: str) -> int:
    parts, of = KINDS[kind]
    name = "Portraits" if of == "face" else "Lines"
    dataset = questions.dataset(name, domain(*parts)[: 8 if of == "face" else 12], of)
    return questions.ask(kind, dataset, ["mika"])


def answer(page: Page, kind: str, way: str) -> dict[str, Any]:
    """Answer what is shown by touch; return the answer that was meant."""
    if kind == "transcription":
        tap(page.get_by_role("textbox"))
        page.get_by_role("textbox").press_sequentially(way)
        tap(page.get_by_role("button", name="Save", exact=True))
        return {"text": way}
    choices = {"choice": ("smiling", "serious"), "pair": ("same", "different")}[kind]
    choice = choices[0] if way == "yes" else choices[1]
    tap(page.locator(f"[data-choice='{choice}']"))
    return {"choice": choice}


def shown(page: Page) -> Locator:
    return page.get_by_test_id("stage")


def task_of(page: Page) -> str:
    return shown(page).get_attribute("data-task") or ""


def test_items_are_answered_taken_back_and_answered_anew_by_touch(
    questions: Questions, sign_in: Enter, project: int, kind: str
) -> None:
    page = sign_in("mika", **PHONE)
    page.goto(f"/projects/{project}/label")
    expect(shown(page)).to_be_visible()
    meant: dict[str, Any] = {}
    for way in ("yes", "no"):
        task = task_of(page)
        meant[task] = answer(page, kind, way)
        expect(shown(page)).not_to_have_attribute("data-task", task)
    third = task_of(page)
    tap(page.get_by_role("button", name="Previous"))
    expect(shown(page)).to_have_attribute("data-task", task)
    if kind == "transcription":
        expect(page.get_by_role("textbox")).to_have_value("no")
        page.get_by_role("textbox").fill("")
    meant[task] = answer(page, kind, "yes")
    expect(shown(page)).to_have_attribute("data-task", third)
    all_saved(page)
    found = questions.answers(project, "mika")
    assert {task: row["answer"] for task, row in found.items()} == meant


def test_fingers_find_large_targets_and_nothing_scrolls_sideways(
    sign_in: Enter, project: int, kind: str
) -> None:
    page = sign_in("mika", **PHONE)
    page.goto(f"/projects/{project}/label")
    expect(shown(page)).to_be_visible()
    assert page.evaluate(SMALL, LEAST) == []
    assert page.evaluate(SIDEWAYS) <= 0
    own = page.locator("[data-choice]")
    if kind == "transcription":
        own = page.get_by_role("button", name="Save", exact=True).or_(page.get_by_role("textbox"))
    for one in own.all():
        box = one.bounding_box()
        assert box and box["height"] >= COMFORT and box["width"] >= COMFORT, one.inner_text()


@pytest.mark.parametrize("kind", ["transcription"], indirect=True)
def test_the_keyboard_on_the_screen_hides_neither_the_line_nor_the_field(
    sign_in: Enter, project: int
) -> None:
    page = sign_in("mika", **PHONE)
    page.goto(f"/projects/{project}/label")
    field = page.get_by_role("textbox")
    tap(field)
    page.set_viewport_size({"width": 390, "height": 844 - 390})  # what a keyboard leaves of it
    for one in (field, shown(page), page.get_by_role("button", name="Save", exact=True)):
        expect(one).to_be_in_viewport(ratio=0.9)
    # A long line rather scrolls sideways than that it becomes too low to be read.
    page.wait_for_function(WHOLE_HEIGHT, arg=READABLE)
    expect(field).to_be_focused()
