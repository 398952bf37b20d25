"""Kinds of question: the table of task types."""

from annotations.task_types.base import TaskType
from annotations.task_types.boxes import Boxes
from annotations.task_types.choice import Choice
from annotations.task_types.keypoints import Keypoints
from annotations.task_types.multi_label import MultiLabel
from annotations.task_types.pair import Pair
from annotations.task_types.polygons import Polygons
from annotations.task_types.transcription import Transcription

# Answers fall into classes: `category` and `answer_of`, settled by consensus METHODS.
TASK_TYPES: dict[str, TaskType] = {
    "choice": Choice(),
    "pair": Pair(),
}
# Answers are merged piece by piece: settled by consensus MERGERS.
MERGED_TASK_TYPES: dict[str, TaskType] = {
    "multi_label": MultiLabel(),
    "transcription": Transcription(),
    "boxes": Boxes(),
    "polygons": Polygons(),
    "keypoints": Keypoints(),
}
ALL_TASK_TYPES: dict[str, TaskType] = {**TASK_TYPES, **MERGED_TASK_TYPES}
