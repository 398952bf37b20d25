"""Tags on items, edits of many items at once with what was before, and saved views of a project."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Tag(models.Model):
    """A word that people put on items of a dataset, to find them again."""

    dataset = models.ForeignKey(
        "Dataset", on_delete=models.CASCADE, related_name="tags", db_index=False
    )
    name = models.CharField(max_length=60)
    # Counting the items of a large tag for each page view would take a pass over them.
    item_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dataset", "name"], name="tag_once")]

    def __str__(self) -> str:
        return self.name


class ItemTag(models.Model):
    """One item with one tag."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="uses", db_index=False)
    item = models.ForeignKey("Item", on_delete=models.CASCADE, related_name="tagged")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "item"], name="item_tag_once")]

    def __str__(self) -> str:
        return f"tag {self.tag_id} on item {self.item_id}"


class ItemEdit(models.Model):
    """One change of the tags and metadata of many items, which can be taken back.

    `change` is {"add_tags", "remove_tags", "set_metadata", "unset_metadata"}; `selection` is
    {"items": [...]} or {"project", "filters"}. `place` is how far it is: a batch and its place are
    written together, so that a job which runs twice changes nothing twice.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        UNDOING = "undoing"
        UNDONE = "undone"

    TAKEN_BACK = (State.UNDOING, State.UNDONE)

    dataset = models.ForeignKey("Dataset", on_delete=models.CASCADE, related_name="edits")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    change = models.JSONField()
    selection = models.JSONField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    expected = models.PositiveIntegerField()
    changed = models.PositiveIntegerField(default=0)
    place = models.BigIntegerField(default=0)
    job = models.ForeignKey("jobs.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"edit of {self.changed} items"


class ItemEditPart(models.Model):
    """What a batch of an edit changed: `before` is {item id: {"added", "removed", "metadata"}}.

    `metadata` holds the former value of each key that was changed, null where there was none.
    """

    edit = models.ForeignKey(ItemEdit, on_delete=models.CASCADE, related_name="parts")
    before = models.JSONField()

    def __str__(self) -> str:
        return f"part of edit {self.edit_id}"


class SavedView(models.Model):
    """Filters and an order of a project's items under a name, for all who may look at them."""

    project = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="views")
    name = models.CharField(max_length=80)
    # As the address of the items page has them: {"status": "disputed", "ordering": "-agreement"}.
    query = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="view_once_per_name")
        ]

    def __str__(self) -> str:
        return self.name
