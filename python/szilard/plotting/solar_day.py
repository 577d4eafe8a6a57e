"""Sun, battery and board over days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from szilard.plotting import _style

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Locator

    from szilard.edge import Simulation


def solar_day(simulation: Simulation, first: int = 0, days: int = 3, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """Power of the sun and of the node, and the charge of the battery, over some days of a simulation.

    What the sun gives beyond the load fills the battery or finds it full; where calls are not served, the base line is
    marked with what stood in the way.

    Parameters
    ----------
    simulation
        The simulation.
    first, days
        The first day that is drawn, counted from 0, and how many.
    ax
        Axes to draw on; the charge is drawn on a second scale on the right.
    """
    import numpy as np
    import polars as pl

    day = 86400.0
    inside = pl.col("start_s").is_between(first * day, (first + days) * day, closed="left")
    steps = simulation.steps.filter(inside)
    if steps.is_empty():
        last = simulation.days.height - 1
        raise ValueError(f"no step of days {first} to {first + days - 1}: the simulation has days 0 to {last}")
    figure, ax = _style.axes(ax)
    hours = np.append(steps["start_s"].to_numpy(), steps["start_s"][-1] + steps["length_s"][-1]) / 3600.0
    sun, load = (steps[name].to_numpy() * 3600.0 / steps["length_s"].to_numpy() for name in ("harvest_wh", "load_wh"))
    ax.stairs(sun, hours, color=_style.ORANGE, fill=True, alpha=0.35, label="sun")
    ax.stairs(load, hours, color=_style.BLUE, label="node", linewidth=1.2)
    causes = {"power": _style.VERMILION, "heat": _style.PURPLE, "busy": _style.GREY}
    words = {"power": "calls lost: battery at its cut-off", "heat": "calls lost: board at its ceiling"}
    words["busy"] = "calls lost: no time left"
    most = max(float(np.max(sun)), float(np.max(load)), 1e-9)
    for row, (cause, colour) in enumerate(causes.items()):
        lost = steps[f"unserved_{cause}"].to_numpy() > 1e-9
        for label, (start, end) in zip([words[cause]] + [None] * len(lost), _spans(lost, hours), strict=False):
            ax.plot([start, end], [-0.03 * most * (row + 1)] * 2, color=colour, linewidth=3.0, label=label)
    charge = ax.twinx()
    charge.plot(hours[1:], 100.0 * steps["charge"].to_numpy(), color=_style.GREEN, linewidth=1.5, label="charge")
    charge.set(ylabel="charge of the battery [%]", ylim=(-3.0 / 0.97, 105.0))
    ax.set(xlabel="time since the first midnight [h]", ylabel="power [W]", xlim=(hours[0], hours[-1]))
    ax.set_ylim(-0.12 * most, 1.05 * most)
    ax.xaxis.set_major_locator(_hours(hours[-1] - hours[0]))
    handles = [*ax.get_legend_handles_labels()[0], *charge.get_legend_handles_labels()[0]]
    _style.legend_above(ax, handles)
    return figure, ax


def _spans(flags: np.ndarray[Any, Any], hours: np.ndarray[Any, Any]) -> list[tuple[float, float]]:
    """The stretches in which a flag holds."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(int), [0]])))
    return [(float(hours[start]), float(hours[end])) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _hours(span: float) -> Locator:
    """Ticks at whole parts of a day."""
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(next((step for step in (3, 6, 12, 24, 168, 720) if span <= 14 * step), 8760))
