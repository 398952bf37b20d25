"""An import in the browser: checked first, then made, with the labels as what was chosen."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.pictures import png
from tests.stack import Stack
from tests.waiting import BY_A_WORKER

Enter = Callable[..., Page]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five pictures in YOLO's folders, one line of labels off its picture, and one broken file."""
    for number in range(5):
        _write(tmp_path / f"set/images/train/{number}.png", png(number))
        _write(tmp_path / f"set/labels/train/{number}.txt", f"{number % 3} .5 .5 .4 .4\n".encode())
    with (tmp_path / "set/labels/train/0.txt").open("a") as file:
        file.write("0 3 3 1 1\n")
    _write(tmp_path / "set/data.yaml", b"names: [cat, dog, a bird with quite a long name]\n")
    _write(tmp_path / "set/images/train/broken.png", b"no picture")
    return tmp_path / "set"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_an_import_is_checked_before_it_is_made(
    stack: Stack, admin_token: str, sign_in: Enter, folder: Path, width: int, scheme: str
) -> None:
    made = stack.api("POST", "datasets/", admin_token, {"name": f"Checked {width}"})
    page = sign_in("root", viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(f"/datasets/{made['id']}")
    page.get_by_role("button", name="Check first").click()
    dialog = page.get_by_role("dialog")
    _shot(page, f"choose-{width}")
    dialog.locator("input[webkitdirectory]").set_input_files(folder)
    expect(dialog.get_by_text("5 new images")).to_be_visible(timeout=BY_A_WORKER)
    expect(dialog.get_by_text("Recognised: YOLO")).to_be_visible()
    expect(dialog.get_by_text("3 classes")).to_be_visible()
    expect(dialog.get_by_text("broken.png")).to_be_visible()
    _shot(page, f"told-{width}")
    dialog.get_by_role("radio", name="Votes").check()
    expect(dialog.get_by_text("5 votes")).to_be_visible(timeout=BY_A_WORKER)
    expect(dialog.get_by_role("button", name="Add 5 images")).to_be_disabled()
    dialog.get_by_label("Whose labels these are").fill("the old detector")
    _shot(page, f"votes-{width}")
    assert stack.api("GET", f"datasets/{made['id']}/", admin_token)["item_count"] == 0
    dialog.get_by_role("button", name="Add 5 images").click()
    expect(page.get_by_text("Upload finished")).to_be_visible(timeout=BY_A_WORKER)
    expect(page.get_by_text("5 votes")).to_be_visible()
    assert stack.api("GET", f"datasets/{made['id']}/", admin_token)["item_count"] == 5
    _shot(page, f"done-{width}")


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_a_folder_on_the_server_is_checked_and_imported(
    stack: Stack, admin_token: str, sign_in: Enter, width: int, scheme: str
) -> None:
    for number in range(3):
        _write(stack.folder / f"shelf/letters-{width}/{number}.png", png(width + number))
    made = stack.api("POST", "datasets/", admin_token, {"name": f"Shelf {width}"})
    page = sign_in("root", viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(f"/datasets/{made['id']}")
    page.get_by_role("button", name="Check first").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Folder in it").fill("nowhere")
    dialog.get_by_role("button", name="Check it").click()
    expect(dialog.get_by_text("There is nothing of this name")).to_be_visible()
    dialog.get_by_role("button", name="Try again").click()
    dialog.get_by_label("Folder in it").fill(f"letters-{width}")
    _shot(page, f"place-{width}")
    dialog.get_by_role("button", name="Check it").click()
    dialog.get_by_role("button", name="Add 3 images").click(timeout=BY_A_WORKER)
    expect(page.get_by_text("Upload finished")).to_be_visible(timeout=BY_A_WORKER)
    assert stack.api("GET", f"datasets/{made['id']}/", admin_token)["item_count"] == 3


def _shot(page: Page, name: str) -> None:
    if folder := os.environ.get("LABELHUB_SHOTS"):
        page.screenshot(path=f"{folder}/import-{name}.png")
