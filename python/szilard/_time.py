"""Times as Python has them, and columns of samples as NumPy has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from szilard.errors import TraceError


def moment(ns: int, is_utc: bool) -> datetime:
    """The civil time of nanoseconds since 1970, to the microsecond: aware on UTC, naive on a local clock."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ns // 1000)
    return epoch if is_utc else epoch.replace(tzinfo=None)


def columns(time_ns: Any, power_w: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Times as 64-bit integers and powers as 64-bit numbers."""
    time, power = np.asarray(time_ns), np.asarray(power_w)
    if time.dtype.kind == "M":
        time = time.astype("datetime64[ns]").astype(np.int64)
    if time.dtype.kind not in "iu" or power.dtype.kind not in "fiu" or time.ndim != 1 or power.ndim != 1:
        found = f"times {time.dtype}{list(time.shape)} and powers {power.dtype}{list(power.shape)}"
        raise TraceError(f"{found}: expected a column of integers in ns and one of numbers in W", "E_DTYPE")
    if time.dtype.kind == "u" and time.size and int(time.max()) > np.iinfo(np.int64).max:
        raise TraceError(f"times up to {time.max()} ns: expected times within 64 bits", "E_RANGE")
    return np.ascontiguousarray(time, dtype=np.int64), np.ascontiguousarray(power, dtype=np.float64)
