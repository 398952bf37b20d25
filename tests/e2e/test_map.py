"""The map of a dataset in a real browser: drawn by the worker, its points chosen and opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Page, expect

from tests.e2e.canvas import Point
from tests.e2e.questions import Questions
from tests.e2e.watched import Watched
from tests.stack import Stack
from tests.waiting import BY_A_WORKER

Enter = Callable[..., Page]
COUNT = 40
FULL = 65_535  # the map's own units: 0 to this, both ways
ROOM = 0.94  # of the shorter side of the canvas
REACH = 10  # pixels around the pointer in which a point is taken
# The points as the server has them: item, x and y.
POINTS = """async (dataset) => {
    const reply = await fetch(`/api/v1/datasets/${dataset}/map/points/`);
    const bytes = await reply.arrayBuffer();
    const count = bytes.byteLength / 12;
    const items = new Float64Array(bytes, 0, count);
    const pairs = new Uint16Array(bytes, 8 * count, 2 * count);
    return [...items].map((item, at) => [item, pairs[2 * at], pairs[2 * at + 1]]);
}"""
# Whether anything is painted at all these places of the canvas, in its own pixels.
PAINTED = """(places) => {
    const canvas = document.querySelector("[data-testid=map-canvas]");
    const ratio = canvas.width / canvas.getBoundingClientRect().width;
    const context = canvas.getContext("2d");
    return places.every(([x, y]) =>
        context.getImageData(x * ratio - 2, y * ratio - 2, 5, 5).data.some((value) => value > 0));
}"""


@pytest.fixture(scope="module")
def sheets(questions: Questions, tmp_path_factory: pytest.TempPathFactory) -> int:
    """Forty sheets, half of them light and half dark; the dataset's id."""
    folder: Path = tmp_path_factory.mktemp("map")
    rng = np.random.default_rng(11)
    for number in range(COUNT):
        low, high = ((0, 110), (140, 255))[number % 2]
        noise = rng.integers(low, high, (32, 32)).astype(np.uint8)
        Image.fromarray(noise).save(folder / f"sheet-{number:02}.png")
    return questions.dataset("Mapped", sorted(folder.iterdir()))


@dataclass
class Map:
    """The map on a page: where its points are seen."""

    page: Page
    points: list[tuple[int, int, int]]

    def place(self, x: float, y: float) -> Point:
        """Where a point of the map is seen, in CSS pixels of the canvas."""
        box = self.box
        scale = min(box["width"], box["height"]) * ROOM / FULL
        return box["width"] / 2 + (x - FULL / 2) * scale, box["height"] / 2 + (y - FULL / 2) * scale

    @property
    def box(self) -> FloatRect:
        box = self.page.get_by_test_id("map-canvas").bounding_box()
        assert box is not None
        return box

    def on_page(self, place: Point) -> Point:
        return self.box["x"] + place[0], self.box["y"] + place[1]

    def lasso(self, *corners: Point) -> None:
        mouse = self.page.mouse
        mouse.move(*self.on_page(corners[0]))
        mouse.down()
        for corner in corners[1:]:
            mouse.move(*self.on_page(corner), steps=4)
        mouse.up()

    def painted(self) -> None:
        places = [self.place(x, y) for _, x, y in self.points]
        self.page.wait_for_function(PAINTED, arg=places)


def drawn(page: Page, dataset: int) -> Map:
    """Open the map, have it drawn where there is none yet, and wait until it is painted."""
    page.goto(f"/datasets/{dataset}/map")
    canvas = page.get_by_test_id("map-canvas")
    draw = page.get_by_role("button", name="Draw the map")
    expect(canvas.or_(draw)).to_be_visible()
    if draw.count() > 0:  # one or the other is there, and nobody else draws this map
        expect(page.get_by_text("This dataset has no map yet")).to_be_visible()
        draw.click()
    # The trainer does one thing at a time, and what new datasets need by themselves before this.
    expect(canvas).to_be_visible(timeout=2 * BY_A_WORKER)
    points = [tuple(one) for one in page.evaluate(POINTS, dataset)]
    shown = Map(page, points)  # type: ignore[arg-type]
    shown.painted()
    return shown


