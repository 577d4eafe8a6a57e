"""Logits of a real model: a committed slice against exact summation, and, where asked for, the model itself."""

import importlib.util
import math
import os

import numpy as np
import pytest
import szilard as sz

# The tokens that llama.cpp drew behind the rows of the slice (examples/real_logits.py --save).
DRAWN = [25423, 20304, 506, 6113, 314, 253, 4959, 1909]


@pytest.fixture(scope="module")
def path(root):
    return root / "datasets/logits/smollm2_135m.npy"


def exact(row):
    """Entropy by its definition with exact summation. [nat]"""
    distance = row.astype(np.float64) - float(row.max())
    weights = np.exp(distance)
    z = math.fsum(weights)
    return math.log(z) - math.fsum(weights * distance) / z


def test_the_slice_has_the_entropy_of_its_numbers(path):
    rows = np.load(path)
    assert (rows.shape, rows.dtype) == ((8, 49_152), np.float16)
    assert rows.argmax(axis=1).tolist() == DRAWN
    found = sz.token_entropy(path, base=math.e, targets=DRAWN, rank=True)
    assert found.entropy == pytest.approx([exact(row) for row in rows], abs=1e-12)
    assert sz.token_entropy(path, base=math.e, mode="fast").entropy == pytest.approx(found.entropy, abs=2e-6)
    assert found.rank.tolist() == [1] * 8  # each was the likeliest
    assert found.surprisal == pytest.approx(found.min_entropy, abs=1e-12)
    # Half the spacing of f16 at a logit of 16 to 32 is 2^-7 = 0.0078.
    assert 0.0 < found.u.max() < 0.0078 * math.sqrt(found.varentropy.max())


def test_the_top_of_the_slice_holds_its_entropy(path):
    rows = np.load(path).astype(np.float64)
    logp = rows - rows.max(axis=1, keepdims=True)
    logp -= np.log(np.exp(logp).sum(axis=1, keepdims=True))
    entropy = sz.token_entropy(rows).entropy
    for k in (1, 5, 20, 100):
        bounds = sz.entropy_bounds(-np.sort(-logp, axis=1)[:, :k], vocab_size=49_152)
        assert np.all(bounds.lower <= entropy + 1e-9)
        assert np.all(entropy <= bounds.upper + 1e-9)


@pytest.mark.skipif("SZILARD_REAL_MODEL" not in os.environ, reason="opt-in: SZILARD_REAL_MODEL=1 with the packages")
def test_an_independent_forward_pass_agrees(root):
    spec = importlib.util.spec_from_file_location("real_logits", root / "examples/real_logits.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    prompt, drawn, rows, _ = example.generate(16)
    other = example.forward(prompt + drawn[:-1])[len(prompt) - 1 :].astype(np.float32)
    # llama.cpp rounds activations to 8 bits in blocks: logits differ by some tenths, distributions by some millibits.
    assert (rows.argmax(axis=1) == other.argmax(axis=1)).mean() >= 0.8
    assert sz.divergence(other, rows).kullback_leibler.mean() < 0.02
    assert abs(sz.token_entropy(rows).entropy - sz.token_entropy(other).entropy).mean() < 0.2
