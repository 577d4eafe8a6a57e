"""What a prompt token and an output token cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import PhaseCosts


def phase_costs(found: PhaseCosts, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The energy per prompt token and per output token as bars with u; the constant power is written above them."""
    figure, ax = _style.axes(ax, height=2.6)
    costs = [found.per_prompt_token, found.per_output_token]
    ax.barh([0, 1], [cost.value for cost in costs], color=[_style.BLUE, _style.ORANGE])
    for place, cost in enumerate(costs):
        ax.errorbar(cost.value, place, xerr=cost.u, fmt="none", ecolor=_style.ink(ax), capsize=3)
        spot = (max(cost.value, 0.0) + cost.u, place)
        ax.annotate(f"{_style.amount(cost)}", spot, (5, 0), textcoords="offset points", va="center", fontsize="small")
    ax.set_yticks([0, 1], ["prompt token", "output token"])
    ax.invert_yaxis()
    low, high = ax.get_xlim()
    ax.set_xlim(low, high + 0.3 * (high - low))
    ax.set_xlabel(f"energy [{costs[0].unit}], ± u")
    title = f"and {_style.amount(found.per_second)} whatever is in flight; {found.stretches} stretches"
    ax.set_title(_style.plain(title, 90), loc="left", fontsize="medium")
    return figure, ax
