"""An image too large for one file, without a line: seen whole, and honest about the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.questions import Questions, open_canvas

Enter = Callable[..., Page]


def test_a_very_large_image_is_seen_whole_without_a_line_and_closer_with_it(
    questions: Questions, sign_in: Enter, tmp_path: Path
) -> None:
    path = tmp_path / "map.jpg"
    tall, across = 6_000, 7_200  # 43 million pixels: it comes as tiles
    Image.radial_gradient("L").resize((across, tall)).save(path, quality=40)
    project = questions.ask("boxes", questions.dataset("Large map", [path]), ["lena"])
    page = sign_in("lena")
    canvas = open_canvas(page, project)
    guide = page.get_by_role("button", name="Guide")
    guide.click()
    section = page.get_by_test_id("offline")
    section.get_by_role("button", name="Take along").click()
    expect(section).to_contain_text("1 of them is very large")
    expect(section).to_contain_text("2,048 pixels")

    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_test_id("stage")).to_be_visible()
    canvas.shown()
    note = page.get_by_text("seen with fewer pixels")
    expect(note).to_have_count(0)
    canvas.zoom(100)
    expect(note).to_be_visible()

    page.context.set_offline(False)
    expect(note).to_have_count(0)
    expect(canvas.surface).to_have_attribute("data-tiles", "0")
