"""The rows of annotations, in the order of an item's path."""

from annotations.models.access import OriginalAccess
from annotations.models.annotation import Adjudication, Annotation, BulkDecision, Flag
from annotations.models.consensus import ConsensusFit
from annotations.models.consensus_run import ConsensusRun, RunChange, RunLabels
from annotations.models.dataset import Dataset, GivenAnswer, Item, KnownLabel
from annotations.models.draft import Draft
from annotations.models.example import LabelExample
from annotations.models.export import Export
from annotations.models.gold import GoldItem
from annotations.models.history import LabelChange
from annotations.models.labeler_figures import LabelerFigures, LabelersReport
from annotations.models.project import LabelSchema, Membership, Project
from annotations.models.proposal import Proposal, ShownProposal
from annotations.models.release import Release, ReleasePart
from annotations.models.tag import ItemEdit, ItemEditPart, ItemTag, SavedView, Tag
from annotations.models.takedown import Takedown, TakenDown
from annotations.models.task import Seat, Task
from annotations.models.webhook import Delivery, Webhook

__all__ = [
    "Adjudication",
    "Annotation",
    "BulkDecision",
    "ConsensusFit",
    "ConsensusRun",
    "Dataset",
    "Delivery",
    "Draft",
    "Export",
    "Flag",
    "GivenAnswer",
    "GoldItem",
    "Item",
    "ItemEdit",
    "ItemEditPart",
    "ItemTag",
    "KnownLabel",
    "LabelChange",
    "LabelExample",
    "LabelSchema",
    "LabelerFigures",
    "LabelersReport",
    "Membership",
    "OriginalAccess",
    "Project",
    "Proposal",
    "Release",
    "ReleasePart",
    "RunChange",
    "RunLabels",
    "SavedView",
    "Seat",
    "ShownProposal",
    "Tag",
    "Takedown",
    "TakenDown",
    "Task",
    "Webhook",
]
