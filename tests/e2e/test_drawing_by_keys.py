"""Boxes, outlines and points drawn, moved and mended without a pointer from the sign-in on."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.by_keys import next_item, no_pointer, press_all, tab_to, work_by_keys
from tests.e2e.canvas import Canvas
from tests.e2e.entrance import patient
from tests.e2e.questions import Questions, all_saved, domain
from tests.stack import Stack

Place = tuple[int, int]


@pytest.fixture
def page(stack: Stack, browser: Browser) -> Iterator[Page]:
    with browser.new_context(
        base_url=stack.url, viewport={"width": 1440, "height": 900}
    ) as context:
        yield patient(context.new_page())


@pytest.fixture
def pages(questions: Questions) -> int:
    return questions.dataset("Pages", domain("pages_xml", "*", "*.jpg"), "handwriting")


@pytest.fixture
def faces(questions: Questions) -> int:
    return questions.dataset("Faces", domain("dlib_faces", "*.jpg"), "face")


class Cross:
    """The cross that arrows move: where it is said to be, and what it draws."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said = page.get_by_test_id("live-region")

    def take(self) -> Place:
        press_all(self.page, "c")
        expect(self.said).to_contain_text("Arrows move the cross")
        return self.go("ArrowRight")

    def go(self, *keys: str) -> Place:
        press_all(self.page, *keys)
        expect(self.said).to_have_text(re.compile(r"^[\d.]+, [\d.]+\s*$"))
        x, y = (float(part) for part in (self.said.text_content() or "").split(","))
        return int(x), int(y)

    def press(self, key: str = "Enter") -> None:
        press_all(self.page, key)


def canvas_of(page: Page, project_name: str) -> Canvas:
    """Sign in as lena and open a project, with the focus on its canvas."""
    work_by_keys(page, "lena", project_name)
    canvas = Canvas(page)
    canvas.shown()
    tab_to(page, page.get_by_role("application"))
    return canvas


def submit(canvas: Canvas) -> str:
    task = next_item(canvas.page, lambda: canvas.page.keyboard.press("Control+Enter"))
    all_saved(canvas.page)
    return task


def answer_of(questions: Questions, project: int, task: str) -> dict[str, Any]:
    return dict(questions.answers(project, "lena")[task]["answer"])


def test_boxes_are_drawn_between_two_places_and_changed(
    questions: Questions, pages: int, page: Page
) -> None:
    name = f"Keys boxes {time.time_ns()}"
    project = questions.ask("boxes", pages, ["lena"], name=name)
    canvas = canvas_of(page, name)
    cross = Cross(page)
    first = cross.take()
    cross.press()
    second = cross.go("Shift+ArrowRight", "Shift+ArrowDown", "ArrowDown")
    assert second[0] > first[0] and second[1] > first[1]
    cross.press()
    expect(canvas.shapes).to_have_count(1)
    cross.go("Shift+ArrowDown")
    cross.press()
    cross.go("Shift+ArrowLeft", "Shift+ArrowDown")
    press_all(page, "Escape")  # not this one
    expect(canvas.shapes).to_have_count(1)
    press_all(page, "Escape", "2")  # the cross is gone: the arrows move the box again
    press_all(page, "ArrowLeft", "Shift+ArrowUp", "Alt+ArrowRight", "Alt+Shift+ArrowDown")
    press_all(page, "Control+d", "Tab", "Delete")
    expect(canvas.shapes).to_have_count(1)
    press_all(page, "Control+z")
    expect(canvas.shapes).to_have_count(2)
    press_all(page, "Control+Shift+z")
    expect(canvas.shapes).to_have_count(1)
    task = submit(canvas)
    (box,) = answer_of(questions, project, task)["boxes"]
    assert box["label"] == "drawing"
    assert (box["width"], box["height"]) == (
        second[0] - first[0] + 1, second[1] - first[1] + 10,
    )  # fmt: skip
    no_pointer(page)


