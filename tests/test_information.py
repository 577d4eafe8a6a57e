"""Bits per token against 60-digit arithmetic and against distributions whose entropy is known."""

import importlib.util
import math
import subprocess
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
import szilard as sz
from hypothesis import given
from hypothesis import strategies as st
from szilard.errors import FormatError, InformationError

TYPES = [np.float64, np.float32, np.float16, ml_dtypes.bfloat16]


def load_oracle():
    path = Path(__file__).parent / "oracles" / "entropy_oracle.py"
    spec = importlib.util.spec_from_file_location("entropy_oracle", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


oracle = load_oracle()


@pytest.fixture
def logits():
    return np.random.default_rng(1929).normal(scale=3.0, size=(6, 40))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("temperature", [1.0, 0.7])
def test_every_type_gives_the_entropy_of_its_stored_values(logits, dtype, temperature):
    stored = logits.astype(dtype)
    found = sz.token_entropy(stored, sampling_temperature=temperature, base=math.e)
    for row, values in enumerate(stored.astype(float).tolist()):
        assert found.entropy[row] == pytest.approx(float(oracle.entropy(values, temperature)), abs=1e-12)
        assert found.varentropy[row] == pytest.approx(float(oracle.varentropy(values, temperature)), abs=1e-11)
        top = float(oracle.surprisal(values, int(np.argmax(values)), temperature))
        assert found.min_entropy[row] == pytest.approx(top, abs=1e-12)
    assert found.dtype == np.dtype(dtype).name


def test_the_rounding_of_the_stored_type_is_an_uncertainty(logits):
    u = [sz.token_entropy(logits.astype(dtype)).u.max() for dtype in TYPES]
    assert u[0] == 0.0
    assert u[1] < u[2] < u[3]
    exact, rounded = sz.token_entropy(logits).entropy, sz.token_entropy(logits.astype(np.float16))
    assert np.all(np.abs(rounded.entropy - exact) < 6 * rounded.u)


def test_uniform_and_certain_tokens():
    assert sz.token_entropy(np.zeros((1, 8))).entropy[0] == 3.0  # eight equal tokens: 3 bit
    assert sz.token_entropy(np.zeros((1, 8)), base=math.e).entropy[0] == pytest.approx(math.log(8), rel=1e-15)
    masked = np.array([[0.0, 0.0, -np.inf, -np.inf]])
    assert sz.token_entropy(masked).entropy[0] == 1.0
    assert sz.token_entropy(np.array([[5.0, 5.0, 1.0]]), sampling_temperature=0.0).entropy[0] == 1.0


@pytest.mark.parametrize("order", ["C", "F", "strided", "reversed", "broadcast", "swapped", "unaligned"])
def test_memory_layouts_change_nothing(logits, order):
    expected = sz.token_entropy(logits).entropy
    raw = np.zeros(logits.nbytes + 1, dtype=np.uint8)
    unaligned = raw[1:].view(np.float64).reshape(logits.shape)
    unaligned[:] = logits
    laid_out = {
        "C": logits,
        "F": np.asfortranarray(logits),
        "strided": np.repeat(logits, 2, axis=1)[:, ::2],
        "reversed": logits[::-1][::-1],
        "broadcast": np.broadcast_to(logits[0], logits.shape),
        "swapped": logits.astype(">f8"),
        "unaligned": unaligned,
    }[order]
    expected = np.repeat(expected[:1], 6) if order == "broadcast" else expected
    assert np.array_equal(sz.token_entropy(laid_out).entropy, expected)


def test_shapes_follow_the_tokens(logits):
    assert sz.token_entropy(logits[0]).entropy.shape == (1,)
    found = sz.token_entropy(logits.reshape(2, 3, 40), targets=np.zeros((2, 3), dtype=int))
    assert found.entropy.shape == found.surprisal.shape == (2, 3)
    assert sz.token_entropy(logits.tolist()).entropy.shape == (6,)


def test_surprisal_and_perplexity():
    p = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]])
    found = sz.token_entropy(np.log(p), targets=[0, 1])
    assert found.surprisal == pytest.approx([1.0, 3.0])
    assert found.perplexity == pytest.approx(4.0)  # 2^((1 + 3)/2)
    assert found.mean_surprisal.to("bit/token").value == pytest.approx(2.0)


