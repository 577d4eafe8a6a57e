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

    Parameters
    ----------
    found
        The result of `sweep`.
    ax
        Axes to draw on; a figure of its own where left out.

    Examples
    --------
    >>> import szilard as sz
    >>> import szilard.plotting
    >>> found = sz.sweep(
    ...     "llama-3-70b", "0.39 J/token", "300 K", over="batch", values=[1, 64], context=2048, dtype="fp8"
    ... )
    >>> figure, axes = sz.plotting.sweep(found)
    """
    from matplotlib.patches import Patch

    table, roofs = found.table, found.rooflines
    figure, ax = _style.axes(ax, height=6.0)
    drawn = table.filter(table["energy_per_token_j"] > 0.0)
    ends: list[tuple[float, str, str]] = []
    for name in drawn["bound"].unique(maintain_order=True):
        rung = drawn.filter(drawn["bound"] == name).sort("position")
        colour = _style.KINDS[rung["kind"][0]]
        ax.plot(rung["position"], rung["energy_per_token_j"], "o-", color=colour, markersize=3, linewidth=1)
        ends.append((rung["energy_per_token_j"][-1], name, colour))
    for energy, names, colour in _apart(sorted(ends)):
        at = (drawn["position"].max(), energy)
        ax.annotate(names, at, (5, 0), textcoords="offset points", fontsize="small", color=colour, va="center")
    roofs = roofs.sort("position")
    ax.plot(roofs["position"], roofs["measured_j"], "s-", color=_style.VERMILION, label="E")
    energies = roofs.drop_nulls("energy_per_token_j")
    if energies.height:
        at_power = energies["energy_per_token_j"]
        ax.plot(energies["position"], at_power, "^--", color=_style.VERMILION, label="roofline at power")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.margins(x=0.35)
    ax.set_xlabel(LABELS[found.axis])
    ax.set_ylabel("energy [J/token]")
    kinds = [Patch(color=_style.KINDS[kind], label=kind) for kind in drawn["kind"].unique(maintain_order=True)]
    handles = [*ax.get_legend_handles_labels()[0], *kinds]
    ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, -0.1), ncols=6, fontsize="small", frameon=False)
    return figure, ax


def _apart(ends: list[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    """The labels of rising energies, those closer than a factor of five in one."""
    labels: list[tuple[float, str, str]] = []
    for energy, name, colour in ends:
        if labels and energy < 5.0 * labels[-1][0]:
            labels[-1] = (labels[-1][0], f"{labels[-1][1]}, {name}", labels[-1][2])
        else:
            labels.append((energy, name, colour))
    return labels
