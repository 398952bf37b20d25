"""Examples: show labelers a picture of what a label means."""

from __future__ import annotations

from django.db import transaction

from annotations.models import Dataset, Item, LabelExample, Project
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Invalid


@transaction.atomic
def choose_example(*, project: Project, by: User, label: str, item_id: int) -> LabelExample:
    """Show an item with a label to all labelers of a project, in the place of the one before.

    The item may lie in any dataset that the chooser sees; raises Invalid naming the field.
    """
    if label not in label_names(project):
        raise Invalid(f"The labels of this project have no {label!r}.", fields={"label": "unknown"})
    seen = Dataset.objects.for_user(by)
    item = Item.objects.filter(pk=item_id, dataset__in=seen).first()
    if item is None:
        raise Invalid(
            f"There is no item {item_id}, or you may not see it.", fields={"item": "unknown"}
        )
    example, _ = LabelExample.objects.update_or_create(
        project=project, label=label, defaults={"item": item, "created_by": by}
    )
    _note("example.chosen", by, example)
    return example


@transaction.atomic
def drop_example(*, example: LabelExample, by: User) -> None:
    """Show no picture with a label any more."""
    _note("example.dropped", by, example)
    example.delete()


def label_names(project: Project) -> list[str]:
    """Return the names of a project's labels, retired ones too; none where texts are asked for."""
    assert project.schema is not None
    return [label["name"] for label in project.schema.document.get("labels", [])]


def _note(action: str, by: User, example: LabelExample) -> None:
    AuditEvent.record(
        action, actor=by, project_id=example.project_id, label=example.label, item=example.item_id
    )