def test_the_mean_is_a_quantity_with_a_budget(logits):
    found = sz.token_entropy(logits.astype(np.float32))
    assert found.mean.unit == "bit/token"
    assert found.mean.value == pytest.approx(found.entropy.mean(), rel=1e-12)
    budget = found.mean.budget()
    assert budget["label"].to_list() == ["scatter over tokens", "rounding of the logits"]
    assert budget["contribution"][0] == pytest.approx(found.entropy.std(ddof=1) / math.sqrt(6), rel=1e-12)
    assert budget["contribution"][1] == pytest.approx(np.sqrt((found.u**2).sum()) / 6, rel=1e-12)


class Exporter:
    """An array of another library: DLPack and nothing else."""

    def __init__(self, array, device=1):
        self.array, self.device, self.dtype = array, device, array.dtype

    def __dlpack__(self, **options):
        return self.array.__dlpack__(**options)

    def __dlpack_device__(self):
        return (self.device, 0)


def test_tensors_come_in_through_dlpack(logits):
    assert np.array_equal(sz.token_entropy(Exporter(logits)).entropy, sz.token_entropy(logits).entropy)
    with pytest.raises(InformationError, match="accelerator"):
        sz.token_entropy(Exporter(logits, device=2))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (np.ones((2, 2), dtype=int), "E_DTYPE"),
        (np.ones((2, 2), dtype=complex), "E_DTYPE"),
        (np.array([["a", "b"]]), "E_DTYPE"),
        ([[1.0, 2.0], [1.0]], "E_SHAPE"),
        (np.ones((1, 1, 1, 2)), "E_SHAPE"),
        (np.float64(1.0), "E_SHAPE"),
        (np.ones((0, 4)), "E_NO_DATA"),
        (np.array([[1.0, np.nan]]), "E_NONFINITE"),
        (np.array([[1.0, np.inf]]), "E_NONFINITE"),
        (np.full((1, 3), -np.inf), "E_NONFINITE"),
    ],
)
def test_what_is_no_logit_is_refused(wrong, code):
    with pytest.raises(InformationError) as caught:
        sz.token_entropy(wrong)
    assert caught.value.code == code


def test_the_place_of_a_bad_logit_is_told():
    logits = np.zeros((3, 4))
    logits[1, 2] = np.nan
    with pytest.raises(InformationError) as caught:
        sz.token_entropy(logits)
    assert caught.value.line == "row 1 col 2"


@pytest.mark.parametrize(
    "options",
    [
        {"sampling_temperature": -1.0},
        {"base": 1.0},
        {"vocab_size": 0},
        {"vocab_size": 9},
        {"targets": [9]},
        {"targets": [0, 0]},
        {"targets": [-1]},
        {"targets": [0.5]},
        {"mode": "approximate"},
        {"renyi_orders": [-1.0]},
    ],
)
def test_options_out_of_range_are_refused(options):
    with pytest.raises(InformationError):
        sz.token_entropy(np.arange(8.0).reshape(1, 8), **options)


def test_probabilities_are_not_taken_for_logits():
    with pytest.raises(InformationError, match="probabilities"):
        sz.token_entropy(np.array([[0.5, 0.5]]))


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_files_give_what_arrays_give(tmp_path, logits, name):
    path = tmp_path / name
    {"x.npy": np.save, "x.npz": np.savez}[name](path, logits)
    for given_path in (path, str(path)):
        assert np.array_equal(sz.token_entropy(given_path).entropy, sz.token_entropy(logits).entropy)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(FormatError) as caught:
        sz.token_entropy(path)
    assert caught.value.path == str(path)
    with pytest.raises(FileNotFoundError):
        sz.token_entropy(tmp_path / "nothing.npy")


