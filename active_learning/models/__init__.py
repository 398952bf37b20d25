"""The rows of active learning: features, frozen labels, runs, versions, scores, orders."""

from active_learning.models.critical import CriticalTask
from active_learning.models.features import DatasetFeatures
from active_learning.models.order import QueueOrder
from active_learning.models.score import Score
from active_learning.models.snapshot import Snapshot
from active_learning.models.training import ModelVersion, RunEvent, TrainingRun

__all__ = [
    "CriticalTask",
    "DatasetFeatures",
    "ModelVersion",
    "QueueOrder",
    "RunEvent",
    "Score",
    "Snapshot",
    "TrainingRun",
]
