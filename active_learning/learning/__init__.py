"""From a frozen snapshot to weights, predictions and an order of serving; runs alone."""
