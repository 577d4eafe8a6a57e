"""Paths over the years, one for each source and vintage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard.published import Scenario

COLOURS = (
    _style.BLUE,
    _style.VERMILION,
    _style.GREEN,
    _style.PURPLE,
    _style.ORANGE,
    _style.SKY,
    _style.GREY,
)
MARKERS = "osD^vP*X"


def scenario(path: Scenario, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The figures of each publication at each boundary as a line, their ranges as fans.

    A publication that a later vintage supersedes is dashed; a bound is an arrow; cases beside the first one of a year
    are hollow. Lines of two publications are two series: their difference is no growth.
    """
    table = path.table
    figure, ax = _style.axes(ax, height=5.5)
    unit = table["unit"].drop_nulls().to_list()[:1]
    series = table.select("publication", "vintage", "boundary", "superseded_by").unique(maintain_order=True)
    for index, (publication, vintage, boundary, later) in enumerate(series.iter_rows()):
        rows = [
            row
            for row in table.iter_rows(named=True)
            if (row["publication"], row["boundary"], row["unit"]) == (publication, boundary, *unit)
        ]
        style: dict[str, Any] = {
            "color": COLOURS[index % len(COLOURS)],
            "marker": MARKERS[index % len(MARKERS)],
            "linestyle": "--" if later else "-",
        }
        label = f"{publication} ({vintage}), {boundary or 'no boundary'}"
        _series(ax, rows, label + (", superseded" if later else ""), style)
    ax.set_ylim(0.0, 1.1 * ax.get_ylim()[1])
    ax.locator_params(axis="x", integer=True)
    ax.set(xlabel="year", ylabel=_style.plain(f"{path.quantity} [{unit[0] if unit else '1'}]", 80))
    ax.set_title(_style.plain(path.region, 60), loc="left", fontsize="medium")
    ax.legend(loc="upper left", bbox_to_anchor=(0.0, -0.12), ncols=2, fontsize="small", frameon=False)
    return figure, ax


def _series(ax: Axes, rows: list[dict[str, Any]], label: str, style: dict[str, Any]) -> None:
    """The line of one publication, the fans of its ranges, its bounds and further cases."""
    by_year: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_year.setdefault(row["year"], []).append(row)
    line: list[tuple[int, float]] = []
    colour = style["color"]
    for year, (first, *others) in by_year.items():
        value, low, high = first["value"], first["low"], first["high"]
        if low is not None and high is not None:
            start = line[-1] if line else (year, (low + high) / 2.0)
            ends = [start[1], low], [start[1], high]
            ax.fill_between([start[0], year], *ends, color=colour, alpha=0.18, linewidth=0)
            ax.plot([year, year], [low, high], color=colour, linewidth=2.5, alpha=0.6, solid_capstyle="butt")
        if value is not None:
            line.append((year, value))
        for case in [*([first] if first["bound"] else []), *others]:
            _case(ax, case, colour, style["marker"])
    ax.plot([year for year, _ in line], [value for _, value in line], label=label, markersize=5, **style)


def _case(ax: Axes, case: dict[str, Any], colour: str, marker: str) -> None:
    """A figure beside the line: an arrow for a bound, a hollow mark for a further case, a bar for a range alone."""
    year, value, low, high = case["year"], case["value"], case["low"], case["high"]
    if case["bound"]:
        end, reach = (low, 16) if case["bound"] == "lower" else (high, -16)
        arrow = {"arrowstyle": "<-", "color": colour}
        ax.annotate("", (year, end), xytext=(0, reach), textcoords="offset points", arrowprops=arrow)
        ax.plot(year, end, marker="_", markersize=10, color=colour)
    elif value is None:
        ax.plot([year, year], [low, high], color=colour, linewidth=1.2, alpha=0.6)
    else:
        ax.plot(year, value, marker=marker, markersize=5, markerfacecolor="none", color=colour)
