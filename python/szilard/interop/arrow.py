"""Tables of this package as Arrow tables whose columns carry their unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

#: The unit that the end of a column's name stands for, longest first.
_UNITS = {
    "_per_token_j": "J/token",
    "_flop_per_byte": "1/B",
    "tokens_per_wh": "token/Wh",
    "tokens_per_s": "token/s",
    "tokens": "token",
    "bytes": "B",
    "_ns": "ns",
    "_j": "J",
    "_w": "W",
    "_s": "s",
    "_k": "K",
}


def unit_of(column: str) -> str | None:
    """The unit of a column by its name, ``None`` where the name ends in none.

    Parameters
    ----------
    column
        Name of a column, as ``"energy_j"``.

    Raises
    ------
    AttributeError
        If it is no text.

    Examples
    --------
    >>> import szilard as sz
    >>> sz.interop.unit_of("energy_per_token_j"), sz.interop.unit_of("start_ns"), sz.interop.unit_of("device")
    ('J/token', 'ns', None)
    """
    return next((unit for end, unit in _UNITS.items() if column.endswith(end)), None)


def to_arrow(table: pl.DataFrame) -> pa.Table:
    """The table with a field ``unit`` in the metadata of each column whose name ends in one.

    pandas, polars, narwhals and DuckDB read it as it is; those that keep metadata of fields keep the units.

    Parameters
    ----------
    table
        A table of this package, as ``trace.to_polars()`` or ``result.requests``.

    Raises
    ------
    ImportError
        If the package pyarrow is not installed.

    Examples
    --------
    >>> import szilard as sz
    >>> from szilard.demo import recording
    >>> schema = sz.interop.to_arrow(recording()[2].requests).schema
    >>> schema.field("energy_j").metadata
    {b'unit': b'J'}
    """
    arrow: Any = table.to_arrow()
    for place, field in enumerate(arrow.schema):
        if unit := unit_of(field.name):
            named = field.with_metadata({**(field.metadata or {}), "unit": unit})
            arrow = arrow.set_column(place, named, arrow.column(place))
    return arrow
