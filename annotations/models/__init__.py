"""The rows of annotations, in the order of an item's path."""

from annotations.models.annotation import Adjudication, Annotation, Flag
from annotations.models.consensus import ConsensusFit
from annotations.models.consensus_run import ConsensusRun, RunChange, RunLabels
from annotations.models.dataset import Dataset, Item, KnownLabel
from annotations.models.export import Export
from annotations.models.gold import GoldItem
from annotations.models.history import LabelChange
from annotations.models.project import LabelSchema, Membership, Project
from annotations.models.task import Seat, Task

__all__ = [
    "Adjudication",
    "Annotation",
    "ConsensusFit",
    "ConsensusRun",
    "Dataset",
    "Export",
    "Flag",
    "GoldItem",
    "Item",
    "KnownLabel",
    "LabelChange",
    "LabelSchema",
    "Membership",
    "Project",
    "RunChange",
    "RunLabels",
    "Seat",
    "Task",
]
