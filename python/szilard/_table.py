"""Tables: the one place that imports polars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


def frame(columns: list[tuple[str, str, Any]]) -> pl.DataFrame:
    """A table of columns given as (name, kind, values)."""
    import polars as pl

    kinds = {"text": pl.String, "float": pl.Float64, "whole": pl.Int64}
    return pl.DataFrame([pl.Series(name, values, dtype=kinds[kind]) for name, kind, values in columns])


def samples(channels: list[tuple[tuple[str, str, str, str], Any, Any]], window: tuple[int, int] | None) -> pl.DataFrame:
    """A long table of the samples of channels, inside a window of time."""
    import polars as pl

    names = ("device", "channel", "kind", "unit")
    parts = []
    for labels, time_ns, value in channels:
        part = pl.DataFrame({"time_ns": time_ns, "value": value}, schema={"time_ns": pl.Int64, "value": pl.Float64})
        literals = [pl.lit(label, dtype=pl.String).alias(name) for name, label in zip(names, labels, strict=True)]
        parts.append(part.select("time_ns", *literals, "value"))
    table = pl.concat(parts)
    return table if window is None else table.filter(pl.col("time_ns").is_between(*window))