def test_divergence_of_known_distributions(logits):
    p, q = np.array([[0.5, 0.25, 0.25]]), np.array([[0.25, 0.5, 0.25]])
    found = sz.divergence(np.log(p), np.log(q))
    assert found.kullback_leibler[0] == pytest.approx(0.25)  # 0.5·1 bit - 0.25·1 bit
    assert found.cross_entropy[0] == pytest.approx(1.75)
    m = (p + q) / 2
    expected = 0.5 * np.sum(p * np.log2(p / m)) + 0.5 * np.sum(q * np.log2(q / m))
    assert found.jensen_shannon[0] == pytest.approx(expected)
    loss = sz.divergence(logits, logits.astype(np.float16)).kullback_leibler
    assert np.all(loss >= 0)
    assert loss.max() < 1e-4
    with pytest.raises(InformationError):
        sz.divergence(logits, logits[:, :-1])


def test_bounds_hold_the_exact_entropy():
    p = np.array([0.5, 0.25, 0.125, 0.0625, 0.0625])
    exact = -np.sum(p * np.log2(p))
    bounds = sz.entropy_bounds([np.log(p[:2])], vocab_size=5)
    assert bounds.lower[0] <= exact <= bounds.upper[0]
    assert bounds.tail[0] == pytest.approx(0.25)
    assert bounds.diagnostics["code"].to_list() == ["W_TRUNCATED_TAIL"]
    named = sz.entropy_bounds([{"a": math.log(0.5), "b": math.log(0.25)}])
    assert named.upper is None
    assert named.mean.high is None
    assert named.mean.low == pytest.approx(1.5)  # tail of 0.25 on one token


@given(st.lists(st.floats(-20, 20), min_size=4, max_size=30), st.integers(1, 3))
def test_bounds_bracket_every_distribution(logits, k):
    logits = np.array([logits])
    p = np.exp(logits - logits.max())
    p = np.sort((p / p.sum())[0])[::-1]
    exact = sz.token_entropy(np.log(np.maximum(p, 1e-300))[None] + 7.0).entropy[0]
    bounds = sz.entropy_bounds([np.log(p[:k])], vocab_size=p.size)
    assert bounds.lower[0] <= exact + 1e-4
    assert exact <= bounds.upper[0] + 1e-4


@pytest.mark.parametrize("wrong", [[[0.5]], [[-0.1, -0.1]], [[math.nan]], [], {"a": -1.0}, [["x"]], [3.0]])
def test_lists_that_are_no_distribution(wrong):
    with pytest.raises(InformationError):
        sz.entropy_bounds(wrong)


def test_counts():
    assert sz.entropy_from_counts([5, 5], estimator="plug-in") == sz.Quantity("1 bit")
    assert sz.entropy_from_counts({"a": 5, "b": 5}, estimator="miller-madow").value == pytest.approx(
        1 + 1 / 20 / math.log(2)  # + (K - 1)/2N nat
    )
    for wrong in ([], [-1, 2], [0.5, 0.5]):
        with pytest.raises(InformationError):
            sz.entropy_from_counts(wrong)
    with pytest.raises(InformationError, match="chao-shen"):
        sz.entropy_from_counts([1], estimator="magic")
    with pytest.raises(InformationError):
        sz.entropy_from_counts([1, 2], estimator="nsb")


def test_divergence_in_f64_for_every_type_of_large_vocabularies():
    random = np.random.default_rng(7)
    p = 3.0 * random.standard_normal((3, 50_001))
    q = p + 0.1 * random.standard_normal(p.shape)

    def log_softmax(x):
        x = x.astype(np.float64)
        x = x - x.max(axis=-1, keepdims=True)
        return x - np.log(np.exp(x).sum(axis=-1, keepdims=True))

    for one in TYPES:
        for other in TYPES:
            stored_p, stored_q = p.astype(one), q.astype(other)
            ln_p, ln_q = log_softmax(stored_p), log_softmax(stored_q)
            found = sz.divergence(stored_p, stored_q, base=math.e)
            kl = (np.exp(ln_p) * (ln_p - ln_q)).sum(axis=-1)
            middle = np.log((np.exp(ln_p) + np.exp(ln_q)) / 2)
            js = ((np.exp(ln_p) * (ln_p - middle)) + (np.exp(ln_q) * (ln_q - middle))).sum(axis=-1) / 2
            # The sums of NumPy are those of terms of both signs: good to about 1e-12.
            np.testing.assert_allclose(found.kullback_leibler, kl, rtol=0, atol=3e-12)
            np.testing.assert_allclose(found.jensen_shannon, js, rtol=0, atol=3e-12)
            np.testing.assert_allclose(found.cross_entropy, -(np.exp(ln_p) * ln_q).sum(axis=-1), rtol=1e-12)
    # Equal models do not diverge, in any layout.
    assert np.array_equal(sz.divergence(p, np.asfortranarray(p)).kullback_leibler, np.zeros(3))
    reversed_columns = sz.divergence(p[:, ::-1], q[:, ::-1]).kullback_leibler
    np.testing.assert_allclose(reversed_columns, sz.divergence(p, q).kullback_leibler, rtol=1e-13)