def test_an_outline_is_drawn_corner_by_corner_and_a_corner_is_moved(
    questions: Questions, pages: int, page: Page
) -> None:
    name = f"Keys outlines {time.time_ns()}"
    project = questions.ask("polygons", pages, ["lena"], name=name)
    canvas = canvas_of(page, name)
    cross = Cross(page)
    corners = [list(cross.take())]
    cross.press()
    for way in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        corners.append(list(cross.go(*[f"Shift+{way}"] * 6)))
        cross.press()
    cross.go("Shift+ArrowUp")
    press_all(page, "Enter", "Backspace")  # a corner too many is taken back
    expect(cross.said).to_contain_text("4 corners")
    cross.go("Shift+ArrowDown")
    cross.press()  # again where the last corner is: that closes
    expect(canvas.shapes).to_have_count(1)
    press_all(page, "Escape", ".", ".", "ArrowUp", "Shift+ArrowRight")
    corners[1] = [corners[1][0] + 10, corners[1][1] - 1]
    press_all(page, ".", "i", "ArrowDown")
    middle = [(corners[2][0] + corners[3][0]) / 2, (corners[2][1] + corners[3][1]) / 2]
    corners.insert(3, [int(middle[0] + 0.5), int(middle[1] + 0.5) + 1])
    press_all(page, ".", "Delete")
    del corners[4]
    task = submit(canvas)
    assert answer_of(questions, project, task) == {
        "polygons": [{"label": "line", "points": corners}]
    }
    no_pointer(page)


def test_points_are_placed_one_by_one_hidden_absent_and_placed_again(
    questions: Questions, faces: int, page: Page
) -> None:
    name = f"Keys points {time.time_ns()}"
    project = questions.ask("keypoints", faces, ["lena"], name=name)
    canvas = canvas_of(page, name)
    cross = Cross(page)
    coming = page.get_by_test_id("next-point")
    placed = {"left_eye": [*cross.take(), 2]}
    cross.press()
    expect(coming).to_contain_text("right eye")
    placed["right_eye"] = [*cross.go("Shift+ArrowLeft"), 1]
    cross.press("Shift+Enter")  # hidden
    expect(coming).to_contain_text("nose")
    press_all(page, "x")  # not there
    expect(coming).to_contain_text("left mouth")
    placed["left_mouth"] = [*cross.go("Shift+ArrowDown"), 2]
    cross.press()
    placed["right_mouth"] = [*cross.go("Shift+ArrowRight"), 2]
    cross.press()
    expect(coming).to_be_hidden()
    press_all(page, "Escape", "ArrowRight")  # the last one, by a pixel
    placed["right_mouth"][0] += 1
    placed["nose"] = [0, 0, 0]
    task = submit(canvas)
    (face,) = answer_of(questions, project, task)["instances"]
    assert face == {"label": "face", "points": placed}
    no_pointer(page)


def test_the_cross_stays_in_sight_and_selects_what_it_is_on(
    questions: Questions, pages: int, page: Page
) -> None:
    name = f"Keys cross {time.time_ns()}"
    questions.ask("boxes", pages, ["lena"], name=name)
    canvas = canvas_of(page, name)
    press_all(page, "n", "Escape")
    expect(page.locator("[data-testid=shape][aria-current]")).to_have_count(0)
    cross = Cross(page)
    press_all(page, "v")
    cross.take()
    cross.press()
    expect(page.locator("[data-testid=shape][aria-current]")).to_have_count(1)
    press_all(page, *["+"] * 12)
    before = canvas.view
    for _ in range(12):
        x, y = cross.go(*["Shift+ArrowRight"] * 5)
    left, top = canvas.screen_at((x, y))
    box = canvas.surface.bounding_box()
    assert box is not None
    assert box["x"] <= left <= box["x"] + box["width"]
    assert box["y"] <= top <= box["y"] + box["height"]
    assert canvas.view != before
    no_pointer(page)
