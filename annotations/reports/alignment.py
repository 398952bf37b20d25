"""Alignment: the readings of one line side by side, for whoever decides between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from annotations.consensus.side_by_side import side_by_side
from annotations.measures.text import TextPolicy
from annotations.models import Annotation, Project, Task

# Longer texts are compared by eye alone: aligning takes time in the square of their length.
LONGEST = 2_000


def alignment_of(
    project: Project, task: Task, votes: Sequence[Annotation]
) -> dict[str, Any] | None:
    """Return the readings of a task aligned with what it is taken to say; None without any.

    Who read nothing, or gave up, has no part in it.
    """
    if project.task_type != "transcription" or project.schema is None:
        return None
    read = [vote for vote in votes if str(vote.answer.get("text", "")).strip()]
    text = (task.answer or {}).get("text") or None
    texts = [vote.answer["text"] for vote in read]
    if not read or max(map(len, [*texts, text or ""])) > LONGEST:
        return None
    policy = TextPolicy(**project.schema.document["policy"])
    segments = side_by_side(text, texts, policy)
    return {
        "votes": [vote.pk for vote in read],
        "segments": [asdict(segment) for segment in segments],
    }
