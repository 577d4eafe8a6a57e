"""The parts of an energy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import EnergyResult


def devices(result: EnergyResult, ax: Axes | None = None, most: int = 24) -> tuple[Figure, Axes]:
    """The energy of each device with its standard uncertainty; one without a reading says so and is no bar of 0 J.

    Of more than `most` devices the largest are drawn, and how many are left out is said. A device with time that is not
    covered is grey.
    """
    table = result.per_device.sort("energy_j", descending=True, nulls_last=True)
    shown = table.head(most)
    drawn, ax = _style.axes(ax, height=1.4 + 0.32 * max(shown.height, 1))
    for place, part in enumerate(shown.iter_rows(named=True)):
        energy, covered, gap = part["energy_j"], part["covered_s"], part["gap_s"]
        missing = f", {gap:.4g} s missing" if gap > 0.0 else ""
        if energy is None:
            ax.annotate("no reading", (0.0, place), (4, 0), textcoords="offset points", va="center", fontsize="small")
            continue
        colour = _style.BLUE if part["status"] == "complete" else _style.GREY
        ax.barh(place, energy, color=colour)
        ax.errorbar(energy, place, xerr=part["u_j"], fmt="none", ecolor=_style.ink(ax), capsize=3)
        label, spot = f"{energy:.4g} J in {covered:.4g} s{missing}", (max(energy, 0.0) + part["u_j"], place)
        ax.annotate(label, spot, (5, 0), textcoords="offset points", va="center", fontsize="small")
    labels = shown.select("device", "channel").iter_rows()
    names = [_style.plain(device if device == channel else f"{device} {channel}") for device, channel in labels]
    ax.set_yticks(range(shown.height), names)
    ax.set_ylim(max(shown.height, 1) - 0.4, -0.6)
    low, high = ax.get_xlim()
    ax.set_xlim(low, high + 0.5 * (high - low))
    left_out = f", {table.height - most} smaller ones not drawn" if table.height > most else ""
    total = "no total is known"
    if result.energy is not None:
        total = f"{_style.amount(result.energy)}, {_style.boundary(result.energy)}"
    ax.set_xlabel(f"energy [J], ± u{left_out}")
    ax.set_title(_style.plain(f"{total}; {result.status}", 90), loc="left", fontsize="medium")
    return drawn, ax
