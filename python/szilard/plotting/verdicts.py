"""What came of the claims of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    import polars as pl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def verdicts(claims: pl.DataFrame, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The number of claims with each verdict, with the claims themselves: the table is that of `audit_claims`.

    Parameters
    ----------
    claims
        The table of `audit_claims`.
    ax
        Axes to draw on; a figure of its own where left out.

    Examples
    --------
    >>> import szilard as sz
    >>> import szilard.plotting
    >>> figure, axes = sz.plotting.verdicts(sz.audit_claims("mushrooms-thread"))
    """
    from textwrap import fill

    counts: dict[str, list[str]] = {}
    for claim, verdict in claims.select("id", "verdict").iter_rows():
        counts.setdefault(verdict, []).append(claim)
    order = sorted(counts, key=lambda verdict: (verdict != "holds", -len(counts[verdict])))
    drawn, ax = _style.axes(ax, height=1.2 + 0.35 * len(order))
    sizes = [len(counts[verdict]) for verdict in order]
    colours = [_style.GREEN if verdict == "holds" else _style.VERMILION for verdict in order]
    ax.barh(range(len(order)), sizes, color=colours)
    for place, verdict in enumerate(order):
        text = fill(_style.plain(" ".join(counts[verdict]), 400), 48)
        spot = (sizes[place], place)
        ax.annotate(text, spot, (4, 0), textcoords="offset points", va="center", fontsize="x-small")
    ax.set_yticks(range(len(order)), order)
    ax.invert_yaxis()
    ax.set_xlim(0, 2.2 * max(sizes, default=1))
    ax.locator_params(axis="x", integer=True)
    ax.set_xlabel(f"claims, of {claims.height}")
    return drawn, ax
