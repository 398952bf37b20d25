"""The compose file beside what the services run: nothing names what is not there."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import yaml

from labelhub.env import VARIABLES
from labelhub.jobs.models import Job
from tests.labelhub.test_compose import (
    COMPOSE,
    OURS,
    ROOT,
    SECRETS,
    SERVICES,
    environment_of,
    filled,
)

VOLUMES = set(yaml.safe_load(COMPOSE.read_text())["volumes"])


def test_what_services_wait_for_is_there_and_can_come_about() -> None:
    for name, service in SERVICES.items():
        for other, wait in service.get("depends_on", {}).items():
            condition = wait["condition"]
            assert other in SERVICES, f"{name} waits for {other}"
            if condition == "service_healthy":
                assert "healthcheck" in SERVICES[other], f"{other} is never healthy"
            elif condition == "service_completed_successfully":
                assert SERVICES[other]["restart"] == "no", f"{other} never completes"
            else:
                assert condition == "service_started"


def test_volumes_are_named_and_lie_where_the_programs_write() -> None:
    mounts = {name: [one.split(":") for one in each["volumes"]] for name, each in SERVICES.items()}
    assert {volume for each in mounts.values() for volume, _ in each} == VOLUMES
    for name in OURS:
        data = SERVICES[name]["environment"]["DATA_DIR"]
        assert ["data", data] in mounts[name]
        dockerfile = (ROOT / SERVICES[name]["build"]["dockerfile"]).read_text()
        # Docker hands the owner of the image's folder on to a new volume: not to root.
        assert f"mkdir {data} && chown labelhub {data}" in dockerfile
        assert re.search(r"^USER labelhub$", dockerfile, re.MULTILINE)


def test_addresses_name_services_and_their_accounts() -> None:
    given = environment_of("web", SECRETS)
    database, broker = urlsplit(given["DATABASE_URL"]), urlsplit(given["REDIS_URL"])
    server = SERVICES["db"]["environment"]
    assert {database.hostname, broker.hostname} <= set(SERVICES)
    assert database.username == server["POSTGRES_USER"]
    assert database.path == f"/{server['POSTGRES_DB']}"
    assert database.password == filled(server["POSTGRES_PASSWORD"], SECRETS)
    assert SERVICES["db"]["healthcheck"]["test"][1:] == [
        "pg_isready", f"--username={database.username}", f"--dbname={database.path[1:]}",
    ]  # fmt: skip


def test_the_published_port_leads_to_the_web_server() -> None:
    outside, inside = filled(SERVICES["web"]["ports"][0], {"PORT": "9000"}).split(":")
    given = environment_of("web", SECRETS | {"PORT": "9000"})
    assert (outside, inside) == ("9000", given["PORT"])
    assert given["HOST"] == "0.0.0.0"
    assert f"EXPOSE {inside}" in (ROOT / SERVICES["web"]["build"]["dockerfile"]).read_text()
    assert [name for name, each in SERVICES.items() if "ports" in each] == ["web"]


def test_every_variable_of_the_product_reaches_the_containers() -> None:
    for name in OURS:
        assert {variable.name for variable in VARIABLES} <= set(SERVICES[name]["environment"])


def test_every_queue_has_one_service_that_works_on_it() -> None:
    words = [word for name in OURS for word in SERVICES[name]["command"]]
    served = [word.split("=")[1].split(",") for word in words if word.startswith("--queues=")]
    assert sorted(queue for each in served for queue in each) == sorted(Job.Queue.values)
