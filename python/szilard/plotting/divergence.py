"""How far one model is from another, token by token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import Divergence


def divergence(found: Divergence, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The Kullback-Leibler and the Jensen-Shannon divergence of each token, and their means, on a logarithmic axis.

    A token at which the one excludes what the other allows is infinitely far and marked at the upper edge; one at which
    both are equal is at the lower edge.
    """
    figure, ax = _style.axes(ax, height=3.4)
    pairs = [
        (found.kullback_leibler.reshape(-1), "Kullback-Leibler", "o", _style.BLUE),
        (found.jensen_shannon.reshape(-1), "Jensen-Shannon", "s", _style.ORANGE),
    ]
    drawn = [values[np.isfinite(values) & (values > 0.0)] for values, *_ in pairs]
    sizes = np.concatenate([*drawn, [1e-12]] if not any(part.size for part in drawn) else drawn)
    low, high = float(sizes.min()) / 2.0, float(sizes.max()) * 4.0
    for values, name, marker, colour in pairs:
        places = np.arange(values.size)
        finite = np.isfinite(values)
        mean = f"mean {values[finite].mean():.3g}" if finite.any() else "none finite"
        ax.plot(
            places[finite], np.maximum(values[finite], low), marker, markersize=3, color=colour, label=f"{name}, {mean}"
        )
        if finite.any() and values[finite].mean() > 0.0:
            ax.axhline(float(values[finite].mean()), color=colour, linewidth=1.0)
        if not finite.all():
            label = f"{name}: infinite at {int((~finite).sum())} tokens"
            ax.plot(places[~finite], np.full((~finite).sum(), high / 1.5), "^", color=_style.VERMILION, label=label)
    ax.locator_params(axis="x", integer=True)
    ax.set_yscale("log")
    ax.set_ylim(low, high)
    ax.set(xlabel="token", ylabel=f"divergence [{_style.unit_of(found.base)}]")
    _style.legend_above(ax)
    return figure, ax
