"""Pictures a second: checked in child processes, and imported whole, beside decode and hash alone.

    python -m tests.benchmarks.bench_intake [--sets mnist_10k,orl_faces]

The floor is one loop in one process: SHA-256 and Pillow's decoder, no rendition, no file, no row.
`checked` adds the transfer to the checking processes and a rendition of each picture; `imported`
adds two synced files for each picture, its row and its known label. Writes results/intake.json.
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
    names = parser.parse_args().sets.split(",")
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as folder:
        os.environ |= {"DATA_DIR": folder, "DATABASE_URL": ""}
        os.environ["DJANGO_SETTINGS_MODULE"] = "labelhub.settings.dev"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        present = [name for name in names if (SHARED / name).is_dir()]
        results = {name: measure(name) for name in present}
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"cores": os.cpu_count(), "sets": results}, indent=1)
    (RESULTS / "intake.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
