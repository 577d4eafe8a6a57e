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
