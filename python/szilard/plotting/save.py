"""A figure as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from matplotlib.figure import Figure


def save(figure: Figure, path: str | PathLike[str], dpi: float = 150.0) -> Path:
    """The path of the file that was written: its ending says whether it is an SVG, a PDF or a PNG.

    Text stays text that can be searched and edited, and the same figure gives the same bytes on every day.

    Parameters
    ----------
    figure
        What a function of `szilard.plotting` or a method `plot` returned first.
    path
        Where to; a file that is there is replaced.
    dpi
        Resolution of a PNG. [1/inch]
    """
    import matplotlib as mpl

    path = Path(path)
    dates = {".svg": "Date", ".pdf": "CreationDate"}
    metadata = {dates[path.suffix]: None} if path.suffix in dates else None
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "szilard", "pdf.fonttype": 42}):
        figure.savefig(path, dpi=dpi, metadata=metadata)
    return path
