"""Logits that are not in host memory as NumPy has it: on another device, or in columns of lists."""

import array_api_strict as strict
import numpy as np
import polars as pl
import pytest
import szilard as sz
from szilard.errors import InformationError


@pytest.fixture
def logits():
    return np.random.default_rng(7).normal(scale=4.0, size=(9, 300))


class Foreign:
    """What says that it is on an accelerator, and has the functions of the array API."""

    def __init__(self, array):
        self.array = array

    def __getattr__(self, name):
        return getattr(self.array, name)

    def __dlpack_device__(self):
        return (2, 0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_another_device_gives_what_the_host_gives(logits, dtype, temperature):
    stored = logits.astype(dtype)
    stored[2, 5:100] = -np.inf
    options = {"targets": np.arange(9), "sampling_temperature": temperature, "vocab_size": 290}
    host, found = sz.token_entropy(stored, **options), sz.token_entropy(Foreign(strict.asarray(stored)), **options)
    for name in ("entropy", "varentropy", "min_entropy", "surprisal"):
        assert getattr(found, name) == pytest.approx(getattr(host, name), rel=1e-12, abs=1e-13), name
    # an uncertainty is stated to one part in a thousand: the host sums the rounding of the leading logits alone
    assert found.u == pytest.approx(host.u, rel=1e-3)
    assert found.dtype == host.dtype
    assert found.mean.value == pytest.approx(host.mean.value, rel=1e-13)


def test_the_refusals_are_those_of_the_host(logits):
    def refused(array, **options):
        with pytest.raises(InformationError) as caught:
            sz.token_entropy(Foreign(strict.asarray(array)), **options)
        return caught.value

    wrong = logits.copy()
    wrong[4, 7] = np.nan
    assert refused(wrong).line == "row 4 col 7"
    wrong[4] = -np.inf
    assert refused(wrong).line == "row 4"
    assert "probabilities" in str(refused(np.array([[0.5, 0.5]])))
    assert refused(np.ones((2, 2), dtype=int)).code == "E_DTYPE"
    assert "targets" in str(refused(logits, targets=[0]))
    assert "host" in str(refused(logits, top_k=3))


def test_nothing_large_leaves_the_device(logits, monkeypatch):
    from szilard import _device

    moved = []
    on_host = _device._on_host
    monkeypatch.setattr(_device, "_on_host", lambda column: moved.append(column.shape) or on_host(column))
    sz.token_entropy(Foreign(strict.asarray(logits)))
    assert set(moved) == {(9,)}  # one number a token


def test_columns_of_lists_are_rows(logits):
    single = logits.astype(np.float32)
    expected = sz.token_entropy(single).entropy
    as_lists = pl.Series("logits", single.tolist(), dtype=pl.List(pl.Float32))
    as_arrays = pl.Series("logits", single.tolist(), dtype=pl.Array(pl.Float32, 300))
    for column in (as_lists, as_arrays, as_lists.to_frame(), pl.DataFrame({"id": list(range(9)), "logits": as_lists})):
        assert np.array_equal(sz.token_entropy(column).entropy, expected)
    for wrong in (pl.Series([[1.0, 2.0], [1.0]]), pl.Series([[1.0, 2.0], None])):
        with pytest.raises(InformationError) as caught:
            sz.token_entropy(wrong)
        assert caught.value.code == "E_SHAPE"
    with pytest.raises(InformationError) as caught:
        sz.token_entropy(pl.Series([[1.0, 2.0], [1.0, None]]))
    assert caught.value.line == "row 1"
    with pytest.raises(InformationError, match="one named logits"):
        sz.token_entropy(pl.DataFrame({"a": [1.0], "b": [2.0]}))
