"""To and from `unyt <https://unyt.readthedocs.io>`_."""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import TYPE_CHECKING, Any

from szilard._core import Quantity
from szilard.errors import UnitError
from szilard.interop import _exchange

if TYPE_CHECKING:
    from collections.abc import Collection

_NAMES = {"(length)": "m", "(mass)": "kg", "(time)": "s", "(current_mks)": "A", "(temperature)": "K"}


def to_unyt(quantity: Quantity, drop: Collection[str] = ()) -> Any:
    """A ``unyt.unyt_quantity`` of the same size.

    Parameters
    ----------
    quantity
        What is converted. [any unit without bits and tokens]
    drop
        What may be left out: ``"u"``, ``"boundary"``, ``"basis"``, ``"method"``.

    Raises
    ------
    UnitError
        If the quantity has bits or tokens, which are no dimensions of unyt, or has what ``drop`` does not name.

    Examples
    --------
    >>> import szilard as sz
    >>> print(sz.interop.to_unyt(sz.Quantity("2 Wh")).to("J"))
    7200.0 J
    """
    import unyt

    _exchange.refuse_loss("unyt", quantity, drop, ("u", "boundary", "basis", "method"))
    for symbol, _ in _exchange.factors(quantity.dimension):
        if symbol in {"bit", "token"}:
            raise UnitError(f"found {quantity!r}: unyt has no dimension for {symbol}; take .value in a unit you name")

    def unit(text: str) -> Any:
        named = [unyt.Unit({"h": "hr"}.get(symbol, symbol)) ** power for symbol, power in _exchange.factors(text)]
        return reduce(mul, named) if named else unyt.dimensionless

    def size(text: str) -> float | None:
        try:
            return float((1.0 * unit(text)).to(unit(quantity.dimension)).value)
        except (unyt.exceptions.UnitParseError, unyt.exceptions.UnitConversionError):
            return None

    return _exchange.outward(quantity, size, lambda value, text: unyt.unyt_quantity(value, unit(text)))


def from_unyt(quantity: Any) -> Quantity:
    """The quantity of a scalar of ``unyt``.

    Parameters
    ----------
    quantity
        What is converted. [any unit of length, mass, time, current and temperature]

    Raises
    ------
    UnitError
        If it has a base unit that this package does not know, as an angle.

    Examples
    --------
    >>> import unyt, szilard as sz
    >>> sz.interop.from_unyt(unyt.unyt_quantity(1.5, "kWh"))
    1.5 kWh
    """
    if quantity.shape:
        raise UnitError(f"found {quantity}: a quantity is one number; keep columns as plain numbers")
    base = quantity.in_base("mks")
    powers = {str(name): float(power) for name, power in base.units.dimensions.as_powers_dict().items() if name != 1}
    spelled = str(quantity.units).replace("**", "^").replace("hr", "h").replace("Ω", "ohm")
    found = (float(quantity.value), "1" if spelled == "dimensionless" else spelled)
    return _exchange.inward(found, (float(base.value), powers), _NAMES, lambda value, unit: Quantity((value, unit)))
