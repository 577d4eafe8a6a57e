"""What the figures share: colours that colour-blind readers tell apart, and axes that are made when none are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import BoundaryChain, Quantity

# the palette of Okabe and Ito (2008), made to be told apart with every common colour vision
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, GREY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#7F7F7F",
)
SERIES = (BLUE, GREEN, VERMILION, PURPLE, ORANGE, SKY)
KINDS = {"universal": BLUE, "architecture": GREEN, "convention": ORANGE, "technology": PURPLE}


def axes(ax: Axes | None, height: float = 4.0) -> tuple[Figure, Axes]:
    """The axes to draw on and their figure; new ones without a window where none are given."""
    if ax is not None:
        return ax.get_figure(root=True), ax  # type: ignore[return-value]
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=(8.0, height), layout="constrained")


def ink(ax: Axes) -> str:
    """The colour of the text of the axes, so that error bars are seen on paper and on a dark page."""
    return str(ax.xaxis.label.get_color())


def legend_above(ax: Axes, handles: Sequence[Artist] | None = None) -> None:
    """The legend above the axes, where it hides nothing, in as many columns as there is room for."""
    handles = ax.get_legend_handles_labels()[0] if handles is None else handles
    labels = [str(handle.get_label()) for handle in handles]
    columns = min(3, max(1, 125 // (8 + max(map(len, labels), default=0))))
    look = {"ncols": columns, "fontsize": "small", "frameon": False}
    ax.legend(handles, labels, loc="lower left", bbox_to_anchor=(0.0, 1.0), **look)


def plain(text: str, longest: int = 40) -> str:
    """Text that matplotlib shows as it is: no mathematics, no line breaks, and of a long one both ends."""
    safe = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    if len(safe) > longest:
        tail = (longest - 1) // 3
        safe = f"{safe[: longest - 1 - tail]}…{safe[len(safe) - tail :]}"
    return safe.replace("$", r"\$")


def unit_of(base: float) -> str:
    """The unit of information that belongs to the base of the logarithm."""
    from math import e

    return {2.0: "bit", e: "nat"}.get(base, f"log base {base:g}")


def amount(figure: Quantity) -> str:
    """The value, the standard uncertainty and the unit of a figure, with the digits that the uncertainty leaves."""
    return str(figure).partition(" = ")[0].partition(" [")[0]


def boundary(figure: Quantity) -> str:
    """The boundary of a figure, or that none is stated."""
    return f"at {figure.boundary}" if figure.boundary else "boundary not stated"


def lanes(starts: list[int], ends: list[int]) -> tuple[list[int], int]:
    """The row of each stretch of time, in order of the starts, so that no two in a row overlap; and the rows."""
    from heapq import heappop, heappush

    running: list[tuple[int, int]] = []
    free: list[int] = []
    rows, used = [], 0
    for start, end in zip(starts, ends, strict=True):
        while running and running[0][0] <= start:
            heappush(free, heappop(running)[1])
        if free:
            row = heappop(free)
        else:
            row, used = used, used + 1
        heappush(running, (end, row))
        rows.append(row)
    return rows, used


def way(factors: BoundaryChain, figure: Quantity, to: str) -> tuple[Quantity, Quantity, list[str], list[float]]:
    """The inner and the outer end of a way in the unit of the figure, the factors between them and what each adds."""
    applied = factors.applied(figure, to)
    ladder = ["chip", "board", "node", "it", "site", "grid", "primary"]
    outwards = ladder.index(to) >= ladder.index(str(figure.boundary))
    moved = (factors.lift if outwards else factors.lower)(figure, to).to(figure.unit)
    inner, outer = (figure, moved) if outwards else (moved, figure)
    added = applied.select("added", "unit").iter_rows()
    return inner, outer, applied["name"].to_list(), [type(figure)(size).to(figure.unit).value for size in added]
