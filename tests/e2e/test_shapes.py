"""Boxes, polygons and keypoints drawn on real pages and faces, and read back through the API."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas, Fingers, tap
from tests.e2e.questions import Questions, all_saved, domain, loaded_ahead, open_canvas
from tests.stack import PASSWORD
from tests.waiting import until

Enter = Callable[..., Page]


@pytest.fixture
def pages(questions: Questions) -> int:
    """The dataset of whole pages, of 3 to 15 million pixels."""
    return questions.dataset("Pages", domain("pages_xml", "*", "*.jpg"), "handwriting")


@pytest.fixture
def faces(questions: Questions) -> int:
    return questions.dataset("Faces", domain("dlib_faces", "*.jpg"), "face")


def answer_of(questions: Questions, project: int, task: str, name: str = "lena") -> dict[str, Any]:
    return dict(questions.answers(project, name)[task]["answer"])


# --- Exact places -----------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [1, 2])
def test_boxes_are_kept_in_image_pixels_whatever_the_zoom(
    questions: Questions, pages: int, sign_in: Enter, ratio: int
) -> None:
    project = questions.ask("boxes", pages, ["lena"])
    canvas = open_canvas(sign_in("lena", device_scale_factor=ratio), project)
    wanted = []
    for percent in (30, 100, 400):
        canvas.zoom(percent)
        x, y = canvas.middle()
        drawn = canvas.draw_box((x - 60, y - 33), (x + 61, y + 47))
        wanted.append({"label": "line", **drawn})
    task = canvas.submit()
    all_saved(canvas.page)
    assert answer_of(questions, project, task) == {"boxes": wanted}


@pytest.mark.parametrize(
    ("size", "mark", "all_pixels"),
    [
        ((4000, 3000), (2011, 1483, 2090, 1540), ("data-pixels", "4000")),
        # Above 40 million pixels only the tiles that are in sight are loaded.
        ((8000, 6000), (4011, 2983, 4090, 3040), ("data-tiles", "0")),
    ],
    ids=["one_file", "tiles"],
)
def test_a_mark_that_is_boxed_by_eye_is_boxed_where_it_is(
    questions: Questions, tmp_path: Path, sign_in: Enter, size: Any, mark: Any, all_pixels: Any
) -> None:
    # A large page with a red mark, found on the screen by its colour alone.
    picture = Image.new("RGB", size, "white")
    ImageDraw.Draw(picture).rectangle((*mark[:2], mark[2] - 1, mark[3] - 1), fill=(255, 0, 0))
    picture.save(tmp_path / "mark.png")
    dataset = questions.dataset(f"Mark {size[0]}", [tmp_path / "mark.png"])
    project = questions.ask("boxes", dataset, ["lena"])
    canvas = open_canvas(sign_in("lena", device_scale_factor=2), project)
    zooms = (30, 100, 400)
    for count, percent in enumerate(zooms):
        canvas.zoom(percent)
        # The page's own pixels follow those of the screen's file.
        expect(canvas.surface).to_have_attribute(*all_pixels)
        canvas.painted()
        found = red_on(canvas, tmp_path / "seen.png")
        canvas.drag(found[:2], found[2:])
        expect(canvas.shapes).to_have_count(count + 1)
        canvas.page.keyboard.press("h")  # its lines would hide the mark's edges
    canvas.page.keyboard.press("Control+Enter")
    all_saved(canvas.page)
    (row,) = questions.answers(project, "lena").values()
    for percent, box in zip(zooms, row["answer"]["boxes"], strict=True):
        edges = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
        # A device pixel of the screen is as exact as an eye can be.
        least = max(1, 50 / percent)
        assert all(abs(a - b) <= least for a, b in zip(edges, mark, strict=True)), (percent, edges)


def red_on(canvas: Canvas, path: Path) -> tuple[float, float, float, float]:
    """Where the red mark is seen on the page, in CSS pixels."""
    canvas.page.screenshot(path=path)
    red = Image.open(path).convert("RGB").point(lambda value: 255 if value > 127 else 0)
    mask = Image.eval(red.getchannel("G"), lambda value: 255 - value)
    mask = Image.composite(mask, Image.new("L", mask.size), red.getchannel("R"))
    scale = 2  # device pixels to a CSS pixel
    box = canvas.surface.bounding_box()
    assert box is not None
    x0, y0 = int(box["x"] * scale), int(box["y"] * scale)
    x1, y1 = x0 + int(box["width"] * scale), y0 + int(box["height"] * scale)
    found = mask.crop((x0 + 4, y0 + 4, x1 - 4, y1 - 4)).getbbox()
    assert found is not None, "the mark is not seen"
    left, top, right, bottom = found
    return (
        (left + x0 + 4) / scale, (top + y0 + 4) / scale,
        (right + x0 + 4) / scale, (bottom + y0 + 4) / scale,
    )  # fmt: skip


# --- Every kind of shape -----------------------------------------------------------------------


def test_boxes_are_changed_undone_labeled_and_described(
    questions: Questions, pages: int, sign_in: Enter
) -> None:
    project = questions.ask("boxes", pages, ["lena"])
    canvas = open_canvas(sign_in("lena"), project)
    page = canvas.page
    canvas.zoom(100)
    x, y = canvas.middle()
    first = canvas.draw_box((x - 100, y - 50), (x, y))
    second = canvas.draw_box((x + 20, y + 20), (x + 120, y + 80))
    page.keyboard.press("2")  # the selected one, and those that follow
    page.get_by_label("cut").check()
    page.get_by_label("ink").select_option("red")
    canvas.surface.click(position={"x": 5, "y": 5})  # a click alone draws nothing
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    canvas.drag((x - 50, y - 25), (x - 40, y - 20))  # moves the first one
    canvas.drag((x + 10, y + 5), (x + 15, y + 9))  # pulls its corner
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("b")
    third = canvas.draw_box((x - 200, y + 60), (x - 120, y + 100))
    page.keyboard.press("Delete")
    expect(canvas.shapes).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(canvas.shapes).to_have_count(3)
    task = canvas.submit()
    all_saved(page)
    moved = first | {"x": first["x"] + 10, "y": first["y"] + 5}
    assert answer_of(questions, project, task) == {
        "boxes": [
            {"label": "line", **moved},
            {"label": "drawing", **second, "attributes": {"cut": True, "ink": "red"}},
            {"label": "drawing", **third},
        ]
    }


def test_two_clicks_draw_a_box_and_numbers_make_it_exact(
    questions: Questions, pages: int, sign_in: Enter
) -> None:
    project = questions.ask("boxes", pages, ["lena"])
    canvas = open_canvas(sign_in("lena"), project)
    page = canvas.page
    x, y = canvas.middle()
    page.mouse.click(x, y)
    page.mouse.move(x + 30, y + 10)
    page.mouse.click(x + 60, y + 20)
    expect(canvas.shapes).to_have_count(1)
    for name, value in {"X": 7, "Y": 11, "Width": 1203, "Height": 49}.items():
        page.get_by_label(name, exact=True).fill(str(value))
        page.keyboard.press("Enter")
    task = canvas.submit()
    all_saved(page)
    assert answer_of(questions, project, task) == {
        "boxes": [{"label": "line", "x": 7, "y": 11, "width": 1203, "height": 49}]
    }


def test_outlines_are_drawn_mended_and_kept(
    questions: Questions, pages: int, sign_in: Enter
) -> None:
    project = questions.ask("polygons", pages, ["lena"])
    canvas = open_canvas(sign_in("lena", device_scale_factor=2), project)
    page = canvas.page
    canvas.zoom(100)
    x, y = canvas.middle()
    corners = [(x - 100, y - 60), (x + 100, y - 60), (x + 100, y + 60), (x - 100, y + 60)]
    wanted = [list(canvas.image_at(corner)) for corner in corners]
    for corner in corners:
        page.mouse.click(*corner)
    page.mouse.click(300, 300)
    page.keyboard.press("Backspace")  # takes that corner back
    page.mouse.click(*corners[0])  # closes
    expect(canvas.shapes).to_have_count(1)
    page.keyboard.press("v")
    canvas.drag(corners[1], (x + 130, y - 80))  # a corner is pulled
    wanted[1] = list(canvas.image_at((x + 130, y - 80)))
    canvas.drag((x, y + 60), (x + 3, y + 90))  # the middle of an edge makes a new one
    wanted.insert(3, list(canvas.image_at((x + 3, y + 90))))
    canvas.drag(corners[0], (x - 140, y - 90))
    page.keyboard.press("Control+z")
    task = canvas.submit()
    all_saved(page)
    assert answer_of(questions, project, task) == {
        "polygons": [{"label": "line", "points": wanted}]
    }


def test_points_are_placed_in_order_hidden_absent_and_taken_back(
    questions: Questions, faces: int, sign_in: Enter
) -> None:
    project = questions.ask("keypoints", faces, ["lena"])
    canvas = open_canvas(sign_in("lena"), project)
    page = canvas.page
    canvas.zoom(100)
    x, y = canvas.middle()
    places = [(x + 30, y - 20), (x - 30, y - 20), (x, y), (x + 20, y + 30)]
    # Points are kept to a tenth of a pixel, which at 100 % is where the view's corner lies.
    scale, left, top = canvas.view
    exact = [[round((px - left) / scale, 1), round((py - top) / scale, 1)] for px, py in places]
    expect(page.get_by_text("Drag a frame")).to_be_visible()
    page.mouse.click(*places[0])
    expect(page.get_by_test_id("next-point")).to_contain_text("right eye")
    page.mouse.click(x - 90, y - 90)
    page.keyboard.press("Control+z")
    expect(page.get_by_test_id("next-point")).to_contain_text("right eye")
    page.keyboard.down("Shift")
    page.mouse.click(*places[1])
    page.keyboard.up("Shift")
    page.mouse.click(*places[2])
    page.mouse.click(*places[3])
    page.keyboard.press("x")  # the last one is absent
    expect(page.get_by_test_id("next-point")).to_be_hidden()
    task = canvas.submit()
    all_saved(page)
    (face,) = answer_of(questions, project, task)["instances"]
    names = ["left_eye", "right_eye", "nose", "left_mouth"]
    placed = {name: [*place, 2] for name, place in zip(names, exact, strict=True)}
    placed["right_eye"][2] = 1
    assert face == {"label": "face", "points": placed | {"right_mouth": [0, 0, 0]}}


def test_a_frame_places_a_whole_face_and_turning_it_over_changes_names(
    questions: Questions, faces: int, sign_in: Enter
) -> None:
    project = questions.ask("keypoints", faces, ["lena"])
    canvas = open_canvas(sign_in("lena"), project)
    page = canvas.page
    x, y = canvas.middle()
    canvas.drag((x - 60, y - 60), (x + 60, y + 60))
    expect(page.get_by_test_id("point")).to_have_count(5)
    page.keyboard.press("m")  # exchanges left and right: the screen warns
    expect(page.get_by_role("alert")).to_contain_text("Left and right")
    page.get_by_role("button", name="Exchange them").click()
    expect(page.get_by_role("alert")).to_be_hidden()
    task = canvas.submit()
    all_saved(page)
    (face,) = answer_of(questions, project, task)["instances"]
    # The subject's left eye is seen on the right.
    assert face["points"]["left_eye"][0] > face["points"]["right_eye"][0]
    assert all(point[2] == 2 for point in face["points"].values())


# --- By keys and by touch alone ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["boxes", "polygons", "keypoints"])
def test_shapes_are_made_and_sent_by_keys_alone(
    questions: Questions, pages: int, sign_in: Enter, kind: str
) -> None:
    project = questions.ask(kind, pages, ["lena"])
    canvas = open_canvas(sign_in("lena"), project)
    page = canvas.page
    press = page.keyboard.press
    page.get_by_role("application").focus()
    press("n")
    expect(canvas.shapes).to_have_count(1)
    press("Control+d")
    expect(canvas.shapes).to_have_count(2)
    expect(page.get_by_test_id("live-region")).to_contain_text("Pasted")
    press("Tab")
    expect(page.get_by_test_id("live-region")).to_contain_text("1 of 2")
    if kind != "boxes":
        press(".")
    press("ArrowLeft")
    press("Shift+ArrowUp")
    press("Escape")
    press("Escape")  # lets go of the canvas
    expect(page.get_by_role("application")).not_to_be_focused()
    task = canvas.submit()
    all_saved(page)
    first, second = next(iter(answer_of(questions, project, task).values()))
    if kind == "boxes":
        aside = second["x"] - first["x"]
        assert (second["y"] - first["y"] - 10, second["width"]) == (aside - 1, first["width"])
    else:
        assert first["points"] != second["points"]


def test_a_finger_draws_and_two_fingers_zoom(
    questions: Questions, pages: int, sign_in: Enter
) -> None:
    project = questions.ask("boxes", pages, ["lena"])
    page = sign_in("lena", viewport={"width": 390, "height": 844}, has_touch=True)
    canvas = open_canvas(page, project)
    fingers = Fingers(page.context.new_cdp_session(page))
    x, y = canvas.middle()
    before = canvas.view[0]
    fingers.touch("touchStart", (x - 20, y), (x + 20, y))
    fingers.touch("touchMove", (x - 40, y), (x + 40, y))
    fingers.touch("touchMove", (x - 60, y), (x + 60, y))
    fingers.touch("touchEnd")
    zoomed = pytest.approx(before * 3, rel=0.05)
    until(lambda: canvas.view[0] == zoomed, "two fingers have zoomed in three times")
    expect(canvas.shapes).to_have_count(0)
    start, end = (x - 50, y - 40), (x + 50, y + 40)
    (x0, y0), (x1, y1) = canvas.image_at(start), canvas.image_at(end)
    fingers.drag(start, end)
    expect(canvas.shapes).to_have_count(1)
    task = canvas.task
    tap(page.get_by_role("button", name="Submit"))
    expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
    all_saved(page)
    (box,) = answer_of(questions, project, task)["boxes"]
    assert box == {"label": "line", "x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}


# --- Nothing lost, nothing doubled -------------------------------------------------------------


def test_a_draft_is_there_again_after_a_reload(
    questions: Questions, pages: int, sign_in: Enter
) -> None:
    project = questions.ask("boxes", pages, ["lena"])
    canvas = open_canvas(sign_in("lena"), project)
    x, y = canvas.middle()
    drawn = canvas.draw_box((x - 60, y - 30), (x + 60, y + 30))
    task = canvas.task
    canvas.page.reload()
    expect(canvas.shapes).to_have_count(1)
    canvas.shown()
    assert canvas.task == task
    canvas.submit()
    expect(canvas.shapes).to_have_count(0)
    all_saved(canvas.page)
    assert answer_of(questions, project, task) == {"boxes": [{"label": "line", **drawn}]}


def test_what_is_half_drawn_stays_with_its_page(
    questions: Questions, pages: int, sign_in: Enter
) -> None:
    project = questions.ask("polygons", pages, ["lena"])
    canvas = open_canvas(sign_in("lena"), project)
    page = canvas.page
    x, y = canvas.middle()
    page.mouse.click(x, y)
    page.mouse.click(x + 40, y)
    task = canvas.task
    page.keyboard.press("Control+Enter")  # two corners are no answer
    expect(page.get_by_test_id("live-region")).to_contain_text("three corners")
    assert canvas.task == task
    page.keyboard.press("s")
    page.get_by_role("dialog").get_by_role("button").first.wait_for()
    page.keyboard.press("1")
    expect(page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
    canvas.shown()
    page.mouse.click(x + 40, y + 40)
    page.keyboard.press("Enter")
    expect(canvas.shapes).to_have_count(0)


def test_shapes_drawn_offline_are_delivered_once(
    questions: Questions, pages: int, sign_in: Enter
) -> None:
    project = questions.ask("boxes", pages, ["lena"])
    canvas = open_canvas(sign_in("lena"), project)
    page = canvas.page
    loaded_ahead(page, 4)
    page.context.set_offline(True)
    wanted = {}
    for place in range(3):
        canvas.shown()
        x, y = canvas.middle()
        drawn = canvas.draw_box((x - 60, y - 30), (x + 50 + place, y + 30))
        wanted[canvas.submit()] = {"boxes": [{"label": "line", **drawn}]}
    expect(page.get_by_test_id("outbox-status")).to_contain_text("3")
    page.context.set_offline(False)
    all_saved(page)
    rows = questions.answers(project, "lena")
    assert {task: row["answer"] for task, row in rows.items()} == wanted
    assert {row["version"] for row in rows.values()} == {1}


def test_a_session_that_ends_keeps_what_is_drawn(
    questions: Questions, pages: int, sign_in: Enter
) -> None:
    project = questions.ask("boxes", pages, ["noor"])
    canvas = open_canvas(sign_in("noor"), project)
    page = canvas.page
    x, y = canvas.middle()
    drawn = canvas.draw_box((x - 60, y - 30), (x + 60, y + 30))
    page.context.clear_cookies(name="sessionid")
    task = canvas.submit()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    all_saved(page)
    assert answer_of(questions, project, task, "noor") == {"boxes": [{"label": "line", **drawn}]}


def test_two_tabs_draw_on_different_pages(questions: Questions, pages: int, sign_in: Enter) -> None:
    project = questions.ask("boxes", pages, ["mika"], min_votes=1, max_votes=1)
    one = open_canvas(sign_in("mika"), project)
    two = open_canvas(one.page.context.new_page(), project)
    wanted = {}
    for canvas in (one, two):
        canvas.page.bring_to_front()
        x, y = canvas.middle()
        drawn = canvas.draw_box((x - 40, y - 30), (x + 40, y + 30))
        wanted[canvas.submit()] = {"boxes": [{"label": "line", **drawn}]}
    all_saved(one.page)
    all_saved(two.page)
    rows = questions.answers(project, "mika")
    assert len(wanted) == 2
    assert {task: row["answer"] for task, row in rows.items()} == wanted


def test_a_double_click_on_submit_answers_one_page(
    questions: Questions, pages: int, sign_in: Enter
) -> None:
    project = questions.ask("boxes", pages, ["lena"])
    canvas = open_canvas(sign_in("lena"), project)
    x, y = canvas.middle()
    canvas.draw_box((x - 60, y - 30), (x + 60, y + 30))
    task = canvas.task
    canvas.page.get_by_role("button", name="Submit").dblclick()
    expect(canvas.page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
    canvas.painted()  # the second click has been heard too
    all_saved(canvas.page)
    assert list(questions.answers(project, "lena")) == [task]
