"""The filters of the items page as words of a command."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from annotations.actions.export_selection import ALL
from annotations.api.export_filters import chosen
from annotations.models import Project, SavedView, Task

_TEXTS = ("label", "predicted", "split", "group", "tag", "text", "file")
_SHARES = tuple(
    f"{end}_{name}" for name in ("confidence", "agreement", "uncertainty") for end in ("min", "max")
)
_COUNTS = ("min_votes", "max_votes")
_NAMES = ("status", "arm", "flagged", "labeler", "metadata", *_TEXTS, *_SHARES, *_COUNTS)


def add_filters(parser: CommandParser) -> None:
    """Add the filters of the items page, and the views that are saved there."""
    group = parser.add_argument_group("which items, as on the items page")
    group.add_argument("--view", help="a saved view's name: its filters, under those given here")
    group.add_argument("--status", choices=[*Task.Status.values, ALL])
    group.add_argument("--arm", choices=Task.Arm.values)
    group.add_argument("--flagged", action="store_true", default=None)
    group.add_argument("--labeler", type=int, help="answered by this one, by user id")
    group.add_argument("--metadata", metavar="KEY:VALUE")
    for names, kind in ((_TEXTS, str), (_SHARES, float), (_COUNTS, int)):
        for name in names:
            group.add_argument(word_of(name), type=kind)


def filters_of(project: Project, options: dict[str, Any]) -> dict[str, Any]:
    """Return the filters that were given, over those of the view that they name."""
    given = {name: options[name] for name in _NAMES if options[name] is not None}
    if options["view"] is None:
        return given
    view = SavedView.objects.filter(project=project, name=options["view"]).first()
    if view is None:
        raise CommandError(f"The project has no saved view {options['view']!r}.")
    return chosen(project, given | {"view": view.pk})


def project_of(options: dict[str, Any]) -> Project:
    """Return the project that a command is about."""
    project = Project.objects.filter(pk=options["project"]).first()
    if project is None:
        raise CommandError(f"There is no project {options['project']}.")
    return project


def word_of(name: str) -> str:
    return "--" + name.replace("_", "-")
