"""Energy per request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import InferenceEnergy


def requests(result: InferenceEnergy, ax: Axes | None = None, of: str = "token") -> tuple[Figure, Axes]:
    """The energy of each request with its interval of one standard uncertainty; grey where it is incomplete.

    Parameters
    ----------
    result
        The result of `energy_per_token`.
    ax
        Axes to draw on.
    of
        "token" for the energy per generated token beside the mean of the run [J/token], "request" for that of the
        whole request. [J]
    """
    if of not in {"token", "request"}:
        raise ValueError(f"of={of!r}: expected 'token' or 'request'")
    figure, ax = _style.axes(ax)
    per_token = of == "token"
    column = "energy_per_token_j" if per_token else "energy_j"
    table = result.requests.drop_nulls(column)
    names = [_style.plain(name, 16) for name in table["request"].to_list()]
    places = list(range(len(names)))
    u = (table["u_j"] / table["output_tokens"] if per_token else table["u_j"]).to_list()
    colours = [_style.BLUE if status == "complete" else _style.GREY for status in table["status"].to_list()]
    ax.bar(places, table[column].to_list(), color=colours, label="each request, ± u")
    ax.errorbar(places, table[column].to_list(), yerr=u, fmt="none", ecolor=_style.ink(ax), capsize=2, linewidth=1.0)
    mean = result.per_token
    if per_token:
        ax.axhline(mean.value, color=_style.VERMILION, linewidth=1.2, label=f"all requests: {_style.amount(mean)}")
        ax.axhspan(mean.value - mean.u, mean.value + mean.u, color=_style.VERMILION, alpha=0.2, linewidth=0)
    shown = places if len(places) <= 24 else places[:: len(places) // 12]
    ax.set_xticks(shown, [names[place] for place in shown], rotation=45, ha="right")
    ax.set(ylabel="energy per token [J/token]" if per_token else "energy per request [J]", ylim=(0.0, None))
    ax.set_xlabel(f"{_style.boundary(mean)}, {mean.basis}; {result.status}", fontsize="small")
    _style.legend_above(ax)
    return figure, ax
