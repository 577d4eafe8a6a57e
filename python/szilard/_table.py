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


def samples(channels: list[tuple[tuple[str, str, str, str], Any, Any]]) -> pl.DataFrame:
    """A long table of the samples of channels."""
    import polars as pl

    names = ("device", "channel", "kind", "unit")
    parts = []
    for labels, time_ns, value in channels:
        part = pl.DataFrame({"time_ns": time_ns, "value": value}, schema={"time_ns": pl.Int64, "value": pl.Float64})
        literals = [pl.lit(label, dtype=pl.String).alias(name) for name, label in zip(names, labels, strict=True)]
        parts.append(part.select("time_ns", *literals, "value"))
    return pl.concat(parts)


def cells(table: pl.DataFrame, most: int = 64) -> tuple[list[str], list[list[str]]]:
    """The header and the first rows of a table as text, with a row that counts the others; nothing known is a dash."""

    def text(value: object) -> str:
        if value is None:
            return "-"
        return f"{value:.6g}" if isinstance(value, float) else str(value)

    rows = [[text(value) for value in row] for row in table.head(most).iter_rows()]
    if table.height > most:
        rows.append([f"and {table.height - most} more", *[""] * (table.width - 1)])
    return table.columns, rows
