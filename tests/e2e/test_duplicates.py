"""Duplicates in a real browser: found by the worker, one kept or none, and all of it taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.questions import Questions
from tests.e2e.watched import Watched
from tests.stack import Stack
from tests.waiting import BY_A_WORKER, PATIENCE, until

Enter = Callable[..., Page]
COPIES, OTHERS = 3, 9


def sheets(folder: Path, seed: int) -> list[Path]:
    """Noise that is like no other noise; some of it saved once more, as another kind of file."""
    rng = np.random.default_rng(seed)
    for number in range(COPIES + OTHERS):
        picture = Image.fromarray(rng.integers(0, 255, (32, 32)).astype(np.uint8))
        picture.save(folder / f"sheet-{number:02}.png")
        if number < COPIES:
            picture.save(folder / f"copy-{number:02}.bmp")
    return sorted(folder.iterdir())


@pytest.fixture
def copied(
    stack: Stack,
    questions: Questions,
    admin_token: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> int:
    """A dataset of its own for each test, which has been searched after its import; its id."""
    seed = sum(map(ord, request.node.name))
    dataset = questions.dataset(f"Copied {seed}", sheets(tmp_path, seed))

    def is_searched() -> bool:
        report = stack.api("GET", f"datasets/{dataset}/duplicates/report/", admin_token)
        return bool(report["made_at"]) and not report["searching"]

    # The trainer does one thing at a time, and what the datasets before this one need comes first.
    until(is_searched, f"dataset {dataset} is searched", seconds=2 * PATIENCE)
    return dataset


def searched(page: Page, dataset: int) -> Locator:
    """Have the dataset searched, and return the groups once no search is on its way."""
    page.goto(f"/datasets/{dataset}/duplicates")
    page.get_by_role("button", name="Search again").click()
    groups = page.get_by_role("region", name=re.compile("^Group [0-9]+: 2 images$"))
    expect(groups).to_have_count(COPIES, timeout=BY_A_WORKER)
    expect(page.get_by_role("button", name="Search again")).to_be_enabled(timeout=BY_A_WORKER)
    expect(groups).to_have_count(COPIES)
    return groups


def pair_of(groups: Locator, number: int) -> Locator:
    return groups.filter(has_text=f"sheet-{number:02}.png")


def decisions(stack: Stack, token: str, dataset: int, state: str) -> list[dict[str, Any]]:
    address = f"datasets/{dataset}/duplicates/?state={state}"
    rows: list[dict[str, Any]] = stack.api("GET", address, token)["results"]
    return rows


def test_one_of_two_is_kept_the_other_is_asked_about_no_more_and_that_is_taken_back(
    stack: Stack, questions: Questions, copied: int, sign_in: Enter, admin_token: str
) -> None:
    questions.ask("choice", copied, [])
    page = sign_in("root")
    watched = Watched(page)
    groups = searched(page, copied)
    watched.in_all_forms("duplicates")
    watched.has_no_barriers()
    pair = pair_of(groups, 1)
    expect(
        pair.get_by_role("radio", name=re.compile(r"Keep .*copy-01\.bmp"))
    ).to_be_checked()  # more bytes
    pair.get_by_text("sheet-01.png").click()
    expect(pair.get_by_role("radio", name=re.compile(r"Keep .*sheet-01\.png"))).to_be_checked()
    pair.get_by_role("button", name="Keep the chosen one").click()
    main = page.get_by_role("main")
    expect(main.get_by_text("One is kept, the others are set aside")).to_be_visible()
    expect(groups).to_have_count(COPIES - 1)
    (kept,) = decisions(stack, admin_token, copied, "kept")
    files = {one["item"]["id"]: one["item"]["filename"] for one in kept["members"]}
    assert files[kept["keep"]].endswith("sheet-01.png")
    assert kept["tasks_set_aside"] == 1

    main.get_by_role("button", name="Undo").click()
    expect(main.get_by_text("One is kept, the others are set aside")).to_have_count(0)
    expect(groups).to_have_count(COPIES)
    assert decisions(stack, admin_token, copied, "kept") == []

    pair.get_by_role("button", name="Keep the chosen one").click()
    page.get_by_role("radio", name="One kept · 1").check()
    card = page.get_by_role("region", name="Group 1: 2 images")
    expect(card).to_contain_text("Decided by Root · 1 task set aside")
    watched.in_all_forms("duplicates-kept")
    card.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("No group has been cleared up yet")).to_be_visible()
    assert len(decisions(stack, admin_token, copied, "open")) == COPIES
    assert watched.complaints == []


def test_groups_are_gone_through_by_keys(
    stack: Stack, copied: int, sign_in: Enter, admin_token: str
) -> None:
    page = sign_in("root")
    groups = searched(page, copied)
    current = page.locator("[data-group][data-current]")
    first = current.get_attribute("data-group")
    page.keyboard.press("j")
    expect(current).not_to_have_attribute("data-group", first or "")
    second = current.get_attribute("data-group")
    page.keyboard.press("2")
    expect(current.get_by_role("radio").nth(1)).to_be_checked()
    page.keyboard.press("Enter")
    expect(groups).to_have_count(COPIES - 1)
    (kept,) = decisions(stack, admin_token, copied, "kept")
    assert str(kept["id"]) == second
    assert kept["keep"] == kept["members"][1]["item"]["id"]
    page.keyboard.press("Control+z")
    expect(groups).to_have_count(COPIES)
    page.keyboard.press("n")
    expect(groups).to_have_count(COPIES - 1)
    assert len(decisions(stack, admin_token, copied, "distinct")) == 1


def test_what_is_called_different_is_not_brought_up_by_the_next_search(
    stack: Stack, copied: int, sign_in: Enter, admin_token: str
) -> None:
    page = sign_in("root")
    groups = searched(page, copied)
    pair = pair_of(groups, 2)
    number = pair.get_attribute("data-group")
    pair_of(groups, 0).get_by_role("button", name="Not duplicates").click()
    expect(groups).to_have_count(COPIES - 1)
    made = stack.api("GET", f"datasets/{copied}/duplicates/report/", admin_token)["made_at"]
    with page.expect_response(
        lambda reply: reply.url.endswith("/report/") and reply.json().get("made_at", made) != made,
        timeout=BY_A_WORKER,
    ):
        page.get_by_role("button", name="Search again").click()
    expect(groups).to_have_count(COPIES - 1)
    # What waits for a decision is what it was: a page that shows it may still decide about it.
    expect(pair).to_have_attribute("data-group", number or "")
    page.get_by_role("radio", name="Not duplicates · 1").check()
    expect(page.get_by_role("region", name="Group 1: 2 images")).to_contain_text("sheet-00.png")
