"""Surprisal against entropy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from szilard.errors import InformationError
from szilard.plotting import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import TokenInformation


def surprisal(information: TokenInformation, ax: Axes | None = None) -> tuple[Figure, Axes]:
    """The surprisal of what followed against the entropy of each token, one point a token.

    On average the two are equal where the text was drawn from the model; text above the diagonal surprised it. A masked
    token, of infinite surprisal, is counted in the legend and not drawn.
    """
    if information.surprisal is None:
        raise InformationError("no surprisal: give the targets to token_entropy")
    entropy, found = information.entropy.reshape(-1), information.surprisal.reshape(-1)
    drawn = np.isfinite(found)
    figure, ax = _style.axes(ax)
    unit = _style.unit_of(information.base)
    label = f"{int(drawn.sum())} tokens" + (f", {int((~drawn).sum())} masked" if not drawn.all() else "")
    ax.plot(entropy[drawn], found[drawn], "o", markersize=3, alpha=0.8, color=_style.BLUE, label=label)
    end = max([float(entropy.max()), *found[drawn].tolist(), 1e-9]) * 1.05
    ax.plot([0.0, end], [0.0, end], color=_style.GREY, linewidth=1.0, label="surprisal = entropy")
    if drawn.any():
        ax.plot(entropy[drawn].mean(), found[drawn].mean(), "D", color=_style.VERMILION, label="means")
    ax.set(xlabel=f"entropy [{unit}]", ylabel=f"surprisal [{unit}]", xlim=(0.0, end), ylim=(0.0, end))
    ax.legend(loc="upper left", fontsize="small")
    return figure, ax
