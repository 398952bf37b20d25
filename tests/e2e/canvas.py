"""A labeler's hand on the drawing board: points of the image, found on the screen and pressed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from playwright.sync_api import CDPSession, Locator, Page, TimeoutError, expect

from tests.waiting import until

Point = tuple[float, float]
# What changes before the first of them is on the screen when the second one begins.
TWO_FRAMES = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"


@dataclass
class Canvas:
    """The board of the label screen that a page shows."""

    page: Page

    @property
    def surface(self) -> Locator:
        return self.page.get_by_test_id("canvas")

    @property
    def shapes(self) -> Locator:
        return self.page.get_by_test_id("shape")

    @property
    def task(self) -> str:
        return self.page.get_by_test_id("stage").get_attribute("data-task") or ""

    @property
    def view(self) -> tuple[float, float, float]:
        """Scale, and where the image's corner lies on the page (CSS pixels)."""
        data = self.surface.evaluate(
            "(it) => [it.dataset.scale, it.dataset.x, it.dataset.y].map(Number)"
        )
        box = self.surface.bounding_box()
        assert box is not None
        return data[0], box["x"] + data[1], box["y"] + data[2]

    def painted(self) -> None:
        """Wait until the frame that shows what was done last has been painted."""
        painted(self.page)

    def zoom(self, percent: float) -> None:
        """Type a zoom, about the middle of the board."""
        field = self.page.get_by_label("Zoom in percent")
        field.fill(f"{percent}")
        field.press("Enter")
        expect(self.surface).to_have_attribute("data-scale", f"{percent / 100:g}")

    def middle(self) -> Point:
        box = self.surface.bounding_box()
        assert box is not None
        return round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)

    def image_at(self, screen: Point) -> Point:
        """The image's pixel under a place of the page, rounded as an answer is."""
        scale, x, y = self.view
        return _half_up((screen[0] - x) / scale), _half_up((screen[1] - y) / scale)

    def screen_at(self, image: Point) -> Point:
        """The whole CSS pixel of the page that is nearest to a point of the image."""
        scale, x, y = self.view
        return round(image[0] * scale + x), round(image[1] * scale + y)

    def drag(self, start: Point, end: Point) -> None:
        """Pull the mouse from one place of the page to another."""
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        mouse.move(*end)
        mouse.up()

    def draw_box(self, start: Point, end: Point) -> dict[str, float]:
        """Drag a box between two places of the page; return what it must be in image pixels."""
        (x0, y0), (x1, y1) = self.image_at(start), self.image_at(end)
        count = self.shapes.count()
        self.drag(start, end)
        expect(self.shapes).to_have_count(count + 1)
        return {
            "x": min(x0, x1), "y": min(y0, y1), "width": abs(x1 - x0), "height": abs(y1 - y0)
        }  # fmt: skip

    def submit(self) -> str:
        """Submit by key and wait for the next item; return the task that was answered."""
        task = self.task
        self.page.keyboard.press("Control+Enter")
        expect(self.page.get_by_test_id("stage")).not_to_have_attribute("data-task", task)
        return task

    def shown(self) -> None:
        """Wait until the item's picture can be drawn on."""
        expect(self.surface).to_have_attribute("data-ready", "true")


def painted(page: Page) -> None:
    """Wait until the frame that shows what was done last has been painted."""
    page.evaluate(TWO_FRAMES)


def _half_up(value: float) -> int:
    """Round as JavaScript does."""
    return int((value + 0.5) // 1)


COUNT_CLICKS = """() => {
    window.__clicks = 0;
    document.addEventListener("click", () => { window.__clicks += 1; }, true);
}"""
LONG_PRESS_MS = 10_000  # by then a tap has become a click, or never will


def tap(button: Locator) -> None:
    """Tap with a finger, again where a busy browser has taken it for a long press: no click."""
    page = button.page
    page.evaluate(COUNT_CLICKS)

    def clicked() -> bool:
        button.tap()
        with suppress(TimeoutError):
            page.wait_for_function("() => __clicks > 0", timeout=LONG_PRESS_MS)
        return bool(page.evaluate("__clicks > 0"))

    until(clicked, f"a tap on {button} is a click")


@dataclass
class Fingers:
    """Touches of the screen, several at a time."""

    session: CDPSession

    def touch(self, kind: str, *places: Point) -> None:
        points = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(places)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, start: Point, end: Point) -> None:
        self.touch("touchStart", start)
        self.touch("touchMove", ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
        self.touch("touchMove", end)
        self.touch("touchEnd")
