"""The rows of active learning: frozen labels, training runs, model versions, scores."""

from active_learning.models.critical import CriticalTask
from active_learning.models.score import Score
from active_learning.models.snapshot import Snapshot
from active_learning.models.training import ModelVersion, RunEvent, TrainingRun

__all__ = ["CriticalTask", "ModelVersion", "RunEvent", "Score", "Snapshot", "TrainingRun"]
