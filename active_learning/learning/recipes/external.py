"""A model that was trained elsewhere: its weights stay as they are, a head of ours is fitted."""

from dataclasses import dataclass

from active_learning.learning.artifact import Artifact
from active_learning.learning.datasets.snapshot import Snapshot
from active_learning.learning.datasets.sources import (
    HogSource,
    JoinedSource,
    Source,
    preparation_for,
)
from active_learning.learning.encoder import EncodedSource
from active_learning.learning.errors import CannotTrain
from active_learning.learning.external import External as Weights
from active_learning.learning.external import open_external
from active_learning.learning.recipes.base import Run
from active_learning.learning.recipes.logreg import HogLogreg


@dataclass(frozen=True)
class External(HogLogreg):
    """Softmax regression on what the brought network sees, with HOG beside it once labels can
    tell that this helps; calibrated as any other. The file's checksum is part of the lineage."""

    name: str = "external"

    def feature_sets(self, snapshot: Snapshot, run: Run) -> list[Source]:
        encoded = EncodedSource(_weights(snapshot, run).encoder)
        return [encoded, JoinedSource((HogSource(encoded.preparation), encoded))]

    def fit(self, snapshot: Snapshot, run: Run) -> Artifact:
        sha256 = _weights(snapshot, run).sha256
        run.log(f"weights {sha256[:12]} brought from elsewhere")
        artifact = super().fit(snapshot, run)
        artifact.lineage["weights"] = sha256
        return artifact


def _weights(snapshot: Snapshot, run: Run) -> Weights:
    if run.weights_file is None:
        raise CannotTrain("no file of weights was named")
    return open_external(run.weights_file, preparation_for(snapshot.items))
