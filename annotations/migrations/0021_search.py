"""Agreement of the votes so far, and the indexes that only PostgreSQL has: texts and metadata."""

from django.db import DatabaseError, migrations, transaction

BATCH = 2_000
TEXTS = (
    ("task_by_text", "annotations_task", "UPPER(answer ->> 'text')", "(answer ->> 'text') IS NOT NULL"),
    ("item_by_part_of_name", "annotations_item", "UPPER(filename)", "TRUE"),
)


def fill_agreement(apps, schema_editor):
    tasks = apps.get_model("annotations", "Task").objects.using(schema_editor.connection.alias)
    rows = tasks.filter(votes__gte=2).order_by("pk").only("pk", "ballot")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        for task in batch:
            keys = [entry[2] for entry in task.ballot]
            task.agreement = max(map(keys.count, keys)) / len(keys) if len(keys) > 1 else None
        tasks.bulk_update(batch, ["agreement"], batch_size=500)


def add_indexes(apps, schema_editor):
    """Trigrams need an extension that comes with the server; without it, search reads more rows."""
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(
        "CREATE INDEX item_by_metadata ON annotations_item USING gin (metadata jsonb_path_ops)"
    )
    connection = schema_editor.connection
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(
                "SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'pg_trgm'"
            )
            (home,) = cursor.fetchone()  # not the schema that a backup is being restored into
    except DatabaseError:
        return
    for name, table, text, condition in TEXTS:
        schema_editor.execute(
            f"CREATE INDEX {name} ON {table} USING gin (({text}) {home}.gin_trgm_ops) WHERE {condition}"
        )


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in ("item_by_metadata", *(row[0] for row in TEXTS)):
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("annotations", "0020_browse")]

    operations = [
        migrations.RunPython(fill_agreement, migrations.RunPython.noop),
        migrations.RunPython(add_indexes, drop_indexes),
    ]
