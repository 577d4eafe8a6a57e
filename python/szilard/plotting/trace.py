"""Power over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import InferenceEnergy, TokenLog, Trace


def trace(log: Trace, tokens: TokenLog | InferenceEnergy | None = None, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The power of each channel over time, with gaps shaded and requests as bands below it.

    Parameters
    ----------
    log
        The power log.
    tokens
        A token log or a result, whose requests are drawn. Its times must be on the clock of the power log.
    ax
        Axes to draw on.
    """
    import numpy as np
    import polars as pl

    figure, ax = _style.axes(ax)
    start, end = log.window_in_ns
    table = log.to_polars().filter(pl.col("unit") == "W")
    if table.is_empty():
        table = _mean_power(log.to_polars().filter(pl.col("unit") == "J"))
    limits = {row[:2]: row[2] for row in log.channels.select("device", "channel", "gap_limit_s").iter_rows()}
    colours = [_style.BLUE, _style.GREEN, _style.VERMILION, _style.PURPLE, _style.ORANGE, _style.SKY]
    for index, ((device, channel), part) in enumerate(table.group_by("device", "channel", maintain_order=True)):
        seconds, power = (part["time_ns"].to_numpy() - start) * 1e-9, part["value"].to_numpy()
        broken = np.flatnonzero(np.diff(seconds) > limits[device, channel]) + 1
        ax.plot(
            np.insert(seconds, broken, np.nan),
            np.insert(power, broken, np.nan),
            color=colours[index % len(colours)],
            linewidth=1.0,
            label=_style.plain(f"{device} {channel}") if index < len(colours) else None,
        )
        for place in broken:
            ax.axvspan(seconds[place - 1], seconds[place], color=_style.GREY, alpha=0.25, linewidth=0)
    if tokens is not None:
        _bands(ax, tokens.requests, start)
    ax.set(xlim=(0.0, max((end - start) * 1e-9, 1e-9)), xlabel=f"time since {log.start} [s]", ylabel="power [W]")
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, fontsize="small", frameon=False)
    return figure, ax


def _mean_power(energy: Any) -> Any:
    """The power between the samples of counters."""
    import polars as pl

    rate = pl.col("value").diff() / (pl.col("time_ns").diff() * 1e-9)
    of_channel = rate.over("device", "channel").alias("value")
    return energy.with_columns(of_channel).filter(pl.col("value").is_finite() & (pl.col("value") >= 0.0))


def _bands(ax: Axes, requests: Any, start: int) -> None:
    """A bar for each request, in as many rows as overlap."""
    free: list[float] = []
    rows = requests.drop_nulls("end_ns").sort("start_ns")
    bars: list[tuple[float, float, int]] = []
    for first, last in zip(rows["start_ns"].to_list(), rows["end_ns"].to_list(), strict=True):
        row = next((row for row, until in enumerate(free) if until <= first), len(free))
        free[row : row + 1] = [last]
        bars.append(((first - start) * 1e-9, (last - first) * 1e-9, row))
    low, high = ax.get_ylim()
    step = 0.04 * (high - min(low, 0.0))
    for index, (left, width, row) in enumerate(bars):
        ax.broken_barh(
            [(left, width)],
            (-(row + 1.2) * step, 0.8 * step),
            color=_style.ORANGE,
            label=None if index else "request in flight",
        )
    ax.set_ylim(-(len(free) + 1.0) * step, high)
