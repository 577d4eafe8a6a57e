"""Energy per request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import InferenceEnergy


def requests(result: InferenceEnergy, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The energy per generated token of each request, with its uncertainty and the mean of the run."""
    figure, ax = _style.axes(ax)
    table = result.requests.drop_nulls("energy_per_token_j")
    names = [_style.plain(name, 16) for name in table["request"].to_list()]
    places = list(range(len(names)))
    complete = [status == "complete" for status in table["status"].to_list()]
    figures = table["energy_per_token_j"].to_list()
    u = (table["u_j"] / table["output_tokens"]).to_list()
    colours = [_style.BLUE if whole else _style.GREY for whole in complete]
    ax.bar(places, figures, yerr=u, color=colours, ecolor=_style.GREY, capsize=2)
    mean = result.per_token
    ax.axhline(mean.value, color=_style.VERMILION, linewidth=1.2, label=f"all requests: {mean:.3g}")
    ax.axhspan(mean.value - mean.u, mean.value + mean.u, color=_style.VERMILION, alpha=0.15, linewidth=0)
    shown = places if len(places) <= 24 else places[:: len(places) // 12]
    ax.set_xticks(shown, [names[place] for place in shown], rotation=45, ha="right")
    ax.set(ylabel="energy per token [J/token]", ylim=(0.0, None))
    boundary = mean.boundary or "boundary not stated"
    ax.legend(loc="upper right", fontsize="small", title=f"{boundary}, {mean.basis}", title_fontsize="small")
    return figure, ax
