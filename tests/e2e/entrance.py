"""The way in: somebody signs in, in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.stack import PASSWORD, Stack

ACTION_MS = 60_000  # as patient as what is expected of a page


def patient(page: Page) -> Page:
    """Let a page of a browser context of its own wait as long as the others do."""
    page.context.set_default_timeout(ACTION_MS)
    return page


@contextmanager
def entrance(stack: Stack, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Give a function that signs somebody in on a stack; its browsers are closed in the end."""
    contexts: list[BrowserContext] = []

    def enter(name: str, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        context = browser.new_context(base_url=stack.url, **options)
        context.set_default_timeout(ACTION_MS)
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Projects")).to_be_visible()
        return page

    try:
        yield enter
    finally:
        for context in contexts:
            context.close()
