"""What ways of answering cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = {
    "energy_wh": "energy [Wh, site]",
    "water_on_site_l": "water on site [L]",
    "water_off_site_l": "water off site [L]",
    "carbon_g": "carbon [g]",
    "cost": "cost",
}


def cost_of_thought(costs: pl.DataFrame, of: str = "call", ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The costs of a token, call or year of several ways, each relative to the dearest one, with its number.

    The table is that of `boundaries.cost_of_thought`, of one or several ways below each other.
    """
    rows = costs.filter(costs["of"] == of)
    kinds = [name for name in COLUMNS if rows[name].null_count() < rows.height]
    colours = [_style.BLUE, _style.ORANGE, _style.GREEN, _style.PURPLE, _style.VERMILION, _style.SKY]
    figure, ax = _style.axes(ax, height=1.2 + 0.3 * len(kinds) * rows.height)
    width = 0.8 / max(rows.height, 1)
    for index, row in enumerate(rows.iter_rows(named=True)):
        places = [place + (index - (rows.height - 1) / 2.0) * width for place in range(len(kinds))]
        dearest = [max(value for value in rows[name] if value is not None) or 1.0 for name in kinds]
        shares = [(row[name] or 0.0) / most for name, most in zip(kinds, dearest, strict=True)]
        bars = ax.barh(places, shares, height=0.9 * width, color=colours[index % 6], label=_style.plain(row["way"]))
        labels = ["not given" if row[name] is None else f"{row[name]:.3g}" for name in kinds]
        ax.bar_label(bars, labels, padding=3, fontsize="small")
    ax.set_yticks(range(len(kinds)), [COLUMNS[name] for name in kinds])
    ax.invert_yaxis()
    ax.set(xlim=(0.0, 1.15), xlabel=f"of a {of}, relative to the dearest way")
    _style.legend_above(ax)
    return figure, ax
