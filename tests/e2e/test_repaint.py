"""After a step only a part of the canvas is painted anew: it must look as if all of it were."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops
from playwright.sync_api import Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.questions import Questions, domain, open_canvas

Enter = Callable[..., Page]

PIXELS = """async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    await frame();
    await frame();
    return document.querySelector("canvas").toDataURL();
}"""


# How far apart two paintings of one pixel of a scaled photograph may be, of 255: at the edge of a
# part the browser rounds otherwise. What is left of a line by mistake differs by dozens.
ROUNDING = 8


def shown(page: Page) -> Image.Image:
    png = base64.b64decode(str(page.evaluate(PIXELS)).split(",", 1)[1])
    return Image.open(io.BytesIO(png)).convert("RGB")


def apart(one: Image.Image, other: Image.Image) -> int:
    """The most by which a channel of a pixel differs, 0 to 255."""
    return int(np.asarray(ImageChops.difference(one, other)).max())


def painted_whole(canvas: Canvas) -> Image.Image:
    """The same view, painted from the start."""
    page = canvas.page
    scale = canvas.surface.get_attribute("data-scale") or ""
    page.keyboard.press("+")
    expect(canvas.surface).not_to_have_attribute("data-scale", scale)
    page.keyboard.press("0")
    expect(canvas.surface).to_have_attribute("data-scale", scale)
    return shown(page)


def test_a_part_that_is_painted_anew_looks_as_the_whole(
    questions: Questions, sign_in: Enter
) -> None:
    pages = questions.dataset("Large pages", domain("pages_xml", "peraire_alto", "*.jpg"))
    project = questions.ask("boxes", pages, ["lena"])
    page = sign_in("lena")
    canvas = open_canvas(page, project)
    page.keyboard.press("0")
    x, y = canvas.middle()
    empty = shown(page)
    for at in range(5):  # each over the one before
        left, top = x - 150 + 40 * at, y - 120 + 30 * at
        canvas.draw_box((left, top), (left + 90, top + 60))
        page.keyboard.press(str(at % 2 + 1))
    part, whole = shown(page), painted_whole(canvas)
    assert apart(part, whole) <= ROUNDING
    assert apart(whole, empty) > 10 * ROUNDING
    page.keyboard.press("v")
    page.mouse.click(x - 60, y - 118 + 60)
    for keys in (
        ["Shift+ArrowRight"] * 3, ["Control+z"], ["Control+Shift+z"], ["Delete"], ["Control+z"],
        ["Control+z", "Control+z"], ["h"], ["h"], ["Control+d"], ["Escape"],
    ):  # fmt: skip
        for key in keys:
            page.keyboard.press(key)
        assert apart(shown(page), painted_whole(canvas)) <= ROUNDING, keys
