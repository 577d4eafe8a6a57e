"""Logits as NumPy rows, without a copy where the memory can be shared, or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from szilard.errors import InformationError

_CPU = 1  # kDLCPU of the DLPack specification


def is_elsewhere(logits: Any) -> bool:
    """Whether an array lies on an accelerator."""
    if isinstance(logits, np.ndarray) or not hasattr(logits, "__dlpack_device__"):
        return False
    return bool(logits.__dlpack_device__()[0] != _CPU)


def rows(logits: Any) -> tuple[np.ndarray[Any, Any], tuple[int, ...]]:
    """The logits as [tokens, vocabulary] and the shape of one figure a token."""
    array = _array(logits)
    if array.dtype.name not in {"float64", "float32", "float16", "bfloat16"}:
        message = f"logits of type {array.dtype}: expected float64, float32, float16 or bfloat16"
        raise InformationError(message, "E_DTYPE")
    if not 1 <= array.ndim <= 3:
        message = f"logits of shape {array.shape}: expected [V], [tokens, V] or [batch, tokens, V]"
        raise InformationError(message, "E_SHAPE")
    if 0 in array.shape:
        raise InformationError(f"logits of shape {array.shape}: expected at least one token", "E_NO_DATA")
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    shape = array.shape[:-1] or (1,)
    return np.require(array.reshape(-1, array.shape[-1]), requirements="A"), shape


def _array(logits: Any) -> np.ndarray[Any, Any]:
    if isinstance(logits, np.ma.MaskedArray):
        message = "a masked array: its mask is no mask of tokens until .filled(-np.inf) makes it one"
        raise InformationError(message, "E_DTYPE")
    if isinstance(logits, np.ndarray):
        return logits
    if hasattr(logits, "__arrow_c_stream__") or hasattr(logits, "__arrow_c_array__"):
        return _list_column(logits)
    if not hasattr(logits, "__dlpack__"):
        try:
            return np.asarray(logits)
        except ValueError as error:
            message = f"logits that are no array: {error}; expected rows of one length"
            raise InformationError(message, "E_SHAPE") from error
    if is_elsewhere(logits):
        message = "logits on an accelerator: bring them to the host first, as with .cpu(); nothing is copied silently"
        raise InformationError(message)
    if getattr(logits, "requires_grad", False):
        logits = logits.detach()
    return _shared(logits)


def _shared(logits: Any) -> np.ndarray[Any, Any]:
    """The memory of another library's array."""
    if str(logits.dtype) == "torch.bfloat16":  # DLPack has the type, NumPy has not
        import ml_dtypes
        import torch

        return np.from_dlpack(logits.view(torch.int16)).view(ml_dtypes.bfloat16)
    if str(logits.dtype) == "bfloat16":  # JAX, whose arrays NumPy reads by their buffer
        return np.asarray(logits)
    try:
        return np.from_dlpack(logits)
    except (BufferError, RuntimeError):
        return np.asarray(logits)


def _list_column(column: Any) -> np.ndarray[Any, Any]:
    """The rows of an Arrow or polars column of lists, or of the only column or the one named logits of a table."""
    import polars as pl

    if hasattr(column, "column_names") or isinstance(column, pl.DataFrame | pl.LazyFrame):
        table = column.collect() if isinstance(column, pl.LazyFrame) else pl.DataFrame(column)
        name = table.columns[0] if table.width == 1 else "logits"
        if name not in table.columns:
            message = f"a table of columns {', '.join(table.columns)}: expected one column, or one named logits"
            raise InformationError(message, "E_NO_DATA")
        column = table[name]
    series = pl.Series(column)
    if isinstance(series.dtype, pl.Array):
        series = series.arr.to_list()
    if not isinstance(series.dtype, pl.List):
        return series.to_numpy()
    lengths = series.list.len().to_numpy() if series.null_count() == 0 else np.array([])
    if series.null_count() or lengths.size == 0 or (lengths != lengths[0]).any():
        raise InformationError("a column of lists: expected one list a token, all of one length", "E_SHAPE")
    flat = series.explode() if lengths[0] else series.list.explode()
    if flat.null_count():
        row = int(flat.is_null().arg_max() or 0) // int(lengths[0])
        raise InformationError("a missing logit: expected a number or -inf", "E_NONFINITE", f"row {row}")
    return flat.to_numpy().reshape(lengths.size, int(lengths[0]))


def targets(tokens: Any) -> tuple[np.ndarray[Any, Any], tuple[int, ...]]:
    """The target tokens, one a row, as 64-bit integers, and the shape they were given in."""
    array = np.asarray(tokens)
    if array.dtype.kind not in "iu":
        raise InformationError(f"targets of type {array.dtype}: expected integers", "E_DTYPE")
    return np.ascontiguousarray(array.reshape(-1), dtype=np.int64), array.shape


def counts(numbers: Any) -> np.ndarray[Any, Any]:
    """How often each kind was drawn, from a sequence or from a mapping of kinds to counts."""
    array = np.asarray(list(numbers.values()) if isinstance(numbers, Mapping) else numbers)
    if array.dtype.kind not in "iu" or (array.size and array.min() < 0):
        raise InformationError(f"counts of type {array.dtype}: expected whole numbers that are not negative", "E_DTYPE")
    return np.ascontiguousarray(array.reshape(-1), dtype=np.uint64)


def log_probabilities(tokens: Any) -> list[list[float]]:
    """For each token the natural-log probabilities of the listed tokens."""
    if isinstance(tokens, Mapping):
        raise InformationError("one mapping: expected a sequence with one mapping or list for each token")
    lists = (token.values() if isinstance(token, Mapping) else token for token in tokens)
    try:
        return [[float(value) for value in token] for token in lists]
    except (TypeError, ValueError) as error:
        message = f"log-probabilities: {error}; expected for each token a list of numbers or a mapping to numbers"
        raise InformationError(message) from error


def named_log_probabilities(tokens: Any) -> list[tuple[list[str], list[float]]]:
    """For each token the listed tokens by name, and their natural-log probabilities."""
    if isinstance(tokens, Mapping) or not all(isinstance(token, Mapping) for token in tokens):
        raise InformationError("log-probabilities: expected for each token a mapping from tokens to numbers")
    lists = log_probabilities(tokens)
    return [([str(name) for name in token], values) for token, values in zip(tokens, lists, strict=True)]
