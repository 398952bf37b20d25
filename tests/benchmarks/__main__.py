"""`make bench`: run every benchmark; each writes its figures as JSON to `results/`.

python -m tests.benchmarks [NAME ...]      all of them, or those named
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

PYTEST = ["-m", "pytest", "-q"]
BENCHMARKS = {
    "queue": ["-m", "tests.benchmarks.bench_queue"],
    "rerank": ["-m", "tests.benchmarks.bench_rerank"],
    "labels_saved": ["-m", "tests.benchmarks.bench_labels_saved"],
    "policies": ["-m", "tests.benchmarks.bench_policies"],
    "loop_learning": ["-m", "tests.benchmarks.bench_loop_learning"],
    "browse": ["-m", "tests.benchmarks.bench_browse"],
    "export": ["-m", "tests.benchmarks.bench_export"],
    "intake": ["-m", "tests.benchmarks.bench_intake", "--many", "100000"],
    "consensus": ["-m", "tests.benchmarks.bench_consensus"],
    "learning": ["-m", "tests.benchmarks.bench_learning"],
    "label_errors": ["-m", "tests.benchmarks.bench_label_errors"],
    "foreign": ["-m", "tests.benchmarks.bench_foreign"],
    "duplicates": ["-m", "tests.benchmarks.bench_duplicates", "--large", "100000"],
    "map": ["-m", "tests.benchmarks.bench_map"],
    "lines": ["-m", "tests.benchmarks.bench_lines"],
    "browser": [*PYTEST, "-m", "e2e", "tests/e2e", "-k", "is_measured"],
    "kills": [*PYTEST, "-m", "faults", "tests/faults/test_crowd_survives_kills.py"],
}


def main() -> None:
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise SystemExit(f"No benchmark {unknown[0]!r}; there is: {', '.join(BENCHMARKS)}.")
    environment = os.environ | {"LABELHUB_BENCH": "1", "LABELHUB_CROWD_KILLS": "20"}
    failed = []
    for name in names:
        begun = time.monotonic()
        print(f"== {name}", flush=True)
        done = subprocess.run([sys.executable, *BENCHMARKS[name]], env=environment, check=False)
        print(f"== {name}: {time.monotonic() - begun:.0f} s", flush=True)
        if done.returncode:
            failed.append(name)
    if failed:
        raise SystemExit(f"Failed: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
