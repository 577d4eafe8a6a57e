"""What a list of the likeliest tokens says of the entropy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import EntropyBounds


def entropy_band(bounds: EntropyBounds, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The interval of the entropy of each token as a bar from bound to bound, and the surprisal of what was drawn.

    Without the size of the vocabulary there is no upper bound, and an arrow stands for it.
    """
    figure, ax = _style.axes(ax, height=3.0)
    lower, upper = bounds.lower, bounds.upper
    places = np.arange(lower.size)
    if upper is None:
        ax.plot(places, lower, "^", color=_style.BLUE, markersize=4, label="at least (no upper bound)")
    else:
        ax.vlines(places, lower, upper, color=_style.BLUE, linewidth=3.0, label="interval of the entropy")
        ax.plot(places, lower, "_", color=_style.BLUE, markersize=5)
    known = np.isfinite(bounds.surprisal)
    if known.any():
        ax.plot(places[known], bounds.surprisal[known], "o", markersize=3, color=_style.VERMILION, label="surprisal")
    ax.locator_params(axis="x", integer=True)
    ax.set(xlabel="token", ylabel="information [bit]", ylim=(0.0, None))
    if bounds.mean is not None:
        ax.set_title(_style.plain(f"mean {bounds.mean}", 100), loc="left", fontsize="medium", pad=22)
    _style.legend_above(ax)
    return figure, ax
