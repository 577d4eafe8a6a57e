"""Entropy along a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from szilard.plotting import _style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import TokenInformation


def entropy_strip(
    information: TokenInformation, tokens: Sequence[str] | None = None, ax: Axes | None = None
) -> tuple[Figure, Axes]:
    """The entropy of each token as a bar, with the surprisal of what followed as a point where targets were given.

    Parameters
    ----------
    information
        The result of `token_entropy`.
    tokens
        Text of each token, for the axis.
    ax
        Axes to draw on.
    """
    figure, ax = _style.axes(ax, height=3.0)
    entropy = information.entropy.reshape(-1)
    places = list(range(entropy.size))
    ax.bar(places, entropy, width=0.9, color=_style.SKY, label="entropy")
    if information.surprisal is not None:
        ax.plot(places, information.surprisal.reshape(-1), "o", markersize=3, color=_style.VERMILION, label="surprisal")
    mean = information.mean
    ax.axhline(float(entropy.mean()), color=_style.BLUE, linewidth=1.0, label=f"mean {_style.amount(mean)}")
    if tokens is not None:
        ax.set_xticks(places, [_style.plain(token, 12) for token in tokens], rotation=60, ha="right", fontsize="small")
    ax.set(xlabel="token", ylabel=f"information [{_style.unit_of(information.base)}]")
    _style.legend_above(ax)
    return figure, ax
