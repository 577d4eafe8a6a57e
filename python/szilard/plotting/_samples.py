"""The samples of a trace as they are drawn: few enough to draw, none of their peaks lost, and broken at gaps."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from szilard import Trace

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Indices = np.ndarray[Any, np.dtype[np.int64]]


class Line(NamedTuple):
    """The power of one channel: its name, the seconds since the start, and the power, NaN inside a gap. [s] [W]"""

    name: str
    seconds: Numbers
    watts: Numbers
    gaps: list[tuple[float, float]]


def lines(log: Trace, most: int, part: tuple[float, float] | None = None) -> Iterator[Line]:
    """The power of each channel of a trace with at most about `most` points, or between the samples of its counters.

    Only a part from one time to another [s] where it is given, and the samples beside it.
    """
    start, _ = log.window_in_ns
    limits = {row[:2]: row[2] for row in log.channels.select("device", "channel", "gap_limit_s").iter_rows()}
    found = log.arrays()
    unit = "W" if any(labels[3] == "W" for labels, _, _ in found) else "J"
    for (device, channel, _, of), time, value in found:
        if of == unit and time.size:
            seconds: Numbers = np.multiply(time - start, 1e-9, dtype=np.float64)
            power = value
            if unit == "J":
                seconds, power = _rate(seconds, value)
            if part is not None:
                low, high = np.searchsorted(seconds, part)
                seconds, power = seconds[max(low - 1, 0) : high + 1], power[max(low - 1, 0) : high + 1]
            yield _line(f"{device} {channel}", seconds, power, limits[device, channel], most)


def _rate(seconds: Numbers, joules: Numbers) -> tuple[Numbers, Numbers]:
    """The power between the samples of a counter, without the steps back."""
    lengths = np.diff(seconds)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = np.diff(joules) / lengths
    sound = np.isfinite(power) & (power >= 0.0)
    return seconds[1:][sound], power[sound]


def _line(name: str, seconds: Numbers, watts: Numbers, limit: float, most: int) -> Line:
    broken = np.flatnonzero(np.diff(seconds) > limit) + 1
    gaps = [(float(seconds[place - 1]), float(seconds[place])) for place in broken]
    kept = np.union1d(envelope(seconds, watts, most), np.concatenate([broken - 1, broken]))
    holes = np.searchsorted(kept, broken)
    seconds, watts = seconds[kept], watts[kept]
    return Line(name, np.insert(seconds, holes, np.nan), np.insert(watts, holes, np.nan), gaps)


def envelope(seconds: Numbers, values: Numbers, most: int) -> Indices:
    """The places of the first, least, greatest and last sample in each of `most`/4 equal stretches of time.

    A line through them covers the same pixels as one through all samples, on axes of as many columns: a peak of one
    sample stays, and no beat of two rates appears, as it does where each n-th sample is taken.
    """
    if seconds.size <= most:
        return np.arange(seconds.size)
    columns = max(most // 4, 1)
    edges = np.searchsorted(seconds, np.linspace(seconds[0], seconds[-1], columns + 1)[1:-1])
    bounds = [0, *edges.tolist(), seconds.size]
    kept: list[int] = []
    for low, high in pairwise(bounds):
        if low < high:
            part = values[low:high]
            kept += [low, low + int(part.argmin()), low + int(part.argmax()), high - 1]
    return np.unique(np.array(kept, dtype=np.int64))
