"""Which export formats fit a project, and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

from annotations.actions.export_selection import CONTENTS
from annotations.exporters import EXPORTERS, FORMATS, ITEM_EXPORTERS
from annotations.exporters.blurring import MODES, TASK_TYPES, Blur
from labelhub.errors import Invalid


@dataclass(frozen=True)
class Format:
    """What a format can say: which contents, and pictures never, where wanted, or always."""

    name: str
    contents: tuple[str, ...]
    pictures: str


def formats_for(task_type: str) -> list[Format]:
    """Return the formats that can say the answers of a task type, and are installed."""
    rows = [Format(name, CONTENTS, "never") for name in EXPORTERS if not _lacking(name)]
    items = [
        Format(name, exporter.contents, exporter.pictures)
        for name, exporter in ITEM_EXPORTERS.items()
        if task_type in exporter.task_types
    ]
    return rows + items


def check_format(name: str, content: str, task_type: str, *, pictures: bool) -> None:
    """Raise Invalid, naming the reason, for a format that cannot be used so."""
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise Invalid(
            f"There is no export format {name!r}; there is {known}.", fields={"format": "unknown"}
        )
    if package := _lacking(name):
        raise Invalid(
            f"The format {name} needs the package {package}, which this server lacks; "
            f"install requirements/{name}.txt.",
            code="format_not_installed",
            fields={"format": f"needs {package}"},
        )
    exporter = ITEM_EXPORTERS.get(name)
    if exporter is None:
        if pictures:
            raise _unfit(name, f"{name} holds rows, not pictures.", "pictures")
        return
    if task_type not in exporter.task_types:
        raise _unfit(
            name,
            f"{name} holds {_list(exporter.task_types)}; this project asks for {task_type}.",
            "format",
        )
    if content not in exporter.contents:
        raise _unfit(name, f"{name} can say {_list(exporter.contents)}, not {content}.", "content")


def checked_blur(
    mode: str, label: str, name: str, task_type: str, *, pictures: bool
) -> Blur | None:
    """Return what of the pictures is to be hidden; raises Invalid where that cannot be."""
    if not mode:
        if label:
            raise Invalid("Say what to blur, too.", fields={"blur": " or ".join(MODES)})
        return None
    if mode not in MODES:
        raise Invalid(f"blur must be one of {', '.join(MODES)}.", fields={"blur": "unknown"})
    if task_type not in TASK_TYPES:
        raise _unfit(
            name,
            f"Blurring goes by {_list(TASK_TYPES)}; this project asks for {task_type}.",
            "blur",
        )
    exporter = ITEM_EXPORTERS.get(name)
    if exporter is None or not (pictures or exporter.pictures == "always"):
        raise _unfit(name, "Only an export with pictures can have them blurred.", "blur")
    return Blur(mode, label)


def _lacking(name: str) -> str | None:
    """Return the package that a format needs and the server does not have."""
    package: str | None = getattr(FORMATS[name], "package", None)
    return package if package and find_spec(package) is None else None


def _unfit(name: str, detail: str, field: str) -> Invalid:
    return Invalid(detail, code="format_unfit", fields={field: f"does not fit {name}"})


def _list(words: tuple[str, ...]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
