"""From the chip to primary energy: ratios of a data centre and its grid, and what a token, a call and a year cost."""

from szilard._core import (
    cost_of_thought,
    cue,
    dcie,
    effectiveness,
    ere,
    erf,
    gap,
    generation_efficiency,
    generation_mix,
    known_factors,
    overhead,
    pue_at_it_input,
    pue_from_loads,
    transformer_loss,
)

__all__ = [
    "cost_of_thought",
    "cue",
    "dcie",
    "effectiveness",
    "ere",
    "erf",
    "gap",
    "generation_efficiency",
    "generation_mix",
    "known_factors",
    "overhead",
    "pue_at_it_input",
    "pue_from_loads",
    "transformer_loss",
]
