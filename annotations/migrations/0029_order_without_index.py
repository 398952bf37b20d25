"""A new order of the queue is written to tasks without touching any of their indexes."""

from django.db import migrations

# Room on every page for the next version of some of its rows, so that these need no new page and
# no new index entries. Pages that are full already are not rewritten; they get room by and by.
ROOM = "ALTER TABLE annotations_task SET (fillfactor = 75)"
NO_ROOM = "ALTER TABLE annotations_task RESET (fillfactor)"


def leave_room(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ROOM)


def leave_none(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NO_ROOM)


class Migration(migrations.Migration):
    dependencies = [("annotations", "0028_access_log")]

    operations = [
        migrations.RemoveIndex(model_name="task", name="task_by_priority"),
        migrations.RunPython(leave_room, leave_none),
    ]
