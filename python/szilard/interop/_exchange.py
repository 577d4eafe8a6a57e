"""What every unit library is given and takes: a number, a unit of the same size, and nothing left out unsaid."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, TypeVar

from szilard._core import Quantity
from szilard.errors import UnitError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

#: Relative difference up to which two products of the same decimal factors are the same size.
SAME_SIZE = 1e-14

_FACTOR = re.compile(r"([^*/()^]+)(?:\^(\d+))?")

Theirs = TypeVar("Theirs")


def factors(unit: str) -> list[tuple[str, int]]:
    """The symbols of a unit of this package and their powers.

    >>> factors("m*kg/(s^3*K)")
    [('m', 1), ('kg', 1), ('s', -3), ('K', -1)]
    """
    found, sign = [], 1
    for part in re.split(r"([/*()])", unit.replace("(", "").replace(")", "").replace(" ", "*")):
        if part == "/":
            sign = -1
        elif match := _FACTOR.fullmatch(part):
            found.append((match[1], sign * int(match[2] or 1)))
    return [(symbol, power) for symbol, power in found if symbol != "1"]


def refuse_loss(library: str, quantity: Quantity, drop: Collection[str], lost: Collection[str]) -> None:
    """Refuses what the other library cannot carry, unless the caller names it in ``drop``.

    Raises
    ------
    UnitError
        If the quantity has one of ``lost`` (``"u"``, ``"boundary"``, ``"basis"``, ``"method"``) and ``drop`` lacks it.
    """
    for name in lost:
        if getattr(quantity, name) and name not in drop:
            raise UnitError(f"found {quantity!r}: {library} does not carry its {name}; drop=[{name!r}] leaves it out")


def outward(quantity: Quantity, size: Callable[[str], float | None], build: Callable[[float, str], Theirs]) -> Theirs:
    """The quantity in its own unit where the other library has that unit in the same size, else in coherent SI units.

    Libraries differ in what a symbol means (a year of 365 or 365.25 days, a Btu, a gallon, B for byte or bel), so a
    unit is given by name only after its size was compared; ``size`` is that of a unit in coherent units.
    """
    coherent = quantity.dimension
    ours = Quantity((1.0, quantity.unit)).to(coherent).value
    theirs = size(quantity.unit)
    if theirs is not None and math.isclose(theirs, ours, rel_tol=SAME_SIZE):
        return build(quantity.value, quantity.unit)
    return build(quantity.to(coherent).value, coherent)


def inward(
    found: tuple[Any, str],
    base: tuple[Any, Mapping[str, float]],
    names: Mapping[str, str],
    make: Callable[[Any, str], Quantity],
) -> Quantity:
    """The quantity of a number in a unit of another library, in that unit where it has the same name and size here.

    Parameters
    ----------
    found
        The number and its unit as the other library spells it.
    base
        The same in base units: the number, and the power of each base unit.
    names
        The symbol of this package for each base unit.
    make
        The quantity of a number and a unit of this package.

    Raises
    ------
    UnitError
        If a base unit has no symbol here, or a power is not whole.
    """
    (number, spelled), (in_base, powers) = found, base
    for unit, power in powers.items():
        if unit not in names:
            raise UnitError(f"found {number} {spelled}: this package has no unit for {unit!r}")
        if power != int(power):
            raise UnitError(f"found {number} {spelled}: the power {power} of {unit!r} is not whole")
    above = "*".join(f"{names[unit]}^{int(power)}" for unit, power in powers.items() if power > 0) or "1"
    below = "*".join(f"{names[unit]}^{int(-power)}" for unit, power in powers.items() if power < 0)
    quantity = make(in_base, f"{above}/({below})" if below else above)
    try:
        named = make(number, spelled)
    except UnitError:
        return quantity.to(quantity.dimension)
    same = named.dimension == quantity.dimension and math.isclose(
        named.to(named.dimension).value, quantity.to(named.dimension).value, rel_tol=SAME_SIZE
    )
    return named if same else quantity.to(quantity.dimension)