def test_points_are_chosen_with_a_lasso_and_tagged(
    stack: Stack, sheets: int, sign_in: Enter, admin_token: str
) -> None:
    page = sign_in("root")
    watched = Watched(page)
    shown = drawn(page, sheets)
    assert len(shown.points) == COUNT
    chosen = page.get_by_role("region", name="Chosen images")
    page.get_by_role("radio", name="Lasso").check()
    width, height = shown.box["width"], shown.box["height"]
    shown.lasso((2, 2), (width - 2, 2), (width - 2, height - 2), (2, height - 2))
    expect(chosen.get_by_role("status")).to_have_text(f"{COUNT} images chosen")
    watched.in_all_forms("map")
    watched.has_no_barriers()
    chosen.get_by_role("button", name="Choose none").click()
    expect(chosen.get_by_text("Draw a line round points")).to_be_visible()
    x_between, count = between(shown)
    middle = shown.place(x_between, 0)[0]
    shown.lasso((2, 2), (middle, 2), (middle, height - 2), (2, height - 2))
    expect(chosen.get_by_role("status")).to_have_text(re.compile(f"^{count} images? chosen$"))
    chosen.get_by_label("Tag").fill("left half")
    chosen.get_by_role("button", name="Tag these").click()
    expect(page.get_by_role("alert").get_by_text("tagged “left half”")).to_be_visible()
    edit = stack.api("GET", f"datasets/{sheets}/edits/", admin_token)["results"][0]
    assert edit["changed"] == count
    assert watched.complaints == []


def test_a_point_is_opened_and_what_is_like_it_is_chosen(
    stack: Stack, sheets: int, sign_in: Enter, admin_token: str
) -> None:
    page = sign_in("root")
    shown = drawn(page, sheets)
    item, place = lonely(shown)
    name = stack.api("GET", f"items/{item}/", admin_token)["filename"]
    page.mouse.click(*shown.on_page(place))
    opened = page.get_by_role("region", name=name)
    expect(opened.get_by_role("img", name=name)).to_be_visible()
    opened.get_by_role("button", name="More like this").click()
    chosen = page.get_by_role("region", name="Chosen images")
    expect(chosen.get_by_role("status")).to_have_text("25 images chosen")
    other = chosen.get_by_role("listitem").last.get_by_role("button")
    told = other.get_by_role("img").get_attribute("alt") or ""
    other.click()
    expect(page.get_by_role("region", name=told)).to_be_visible()


def test_the_middle_is_chosen_by_keys(sheets: int, sign_in: Enter) -> None:
    page = sign_in("root")
    drawn(page, sheets)
    page.get_by_role("application").focus()
    page.keyboard.press("-")  # half the size, so that there is something in the middle
    page.keyboard.press("-")
    page.keyboard.press("Enter")
    status = page.get_by_role("region", name="Chosen images").get_by_role("status")
    expect(status).to_have_text(re.compile("^[1-9][0-9]* images? chosen$"))


def between(shown: Map) -> tuple[float, int]:
    """Where no point is near, among the middle half of the points: the map's x, and how many lie
    left of it. A line through points takes them or not by the last bits of their places."""
    across = sorted(x for _, x, _ in shown.points)
    gaps = [(across[at] - across[at - 1], at) for at in range(COUNT // 4, 3 * COUNT // 4)]
    widest, count = max(gaps)
    assert widest > 0
    return across[count] - widest / 2, count


def lonely(shown: Map) -> tuple[int, Point]:
    """The point that is farthest from its neighbours, so that a click means it alone."""
    places = {item: shown.place(x, y) for item, x, y in shown.points}

    def distance(item: int) -> float:
        x, y = places[item]
        return min(
            float(np.hypot(a - x, b - y)) for other, (a, b) in places.items() if other != item
        )

    item = max(places, key=distance)
    assert distance(item) > REACH
    return item, places[item]
