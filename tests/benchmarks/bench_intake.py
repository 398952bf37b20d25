"""Pictures a second: checked in child processes, and imported whole, beside decode and hash alone.

    python -m tests.benchmarks.bench_intake [--sets mnist_10k,orl_faces] [--many 100000]

The floor is one loop in one process: SHA-256 and Pillow's decoder, no rendition, no file, no row.
`checked` adds the transfer to the checking processes and a rendition of each picture; `imported`
adds the synced files of each picture, its row and its known label. `--many` imports a ZIP of so
many drawings of 28 x 28 pixels between two runs of the floor, and tells how much more memory the
second half of them took than the first. Writes results/intake.json.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).parent / "results"
SHARED = ROOT.parent / "shared" / "data" / "images"
SETS = "mnist_10k,hanzi_numbers,orl_faces,face_or_not"


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and CPU seconds of this process and of those that it ended."""

    wall: float
    cpu: float

    def beside(self, floor: Cost, pictures: int) -> dict[str, float]:
        return {
            "per_second": round(pictures / self.wall),
            "wall_ratio": round(self.wall / floor.wall, 2),
            "cpu_ratio": round(self.cpu / floor.cpu, 2),
            "cpu_ms": round(1000 * self.cpu / pictures, 3),
        }


def cost(work: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), _cpu()
    work()
    return Cost(time.perf_counter() - wall, _cpu() - cpu)


def decode_and_hash(pictures: list[bytes]) -> None:
    from PIL import Image

    from annotations.intake.images import FORMATS

    for data in pictures:
        hashlib.sha256(data).hexdigest()
        Image.open(io.BytesIO(data), formats=FORMATS).load()


def checked(pictures: list[bytes]) -> None:
    from annotations.intake.checking import CheckerPool

    with CheckerPool() as pool:
        for _, data, _ in pool.check((0, data) for data in pictures):
            hashlib.sha256(data).hexdigest()


def imported(path: Path) -> None:
    from annotations.actions.upload import upload_items
    from annotations.intake.sources import from_path
    from annotations.models import Dataset

    dataset = Dataset.objects.create(name=path.stem)
    upload_items(dataset=dataset, members=from_path(path))


def many(count: int, folder: Path) -> dict[str, Any]:
    """Import `count` small pictures; memory is this process' peak, in MB."""
    import numpy as np
    from PIL import Image

    from annotations.actions.upload import upload_items
    from annotations.intake.images import small_png
    from annotations.intake.sources import from_path
    from annotations.management.commands.import_items import LIMITS
    from annotations.models import Dataset

    random = np.random.default_rng(1)
    pictures = []
    with zipfile.ZipFile(folder / "many.zip", "w") as archive:
        for number in range(count):
            stroke = random.integers(0, 256, (28, 28), np.uint8) * (random.random((28, 28)) < 0.2)
            pictures.append(small_png(Image.fromarray(stroke.astype(np.uint8))))
            archive.writestr(f"{number:06}.png", pictures[-1])
    before = cost(lambda: decode_and_hash(pictures))
    peaks: list[float] = []

    def note(fraction: float, message: str) -> None:
        if fraction >= 0.5 * (len(peaks) + 1):
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

    dataset = Dataset.objects.create(name="many")
    members = from_path(folder / "many.zip", LIMITS)
    taken = cost(
        lambda: upload_items(dataset=dataset, members=members, limits=LIMITS, progress=note)
    )
    after = cost(lambda: decode_and_hash(pictures))
    floor = Cost((before.wall + after.wall) / 2, (before.cpu + after.cpu) / 2)
    return {
        "pictures": dataset.items.count(),
        "decode_and_hash": floor.beside(floor, count),
        "imported": taken.beside(floor, count),
        "second_half_mb": round(peaks[-1] - peaks[0], 1),
    }


def _cpu() -> float:
    use = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in use)


def measure(name: str) -> dict[str, Any]:
    path = SHARED / name / f"{name}.zip"
    with zipfile.ZipFile(path) as archive:
        names = [entry for entry in archive.namelist() if not entry.endswith(".csv")]
        pictures = [archive.read(entry) for entry in names]
    decode_and_hash(pictures[:10])  # loads the decoders
    count = len(pictures)
    floor = cost(lambda: decode_and_hash(pictures))
    return {
        "pictures": count,
        "decode_and_hash": floor.beside(floor, count),
        "checked": cost(lambda: checked(pictures)).beside(floor, count),
        "imported": cost(lambda: imported(path)).beside(floor, count),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=SETS)
    parser.add_argument("--many", type=int, default=0)
    asked = parser.parse_args()
    names = asked.sets.split(",")
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as folder:
        os.environ |= {"DATA_DIR": folder, "DATABASE_URL": ""}
        os.environ["DJANGO_SETTINGS_MODULE"] = "labelhub.settings.dev"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        present = [name for name in names if (SHARED / name).is_dir()]
        results = {name: measure(name) for name in present}
        if asked.many:
            results["many"] = many(asked.many, Path(folder))
        keep(results)  # now: deleting a hundred thousand files can take longer than all before


def keep(results: dict[str, Any]) -> None:
    load = round(os.getloadavg()[0], 1)
    text = json.dumps({"cores": os.cpu_count(), "load": load, "sets": results}, indent=1)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "intake.json").write_text(text + "\n", encoding="utf-8")
    print(text, flush=True)


if __name__ == "__main__":
    main()
