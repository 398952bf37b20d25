"""Every kind of question at work and in its schema editor: nothing sticks out, nobody is barred."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.entrance import entrance
from tests.e2e.questions import Questions, domain
from tests.e2e.watched import Watched
from tests.stack import Stack

FACES = ("orl_faces", "s0[12]", "0*.png")
PICTURES = {
    "multi_label": FACES,
    "pair": FACES,
    "transcription": ("hooker_lines", "lines", "JDH_2_16_146_006_00*.jpg"),
    "boxes": ("pages_xml", "hooker_page2013", "*.jpg"),
    "polygons": ("pages_xml", "hooker_page2013", "*.jpg"),
    "keypoints": ("dlib_faces", "*.jpg"),
}


@pytest.fixture(scope="module")
def manager(stack: Stack, browser: Browser) -> Iterator[Watched]:
    with entrance(stack, browser) as enter:
        yield Watched(enter("root").context.new_page())


@pytest.fixture(scope="module")
def projects(questions: Questions) -> Callable[[str], int]:
    made: dict[str, int] = {}

    def project_of(kind: str) -> int:
        if kind not in made:
            parts = PICTURES[kind]
            dataset = questions.dataset(f"Shown {parts[0]}", domain(*parts)[:9])
            made[kind] = questions.ask(kind, dataset, [])
        return made[kind]

    return project_of


def work(page: Page, kind: str) -> None:
    """Do a little of the work, so that the screen shows what there is to show."""
    press = page.keyboard.press
    if kind == "transcription":
        page.get_by_role("textbox").fill("we see the women in")
    elif kind == "multi_label":
        press("1")
    elif kind in ("boxes", "polygons", "keypoints"):
        expect(page.get_by_test_id("canvas")).to_have_attribute("data-ready", "true")
        press("n")
        if kind != "keypoints":
            press("Control+d")
        expect(page.get_by_test_id("shape").first).to_be_visible()


@pytest.mark.parametrize("kind", PICTURES)
def test_the_work_fits_every_width_and_bars_nobody(
    manager: Watched, projects: Callable[[str], int], kind: str
) -> None:
    manager.open(f"/projects/{projects(kind)}/label")
    page = manager.page
    expect(page.get_by_test_id("stage")).to_be_visible()
    work(page, kind)
    manager.in_all_forms(f"label-{kind}")
    assert manager.complaints == []
    manager.has_no_barriers(least="minor")


# The editors of choice, pair and polygons hold nothing that these do not.
@pytest.mark.parametrize("kind", ["multi_label", "transcription", "boxes", "keypoints"])
def test_the_schema_editor_fits_every_width_and_bars_nobody(
    manager: Watched, projects: Callable[[str], int], kind: str
) -> None:
    manager.open(f"/projects/{projects(kind)}/settings")
    page = manager.page
    expect(page.get_by_text("What labelers see").first).to_be_visible()
    manager.in_all_forms(f"schema-{kind}")
    assert manager.complaints == []
    manager.has_no_barriers(least="minor")
