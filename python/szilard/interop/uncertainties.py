"""To and from `uncertainties <https://uncertainties.readthedocs.io>`_."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from szilard._core import Quantity
from szilard.errors import UnitError
from szilard.interop import _exchange

if TYPE_CHECKING:
    from collections.abc import Collection

#: The variable of each component that went out, and the component of each variable that came in or went out: figures
#: that share a component stay correlated however often they are converted.
_VARIABLES: dict[str, Any] = {}
_COMPONENTS: dict[Any, dict[str, Any]] = {}


def to_uncertainties(quantity: Quantity, unit: str, drop: Collection[str] = ()) -> Any:
    """A number with uncertainty, in a unit that the caller names, since the package ``uncertainties`` knows none.

    Each component of the budget is one variable, so that figures converted one by one keep their correlation and a
    figure that comes back has its budget.

    Parameters
    ----------
    quantity
        What is converted. [any unit]
    unit
        The unit of the number.
    drop
        What may be left out: ``"boundary"``, ``"basis"``, ``"method"``.

    Raises
    ------
    UnitError
        If the unit is of another dimension, or if the quantity has what ``drop`` does not name.

    Examples
    --------
    >>> import szilard as sz
    >>> gross, idle = sz.Quantity("29.52 J", u="0.34 J"), sz.Quantity("15.58 J", u="0.18 J")
    >>> a, b = sz.interop.to_uncertainties(gross, "J"), sz.interop.to_uncertainties(idle, "J")
    >>> print(a - b, a - a)
    13.9+/-0.4 0.0+/-0
    """
    from uncertainties import Variable

    _exchange.refuse_loss("the package uncertainties", quantity, drop, ("boundary", "basis", "method"))
    record = json.loads(quantity.to(unit).to_json())
    number: Any = record["value"]
    for component in record["components"]:
        identity = component["id"]
        if identity not in _VARIABLES:
            _VARIABLES[identity] = Variable(0.0, 1.0, tag=component["label"])
            _COMPONENTS[_VARIABLES[identity]] = component
        number = number + _VARIABLES[identity] * component["contribution"]
    return number


def from_uncertainties(number: Any, unit: str) -> Quantity:
    """The quantity of a number with uncertainty in a unit; each of its variables becomes a component of the budget.

    Parameters
    ----------
    number
        A ``ufloat``, or what came of calculating with some. [unit]
    unit
        Its unit.

    Raises
    ------
    UnitError
        If it is no number, or the unit is not known.

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> import szilard as sz
    >>> sz.interop.from_uncertainties(2 * ufloat(14.76, 0.17), "J")
    (29.52 ± 0.34) J
    """
    if not hasattr(number, "derivatives"):
        return Quantity((float(number), unit))
    components = []
    for variable, slope in number.derivatives.items():
        known = _COMPONENTS.get(variable)
        if known is None:
            identity = f"uncertainties-{uuid4().hex}"
            known = {"id": identity, "label": variable.tag or "u", "type": "B", "distribution": "normal"}
            known["degrees_of_freedom"] = None
            _VARIABLES[identity], _COMPONENTS[variable] = variable, known
        components.append({**known, "contribution": slope * variable.std_dev})
    plain = Quantity((float(number.nominal_value), unit))
    record = json.loads(plain.to_json())
    if plain.value != number.nominal_value:
        raise UnitError(f'found "{unit}": a number with uncertainty takes a unit without an offset')
    record["components"] = components
    return Quantity.from_json(json.dumps(record))
