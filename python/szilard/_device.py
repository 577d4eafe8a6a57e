"""Logits on an accelerator, reduced there in chunks: a few sums a token come to the host, and the logits never do."""

from __future__ import annotations

import importlib
import math
from typing import Any

import numpy as np

from szilard.errors import InformationError

_CHUNK = 1 << 21  # elements that are widened at a time
# bits of the significand and the exponent of the smallest normal number (IEEE 754; bfloat16: upper half of float32)
_TYPES = {"float64": (53, -1022), "float32": (24, -126), "float16": (11, -14), "bfloat16": (8, -126)}


def row_sums(
    logits: Any, sampling_temperature: float, vocab_size: int | None, targets: np.ndarray[Any, Any] | None
) -> tuple[np.ndarray[Any, Any], str, tuple[int, ...]]:
    """The sums of each row, the type of the logits, and the shape of one figure a token.

    A row of the result is: the largest logit, its place, sum of w, of w d and of w d² over all others, the three sums
    of (w δ)² dⁿ, the number of columns, the logit of the target.
    """
    space = _namespace(logits)
    if getattr(logits, "requires_grad", False):
        logits = logits.detach()
    name = str(logits.dtype).rpartition(".")[2].strip("'<>")
    if name not in _TYPES:
        message = f"logits of type {logits.dtype}: expected float64, float32, float16 or bfloat16"
        raise InformationError(message, "E_DTYPE")
    shape = tuple(int(axis) for axis in logits.shape)
    if not 1 <= len(shape) <= 3:
        message = f"logits of shape {shape}: expected [V], [tokens, V] or [batch, tokens, V]"
        raise InformationError(message, "E_SHAPE")
    if 0 in shape:
        raise InformationError(f"logits of shape {shape}: expected at least one token", "E_NO_DATA")
    columns = shape[-1] if vocab_size is None else vocab_size
    if not 1 <= columns <= shape[-1]:
        raise InformationError(f"vocabulary of {columns} tokens: expected 1 to {shape[-1]}, the length of a row")
    tokens = math.prod(shape[:-1])
    if targets is not None and targets.size != tokens:
        raise InformationError(f"{targets.size} targets for {tokens} rows of logits: expected one a row")
    if targets is not None and ((targets < 0) | (targets >= columns)).any():
        raise InformationError(f"targets: expected tokens from 0 to {columns - 1}")
    rows = space.reshape(logits, (tokens, shape[-1]))
    at_once = max(1, _CHUNK // shape[-1])
    parts, probabilities = [], True
    for start in range(0, tokens, at_once):
        part = _widened(space, rows[start : min(start + at_once, tokens), :])
        probabilities = probabilities and _is_probability(space, part, name)
        wanted = None if targets is None else targets[start : start + at_once]
        parts.append(_sums(space, part[:, :columns], sampling_temperature, name, wanted, start))
    if probabilities:
        message = "every row lies in [0, 1] and sums to one: these are probabilities; expected logits"
        raise InformationError(message)
    return np.concatenate(parts), name, shape[:-1] or (1,)


def _namespace(array: Any) -> Any:
    """The functions for an array: those of the array API standard, or of torch, which has the same names."""
    if hasattr(array, "__array_namespace__"):
        return array.__array_namespace__()
    if type(array).__module__.partition(".")[0] == "torch":
        return importlib.import_module("torch")
    message = "logits on an accelerator, of a library without an array namespace: bring them to the host first"
    raise InformationError(message)


def _widened(space: Any, part: Any) -> Any:
    """The numbers in 64 bits, or in 32 where the device has no more."""
    for dtype in (space.float64, space.float32):
        try:
            return part.to(dtype) if hasattr(part, "to") else space.astype(part, dtype)
        except (TypeError, RuntimeError, NotImplementedError):
            continue
    raise InformationError("logits on a device without float32 arithmetic")


def _half_spacing(space: Any, numbers: Any, name: str) -> Any:
    """Half the spacing of the stored type at each number; 0 where it is not finite."""
    precision, smallest = _TYPES[name]
    size = space.abs(numbers)
    size = space.where(space.isfinite(size), size, space.zeros_like(size))
    floor = 2.0**smallest
    exponent = space.floor(space.log2(space.where(size < floor, space.full_like(size, floor), size)))
    return space.where(space.isfinite(numbers), 2.0 ** (exponent - precision), space.zeros_like(size))


def _is_probability(space: Any, part: Any, name: str) -> bool:
    if not bool(space.all((part >= 0.0) & (part <= 1.0))):
        return False
    slack = 1e-6 + space.sum(_half_spacing(space, part, name), axis=-1)
    sums_to_one = bool(space.all(space.abs(space.sum(part, axis=-1) - 1.0) <= slack))
    return sums_to_one and bool(space.any((part > 0.0) & (part < 1.0)))


def _sums(
    space: Any, part: Any, temperature: float, name: str, targets: np.ndarray[Any, Any] | None, start: int
) -> np.ndarray[Any, Any]:
    wrong = space.isnan(part) | (part == math.inf)
    if bool(space.any(wrong)):
        marked = space.where(wrong, space.ones_like(part), space.zeros_like(part))
        place = int(space.argmax(space.reshape(marked, (-1,))))
        row, column = divmod(place, int(part.shape[-1]))
        found = float(part[row, column])
        message = f"row {start + row} col {column}: E_NONFINITE: found {found}; expected a number or -inf"
        raise InformationError(message, "E_NONFINITE", f"row {start + row} col {column}")
    largest = space.argmax(part, axis=-1)
    maximum = space.amax(part, axis=-1) if hasattr(space, "amax") else space.max(part, axis=-1)
    if bool(space.any(maximum == -math.inf)):
        row = start + int(space.argmin(maximum))
        message = f"row {row}: E_NONFINITE: found only -inf; expected at least one finite logit"
        raise InformationError(message, "E_NONFINITE", f"row {row}")
    zero = space.zeros_like(part)
    distance = part - maximum[:, None]
    if temperature == 0.0:
        distance = space.where(distance == 0.0, zero, zero - math.inf)
    else:
        distance = space.where(distance == 0.0, zero, distance / temperature)
    has_weight = distance > -700.0
    distance = space.where(has_weight, distance, zero)
    positions = space.zeros_like(largest)[:, None] + _arange(space, part)
    others = has_weight & (positions != largest[:, None])
    weight = space.where(others, space.exp(distance), zero)
    spread = (weight * _half_spacing(space, part, name)) ** 2 if name != "float64" else zero
    columns = [maximum, largest]
    columns += [space.sum(weight * distance**power, axis=-1) for power in range(3)]
    columns += [space.sum(spread * distance**power, axis=-1) for power in range(3)]
    host = [_on_host(column).astype(np.float64) for column in columns]
    tokens = host[0].size
    host.append(np.full(tokens, float(part.shape[-1])))
    picked = np.zeros(tokens)
    if targets is not None:
        picked = np.array([float(part[row, int(target)]) for row, target in enumerate(targets)])
    return np.stack([*host, picked], axis=1)


def _arange(space: Any, part: Any) -> Any:
    """0, 1, 2 … on the device of an array."""
    return space.arange(int(part.shape[-1]), device=part.device)


def _on_host(column: Any) -> np.ndarray[Any, Any]:
    """A few numbers a token, on the host."""
    if hasattr(column, "cpu"):
        return np.asarray(column.cpu())
    if hasattr(column, "get"):
        return np.asarray(column.get())
    return np.array([float(number) for number in column])
