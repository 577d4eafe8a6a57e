"""One decode step as a Galton board."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from szilard import _logits
from szilard._core import landauer_limit, token_entropy
from szilard.plotting import _style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from szilard import Quantity


def galton_board(
    logits: Any,
    tokens: Sequence[str] | None = None,
    k: int = 10,
    temperature: str | Quantity = "300 K",
    vocab_size: int | None = None,
    ax: Axes | None = None,
) -> tuple[Figure, Axes]:
    """The bins of one draw: the k likeliest tokens by probability, all others in one bin, and the energy of the reset.

    Choosing a token is a ball that falls into one of the bins. Forgetting into which costs at least kT ln 2 for each
    bit of entropy, which is written above the board; it is a bound on erasure and no cost of choosing.

    Parameters
    ----------
    logits
        One row of logits.
    tokens
        Text of each token of the vocabulary; numbers are shown without it.
    k
        The number of bins of their own.
    temperature
        Temperature of the bath. [K]
    vocab_size
        Number of tokens of the vocabulary; columns behind are padding.
    ax
        Axes to draw on.
    """
    rows, _ = _logits.rows(logits)
    row = rows[0, :vocab_size]
    information = token_entropy(row, base=math.e, top_k=k)
    likeliest = np.argsort(-row.astype(np.float64), kind="stable")[:k]
    surprisals = [float(token_entropy(row, targets=[int(token)], base=math.e).surprisal[0]) for token in likeliest]  # type: ignore[index]
    heights = [math.exp(-value) for value in surprisals]
    rest = max(0.0, 1.0 - float(information.top_k_mass[0]))  # type: ignore[index]
    names = [tokens[token] if tokens is not None else str(token) for token in likeliest]
    figure, ax = _style.axes(ax)
    ax.bar(range(len(heights)), heights, color=_style.BLUE)
    ax.bar(len(heights), rest, color=_style.GREY)
    labels = [*names, f"{row.size - len(heights)} others"]
    ax.set_xticks(range(len(labels)), [_style.plain(name, 14) for name in labels], rotation=45, ha="right")
    for place, height in enumerate([*heights, rest]):
        ax.annotate(f"{height:.2g}", (place, height), (0, 2), textcoords="offset points", ha="center", fontsize="small")
    _pegs(ax, len(labels))
    bits = information.mean
    reset = bits * landauer_limit(temperature)
    title = f"H = {bits.value:.3g} bit/token; reset at {temperature}: at least {reset.to('J/token').value:.3g} J/token"
    ax.set_title(_style.plain(title, 90), fontsize="medium")
    ax.set(ylabel="probability", ylim=(0.0, 1.75 * max([*heights, rest])))
    return figure, ax


def _pegs(ax: Axes, bins: int) -> None:
    """A triangle of pegs above the bins, with one row less than there are bins, each peg between two below it."""
    rows = bins - 1
    for depth in range(rows):
        places = (bins - 1) / 2.0 + np.arange(depth + 1) - depth / 2.0
        height = 0.97 - 0.3 * depth / max(rows, 1)
        heights = np.full(depth + 1, height)
        ax.plot(places, heights, "o", markersize=2.5, color=_style.SKY, transform=ax.get_xaxis_transform())
