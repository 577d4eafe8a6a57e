"""The requests of a token log over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import TokenLog


def timeline(log: TokenLog, ax: Axes | None = None, most: int = 400) -> tuple[Figure, Axes]:
    """The requests in flight as bars, up to the first token and from it on; of more than `most` their number over time.

    A request without a start or an end has no place and is counted below the axes.
    """
    import numpy as np

    drawn, ax = _style.axes(ax)
    rows = log.requests.drop_nulls(["start_ns", "end_ns"]).sort("start_ns")
    starts, ends = rows["start_ns"].to_list(), rows["end_ns"].to_list()
    zero = starts[0] if starts else 0
    if rows.height > most:
        times = np.concatenate([rows["start_ns"].to_numpy(), rows["end_ns"].to_numpy()])
        steps = np.repeat([1, -1], rows.height)
        order = np.lexsort((steps, times))
        seconds = (times[order] - zero) * 1e-9
        ax.step(seconds, np.cumsum(steps[order]), where="post", color=_style.BLUE, linewidth=1.0)
        ax.set_ylabel("requests in flight")
    else:
        places, used = _style.lanes(starts, ends)
        firsts = rows["first_token_ns"].to_list()
        spans: list[tuple[str, str, list[tuple[float, float, int]]]] = [
            ("up to the first token", _style.BLUE, []),
            ("from the first token on", _style.ORANGE, []),
            ("first token not logged", _style.GREY, []),
        ]
        for start, first, end, row in zip(starts, firsts, ends, places, strict=True):
            parts = [(2, start, end)] if first is None else [(0, start, first), (1, first, end)]
            for kind, left, right in parts:
                spans[kind][2].append(((left - zero) * 1e-9, (right - left) * 1e-9, row))
        for label, colour, bars in spans:
            if bars:
                lefts, widths, lanes = zip(*bars, strict=True)
                ax.barh(lanes, widths, left=lefts, height=0.8, color=colour, label=label)
        ax.set(yticks=[], ylim=(max(used, 4) - 0.4, -0.6), ylabel="requests, overlapping ones below")
        if rows.height:
            _style.legend_above(ax)
    without = log.requests.height - rows.height
    ax.set_xlabel(f"time since the first start [s]; {rows.height} requests" + (f", {without} untimed" * (without > 0)))
    return drawn, ax
