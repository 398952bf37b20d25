"""Browsers for the end-to-end tests, and people signed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.entrance import entrance
from tests.e2e.questions import Questions
from tests.stack import ROOT, Stack, running_stack
from tests.waiting import PATIENCE, until

PICTURES = Path(__file__).parent / "pictures"
CHROMIUM = "/usr/bin/chromium"
# Milliseconds for what a page and a server do by themselves. Only a test that fails waits for so
# long; a machine that does other work besides needs more than Playwright's five seconds.
expect.set_options(timeout=60_000)
NO_REPEATS = "from annotations.models import Project; Project.objects.update(repeat_share=0)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    if not (ROOT / "frontend" / "dist" / "index.html").exists():
        pytest.fail("the pages are not built; run `make build`")
    with running_stack() as running:
        # Tests that count answers by item are not asked the same twice; `test_repeats` is.
        running.manage("shell", "-c", NO_REPEATS)
        yield running


@pytest.fixture(scope="session")
def admin_token(stack: Stack) -> str:
    return stack.manage("create_token", "root").strip()


@pytest.fixture(scope="session")
def questions(stack: Stack, admin_token: str) -> Questions:
    """Makes projects on real pages, faces and lines."""
    return Questions(stack, admin_token)


@pytest.fixture(scope="session")
def simulated(stack: Stack, admin_token: str) -> int:
    """The project of the digits after a simulated crowd has worked on it; its id."""
    votes = "2000" if os.environ.get("LABELHUB_PICTURES") else "350"  # a curve worth a picture
    stack.manage(
        "simulate", "Digits", "--votes", votes, "--labelers", "5", "--seed", "3",
        "--url", stack.url,
    )  # fmt: skip
    projects = stack.api("GET", "projects/?limit=500", admin_token)["results"]
    return next(int(one["id"]) for one in projects if one["name"] == "Digits")


@pytest.fixture(scope="session")
def trained(stack: Stack, admin_token: str, simulated: int) -> int:
    """A finished training run of the simulated project; its id."""

    def done() -> list[int]:
        runs = stack.api("GET", f"projects/{simulated}/runs/", admin_token)["results"]
        return [int(one["id"]) for one in runs if one["state"] == "done"]

    return until(done, f"a run of project {simulated} ends", seconds=2 * PATIENCE)[0]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return browser_type_launch_args | {
        "executable_path": CHROMIUM,
        "headless": True,
        "args": [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
        ],
    }  # fmt: skip


@pytest.fixture
def sign_in(stack: Stack, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a browser of its own, signs somebody in, and gives the page."""
    with entrance(stack, browser) as enter:
        yield enter
