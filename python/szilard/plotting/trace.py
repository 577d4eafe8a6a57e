"""Power over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from szilard.plotting import _samples, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import InferenceEnergy, TokenLog, Trace


def trace(log: Trace, tokens: TokenLog | InferenceEnergy | None = None, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The power of each channel over time, with gaps shaded, requests as bands below it and the idle power of a result.

    Of a log with more samples than can be seen, the first, least, greatest and last of each column of pixels are drawn.

    Parameters
    ----------
    log
        The power log.
    tokens
        A token log or a result, whose requests are drawn. Its times must be on the clock of the power log.
    ax
        Axes to draw on.
    """
    figure, ax = _style.axes(ax)
    start, end = log.window_in_ns
    gaps: list[tuple[float, float]] = []
    count = 0
    for index, line in enumerate(_samples.lines(log, 16_000)):
        named = index < len(_style.SERIES)
        label = _style.plain(line.name) if named else None
        colour = _style.SERIES[index] if named else _style.GREY
        ax.plot(line.seconds, line.watts, color=colour, linewidth=1.0, label=label)
        gaps += line.gaps
        count = index + 1
    if count > len(_style.SERIES):
        ax.plot([], [], color=_style.GREY, label=f"and {count - len(_style.SERIES)} more channels")
    if gaps:
        across = ax.get_xaxis_transform()
        spans = [(left, right - left) for left, right in gaps]
        label = f"no samples: {len(gaps)} gap{'s' * (len(gaps) > 1)}"
        grey: dict[str, Any] = {"color": _style.GREY, "alpha": 0.3, "linewidth": 0, "label": label}
        ax.broken_barh(spans, (0.0, 1.0), transform=across, **grey)
    if (idle := getattr(tokens, "idle_power", None)) is not None:
        label = f"idle {_style.amount(idle)}"
        ax.axhline(idle.to("W").value, color=_style.PURPLE, linestyle="--", linewidth=1.0, label=label)
    if tokens is not None:
        _bands(ax, tokens.requests, start)
    since = log.start if log.clock != "relative" else f"{log.start} of a relative clock"
    ax.set(xlim=(0.0, max((end - start) * 1e-9, 1e-9)), xlabel=f"time since {since} [s]", ylabel="power [W]")
    ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
    _style.legend_above(ax)
    return figure, ax


def _bands(ax: Axes, requests: Any, start: int) -> None:
    """A bar for each request below the line of 0 W, in as many rows as overlap."""
    rows = requests.drop_nulls(["start_ns", "end_ns"]).sort("start_ns")
    starts, ends = rows["start_ns"].to_list(), rows["end_ns"].to_list()
    places, used = _style.lanes(starts, ends)
    _, high = ax.get_ylim()
    step = min(0.05, 0.3 / max(used, 1)) * high
    for lane in range(used):
        bars = [
            ((first - start) * 1e-9, (last - first) * 1e-9)
            for first, last, row in zip(starts, ends, places, strict=True)
            if row == lane
        ]
        label = None if lane else "request in flight"
        ax.broken_barh(bars, (-(lane + 1.2) * step, 0.8 * step), color=_style.ORANGE, label=label)
    ax.set_ylim(-(used + 0.6) * step, high)
