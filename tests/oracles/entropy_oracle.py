"""Entropy, varentropy and top-k bounds in 60 digits, from the definitions alone (mpmath and NumPy, nothing of szilard).

The formulas are the plain ones, H = -sum p ln p and Var = sum p (ln p + H)^2: with 60 digits their cancellation is
harmless, so that they share neither arithmetic nor algebra with the code they check. All results are in nat.
"""

import mpmath
import numpy as np

DIGITS = 60


def distribution(logits, temperature=1):
    """Softmax probabilities of one row of logits; the logits are taken as the exact binary numbers that they are."""
    with mpmath.workdps(DIGITS):
        exact = [mpmath.mpf(float(x)) / mpmath.mpf(temperature) for x in np.asarray(logits).ravel()]
        weights = [mpmath.mpf(0) if x == mpmath.ninf else mpmath.exp(x) for x in exact]
        total = mpmath.fsum(weights)
        return [weight / total for weight in weights]


def entropy(logits, temperature=1):
    """Shannon entropy. [nat]"""
    with mpmath.workdps(DIGITS):
        return -mpmath.fsum(p * mpmath.log(p) for p in distribution(logits, temperature) if p > 0)


def varentropy(logits, temperature=1):
    """Variance of the surprisal. [nat^2]"""
    with mpmath.workdps(DIGITS):
        mean = entropy(logits, temperature)
        return mpmath.fsum(p * (mpmath.log(p) + mean) ** 2 for p in distribution(logits, temperature) if p > 0)


def surprisal(logits, token, temperature=1):
    """-ln p of one token. [nat]"""
    with mpmath.workdps(DIGITS):
        return -mpmath.log(distribution(logits, temperature)[token])


def rounding_uncertainty(logits, half_spacings, temperature=1):
    """Standard uncertainty of the entropy, to first order, by numerical differentiation of the definition. [nat]

    `half_spacings` are the half-widths of the rectangular rounding of each logit.
    """
    with mpmath.workdps(DIGITS):
        exact = [mpmath.mpf(float(x)) for x in np.asarray(logits).ravel()]

        def shifted(index, step):
            moved = [x / temperature + (step / temperature if k == index else 0) for k, x in enumerate(exact)]
            weights = [mpmath.exp(x) for x in moved]
            total = mpmath.fsum(weights)
            return -mpmath.fsum(w / total * mpmath.log(w / total) for w in weights)

        step = mpmath.mpf(10) ** -20
        slopes = [(shifted(k, step) - shifted(k, -step)) / (2 * step) for k in range(len(exact))]
        return mpmath.sqrt(
            mpmath.fsum((s * mpmath.mpf(float(d))) ** 2 for s, d in zip(slopes, half_spacings, strict=True)) / 3
        )


def divergence(logits_p, logits_q):
    """Kullback-Leibler and Jensen-Shannon divergence of two rows of logits. [nat]"""
    with mpmath.workdps(DIGITS):
        p, q = distribution(logits_p), distribution(logits_q)
        middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]

        def leibler(a, b):
            return mpmath.fsum(x * mpmath.log(x / y) for x, y in zip(a, b, strict=True) if x > 0)

        return leibler(p, q), (leibler(p, middle) + leibler(q, middle)) / 2


def top_k_bounds(logprobs, vocab_size=None, outside=()):
    """Least and greatest entropy of a distribution with these natural-log probabilities. [nat]

    `outside` are known tokens that are not on the list and so put no cap on the others. The least entropy is found by
    filling the tail greedily with the largest probability allowed, token by token; the greatest by spreading it.
    """
    with mpmath.workdps(DIGITS):
        listed = [mpmath.exp(mpmath.mpf(float(x))) for x in logprobs]
        known = listed + [mpmath.exp(mpmath.mpf(float(x))) for x in outside]
        cap, tail = min(listed), 1 - mpmath.fsum(known)

        def terms(probabilities):
            return -mpmath.fsum(p * mpmath.log(p) for p in probabilities if p > 0)

        filled, rest = [], max(tail, mpmath.mpf(0))
        while rest > 0:
            filled.append(min(cap, rest))
            rest -= filled[-1]
        lower = terms(known) + terms(filled)
        if vocab_size is None:
            return lower, None
        unseen = vocab_size - len(known)
        upper = terms(known) - (tail * mpmath.log(tail / unseen) if tail > 0 else 0)
        return lower, upper
