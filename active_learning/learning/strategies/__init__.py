"""Table of query strategies."""

from active_learning.learning.errors import UnknownName
from active_learning.learning.strategies.badge import Badge
from active_learning.learning.strategies.bald import Bald
from active_learning.learning.strategies.base import Strategy
from active_learning.learning.strategies.cluster_margin import ClusterMargin
from active_learning.learning.strategies.entropy import Entropy
from active_learning.learning.strategies.k_centre import KCentre
from active_learning.learning.strategies.least_confidence import LeastConfidence
from active_learning.learning.strategies.margin import Margin
from active_learning.learning.strategies.phased import Phased
from active_learning.learning.strategies.typiclust import TypiClust
from active_learning.learning.strategies.uniform import Uniform

STRATEGIES: dict[str, Strategy] = {
    "uniform": Uniform(),
    "margin": Margin(),
    "least_confidence": LeastConfidence(),
    "entropy": Entropy(),
    "typiclust": TypiClust(),
    "cluster_margin": ClusterMargin(),
    "badge": Badge(),
    "k_centre": KCentre(),
    "bald": Bald(),
    "phased": Phased(),
}


def find_strategy(name: str) -> Strategy:
    """One row of the table; raise UnknownName listing the known ones."""
    if name not in STRATEGIES:
        raise UnknownName(f"there is no strategy {name!r}; known: {', '.join(STRATEGIES)}")
    return STRATEGIES[name]
