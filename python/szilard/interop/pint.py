"""To and from `pint <https://pint.readthedocs.io>`_."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from szilard.errors import UnitError
from szilard.interop import _exchange
from szilard.interop.uncertainties import from_uncertainties, to_uncertainties

if TYPE_CHECKING:
    from collections.abc import Collection

    from szilard._core import Quantity

_NAMES = {
    "meter": "m",
    "gram": "g",
    "second": "s",
    "ampere": "A",
    "kelvin": "K",
    "bit": "bit",
    "token": "token",
}


def to_pint(quantity: Quantity, registry: Any = None, drop: Collection[str] = ()) -> Any:
    """A ``pint.Quantity`` of the same size; with an uncertainty its magnitude is that of ``to_uncertainties``.

    ``token`` is defined in the registry as a dimension of its own where it is not there yet.

    Parameters
    ----------
    quantity
        What is converted. [any unit]
    registry
        The registry; pint's application registry where it is left out.
    drop
        What may be left out: ``"u"``, ``"boundary"``, ``"basis"``, ``"method"``.

    Raises
    ------
    UnitError
        If the quantity has a boundary, basis or method that ``drop`` does not name: pint has no place for them.

    Examples
    --------
    >>> import szilard as sz
    >>> print(sz.interop.to_pint(sz.Quantity("0.5 J/token")))
    0.5 joule / token
    """
    import pint

    units: Any = pint.get_application_registry() if registry is None else registry  # type: ignore[no-untyped-call]
    _exchange.refuse_loss("pint", quantity, drop, ("boundary", "basis", "method"))
    if "token" not in units:
        units.define("token = [token]")

    def size(unit: str) -> float | None:
        try:
            return float(units.Quantity(1.0, _spelled(unit)).to(_spelled(quantity.dimension)).magnitude)
        except (pint.errors.PintError, AttributeError, TypeError, ValueError):
            return None

    def build(value: float, unit: str) -> Any:
        exact = "u" in drop or not quantity.u
        return units.Quantity(value if exact else to_uncertainties(quantity, unit, drop), _spelled(unit))

    return _exchange.outward(quantity, size, build)


def from_pint(quantity: Any) -> Quantity:
    """The quantity of a ``pint.Quantity`` whose magnitude is a number or one of the package ``uncertainties``.

    Parameters
    ----------
    quantity
        What is converted. [any unit of length, mass, time, current, temperature, information and tokens]

    Raises
    ------
    UnitError
        If it has a base unit that this package does not know, as a mole.

    Examples
    --------
    >>> import pint, szilard as sz
    >>> sz.interop.from_pint(pint.UnitRegistry().Quantity(1.5, "kWh"))
    1.5 kWh
    """
    if hasattr(quantity.magnitude, "__len__"):
        raise UnitError(f"found {quantity}: a quantity is one number; keep columns as plain numbers")
    root = quantity.to_root_units()
    found = (quantity.magnitude, f"{quantity.units:~C}".replace("**", "^"))
    powers = {name: float(power) for name, power in root.unit_items()}
    return _exchange.inward(found, (root.magnitude, powers), _NAMES, from_uncertainties)


def _spelled(unit: str) -> str:
    return unit.replace("^", "**")
