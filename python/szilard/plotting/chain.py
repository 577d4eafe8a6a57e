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
    applied = factors.applied(figure, to)
    outwards = factors.lift if _is_outwards(str(figure.boundary), to) else factors.lower
    moved = outwards(figure, to).to(figure.unit)
    inner, outer = (figure, moved) if abs(moved.value) >= abs(figure.value) else (moved, figure)
    names = [str(inner.boundary), *applied["name"].to_list(), str(outer.boundary)]
    drawn, ax = _style.axes(ax)
    level = inner.value
    ax.bar(0, level, color=_style.BLUE)
    for place, (added, unit) in enumerate(applied.select("added", "unit").iter_rows(), start=1):
        step = type(figure)((added, unit)).to(figure.unit).value
        ax.bar(place, step, bottom=level, color=_style.ORANGE)
        ax.annotate(
            f"+{step:.3g}", (place, level + step), (0, 3), textcoords="offset points", ha="center", fontsize="small"
        )
        level += step
    ax.bar(len(names) - 1, outer.value, yerr=outer.u or None, color=_style.BLUE, capsize=3)
    ax.set_xticks(range(len(names)), [_style.plain(name, 20) for name in names], rotation=30, ha="right")
    ax.set_ylabel(_style.plain(figure.unit))
    title = f"{figure:.3g} at {figure.boundary}  →  {moved:.3g} at {moved.boundary}"
    ax.set_title(_style.plain(title, 110), fontsize="medium")
    return drawn, ax


def _is_outwards(start: str, end: str) -> bool:
    ladder = ["chip", "board", "node", "it", "site", "grid", "primary"]
    return ladder.index(end) >= ladder.index(start)
