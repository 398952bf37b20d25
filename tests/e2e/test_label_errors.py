"""Label errors in a real browser: looked for by the worker, sent to review, called right."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.e2e.questions import Questions
from tests.e2e.watched import Watched
from tests.stack import Stack
from tests.waiting import BY_A_WORKER

Enter = Callable[..., Page]
COUNT, WRONG = 60, (20, 21, 22)
KINDS = ("disc", "stripes")


def draw(path: Path, kind: str, seed: int) -> None:
    """A disc or stripes, never twice at the same place or of the same size."""
    some = random.Random(seed)
    image = Image.new("L", (32, 32), 230)
    pen = ImageDraw.Draw(image)
    shade, size = some.randint(10, 60), some.randint(6, 9)
    x, y = some.randint(11, 20), some.randint(11, 20)
    if kind == "disc":
        pen.ellipse([x - size, y - size, x + size, y + size], fill=shade)
    else:
        for left in range(some.randint(0, 3), 32, 6):
            pen.rectangle([left, 0, left + 1, 31], fill=shade)
    image.putpixel((seed % 32, seed // 32), 128)  # no two pictures are the same bytes
    image.save(path)


def kind_of(number: int) -> str:
    return KINDS[number % 2]


@pytest.fixture(scope="module")
def sheets(stack: Stack, questions: Questions, tmp_path_factory: pytest.TempPathFactory) -> int:
    """Sixty sheets with a disc or stripes, settled by one vote each, three in a row wrongly."""
    folder = tmp_path_factory.mktemp("sheets")
    for n in range(COUNT):
        draw(folder / f"sheet-{n:02}.png", kind_of(n), n)
    dataset = questions.dataset("Sheets", sorted(folder.glob("*.png")))
    project = questions.ask(
        "choice", dataset, ["lena"], min_votes=1, max_votes=1, random_share=0, audit_share=0,
        auto_train=False, schema={"labels": [{"name": name} for name in KINDS]},
    )  # fmt: skip
    token = questions.token_of("lena")
    while tasks := stack.api("POST", f"projects/{project}/lease/", token, {"count": 20})["tasks"]:
        for task in tasks:
            number = int(task["item"]["filename"].rsplit("-", 1)[1].split(".")[0])
            told = kind_of(number + (number in WRONG))
            body = {"lease": task["lease"]["id"], "answer": {"choice": told}}
            stack.api("POST", "annotations/", token, body, key=str(uuid.uuid4()))
    return project


def test_wrong_labels_are_found_sent_to_review_and_called_right(
    sheets: int, stack: Stack, admin_token: str, sign_in: Enter
) -> None:
    page = sign_in("root")
    page.goto(f"/projects/{sheets}/label-errors")
    watched = Watched(page)
    expect(page.get_by_text("The labels have not been judged yet")).to_be_visible()
    watched.in_all_forms("label-errors-empty")
    page.get_by_role("button", name="Look for wrong labels").click()
    rows = page.get_by_role("table", name="Label errors").get_by_role("row")
    expect(rows.nth(3)).to_be_visible(timeout=BY_A_WORKER)
    expect(page.get_by_text(f"{COUNT} labels judged")).to_be_visible()
    first = rows.nth(1)
    name = first.get_by_role("link").get_attribute("aria-label") or ""
    worst = [rows.nth(n).get_by_role("link").get_attribute("aria-label") for n in (1, 2, 3)]
    assert any(f"sheet-{n:02}" in (told or "") for n in WRONG for told in worst), worst
    watched.has_no_barriers()
    watched.in_all_forms("label-errors")
    first.get_by_role("button", name="To review").click()
    expect(page.get_by_text("Sent to review")).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_have_count(0)
    second = rows.nth(1).get_by_role("link").get_attribute("aria-label") or ""
    rows.nth(1).get_by_role("button", name="It is right").click()
    expect(page.get_by_role("link", name=second)).to_have_count(0)
    flagged = stack.api("GET", f"projects/{sheets}/review/?kind=flagged", admin_token)["results"]
    assert [f"Open {row['item']['filename']}" for row in flagged] == [name]


def test_labelers_are_told_nothing_of_doubtful_labels(sheets: int, sign_in: Enter) -> None:
    page = sign_in("lena")
    page.goto(f"/projects/{sheets}/label-errors")
    expect(page.get_by_text("Only managers and reviewers see doubtful labels.")).to_be_visible()
