"""What the figures share: colours that colour-blind readers tell apart, and axes that are made when none are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
KINDS = {"universal": BLUE, "architecture": GREEN, "convention": ORANGE, "technology": PURPLE}


def axes(ax: Axes | None, height: float = 4.0) -> tuple[Figure, Axes]:
    """The axes to draw on and their figure; new ones without a window where none are given."""
    if ax is not None:
        return ax.get_figure(root=True), ax  # type: ignore[return-value]
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=(8.0, height), layout="constrained")


def plain(text: str, longest: int = 40) -> str:
    """Text that matplotlib shows as it is: no mathematics, no line breaks, not too long."""
    safe = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    safe = safe if len(safe) <= longest else safe[: longest - 1] + "…"
    return safe.replace("$", r"\$")


def way(factors: BoundaryChain, figure: Quantity, to: str) -> tuple[Quantity, Quantity, list[str], list[float]]:
    """The inner and the outer end of a way in the unit of the figure, the factors between them and what each adds."""
    applied = factors.applied(figure, to)
    ladder = ["chip", "board", "node", "it", "site", "grid", "primary"]
    outwards = ladder.index(to) >= ladder.index(str(figure.boundary))
    moved = (factors.lift if outwards else factors.lower)(figure, to).to(figure.unit)
    inner, outer = (figure, moved) if outwards else (moved, figure)
    added = applied.select("added", "unit").iter_rows()
    return inner, outer, applied["name"].to_list(), [type(figure)(size).to(figure.unit).value for size in added]
