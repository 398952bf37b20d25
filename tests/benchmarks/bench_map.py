"""A dataset's map: seconds to draw it, and how long the browser takes for a frame of it.

    python -m tests.benchmarks.bench_map [--points 100000]

Vectors of ten clusters take the place of a dataset's features. The server lays them out and colours
them, in CPU seconds; then a browser drags the map about, zooms with the wheel and draws a lasso
around a third of it, one event for each frame; told are the times from one frame to the next.
Writes results/map.json.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import CHROMIUM
from tests.e2e.entrance import entrance
from tests.stack import Stack, running_stack

RESULTS = Path(__file__).parent / "results" / "map.json"
LENGTH = 64
MAKE = """
import hashlib, json, resource, time
import numpy as np
from django.conf import settings
from active_learning.actions.dataset_map import colours_of, draw_map, map_files, values_by
from active_learning.actions.features import features_folder
from active_learning.learning.feature_store import FeatureStore
from annotations.models import Dataset, Item
from labelhub.accounts.models import User
count, length = {points}, {length}
dataset = Dataset.objects.create(name="Many points", created_by=User.objects.get(username="root"),
    item_count=count)
names = [hashlib.sha256(f"point {{n}}".encode()).hexdigest() for n in range(count)]
Item.objects.bulk_create((
    Item(dataset=dataset, sha256=name, filename=f"{{n:06}}.png", media_type="image/png",
         byte_size=1, width=28, height=28, group=f"writer {{n % 10}}", renditions={{}})
    for n, name in enumerate(names)), batch_size=1000)
rng = np.random.default_rng(1)
centres = rng.normal(size=(10, length)) * 3
store = FeatureStore(features_folder(dataset.pk), "hog-bench", length)
for start in range(0, count, 8192):
    some = names[start:start + 8192]
    places = np.arange(start, start + len(some)) % 10
    store.add(some, (centres[places] + rng.normal(size=(len(some), length))).astype(np.float32))
def spent():
    use = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in use)
wall, cpu = time.perf_counter(), spent()
row = draw_map(dataset=dataset)
drawn = {{"seconds": round(time.perf_counter() - wall, 1), "cpu_seconds": round(spent() - cpu, 1)}}
drawn["peak_mb"] = round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
points = map_files(dataset.pk).read(row.sha256)
wall, cpu = time.perf_counter(), spent()
colours_of(points, values_by("group", dataset, None))
coloured = {{"seconds": round(time.perf_counter() - wall, 2)}}
coloured["cpu_seconds"] = round(spent() - cpu, 2)
print(json.dumps({{"dataset": dataset.pk, "points": row.items, "drawn": drawn,
    "coloured": coloured, "document_bytes": len(points)}}))
"""
# Gives the canvas one event for each frame, and tells the times between the frames.
RUN = """async ([what, frames]) => {
    const canvas = document.querySelector('[data-testid=map-canvas]');
    const box = canvas.getBoundingClientRect();
    const at = (x, y) => ({ clientX: box.left + x, clientY: box.top + y, bubbles: true,
        pointerId: 1, button: 0, buttons: 1, cancelable: true });
    const point = (kind, x, y) => canvas.dispatchEvent(new PointerEvent(kind, at(x, y)));
    canvas.setPointerCapture = () => {};
    const middle = [box.width / 2, box.height / 2];
    const round = (n, part) => [middle[0] + part * box.width * Math.cos(n / 12),
        middle[1] + part * box.height * Math.sin(n / 12)];
    const steps = {
        pan: (n) => point('pointermove', ...round(n, 0.3)),
        zoom: (n) => canvas.dispatchEvent(new WheelEvent('wheel',
            { ...at(...middle), deltaY: n % 60 < 30 ? -25 : 25 })),
        lasso: (n) => point('pointermove', ...round(n, 0.25)),
        hover: (n) => canvas.dispatchEvent(new PointerEvent('pointermove',
            { ...at(...round(n, 0.3)), buttons: 0 })),
    };
    const pressed = what === 'pan' || what === 'lasso';
    if (pressed) point('pointerdown', ...round(0, what === 'pan' ? 0.3 : 0.25));
    const times = [];
    let last = performance.now();
    await new Promise((done) => {
        const frame = (now) => {
            times.push(now - last);
            last = now;
            steps[what](times.length);
            if (times.length <= frames) requestAnimationFrame(frame); else done();
        };
        requestAnimationFrame(frame);
    });
    const began = performance.now();
    if (pressed) point('pointerup', ...round(frames, what === 'pan' ? 0.3 : 0.25));
    const released = performance.now() - began;
    return { times: times.slice(1), released };
}"""


def quantiles(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50_ms": round(ordered[len(ordered) // 2], 1),
        "p95_ms": round(ordered[int(0.95 * len(ordered))], 1),
        "most_ms": round(ordered[-1], 1),
    }


def frames_of(page: Page, url: str, frames: int) -> dict[str, Any]:
    """Frame times of each thing that a hand does with the map."""
    page.goto(url)
    page.get_by_test_id("map-canvas").wait_for()
    page.get_by_text("writer 1").first.wait_for()  # coloured
    page.wait_for_load_state("networkidle")
    found: dict[str, Any] = {}
    for what in ("pan", "zoom", "hover", "lasso"):
        if what == "lasso":
            page.get_by_role("radio", name="Lasso").check()
        page.evaluate(RUN, [what, 10])  # warm
        told = page.evaluate(RUN, [what, frames])
        found[what] = quantiles(told["times"])
        if what == "lasso":
            found[what]["choosing_ms"] = round(told["released"], 1)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--frames", type=int, default=180)
    options = parser.parse_args()
    with running_stack() as stack, sync_playwright() as tools:
        made = stack.manage("shell", "-c", MAKE.format(points=options.points, length=LENGTH))
        report = json.loads(made.strip().splitlines()[-1])
        print(report, flush=True)
        report["browser"] = _in_browser(stack, tools, report["dataset"], options.frames)
    del report["dataset"]
    report |= {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report["browser"]))


def _in_browser(stack: Stack, tools: Any, dataset: int, frames: int) -> dict[str, Any]:
    browser = tools.chromium.launch(
        executable_path=CHROMIUM, headless=True, args=["--no-sandbox", "--disable-gpu"]
    )
    with entrance(stack, browser) as enter:
        return frames_of(enter("root"), f"/datasets/{dataset}/map?by=group", frames)


if __name__ == "__main__":
    main()
