"""What can go wrong between a snapshot and an artifact, each with a code and a sentence."""


class LearningError(Exception):
    """Base of all errors of this package; `code` is for programs, the message for people."""

    code = "learning_failed"


class SnapshotInvalid(LearningError):
    """The snapshot folder is missing, torn or contradicts itself."""

    code = "snapshot_invalid"


class CannotTrain(LearningError):
    """The snapshot is sound, but nothing can be learned from it (yet)."""

    code = "cannot_train"


class Cancelled(LearningError):
    """Somebody asked the run to stop; its checkpoint is kept."""

    code = "cancelled"


class ArtifactInvalid(LearningError):
    """The weights or their description are hostile, torn or of another shape."""

    code = "artifact_invalid"


class ImageUnreadable(LearningError):
    """One picture cannot be decoded; its neighbours are not concerned."""

    code = "image_unreadable"


class PicturesUnreachable(LearningError):
    """Pictures lie in a storage that cannot be reached now; the same call can work later."""

    code = "pictures_unreachable"


class UnknownName(LearningError):
    """No recipe, strategy or feature has this name."""

    code = "unknown_name"
