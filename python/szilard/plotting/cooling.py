"""What a PUE says about cooling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def cooling(pues: Mapping[str, float], ax: Axes | None = None, most: float = 2.2) -> tuple[Figure, Axes]:
    """The cooling shares of site energy that each PUE allows, with the named PUEs on their bound.

    Parameters
    ----------
    pues
        PUE by the name that is shown.
    ax
        Axes to draw on.
    most
        The largest PUE that is drawn.
    """
    import numpy as np

    from szilard import cooling_share

    figure, ax = _style.axes(ax, height=4.5)
    axis = np.linspace(1.0, max([most, *pues.values()]), 200)
    bound = [100.0 * cooling_share(pue=float(pue), other_overhead=0.0).value for pue in axis]
    ax.fill_between(
        axis, 0.0, bound, color=_style.SKY, alpha=0.4, linewidth=0, label="possible: cooling is a part of it"
    )
    ax.plot(axis, bound, color=_style.BLUE, label="all overhead: 1 - 1/PUE")
    width, height = float(axis[-1]) - 1.0, max(bound)
    free = height
    for name, pue in sorted(pues.items(), key=lambda item: -item[1]):
        share = 100.0 * cooling_share(pue=pue, other_overhead=0.0).value
        ax.plot(pue, share, "o", color=_style.VERMILION)
        label = f"{_style.plain(name)}: at most {share:.1f} %"
        # beside the point and below the label before it; to the left where there is no room on the right
        left = pue > 1.0 + 0.6 * width
        free = share if left else min(share - 0.025 * height, free - 0.06 * height)
        spot = (pue - 0.02 * width, share) if left else (pue + 0.04 * width, free)
        side, level = ("right", "bottom") if left else ("left", "center")
        ax.annotate(label, (pue, share), spot, ha=side, va=level, fontsize="small")
    ax.set(
        xlabel="PUE",
        ylabel="cooling share of site energy [%]",
        xlim=(1.0, 1.0 + 1.03 * width),
        ylim=(0.0, 1.06 * height),
    )
    ax.legend(loc="lower right", fontsize="small")
    return figure, ax
