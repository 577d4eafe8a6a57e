"""The budget of an uncertainty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import Quantity


def budget(figure: Quantity, ax: Axes | None = None, most: int = 12) -> tuple[Figure, Axes]:
    """The magnitudes of the largest components of an uncertainty, as bars, and the root of their squares."""
    table = figure.budget()
    order = table["contribution"].abs().arg_sort(descending=True).to_list()[:most]
    labels = [_style.plain(table["label"][place]) for place in order]
    sizes = [abs(table["contribution"][place]) for place in order]
    drawn, ax = _style.axes(ax, height=1.2 + 0.35 * max(len(order), 1))
    ax.barh([*labels, "all together"], [*sizes, figure.u], color=[_style.BLUE] * len(order) + [_style.VERMILION])
    ax.invert_yaxis()
    ax.set(xlabel=f"standard uncertainty [{_style.plain(figure.unit)}]", title=_style.plain(str(figure), 90))
    return drawn, ax
