"""Copies and pickles: what cannot change is its own copy, and what cannot be pickled says how to send it."""

from __future__ import annotations

import copyreg
from typing import TYPE_CHECKING, Any, NoReturn

from szilard import _core

if TYPE_CHECKING:
    from collections.abc import Callable

    from szilard._core import BoundaryChain, Factor, InferenceEnergy, Model

#: What to send of an object that has no recipe; any other is made again from what it was made from.
_INSTEAD = {
    "Lifted": "send .to_json() with .status and .diagnostics, which a plain quantity has not",
    "Trace": "read its file there again, or send .to_polars()",
    "TokenLog": "read its file there again, or send .requests",
    "EnergyResult": "send .energy and .per_device",
    "TokenInformation": "send its arrays and .mean",
    "Ladder": "send .table",
    "Sweep": "send .table and .rooflines",
    "Simulation": "send .figures, .days and .steps",
    "MonteCarlo": "send .samples and .quantity",
}


def _itself(value: Any, _memo: object = None) -> Any:
    return value


def _factor(factor: Factor) -> tuple[Any, ...]:
    years = factor.years
    given = (factor.name, factor.ratio, None, factor.citation, factor.step, "ratio", factor.denominator)
    return type(factor), (*given, years, factor.vintage)


def _chain(chain: BoundaryChain) -> tuple[Any, ...]:
    return type(chain), (chain.factors,)


def _result(result: InferenceEnergy) -> tuple[Any, ...]:
    # not before they are needed: an import of szilard is to be light
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.json")
        result.save(path)
        return _core.load_report, (path.read_bytes(),)


def _model(model: Model) -> tuple[Any, ...]:
    return _refused(model) if model.name is None else (type(model).from_config, (model.name,))


def _refused(value: Any) -> NoReturn:
    name = type(value).__name__
    instead = _INSTEAD.get(name, "make it there again from its inputs, or send its quantities and tables")
    raise TypeError(f"a {name} is not pickled: {instead}")


_RECIPES: dict[type, Callable[[Any], Any]] = {
    _core.Factor: _factor,
    _core.BoundaryChain: _chain,
    _core.InferenceEnergy: _result,
    _core.Model: _model,
}


def register() -> None:
    """Teach `copy` and `pickle` every compiled class; a quantity knows itself."""
    for found in vars(_core).values():
        if isinstance(found, type) and found is not _core.Quantity:
            copyreg.pickle(found, _RECIPES.get(found, _refused))
            for name in ("__copy__", "__deepcopy__"):
                setattr(found, name, _itself)
