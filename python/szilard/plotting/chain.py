"""A figure on its way over boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import BoundaryChain, Quantity


def chain(factors: BoundaryChain, figure: Quantity, to: str, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """A waterfall from the figure to the boundary `to`: what each factor adds, each exactly once."""
    inner, outer, factor_names, sizes = _style.way(factors, figure, to)
    names = [str(inner.boundary), *factor_names, str(outer.boundary)]
    drawn, ax = _style.axes(ax)
    level = inner.value
    ax.bar(0, level, color=_style.BLUE)
    for place, size in enumerate(sizes, start=1):
        ax.bar(place, size, bottom=level, color=_style.ORANGE)
        ax.plot([place - 1.4, place + 0.4], [level, level], color=_style.GREY, linewidth=0.8)
        ax.annotate(
            f"+{size:.3g}", (place, level + size), (0, 3), textcoords="offset points", ha="center", fontsize="small"
        )
        level += size
    ax.bar(len(names) - 1, outer.value, color=_style.BLUE)
    ax.errorbar(len(names) - 1, outer.value, yerr=outer.u or None, fmt="none", ecolor=_style.ink(ax), capsize=3)
    for place, end in ((0, inner), (len(names) - 1, outer)):
        top = (place, end.value + end.u)
        ax.annotate(f"{end.value:.3g}", top, (0, 5), textcoords="offset points", ha="center", fontsize="small")
    ax.margins(y=0.12)
    ax.set_xticks(range(len(names)), [_style.plain(name, 20) for name in names], rotation=30, ha="right")
    ax.set_ylabel(_style.plain(figure.unit))
    moved = outer if inner.boundary == figure.boundary else inner
    title = f"{_style.amount(figure)} at {figure.boundary}  →  {_style.amount(moved)} at {moved.boundary}"
    ax.set_title(_style.plain(title, 110), fontsize="medium")
    return drawn, ax
