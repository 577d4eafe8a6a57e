"""The Landauer ladder over decades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import Ladder


def ladder(rungs: Ladder, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The energy of each bound and the measured one on a logarithmic axis, coloured by kind.

    A bound of 0 J has no place on it and is named as such; one without its inputs says what it needs.
    """
    from matplotlib.patches import Patch

    table, energy = rungs.table, rungs.energy.to("J/token")
    figure, ax = _style.axes(ax, height=1.5 + 0.4 * table.height)
    drawn = [row for row in table.iter_rows(named=True) if row["energy_per_token_j"]]
    least = min([row["energy_per_token_j"] for row in drawn] + [energy.value]) / 100.0
    for place, row in enumerate(table.iter_rows(named=True)):
        colour, floor = _style.KINDS[row["kind"]], row["energy_per_token_j"]
        if floor:
            ax.plot([floor, energy.value], [place, place], color=colour, alpha=0.35, linewidth=2)
            ax.plot(floor, place, "o", color=colour)
            ax.annotate(f"× {row['ratio']:.1e}", (floor, place), (6, 6), textcoords="offset points", fontsize="small")
        else:
            reason = "0 J/token: no ratio" if floor == 0.0 else row["reason"]
            ax.text(least * 1.5, place, _style.plain(reason, 90), color=_style.GREY, va="center", fontsize="small")
    ax.axvline(energy.value, color=_style.VERMILION, linewidth=1.5)
    ax.axvspan(
        max(energy.value - energy.u, least), energy.value + energy.u, color=_style.VERMILION, alpha=0.2, linewidth=0
    )
    ax.set_xscale("log")
    ax.set_xlim(least, energy.value * 100.0)
    ax.set_yticks(range(table.height), table["bound"].to_list())
    ax.set_ylim(table.height - 0.4, -0.6)
    ax.set_xlabel("energy [J/token]")
    ax.set_title(_style.plain(f"measured {_style.amount(energy)}, {_style.boundary(energy)}, {rungs.temperature}", 90))
    kinds = [Patch(color=_style.KINDS[kind], label=kind) for kind in table["kind"].unique(maintain_order=True)]
    ax.legend(handles=kinds, loc="upper left", bbox_to_anchor=(0.0, -0.1), ncols=4, fontsize="small", frameon=False)
    return figure, ax
