"""Pint is told, when it is imported, to leave arithmetic with a quantity of this package to that quantity.

Without it, ``2 * ureg.second * q`` wraps ``2 * q`` as a magnitude in seconds: a wrong unit, and no error.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_MODULE = "pint.compat"


def defer() -> None:
    """Registers the type with pint, now or when pint is imported."""
    if _MODULE in sys.modules:
        _register(sys.modules[_MODULE])
    else:
        sys.meta_path.insert(0, _Watch())


def _register(compat: ModuleType) -> None:
    names: dict[str, Any] = getattr(compat, "upcast_type_map", {})
    names["szilard.Quantity"] = None


# neither derives from a class of importlib.abc, which takes as long to import as all of this package
class _Watch:
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The specification of pint's module of compatibility, with a loader that registers the type."""
        del path, target
        if name != _MODULE:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            registering: Any = _Registering(spec.loader)
            spec.loader = registering
        return spec


class _Registering:
    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        created: ModuleType | None = self._loader.create_module(spec)
        return created

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _register(module)
