"""Which features a linear or kernel recipe reads, and their principal components."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning import principal_components
from active_learning.learning.artifact import Artifact
from active_learning.learning.datasets.snapshot import Item, Snapshot
from active_learning.learning.datasets.sources import HogSource, JoinedSource, Source, load
from active_learning.learning.encoder import EncodedSource, Encoder
from active_learning.learning.errors import ArtifactInvalid
from active_learning.learning.principal_components import PrincipalComponents
from active_learning.learning.recipes.base import Part, Run
from active_learning.learning.softmax_regression import FOLDS, make_folds
from active_learning.learning.transforms import Preparation

COMPONENTS = 64
COMPONENT_SAMPLE = 2000  # unlabeled pictures that help to find the components


def components_of(snapshot: Snapshot, source: Source, train: Part, run: Run) -> PrincipalComponents:
    """Of each kind of feature on its own, fitted on the training pictures and a fixed sample
    of the unlabeled ones; axes of joined sources are block-diagonal."""
    pool: list[Item] = sorted(snapshot.part("pool"), key=lambda item: item.sha256)
    _, unlabeled = load(source, pool[:COMPONENT_SAMPLE], run.cache)
    vectors = np.concatenate([train.vectors, unlabeled])
    run.stop_if_asked()
    blocks, start = [], 0
    for part in _parts(source):
        some = vectors[:, start : start + part.length]
        blocks.append(principal_components.fit(some, COMPONENTS, run.seed))
        start += part.length
    return _side_by_side(blocks)


def folds_of(train: Part, seed: int) -> NDArray[np.int64]:
    """(n,) in which fold each training item is left out; groups stay together."""
    groups = [item.group for item in train.items]
    return make_folds(train.labels, groups, min(FOLDS, len(train)), seed)


def encoder_tensors(source: Source) -> dict[str, NDArray[Any]]:
    """The weights of the encoder in `source`, if any, so that an artifact is complete."""
    for part in _parts(source):
        if isinstance(part, EncodedSource):
            return {f"encoder.{name}": t for name, t in part.encoder.tensors.items()}
    return {}


def own_tensors(artifact: Artifact) -> dict[str, NDArray[Any]]:
    """The weights that are not the encoder's."""
    return {n: t for n, t in artifact.tensors.items() if not n.startswith("encoder.")}


def components_in(artifact: Artifact) -> int:
    """How many components an artifact says it has; raise ArtifactInvalid for nonsense."""
    width = artifact.config.get("components")
    if type(width) is not int or not 1 <= width <= COMPONENTS * 2:
        raise ArtifactInvalid(f"{width!r} components make no sense")
    return width


def source_of(artifact: Artifact) -> Source:
    """The vectors an artifact reads; raise ArtifactInvalid."""
    weights = {
        name.removeprefix("encoder."): tensor
        for name, tensor in artifact.tensors.items()
        if name.startswith("encoder.")
    }
    return source_named(artifact.config.get("features"), artifact.preparation, weights)


def source_named(
    names: object, preparation: Preparation, weights: dict[str, NDArray[Any]]
) -> Source:
    """The source an artifact names; raise ArtifactInvalid when it is unknown or incomplete."""
    encoded = EncodedSource(Encoder(preparation, weights))
    known: dict[str, Source] = {
        "hog": HogSource(preparation),
        "ssl": encoded,
        "hog+ssl": JoinedSource((HogSource(preparation), encoded)),
    }
    key = "+".join(map(str, names)) if isinstance(names, list) else ""
    if key not in known:
        raise ArtifactInvalid(f"the features {names!r} are unknown")
    if ("ssl" in key) != bool(weights):
        raise ArtifactInvalid("the weights of the encoder and the named features contradict")
    if weights:
        encoded.encoder.check()
    return known[key]


def feature_names(source: Source) -> list[str]:
    """The kinds of features in `source`, as an artifact names them."""
    return ["ssl" if isinstance(part, EncodedSource) else "hog" for part in _parts(source)]


def _parts(source: Source) -> Sequence[Source]:
    return source.parts if isinstance(source, JoinedSource) else (source,)


def _side_by_side(blocks: list[PrincipalComponents]) -> PrincipalComponents:
    height = sum(len(block.mean) for block in blocks)
    width = sum(block.axes.shape[1] for block in blocks)
    axes = np.zeros((height, width), np.float32)
    row = column = 0
    for block in blocks:
        rows, columns = block.axes.shape
        axes[row : row + rows, column : column + columns] = block.axes
        row, column = row + rows, column + columns
    return PrincipalComponents(np.concatenate([block.mean for block in blocks]), axes)
