"""How fast drawing is with a thousand shapes, and how soon the next line or page is seen."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.canvas import Canvas
from tests.e2e.questions import LABELS, Questions, domain, open_canvas

Enter = Callable[..., Page]
RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"
BENCH = bool(os.environ.get("LABELHUB_BENCH"))

# Frames between two marks, and how long each one kept the page's own thread busy.
RECORDER = """
const frames = { at: [], work: [], keys: [] };
window.__frames = frames;
const ask = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (run) => ask((now) => {
    const begun = performance.now();
    run(now);
    frames.work.push(performance.now() - begun);
});
const tick = (now) => { frames.at.push(now); ask(tick); };
ask(tick);
addEventListener("keydown", (event) => {
    if (event.key !== "z") return;
    ask(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
            frames.keys.push(performance.now() - event.timeStamp);
            port1.close();
        };
        port2.postMessage(null);
    });
}, { capture: true });
"""


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, Any]]:
    """What is measured here; written where the benchmarks write when they are run."""
    found: dict[str, Any] = {}
    yield found
    print(json.dumps(found))
    if BENCH and found:
        load = dict(zip(("1_min", "5_min"), map(round, os.getloadavg()[:2]), strict=True))
        report = {"load": load, "cores": os.cpu_count(), **found}
        (RESULTS / "canvas.json").write_text(json.dumps(report, indent=1) + "\n")


def spread(times: list[float], budget: float) -> dict[str, float]:
    ordered = sorted(times)
    at = lambda share: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)  # noqa: E731
    return {
        "p50_ms": at(0.5), "p95_ms": at(0.95), "max_ms": round(ordered[-1], 1),
        "count": len(ordered), "budget_p95_ms": budget,
    }  # fmt: skip


def frames_of(page: Page, gesture: Callable[[], None]) -> dict[str, Any]:
    """The frames that pass while a gesture is made.

    Where other programs share the processor, frames wait for their turn; the time that the page's
    own thread had it for each frame does not depend on them.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate("Object.values(__frames).forEach((list) => list.splice(0))")
    before = busy_seconds(session)
    gesture()
    busy = busy_seconds(session) - before
    at, work = page.evaluate("[__frames.at, __frames.work]")
    between = [b - a for a, b in pairwise(at)]
    return {
        "frame": spread(between, 20),
        "thread_ms_per_painted_frame": round(1000 * busy / max(1, len(work)), 1),
    }


def busy_seconds(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def thousand() -> dict[str, Any]:
    """An answer as full as an answer may be: boxes in rows over a page of 12 million pixels."""
    return {
        "boxes": [
            {
                "label": LABELS[at % 2]["name"], "x": 40 + at % 25 * 118, "y": 40 + at // 25 * 105,
                "width": 100, "height": 60,
            }
            for at in range(1000)
        ]
    }  # fmt: skip


def test_drawing_among_a_thousand_shapes_is_measured(
    questions: Questions, sign_in: Enter, figures: dict[str, Any]
) -> None:
    pages = questions.dataset("Large pages", domain("pages_xml", "peraire_alto", "*.jpg"))
    project = questions.ask("boxes", pages, ["lena"])
    token = questions.token_of("lena")
    stack = questions.stack
    (task,) = stack.api("POST", f"projects/{project}/lease/", token, {"count": 1})["tasks"]
    body = {"lease": task["lease"]["id"], "answer": thousand(), "duration_ms": 1}
    stack.api("POST", "annotations/", token, body)
    page = sign_in("lena")
    page.add_init_script(RECORDER)
    canvas = open_canvas(page, project)
    # What was answered before this visit is fetched after the item: only then one can go back.
    expect(page.get_by_role("button", name="Previous", exact=True)).to_be_enabled()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.get_by_test_id("stage")).to_have_attribute("data-task", str(task["id"]))
    canvas.shown()
    expect(canvas.shapes).to_have_count(1000)
    page.wait_for_timeout(1000 if BENCH else 0)  # nothing else is at work
    x, y = canvas.middle()
    steps = 120 if BENCH else 15
    page.keyboard.press("v")
    figures["thousand_shapes"] = {
        "pan": frames_of(page, lambda: pull(page, "middle", (x, y), steps)),
        "zoom": frames_of(page, lambda: turn_wheel(page, (x, y), steps)),
        "drag": frames_of(page, lambda: drag_a_box(canvas, steps)),
        "undo_to_painted": undo_times(canvas, 20 if BENCH else 3),
    }
    assert all(one for one in figures["thousand_shapes"].values())


