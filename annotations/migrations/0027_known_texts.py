"""Have PostgreSQL know texts, names and metadata well enough to choose how to look for them.

Its usual hundred values say "one row in a hundred" of whatever they do not hold. So it walked a
million items in their order for a name that a thousand of them have, and gathered tens of thousands
of texts for a word that the next page is full of. Statistics of a partial index are not looked at
(`examine_variable` in selfuncs.c), so the text of answers has its own, which PostgreSQL 14 brought.
"""

from django.db import migrations

TARGET = 1_000
FORWARD = (
    "CREATE STATISTICS task_texts ON (UPPER(answer ->> 'text')) FROM annotations_task",
    f"ALTER STATISTICS task_texts SET STATISTICS {TARGET}",
    f"ALTER TABLE annotations_item ALTER COLUMN metadata SET STATISTICS {TARGET}",
)
BACK = (
    "DROP STATISTICS IF EXISTS task_texts",
    "ALTER TABLE annotations_item ALTER COLUMN metadata SET STATISTICS -1",
)


def know_more(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for statement in FORWARD:
        schema_editor.execute(statement)
    _of_names(schema_editor, TARGET)
    schema_editor.execute("ANALYZE annotations_item, annotations_task")


def know_less(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in BACK:
            schema_editor.execute(statement)
        _of_names(schema_editor, -1)


def _of_names(schema_editor, target):
    """The index of parts of names is there only where the server has trigrams."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT TO_REGCLASS('item_by_part_of_name')")
        (index,) = cursor.fetchone()
    if index is not None:
        schema_editor.execute(f"ALTER INDEX {index} ALTER COLUMN 1 SET STATISTICS {target}")


class Migration(migrations.Migration):
    dependencies = [("annotations", "0026_training_quota")]

    operations = [migrations.RunPython(know_more, know_less)]
