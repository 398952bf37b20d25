"""Prepare a database for the benchmark of the items page: one project with a million items.

Written by the database itself, row by row from a series of numbers: the columns that the page's
filters and orders read are filled as those of a project half way through.
"""

from __future__ import annotations

import json
import os
import sys

import django
from django.core.management import call_command

from tests.benchmarks.prepare_queue import recreate_postgresql

WORDS = (
    "anno", "domini", "parish", "church", "burial", "infant", "widow", "yeoman", "labourer",
    "eldest", "daughter", "spinster", "cooper", "miller", "thatcher", "vicar", "baptised",
    "married", "Friday", "Monday", "January", "October", "river", "bridge", "hollow", "meadow",
)  # fmt: skip
LABELERS = 20

ITEMS = """
INSERT INTO annotations_item (dataset_id, sha256, filename, path, media_type, byte_size, width,
  height, "group", split, metadata, renditions, created_at)
SELECT {dataset}, 'hash' || n, 'page' || LPAD((n * 7919 %% 1000003)::text, 7, '0') || '.png', '',
  'image/png', 1, 400, 60, 'writer ' || n %% 5000, (ARRAY['train', 'train', 'train', 'test'])[1 +
  n %% 4], JSONB_BUILD_OBJECT('page', n %% 1000), '{{}}', NOW()
FROM GENERATE_SERIES(1, {count}::bigint) AS n
"""
TASKS = """
INSERT INTO annotations_task (project_id, item_id, arm, status, votes, ballot, label, answer,
  confidence, agreement, distribution, detail, method, priority, reason, flags, adjudicated,
  aside)
SELECT {project}, id, CASE WHEN id %% 10 = 0 THEN 'random' ELSE 'active' END,
  CASE WHEN id %% 100 < 2 THEN 'disputed' WHEN id %% 100 < 60 THEN 'settled' ELSE 'open' END,
  id %% 4, '[]', 'label ' || id * 31 %% 12, JSONB_BUILD_OBJECT('text',
  (ARRAY[{words}])[1 + id * 13 %% 26] || ' ' || (ARRAY[{words}])[1 + id / 26 %% 26] || ' ' || id),
  (id * 7919 %% 100003) / 100003.0, CASE WHEN id %% 4 > 1 THEN (1 + id %% 3) / 3.0 END,
  '{{}}', '{{}}', 'majority', (id * 104729 %% 100003) / 100003.0, '{{}}',
  CASE WHEN id %% 1000 = 7 THEN 1 ELSE 0 END, FALSE, FALSE
FROM annotations_item WHERE dataset_id = {dataset} ORDER BY id
"""
SEATS = """
INSERT INTO annotations_seat (project_id, task_id, no, arm, lane, priority, state, labeler_id,
  token, skip_reason)
SELECT project_id, id, 1, arm, 1, priority, 'done', (ARRAY[{labelers}])[1 + id %% 20], 1, ''
FROM annotations_task WHERE project_id = {project} AND votes > 0
"""
VOTES = """
INSERT INTO annotations_annotation (project_id, task_id, seat_id, labeler_id, schema_id, version,
  current, repeat, answer, source, key, body_hash, created_at)
SELECT project_id, task_id, id, labeler_id, {schema}, 1, TRUE, FALSE, '{{"text": "anno"}}', 'api',
  'k' || id, '', NOW() FROM annotations_seat WHERE project_id = {project}
"""
SCORES = """
INSERT INTO active_learning_score (task_id, version_id, predicted, probability, value)
SELECT id, {version}, 'label ' || id %% 12, (id * 15485863 %% 999983) / 999983.0, 0.5
FROM annotations_task WHERE project_id = {project}
"""
TAGS = """
INSERT INTO annotations_itemtag (tag_id, item_id)
SELECT {tag}, id FROM annotations_item WHERE dataset_id = {dataset} AND id %% {share} = 1
"""


def main() -> None:
    count = int(sys.argv[1])
    recreate_postgresql()
    django.setup()
    call_command("migrate", verbosity=0)
    from active_learning.models import ModelVersion, TrainingRun
    from annotations.models import Tag
    from labelhub.accounts.models import ApiToken
    from tests import factories

    owner = factories.user()
    project = factories.project(items=0, manager=owner, task_type="transcription", schema={})
    labelers = [factories.member(project) for _ in range(LABELERS)]
    run = TrainingRun.objects.create(project=project, recipe="line_crnn")
    version = ModelVersion.objects.create(project=project, run=run, number=1, sha256="6" * 64)
    names = {
        "count": count, "dataset": project.dataset_id, "project": project.pk,
        "schema": project.schema_id, "version": version.pk,
        "words": ", ".join(f"'{word}'" for word in WORDS),
        "labelers": ", ".join(str(who.pk) for who in labelers),
    }  # fmt: skip
    for statement in (ITEMS, TASKS, SEATS, VOTES, SCORES):
        _run(statement, names)
    for name, share in (("often", 5), ("seldom", 20_000)):
        tag = Tag.objects.create(dataset=project.dataset, name=name)
        _run(TAGS, names | {"tag": tag.pk, "share": share})
    _run("VACUUM ANALYZE", {})
    _, token = ApiToken.issue(user=owner, name="bench")
    print(json.dumps({"project": project.pk, "token": token, "labeler": labelers[3].pk}))


def _run(statement: str, names: dict[str, object]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement.format(**names), [])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    main()
