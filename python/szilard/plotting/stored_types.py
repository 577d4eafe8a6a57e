"""What the weights of a model are stored in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import Weights


def stored_types(weights: Weights, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The bytes of each type of element, with the bits that one takes."""
    table = weights.table.sort("bytes", descending=True)
    figure, ax = _style.axes(ax, height=1.2 + 0.35 * table.height)
    largest = max(table["bytes"], default=0.0)
    units = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B"))
    size, unit = next((known for known in units if largest >= known[0]), units[-1])
    bars = ax.barh(range(table.height), table["bytes"] / size, color=_style.BLUE)
    labels = [
        f"{bits:.4g} bit/element, {tensors} tensors"
        for bits, tensors in table.select("bits_per_element", "tensors").iter_rows()
    ]
    ax.bar_label(bars, labels, padding=3, fontsize="small")
    ax.set_yticks(range(table.height), [_style.plain(name, 20) for name in table["type"].to_list()])
    ax.invert_yaxis()
    ax.set_xlim(0.0, 1.6 * largest / size or 1.0)
    ax.set_xlabel(f"size [{unit}]")
    return figure, ax
