"""`python -m labelhub.runner`: what the Makefile calls. Standard library only."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

from labelhub import env
from labelhub.runner import commands, install, probe, schema, stamps
from labelhub.runner.processes import die_with_parent
from labelhub.runner.say import Trouble, fail, say, step
from labelhub.runner.supervise import Supervisor

START_SECONDS = 60.0
DEMO_PROJECT = "Digits"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m labelhub.runner", description=__doc__)
    parser.add_argument("what", choices=list(STEPS))
    parser.add_argument("--with-parent", action="store_true", help="end when the caller ends")
    options = parser.parse_args(arguments)
    if options.with_parent:
        die_with_parent(number=signal.SIGTERM)
    try:
        install.check_python()
        env.load_dotenv()
        return STEPS[options.what]()
    except (Trouble, env.EnvError) as trouble:
        fail(Trouble(str(trouble)))
        return 1
    except KeyboardInterrupt:
        return 130


def install_for_work() -> int:
    install.environment("base", "learning")
    return 0


def install_for_tests() -> int:
    install.environment("base", "learning", "dev")
    return 0


def build() -> int:
    install_for_work()
    install.frontend()
    return 0


def test_frontend() -> int:
    """Check and test the browser's application, saying what each tool says."""
    install.frontend_packages()
    for script in ("typecheck", "lint", "test"):
        install.npm(["run", "--silent", script], what=f"npm run {script}", quiet=False)
    return 0


def write_schema() -> int:
    install.frontend_packages()
    schema.write()
    return 0


def check_schema() -> int:
    install.frontend_packages()
    schema.check()
    return 0


def run() -> int:
    check_port()
    build()
    return serve(demo=False)


def demo() -> int:
    check_port()
    build()
    return serve(demo=True)


STEPS = {
    "run": run,
    "demo": demo,
    "install": install_for_work,
    "install-dev": install_for_tests,
    "build": build,
    "test-frontend": test_frontend,
    "schema": write_schema,
    "check-schema": check_schema,
}


def check_port() -> None:
    """Find out before all the work whether the address can be had."""
    host, port = env.text("HOST"), env.integer("PORT", least=1)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError:
            raise Trouble(f"PORT must be at most 65535, not {port}.") from None
        except OSError as error:
            raise Trouble(
                f"Port {port} on {host} cannot be used ({error.strerror}); "
                f"choose another one: PORT={port + 1} make run"
            ) from error


def prepare(environment: dict[str, str]) -> dict[str, object]:
    """Migrate and make the first administrator, in the installed environment."""
    done = subprocess.run(
        [install.PYTHON, "-m", "labelhub.runner.prepare"],
        cwd=env.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode == 3:
        raise Trouble(done.stderr.strip().splitlines()[-1])
    if done.returncode != 0:
        sys.stderr.write(done.stderr)
        raise Trouble("The database could not be made ready; the reason is above.")
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def serve(*, demo: bool) -> int:
    """Start everything, people first, and stay until a signal says stop."""
    environment = child_environment()
    ready = prepare(environment)
    # At once, whatever happens next: the password is kept nowhere.
    introduce(ready["admin"])
    supervisor = Supervisor(environment)

    def stop(*_: object) -> None:
        supervisor.stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        python = str(install.PYTHON)
        supervisor.add("web", commands.web(python))
        await_web(supervisor)
        if not supervisor.stopping:
            greet()
            start_the_rest(supervisor, python, place=str(ready["place"]), demo=demo)
        while not supervisor.stopping:
            supervisor.watch(1.0)
    finally:
        supervisor.stop()
    say("Stopped.")
    return 0


def child_environment() -> dict[str, str]:
    """Return the environment of the children: ours, with the settings of one machine."""
    environment = dict(os.environ)
    environment.setdefault("DJANGO_SETTINGS_MODULE", "labelhub.settings.dev")
    environment.setdefault("PYTHONUNBUFFERED", "1")
    return environment


def await_web(supervisor: Supervisor) -> None:
    """Wait for the first answer of the web server."""
    end = time.monotonic() + START_SECONDS
    while not supervisor.stopping and not probe.answers("/healthz"):
        if supervisor.children["web"].deaths >= 2 or time.monotonic() > end:
            raise Trouble("The web server does not start; its last lines are above.")
        supervisor.watch(0.05)


def introduce(admin: object) -> None:
    """Show the name and password of an administrator who was just made; never again."""
    if isinstance(admin, dict):
        say()
        say(f"  Sign in as:         {admin['username']}")
        say(f"  Password:           {admin['password']}   (shown only now)")


def greet() -> None:
    """Say where to go, and what to do without the password."""
    host = probe.local_host()
    here = f"http://{f'[{host}]' if ':' in host else host}:{env.text('PORT')}/"
    name = env.text("ADMIN_USERNAME")
    say()
    say(f"  LabelHub is ready:  {env.text('PUBLIC_URL') or here}")
    say(f"  New password:       .venv/bin/python manage.py changepassword {name}")
    say("  Stop with Ctrl-C.")
    say()


def start_the_rest(supervisor: Supervisor, python: str, *, place: str, demo: bool) -> None:
    for name, command in commands.ALL.items():
        if name not in supervisor.children:
            supervisor.add(name, command(python))
    # Remembered outside the database: samples that a person deleted do not come back.
    loaded = env.data_dir() / "samples-loaded"

    def samples_loaded(status: int) -> None:
        if status != 0:
            say("The samples could not be loaded; `manage.py load_samples` tries again.")
            return
        stamps.write(loaded, stamps.digest([], place))
        if demo:
            start_crowd(supervisor, python)

    if demo or not stamps.is_current(loaded, stamps.digest([], place)):
        step("Loading the samples")
        load = [python, "manage.py", "load_samples"]
        supervisor.add("samples", load, once=True, then=samples_loaded)


def start_crowd(supervisor: Supervisor, python: str) -> None:
    """Let five simulated labelers answer as people would, a few answers a second in all."""
    options = ["--labelers", "5", "--votes", "8000", "--pace", "0.5"]
    supervisor.add("crowd", [python, "manage.py", "simulate", DEMO_PROJECT, *options], once=True)


if __name__ == "__main__":
    sys.exit(main())
