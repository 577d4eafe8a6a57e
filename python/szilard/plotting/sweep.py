"""How rungs and energies move with what a server may choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import Sweep

LABELS = {
    "model": "parameters",
    "dtype": "mean width of a weight [bit]",
    "batch": "batch [token]",
    "context": "context [token]",
}


def sweep(found: Sweep, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The measured energy, that of the roofline, and every rung above 0 J over the values of an axis, both logarithmic.

    The colour is that of the kind; a rung that does not move is a level line.
    """
    table, roofs = found.table, found.rooflines
    figure, ax = _style.axes(ax, height=6.0)
    drawn = table.filter(table["energy_per_token_j"] > 0.0)
    for name in drawn["bound"].unique(maintain_order=True):
        rung = drawn.filter(drawn["bound"] == name).sort("position")
        colour = _style.KINDS[rung["kind"][0]]
        ax.plot(rung["position"], rung["energy_per_token_j"], "o-", color=colour, markersize=3, linewidth=1)
        end = (rung["position"][-1], rung["energy_per_token_j"][-1])
        ax.annotate(name, end, (5, 0), textcoords="offset points", fontsize="small", color=colour, va="center")
    roofs = roofs.sort("position")
    ax.plot(roofs["position"], roofs["measured_j"], "s-", color=_style.VERMILION, label="E")
    energies = roofs.drop_nulls("energy_per_token_j")
    if energies.height:
        ax.plot(
            energies["position"],
            energies["energy_per_token_j"],
            "^--",
            color=_style.VERMILION,
            label="roofline at power",
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.margins(x=0.25)
    ax.set_xlabel(LABELS[found.axis])
    ax.set_ylabel("energy [J/token]")
    ax.legend(loc="upper left", fontsize="small", frameon=False)
    return figure, ax
