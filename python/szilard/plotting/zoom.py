"""A trace in the browser, at any magnification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from szilard.plotting import _samples, _style

if TYPE_CHECKING:
    from szilard import Trace


def zoom(log: Trace, most: int = 8_000) -> Any:
    """The power over time as a plotly figure of at most about `most` points a channel, however long the trace.

    Of each stretch of time the first, least, greatest and last sample are drawn, so that no peak is lost and nothing
    appears that is not there. Where the notebook has ipywidgets and anywidget, what is zoomed in on is drawn anew from
    all samples; elsewhere take a part of the trace: ``zoom(trace[start:end])``.

    Raises
    ------
    ImportError
        Where plotly is not installed.
    """
    try:
        from plotly import graph_objects as go
    except ImportError as missing:
        message = "plotting.zoom draws with plotly, which is not installed: pip install 'szilard[interactive]'"
        raise ImportError(message) from missing
    try:
        figure = go.FigureWidget()
        figure.layout.on_change(lambda _, seen: _redraw(figure, log, seen, most), "xaxis.range")
    except ImportError:
        figure = go.Figure()
    lines = list(_samples.lines(log, most))
    for place, line in enumerate(lines):
        colour = _style.SERIES[place % len(_style.SERIES)]
        drawn = {"x": line.seconds, "y": line.watts, "name": _style.plain(line.name).replace("<", "&lt;")}
        figure.add_trace(go.Scattergl(**drawn, mode="lines", line={"color": colour, "width": 1}))
    for left, right in sorted({gap for line in lines for gap in line.gaps}, key=lambda gap: gap[0] - gap[1])[:200]:
        figure.add_vrect(x0=left, x1=right, fillcolor=_style.GREY, opacity=0.3, line_width=0)
    figure.update_layout(
        xaxis_title=f"time since {log.start} [s]",
        yaxis_title="power [W]",
        hovermode="x",
        paper_bgcolor="rgba(0,0,0,0)",
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.0},
    )
    return figure


def _redraw(figure: Any, log: Trace, seen: tuple[float, float] | None, most: int) -> None:
    """The lines of the part that is looked at, from all of its samples."""
    with figure.batch_update():
        for shown, line in zip(figure.data, _samples.lines(log, most, seen), strict=True):
            shown.x, shown.y = line.seconds, line.watts
