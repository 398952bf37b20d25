"""One order of new items and further votes, against fixed votes on each item.

    python -m tests.benchmarks.bench_policies [--seeds 3] [--votes 2400] [--dataset FILE.zip]
                                              [--first-seed 0] [--kept FILE.json ...]

Five simulated labelers of skill .6 to .95 spend their votes by the product's own actions and jobs
(`manage.py experiment`), crowd after crowd in a process each: the defaults, three votes on random
items, and three votes on those of least margin. Votes until the final test accuracy of the random
order, labels and their accuracy go to results/policies.json (MNIST) or policies_DATASET.json.
`--kept` are reports of earlier crowds, which are counted in. Without the pictures there is nothing
to measure, and it says so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from active_learning.simulation.plot import curves_svg
from active_learning.simulation.summary import summarise

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).parent / "results"
PICTURES = ROOT.parent / "shared" / "data" / "images" / "mnist_10k" / "mnist_10k.zip"
POLICIES = "default,uniform3,margin3"
SKILLS = "0.6,0.7,0.8,0.9,0.95"


REFERENCE = "uniform3"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", type=Path, default=PICTURES)
    parser.add_argument("--policies", default=POLICIES)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--votes", default="2400")
    parser.add_argument("--kept", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    if not options.dataset.is_file():
        print(f"There is no {options.dataset.name} beside the project: nothing is measured.")
        return
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in options.kept]
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    reports.extend(one_crowd(options, seed) for seed in seeds)
    write(joined(reports), options.dataset)


def one_crowd(options: argparse.Namespace, seed: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "crowd.json"
        words = ["experiment", str(options.dataset), "--policies", options.policies]
        words += ["--labelers", SKILLS, "--votes", options.votes, "--json", str(out)]
        words += ["--seeds", "1", "--first-seed", str(seed)]
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        subprocess.run(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True)
        report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return report


def joined(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """One report of all crowds; a crowd that is there twice counts once, the last time."""
    trials = {(one["policy"], one["seed"]): one for report in reports for one in report["trials"]}
    rows = [trials[key] for key in sorted(trials, key=lambda key: (key[1], key[0]))]
    names = {one["policy"] for one in rows}
    return reports[-1] | {
        "seeds": len({one["seed"] for one in rows}),
        "policies": summarise(rows, reference=REFERENCE if REFERENCE in names else None),
        "trials": rows,
    }


def write(report: dict[str, Any], dataset: Path) -> None:
    other = "" if dataset.stem == PICTURES.stem else f"_{dataset.stem}"
    path = RESULTS / f"policies{other}.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    title = f"{report['dataset']}: test accuracy, {report['seeds']} crowds"
    path.with_suffix(".svg").write_text(curves_svg(title, report["policies"]), encoding="utf-8")
    print(f"Wrote {path.name} of {report['seeds']} crowds.")


if __name__ == "__main__":
    main()
