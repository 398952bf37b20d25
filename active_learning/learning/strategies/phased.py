"""The default: typicality first, then spread uncertainty, then plain uncertainty."""

from dataclasses import dataclass

from active_learning.learning.strategies.base import Pool, Scores, Strategy
from active_learning.learning.strategies.cluster_margin import ClusterMargin
from active_learning.learning.strategies.k_centre import KCentre
from active_learning.learning.strategies.margin import Margin
from active_learning.learning.strategies.typiclust import TypiClust

FEW = 2  # labels per class that a model needs before its doubts mean anything
MANY = 40  # labels per class from which plain margin is as good as any
MANY_CLASSES = 20


@dataclass(frozen=True)
class Phased:
    """Chooses by the mean number of labels per class, as measured on digits and characters.

    With many classes, covering the pool beats spreading uncertainty for longer.
    """

    name: str = "phased"
    needs: frozenset[str] = frozenset({"features"})

    def score(self, pool: Pool) -> Scores:
        return self.phase(pool).score(pool)

    def phase(self, pool: Pool) -> Strategy:
        """The strategy of this moment."""
        if pool.probabilities is None:
            return TypiClust()
        classes = pool.probabilities.shape[1]
        per_class = pool.labels_known() / max(classes, 1)
        if per_class < FEW:
            return TypiClust()
        if per_class >= MANY:
            return Margin()
        if classes >= MANY_CLASSES:
            return KCentre("k_centre", typical=0.5) if per_class < 2 * FEW else Margin()
        return ClusterMargin()
