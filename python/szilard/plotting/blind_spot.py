"""What an inner meter does not see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import BlindSpot


def blind_spot(found: BlindSpot, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The power that the inner meter does not see against the power that it sees, with u, and the classes of load.

    Parameters
    ----------
    found
        The result of `blind_spot`.
    ax
        Axes to draw on; a figure of its own where left out.

    Examples
    --------
    >>> import numpy as np, szilard as sz
    >>> import szilard.plotting
    >>> time, power = np.arange(61) * 10**9, np.linspace(100, 400, 61)
    >>> board = sz.trace_from_arrays(time, power, boundary="board")
    >>> node = sz.trace_from_arrays(time, 90 + 1.1 * power, boundary="node")
    >>> figure, axes = sz.plotting.blind_spot(sz.blind_spot(node, board))
    """
    drawn, ax = _style.axes(ax)
    rows = found.rows.drop_nulls("difference_w")
    given: dict[str, Any] = {"fmt": "o", "markersize": 3, "color": _style.SKY, "alpha": 0.8, "linewidth": 0.8}
    ax.errorbar(rows["inner_w"], rows["difference_w"], yerr=rows["u_w"], label="rows over time, ± u", **given)
    load = found.load
    ax.plot(load["inner_w"], load["difference_w"], "D-", color=_style.VERMILION, markersize=5, label="classes of load")
    ax.axhline(0.0, color=_style.GREY, linewidth=0.8)
    ax.set(xlabel="power at the inner meter [W]", ylabel="not seen by it [W]")
    share = _style.amount(found.share.to("%"))
    lines = (f"{_style.amount(found.difference)} not seen; {found.status}", f"{share} of the outer meter")
    ax.set_title("\n".join(_style.plain(line, 110) for line in lines), loc="left", fontsize="medium", pad=22)
    _style.legend_above(ax)
    return drawn, ax
