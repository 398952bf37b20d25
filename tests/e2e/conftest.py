"""Browsers for the end-to-end tests, and people signed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.stack import PASSWORD, ROOT, Stack, running_stack

PICTURES = Path(__file__).parent / "pictures"
CHROMIUM = "/usr/bin/chromium"


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
        yield running


@pytest.fixture(scope="session")
def admin_token(stack: Stack) -> str:
    return stack.manage("create_token", "root").strip()


@pytest.fixture(scope="session")
def simulated(stack: Stack, admin_token: str) -> int:
    """The project of the digits after a simulated crowd has worked on it; its id."""
    votes = "2000" if os.environ.get("LABELHUB_PICTURES") else "350"  # a curve worth a picture
    stack.manage(
        "simulate", "Digits", "--votes", votes, "--labelers", "5", "--seed", "3",
        "--url", stack.url,
    )  # fmt: skip
    projects = stack.api("GET", "projects/", admin_token)["results"]
    return next(int(one["id"]) for one in projects if "digit" in one["question"])


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
    contexts: list[BrowserContext] = []

    def enter(name: str, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = browser.new_context(base_url=stack.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Projects")).to_be_visible()
        return page

    yield enter
    for context in contexts:
        context.close()
