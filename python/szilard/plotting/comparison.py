"""Runs beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def comparison(runs: pl.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The energy per token of each run with its standard uncertainty, a colour for each group, and the means of groups.

    Beside each run stands its ratio to the first one, whose uncertainty leaves out what the two share. An incomplete
    run is hollow. The table is that of `compare`.
    """
    drawn, ax = _style.axes(ax, height=1.4 + 0.32 * runs.height)
    groups = runs["group"].unique(maintain_order=True).to_list()
    colours = {group: _style.SERIES[place % len(_style.SERIES)] for place, group in enumerate(groups)}
    seen: set[str] = set()
    for place, run in enumerate(runs.iter_rows(named=True)):
        group, value, u = run["group"], run["energy_per_token_j"], run["u_j"]
        colour, whole = colours[group], run["status"] == "complete"
        label = None if group in seen else _style.plain(group or "no label", 48)
        seen.add(group)
        face = colour if whole else "none"
        ax.errorbar(value, place, xerr=u, fmt="o", color=colour, markerfacecolor=face, capsize=3, label=label)
        ratio = "1, by definition" if place == 0 else f"× {run['ratio']:.4g} ± {run['u_ratio']:.1g}"
        ax.annotate(ratio, (value + u, place), (6, 0), textcoords="offset points", va="center", fontsize="small")
    if len(groups) < runs.height:
        for group in groups:
            figures = runs.filter(runs["group"] == group)["energy_per_token_j"].to_list()
            ax.axvline(sum(figures) / len(figures), color=colours[group], linestyle=":", linewidth=1.0)
    ax.set_yticks(range(runs.height), [_style.plain(name, 28) for name in runs["trace"].to_list()])
    ax.set_ylim(runs.height - 0.4, -0.6)
    low, high = ax.get_xlim()
    ax.set_xlim(low, high + 0.25 * (high - low))
    where = _style.plain(", ".join(name or "not stated" for name in runs["boundary"].unique(maintain_order=True)))
    ax.set_xlabel(f"energy per token [J/token], ± u; boundary: {where}")
    _style.legend_above(ax)
    return drawn, ax