def test_two_lists_bound_the_divergence_by_token():
    random = np.random.default_rng(11)
    for _ in range(200):
        p, q = (random.dirichlet(np.full(12, 0.4)) + 1e-12 for _ in range(2))
        p, q = p / p.sum(), q / q.sum()
        kl = float((p * np.log2(p / q)).sum())
        js = float((p * np.log2(2 * p / (p + q)) + q * np.log2(2 * q / (p + q))).sum() / 2)
        for k in (1, 4, 12):
            lists = [[{str(i): math.log(x[i]) for i in np.argsort(x)[::-1][:k]}] for x in (p, q)]
            found = sz.divergence_bounds(*lists)
            assert found.kullback_leibler_lower[0] <= kl + 1e-12
            assert found.jensen_shannon_lower[0] - 1e-12 <= js <= found.jensen_shannon_upper[0] + 1e-12
        # All tokens listed: nothing is left open.
        assert found.kullback_leibler_lower[0] == pytest.approx(kl, abs=1e-9)
        assert found.jensen_shannon_upper[0] == pytest.approx(found.jensen_shannon_lower[0], abs=1e-9)
    a, b = math.log(0.6), math.log(0.2)
    for wrong in ([[a, b]], [{"a": 0.1}], [{"a": a}, {"a": a}], {"a": a}, [{"a": float("nan")}]):
        with pytest.raises(InformationError):
            sz.divergence_bounds([{"a": a, "b": b}], wrong)


def test_long_work_reports_progress_and_stops_when_that_raises():
    logits = np.random.default_rng(3).standard_normal((64, 200)).astype(np.float32)
    seen = []
    sz.token_entropy(logits, progress=lambda done, rows: seen.append((done, rows)))
    assert seen[-1] == (64, 64)
    seen.clear()
    sz.divergence(logits, logits + 1, progress=lambda done, rows: seen.append((done, rows)))
    assert seen[-1] == (64, 64)

    def fails(*_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sz.token_entropy(logits, progress=fails)


INTERRUPTED = """
import os, signal, sys, threading, time, numpy as np, szilard as sz
logits = np.random.default_rng(1).standard_normal((200, 100_000)).astype(np.float32)
sent = []
def send():
    time.sleep(0.3)
    sent.append(time.perf_counter())
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=send).start()
try:
    for _ in range(100):
        sz.token_entropy(logits, renyi_orders=[0.5, 2.0, 3.0])
except KeyboardInterrupt:
    print(time.perf_counter() - sent[0])
"""


def test_an_interrupt_ends_a_long_reduction_at_once():
    ran = subprocess.run([sys.executable, "-c", INTERRUPTED], check=True, capture_output=True, text=True, timeout=120)
    # 0.2 s on a machine with nothing else to do; the test only tells it from the minutes of the whole.
    assert float(ran.stdout) < 5.0


def test_a_mask_of_numpy_and_targets_of_another_shape_are_not_passed_over(logits):
    with pytest.raises(InformationError, match="masked"):
        sz.token_entropy(np.ma.masked_array(logits, mask=logits > 1))
    batch = logits.reshape(2, 3, 40)
    assert sz.token_entropy(batch, targets=np.zeros((2, 3), int)).surprisal.shape == (2, 3)
    assert sz.token_entropy(batch, targets=[0] * 6).surprisal.shape == (2, 3)
    with pytest.raises(InformationError, match="shape"):
        sz.token_entropy(batch, targets=np.zeros((3, 2), int))
