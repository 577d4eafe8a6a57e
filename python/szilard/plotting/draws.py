"""The trials of a Monte Carlo evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import MonteCarlo


def draws(found: MonteCarlo, ax: Axes | None = None, coverage: float = 0.95) -> tuple[Figure, Axes]:
    """The density of the trials, their mean and the interval that holds the share `coverage` of them."""
    import numpy as np

    drawn, ax = _style.axes(ax, height=3.2)
    samples = found.samples
    bins = int(np.clip(2.0 * samples.size ** (1.0 / 3.0), 5, 120))
    ax.hist(samples, bins=bins, density=True, color=_style.SKY, label=f"{samples.size} trials")
    ax.axvline(found.mean, color=_style.BLUE, label=f"mean {_style.amount(found.quantity)}")
    interval = found.interval(coverage)
    for end, label in ((interval.low, f"{100.0 * coverage:.4g} % of them"), (interval.high, None)):
        ax.axvline(end, color=_style.VERMILION, linestyle="--", label=label)  # type: ignore[arg-type]
    unit = _style.plain(found.unit)
    ax.set(xlabel=f"value [{unit}]", ylabel=f"density [1/({unit})]")
    _style.legend_above(ax)
    return drawn, ax