def pull(page: Page, button: Any, start: tuple[float, float], steps: int) -> None:
    page.mouse.move(*start)
    page.mouse.down(button=button)
    for step in range(steps):
        page.mouse.move(start[0] + 3 * (step % 60), start[1] - step % 40)
    page.mouse.up(button=button)


def turn_wheel(page: Page, at: tuple[float, float], steps: int) -> None:
    page.mouse.move(*at)
    for step in range(steps):
        page.mouse.wheel(0, -40 if step % 60 < 30 else 40)


def drag_a_box(canvas: Canvas, steps: int) -> None:
    """Move the box that lies in the middle of the page."""
    page = canvas.page
    start = canvas.screen_at((40 + 12 * 118 + 50, 40 + 20 * 105 + 30))
    pull(page, "left", start, steps)


def undo_times(canvas: Canvas, count: int) -> dict[str, float]:
    """From the key to the painted frame, for steps back and forward among all shapes.

    The thread's own time of a step holds what follows the frame too, such as the list of shapes.
    """
    page = canvas.page
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate("__frames.keys.splice(0)")
    before = busy_seconds(session)
    for place in range(count):
        page.keyboard.press("Control+Shift+z" if place % 2 else "Control+z")
        page.wait_for_function("(place) => __frames.keys.length > place", arg=place)
    busy = busy_seconds(session) - before
    times = spread(page.evaluate("__frames.keys"), 50)
    return {**times, "thread_ms_per_step": round(1000 * busy / count, 1)}


def next_times(page: Page, count: int, answer: Callable[[], None]) -> list[float]:
    """Answer item after item as a quick labeler; return the times until the next is painted."""
    seen = "window.__labelhub.timings.filter((one) => one.name === 'submit-to-painted')"
    for place in range(count):
        page.wait_for_timeout(400 if BENCH else 0)
        answer()
        page.wait_for_function(f"(place) => {seen}.length > place", arg=place)
    return [float(row["ms"]) for row in page.evaluate(seen)]


def test_the_next_line_after_a_text_is_measured(
    questions: Questions, sign_in: Enter, figures: dict[str, Any]
) -> None:
    count = 60 if BENCH else 3
    lines = domain("hooker_lines", "lines", "*.jpg")[: count + 10]
    project = questions.ask("transcription", questions.dataset("Many lines", lines), ["lena"])
    page = sign_in("lena")
    page.goto(f"/projects/{project}/label")
    expect(page.get_by_role("textbox")).to_be_focused()

    def answer() -> None:
        page.keyboard.type("some words")
        page.keyboard.press("Enter")

    figures["submit_to_painted_text"] = spread(next_times(page, count, answer), 50)


def test_the_next_large_page_after_shapes_is_measured(
    questions: Questions, tmp_path: Path, sign_in: Enter, figures: dict[str, Any]
) -> None:
    pages = domain("pages_xml", "peraire_alto", "*.jpg")
    if BENCH:
        pages = [*pages, *turned(pages, tmp_path)]
    name = "Turned pages" if BENCH else "Large pages"
    project = questions.ask("boxes", questions.dataset(name, pages), ["noor"])
    page = sign_in("noor")
    canvas = open_canvas(page, project)
    page.wait_for_timeout(3000 if BENCH else 0)

    def answer() -> None:
        canvas.shown()
        x, y = canvas.middle()
        canvas.draw_box((x - 60, y - 30), (x + 60, y + 30))
        page.wait_for_timeout(1500 if BENCH else 0)  # drawing takes longer than that
        page.keyboard.press("Control+Enter")

    times = next_times(page, len(pages) - 1, answer)
    figures["submit_to_painted_shapes"] = spread(times, 100)


def turned(pages: list[Path], folder: Path) -> list[Path]:
    """The same pages upside down and mirrored: large pictures of other pixels."""
    turns = (
        Image.Transpose.ROTATE_180,
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.FLIP_TOP_BOTTOM,
    )
    made = []
    for page in pages:
        for turn in turns:
            path = folder / f"{turn.name}-{page.name}"
            Image.open(page).transpose(turn).save(path, quality=60)
            made.append(path)
    return made
