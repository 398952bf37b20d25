"""The rows of active learning: features, frozen labels, runs, versions, scores, orders."""

from active_learning.models.critical import CriticalTask
from active_learning.models.dataset_map import DatasetMap
from active_learning.models.duplicates import (
    DuplicateGroup,
    DuplicateMember,
    DuplicateReport,
)
from active_learning.models.features import DatasetFeatures
from active_learning.models.foreign import ForeignItem, ForeignReport
from active_learning.models.label_error import LabelError, LabelErrorReport
from active_learning.models.order import QueueOrder
from active_learning.models.predictions import PredictionTable
from active_learning.models.score import Score
from active_learning.models.scoring import Scoring, ScoringChunk
from active_learning.models.snapshot import Snapshot
from active_learning.models.training import ModelVersion, RunEvent, TrainingRun

__all__ = [
    "CriticalTask",
    "DatasetFeatures",
    "DatasetMap",
    "DuplicateGroup",
    "DuplicateMember",
    "DuplicateReport",
    "ForeignItem",
    "ForeignReport",
    "LabelError",
    "LabelErrorReport",
    "ModelVersion",
    "PredictionTable",
    "QueueOrder",
    "RunEvent",
    "Score",
    "Scoring",
    "ScoringChunk",
    "Snapshot",
    "TrainingRun",
]
