"""Prepare a database for the queue benchmark: projects of given sizes, labelers with tokens."""

from __future__ import annotations

import json
import os
import sys

import django
from django.core.management import call_command

CLIENTS = 64


def recreate_postgresql() -> None:
    import psycopg

    url = os.environ["DATABASE_URL"]
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')


def make_project(owner, tasks: int, **options):  # type: ignore[no-untyped-def]
    from django.db import connection

    from tests import factories

    project = factories.project(items=0, manager=owner, min_votes=2, max_votes=2, **options)
    numbers = (
        "SELECT generate_series(1, %s) AS n"
        if connection.vendor == "postgresql"
        else "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < %s)"
        " SELECT n FROM r"
    )
    blank = "'{}'" + ("::jsonb" if connection.vendor == "postgresql" else "")
    empty = "'[]'" + ("::jsonb" if connection.vendor == "postgresql" else "")
    no = "false" if connection.vendor == "postgresql" else "0"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO annotations_item (dataset_id, sha256, filename, media_type, byte_size,"
            ' width, height, "group", split, path, metadata, renditions, created_at)'
            f" SELECT {project.dataset_id}, 'hash' || n, n || '.png', 'image/png', 1, 28, 28, '',"
            f" '', '', {blank}, {blank}, CURRENT_TIMESTAMP FROM ({numbers}) AS numbers",
            [tasks],
        )
        cursor.execute(
            "INSERT INTO annotations_task (project_id, item_id, arm, status, votes, ballot, label,"
            " distribution, detail, method, priority, reason, flags, adjudicated, aside)"
            f" SELECT {project.pk}, id, 'active', 'open', 0, {empty}, '', {blank}, {blank},"
            f" '',"
            f" (id * 7919 % 100003) / 100003.0, {blank}, 0, {no}, {no}"
            f" FROM annotations_item WHERE dataset_id = {project.dataset_id}"
        )
        for number, lane in ((1, 1), (2, 2)):
            cursor.execute(
                "INSERT INTO annotations_seat (project_id, task_id, no, arm, lane, priority, state,"
                f" token, skip_reason) SELECT project_id, id, {number}, arm, {lane}, priority,"
                f" 'free', 0, '' FROM annotations_task WHERE project_id = {project.pk}"
            )
    return project


def statements_per_label(project, token: str) -> dict[str, int]:  # type: ignore[no-untyped-def]
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from rest_framework.test import APIClient

    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    counts = {}
    for key in ("warm", "counted"):
        with CaptureQueriesContext(connection) as queries:
            url = f"/api/v1/projects/{project.pk}/lease/"
            task = client.post(url, {"count": 1}, format="json").json()["tasks"][0]
            body = {"lease": task["lease"]["id"], "answer": {"choice": "1"}}
            headers = {"Idempotency-Key": key}
            client.post("/api/v1/annotations/", body, headers=headers, format="json")
        kinds = [query["sql"].split()[0] for query in queries.captured_queries]
        control = {"BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"}
        counts = {
            "statements": sum(kind not in control for kind in kinds),
            "commits": sum(kind == "COMMIT" for kind in kinds) or 2,
        }
    return counts


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]]
    if os.environ.get("DATABASE_URL"):
        recreate_postgresql()
    django.setup()
    call_command("migrate", verbosity=0)
    from django.conf import settings
    from django.db import connection

    from labelhub.accounts.models import ApiToken
    from tests import factories
    from tests.benchmarks import bare

    settings.ALLOWED_HOSTS.append("testserver")
    owner = factories.user()
    projects = [make_project(owner, size) for size in sizes]
    storm = make_project(owner, 6_000)
    labelers = [factories.user() for _ in range(CLIENTS)]
    tokens = [ApiToken.issue(user=who, name="bench")[1] for who in labelers]
    for project in [*projects, storm]:
        for who in labelers:
            factories.member(project, who=who)
    serial = "bigserial PRIMARY KEY" if connection.vendor == "postgresql" else (
        "integer PRIMARY KEY AUTOINCREMENT"
    )  # fmt: skip
    with connection.cursor() as cursor:
        for table in bare.TABLES:
            cursor.execute(table.format(serial=serial))
        cursor.execute(
            "INSERT INTO bare_seat (id, state, priority) SELECT id, 'free', priority"
            " FROM annotations_task"
        )
        cursor.execute("ANALYZE")
    print(
        json.dumps(
            {
                "projects": [
                    {"id": project.pk, "tasks": size}
                    for project, size in zip(projects, sizes, strict=True)
                ],
                "storm": storm.pk,
                "tokens": tokens,
                "statements": statements_per_label(projects[0], tokens[0]),
            }
        )
    )


if __name__ == "__main__":
    main()
