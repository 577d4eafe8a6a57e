"""The losses on the way of an energy, as a flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import BoundaryChain, Quantity

# in heights of the whole flow: the bend of a branch, the least distance of two branches, the length of both ends
BEND, DISTANCE, END = 0.08, 0.45, 0.4


def sankey(factors: BoundaryChain, figure: Quantity, to: str, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The flow between two boundaries, outermost on the left, with a branch for what each factor stands for.

    Widths are proportional to energy: what enters on the left is the figure at the outer boundary, what leaves on the
    right the one at the inner boundary, and the branches are the difference.

    Parameters
    ----------
    factors
        The chain.
    figure
        A figure at its boundary. [J, W or J/token]
    to
        The boundary that it is brought to.
    ax
        Axes to draw on; a figure of its own where left out.

    Examples
    --------
    >>> import szilard as sz
    >>> import szilard.plotting
    >>> chain = sz.BoundaryChain([sz.Factor("pue", 1.4)])
    >>> figure, axes = sz.plotting.sankey(chain, sz.Quantity("5 J", boundary="it"), "site")
    """
    from matplotlib.patches import Polygon

    inner, outer, names, sizes = _style.way(factors, figure, to)
    drawn, ax = _style.axes(ax, height=4.5)
    whole, place, low = outer.value, END, 0.0
    ends = []
    for name, size in reversed(list(zip(names, sizes, strict=True))):
        height = size / whole
        ax.add_patch(Polygon(_branch(place, low, height), facecolor=_style.ORANGE, edgecolor="none"))
        middle = place + BEND + height / 2.0
        label = f"{_style.plain(name, 20)}\n{size:.3g}"
        ax.annotate(label, (middle, -0.42), ha="center", va="top", fontsize="small")
        ends.append((place, low))
        place, low = place + max(DISTANCE, height + BEND + 0.1), low + height
    right = place + END
    band = [(0.0, 1.0), (0.0, 0.0)]
    for start, bottom in ends:
        band += [(start, bottom)]
        following = next((other for _, other in ends if other > bottom), low)
        band += [(start, following)]
    band += [(right, low), (right + 0.12, (1.0 + low) / 2.0), (right, 1.0)]
    ax.add_patch(Polygon(band, facecolor=_style.BLUE, edgecolor="none", alpha=0.85))
    for end, spot, side in ((outer, (0.05, 0.5), "left"), (inner, (right, (1.0 + low) / 2.0), "right")):
        label = f"{end.boundary}\n{end.value:.3g}"
        ax.annotate(label, spot, ha=side, va="center", color="white", fontsize="small")
    ax.set_aspect("equal")
    ax.set(xlim=(-0.05, right + 0.2), ylim=(-0.6, 1.05), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_xlabel(f"widths and numbers in {_style.plain(outer.unit)}")
    return drawn, ax


def _branch(place: float, low: float, height: float) -> list[tuple[float, float]]:
    """The outline of a branch that leaves the flow at its lower edge, bends downwards and ends in an arrow."""
    from math import cos, pi, sin

    turns = [step / 24.0 * pi / 2.0 for step in range(25)]
    centre = low - BEND
    outside = [(place + (BEND + height) * sin(turn), centre + (BEND + height) * cos(turn)) for turn in turns]
    inside = [(place + BEND * sin(turn), centre + BEND * cos(turn)) for turn in reversed(turns)]
    start, end = place + BEND, place + BEND + height
    return [*outside, (end, -0.3), ((start + end) / 2.0, -0.38), (start, -0.3), *inside]
