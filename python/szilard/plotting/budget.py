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
    labels = [_style.plain(table["label"][place], 44) for place in order]
    sizes = [abs(table["contribution"][place]) for place in order]
    whole = f"all {table.height} together" if table.height else "no component: exact"
    drawn, ax = _style.axes(ax, height=1.2 + 0.35 * max(len(order), 1))
    bars = ax.barh(range(len(sizes) + 1), [*sizes, figure.u], color=[_style.BLUE] * len(order) + [_style.VERMILION])
    ax.bar_label(bars, fmt="%.2g", padding=3, fontsize="small")
    ax.set_yticks(range(len(sizes) + 1), [*labels, whole])
    ax.invert_yaxis()
    ax.set_xlim(0.0, 1.2 * max([figure.u, *sizes]) or 1.0)
    ax.locator_params(axis="x", nbins=5)
    ax.set_xlabel(f"standard uncertainty [{_style.plain(figure.unit)}]")
    where = f", {_style.boundary(figure)}" if figure.boundary else ""
    ax.set_title(_style.plain(f"{_style.amount(figure)}{where}", 60), loc="left", fontsize="medium")
    return drawn, ax
