"""To and from `astropy.units <https://docs.astropy.org/en/stable/units/>`_."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from szilard._core import Quantity
from szilard.errors import UnitError
from szilard.interop import _exchange

if TYPE_CHECKING:
    from collections.abc import Collection

_NAMES = {"m": "m", "kg": "kg", "s": "s", "A": "A", "K": "K", "bit": "bit", "token": "token"}

#: Astropy has no watt hour and no ampere hour; they are products there.
_HOURS = re.compile(r"(.*[WA])h")


def to_astropy(quantity: Quantity, drop: Collection[str] = ()) -> Any:
    """An ``astropy.units.Quantity`` of the same size; ``token`` is a unit of its own.

    Parameters as of `interop.to_unyt`.

    Raises
    ------
    UnitError
        If the quantity has what ``drop`` does not name: astropy's quantities have no place for it.

    Examples
    --------
    >>> import szilard as sz
    >>> print(sz.interop.to_astropy(sz.Quantity("2 Wh")).to("J"))
    7200.0 J
    """
    import astropy.units as u

    _exchange.refuse_loss("astropy", quantity, drop, ("u", "boundary", "basis", "method"))

    def unit(text: str) -> Any:
        found = u.dimensionless_unscaled
        for symbol, power in _exchange.factors(text):
            found *= _unit(symbol) ** power
        return found

    def size(text: str) -> float | None:
        try:
            return float((1.0 * unit(text)).to(unit(quantity.dimension)).value)
        except (u.UnitsError, ValueError, TypeError):
            return None

    return _exchange.outward(quantity, size, lambda value, text: value * unit(text))


def from_astropy(quantity: Any) -> Quantity:
    """The quantity of a scalar ``astropy.units.Quantity``.

    Parameters as of `interop.from_pint`.

    Raises
    ------
    UnitError
        If it has a base unit that this package does not know, as a mole, or is an array.

    Examples
    --------
    >>> import astropy.units as u, szilard as sz
    >>> sz.interop.from_astropy(2 * u.MJ)
    2 MJ
    """
    if quantity.shape:
        raise UnitError(f"found {quantity}: a quantity is one number; keep columns as plain numbers")
    base = quantity.decompose()
    powers = {unit.to_string(): float(power) for unit, power in zip(base.unit.bases, base.unit.powers, strict=True)}
    spelled = re.sub(r"([A-Za-z])(\d)", r"\1^\2", quantity.unit.to_string()).replace(" / ", "/").replace(" ", "*")
    found = (quantity.value, re.sub(r"\bh\*(\w*[WA])\b|\b(\w*[WA])\*h\b", r"\1\2h", spelled) or "1")
    return _exchange.inward(found, (base.value, powers), _NAMES, lambda value, unit: Quantity((float(value), unit)))


@cache
def _token() -> Any:
    """The one token of this process: astropy's units are equal only where they are the same object."""
    import astropy.units as u

    return u.def_unit("token")


def _unit(symbol: str) -> Any:
    import astropy.units as u

    if hours := _HOURS.fullmatch(symbol):
        return u.Unit(hours[1]) * u.h
    if symbol.endswith("token"):
        return u.Unit(Quantity(f"1 {symbol}").to("token").value * _token())
    return u.Unit(symbol)
