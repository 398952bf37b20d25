"""Asked: the open tasks that have votes already, how doubtful each is, and why, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotations.models import Project, Task

# A label that the model alone stands for is doubtful however sure the model is.
UNSAID = 0.5
NUMBERS = ("no votes", "one vote", "two votes", "three votes", "four votes", "five votes")


@dataclass(frozen=True)
class Asked:
    """An open task with votes; `doubt` is the chance that its label so far is wrong."""

    id: int
    doubt: float
    priority: float
    labels: tuple[str, ...]
    prior: dict[str, Any] | None

    @property
    def votes(self) -> int:
        return len(self.labels)

    @property
    def has_prior(self) -> bool:
        return self.prior is not None

    def reason(self) -> dict[str, Any]:
        """Why it is where it is: words for people, figures beside."""
        return {
            "text": self.sentence(),
            "score": round(self.doubt, 4),
            "strategy": "further_vote",
            "version": self.prior["version"] if self.prior else None,
        }

    def sentence(self) -> str:
        """Say what the votes say, and the model."""
        counts = Counter(self.labels).most_common()
        number = NUMBERS[self.votes] if self.votes < len(NUMBERS) else f"{self.votes} votes"
        said = f"{number} for {counts[0][0] or 'nothing'}"
        if len(counts) > 1:
            said = f"{number} disagree, " + " against ".join(name for name, _ in counts[:3])
        return f"{said[0].upper()}{said[1:]}; {self._rest()}."

    def _rest(self) -> str:
        sure = f"the label so far is {percent(1 - self.doubt)} sure"
        if self.prior is None:
            return sure
        name, share = max(self.prior["shares"].items(), key=lambda pair: pair[1], default=("", 0.0))
        return f"model {percent(share)} for {name}; {sure}" if name else sure


def asked_tasks(project: Project) -> Iterator[Asked]:
    """Yield the open tasks of the active arm that have votes."""
    rows = Task.objects.filter(
        project=project, arm=Task.Arm.ACTIVE, status=Task.Status.OPEN, aside=False, votes__gt=0
    ).order_by("pk")
    columns = ("pk", "label", "confidence", "priority", "ballot", "prior")
    for pk, label, sure, priority, ballot, prior in rows.values_list(*columns).iterator(
        chunk_size=5_000
    ):
        labels = tuple(str(entry[2]) for entry in ballot)
        weighed = prior if project.model_in_consensus else None
        doubt = 1.0 - (sure or 0.0)
        if label not in labels:
            doubt = max(doubt, UNSAID)
        yield Asked(pk, doubt, priority, labels, weighed)


def percent(share: float) -> str:
    """Return a share of one as whole percent."""
    return f"{round(100 * share)} %"
