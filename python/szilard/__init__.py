"""The physics of AI inference: joules per token, bits per token and the distance from the Landauer limit."""

from szilard import errors
from szilard._core import (
    Divergence,
    EntropyBounds,
    Interval,
    MonteCarlo,
    Quantity,
    TokenInformation,
    calc,
    divergence,
    entropy_bounds,
    entropy_from_counts,
    monte_carlo,
    token_entropy,
)

__all__ = [
    "Divergence",
    "EntropyBounds",
    "Interval",
    "MonteCarlo",
    "Quantity",
    "TokenInformation",
    "calc",
    "divergence",
    "entropy_bounds",
    "entropy_from_counts",
    "errors",
    "monte_carlo",
    "token_entropy",
]
