"""The worked examples of the GUM and its Supplement 1, and the accuracy sets of NIST, through the Python interface."""

import math
from fractions import Fraction

import numpy as np
import pytest
import szilard as sz

TRIALS = 100_000


def rectangular(low: float, high: float, unit: str = "1", **more) -> sz.Quantity:
    return sz.Quantity((low + high) / 2, unit, half_width=((high - low) / 2, unit), **more)


def t(value: float, u: float, freedom: float) -> sz.Quantity:
    return sz.Quantity(value, "nm", u=(u, "nm"), degrees_of_freedom=freedom)


def shortest(figure: sz.Quantity, seed: int, coverage: float = 0.95) -> tuple[float, float, float]:
    drawn = figure.monte_carlo(TRIALS, seed)
    low, high = drawn.interval(coverage, shortest=True)
    return drawn.u, low, high


@pytest.mark.parametrize(("distribution", "half"), [("normal", 3.92), ("rectangular", 3.88)])
def test_sums_of_four_inputs_of_one_uncertainty(distribution, half):
    # JCGM 101, 9.2.2 and 9.2.3
    total = sum(sz.Quantity("0 W", u="1 W", distribution=distribution) for _ in range(4))
    u, low, high = shortest(total, 92)
    assert total.u == pytest.approx(2.0)
    assert u == pytest.approx(2.0, rel=1e-2)
    assert (high - low) / 2 == pytest.approx(half, rel=1e-2)


def test_one_rectangle_over_three_others():
    # JCGM 101, 9.2.4: first order says 19.9, the truth is 17.0
    widths = [1, 1, 1, 10]
    total = sum(sz.Quantity("0 W", u=(u, "W"), distribution="rectangular") for u in widths)
    assert 1.959964 * total.u == pytest.approx(19.9, abs=0.05)
    interval = total.expanded(0.95)
    assert interval.method == "Monte Carlo"
    assert interval.high == pytest.approx(17.0, abs=0.1)


def test_mass_calibration():
    # JCGM 101, 9.3, in mg and kg/m3
    mass = sz.Quantity("100000 mg", u="0.05 mg") + sz.Quantity("1.234 mg", u="0.02 mg")
    air = rectangular(1.1, 1.3, "kg/m^3") - sz.Quantity("1.2 kg/m^3")
    water, reference = rectangular(7e3, 9e3, "kg/m^3"), rectangular(7.95e3, 8.05e3, "kg/m^3")
    deviation = mass * (1 + air * (1 / water - 1 / reference)) - sz.Quantity("100000 mg")
    assert deviation.value == pytest.approx(1.2340, abs=1e-9)
    assert deviation.u == pytest.approx(0.0539, abs=5e-5)
    u, low, high = shortest(deviation, 93)
    assert u == pytest.approx(0.0754, abs=4e-4)
    assert high - low == pytest.approx(1.3825 - 1.0834, rel=1e-2)
    assert deviation.expanded().method == "Monte Carlo"


@pytest.mark.parametrize("r", [0.0, 0.9])
@pytest.mark.parametrize("x1", [0.0, 0.01, 0.05])
def test_comparison_loss(x1, r):
    # JCGM 101, 9.4: x1² + x2² about x2 = 0 with u = 0.005; the exact moments beside the published ones
    a, b = sz.correlate([(x1, "1"), "0"], ["0.005", "0.005"], [[1, r], [r, 1]])
    loss = a * a + b * b
    assert loss.u == pytest.approx(2 * x1 * 0.005)
    drawn = loss.monte_carlo(TRIALS, 94)
    u = math.sqrt(4 * x1**2 * 25e-6 + 4 * 625e-12 * (1 + r * r))
    assert drawn.mean == pytest.approx(x1**2 + 50e-6, abs=1e-2 * u)
    assert drawn.u == pytest.approx(u, rel=1e-2)
    published = {(0.0, 0.0): 50, (0.01, 0.0): 112, (0.05, 0.0): 502, (0.0, 0.9): 67, (0.01, 0.9): 121, (0.05, 0.9): 505}
    assert 1e6 * drawn.u == pytest.approx(published[x1, r], abs=0.6 + 1e-2 * 1e6 * u)
    assert loss.expanded().method == "Monte Carlo"


def gauge(standard, comparator, expansion, temperature, expansion_difference, temperature_difference):
    correction = standard * (expansion_difference * temperature + expansion * temperature_difference)
    return (standard + sum(comparator) - correction - sz.Quantity("50000000 nm")).to("nm")


def test_gauge_block():
    # JCGM 101, 9.5: Student's t, arcsine and curvilinear trapezoids
    cycle = sz.Quantity(0.0, "K", half_width="0.5 K", distribution="arcsine")
    deviation = gauge(
        t(50_000_623.0, 25.0, 18),
        [t(215.0, 6.0, 24), t(0.0, 4.0, 5), t(0.0, 7.0, 8)],
        rectangular(9.5e-6, 13.5e-6, "K^-1"),
        sz.Quantity("-0.1 K", u="0.2 K") + cycle,
        sz.Quantity("0 K^-1", half_width="1e-6 K^-1", distribution="curvilinear-trapezoid(0.1)"),
        sz.Quantity("0 K", half_width="0.05 K", distribution="curvilinear-trapezoid(0.5)"),
    )
    assert deviation.value == pytest.approx(838.0, abs=1e-6)
    u, low, high = shortest(deviation, 95, 0.99)
    assert u == pytest.approx(36.0, abs=0.5)
    assert high - low == pytest.approx(932.0 - 745.0, abs=0.01 * 187 + 1)


def test_end_gauge():
    # GUM, H.1: u_c = 32 nm with 16 degrees of freedom
    known = {"degrees_of_freedom": 50}
    length = gauge(
        t(50_000_623.0, 25.0, 18),
        [t(215.0, 5.8, 24), t(0.0, 3.9, 5), t(0.0, 6.7, 8)],
        rectangular(9.5e-6, 13.5e-6, "K^-1"),
        sz.Quantity("-0.1 K", u="0.2 K") + sz.Quantity(0.0, "K", half_width="0.5 K", distribution="arcsine"),
        rectangular(-1e-6, 1e-6, "K^-1", **known),
        rectangular(-0.05, 0.05, "K", degrees_of_freedom=2),
    )
    assert length.value == pytest.approx(838.0, abs=1e-6)
    assert length.u == pytest.approx(32.0, abs=0.5)
    assert math.floor(length.degrees_of_freedom) == 16
    assert length.budget()["share"].sum() == pytest.approx(1.0, abs=1e-12)


def test_resistance_and_reactance_observed_together():
    # GUM, H.2
    volts = [5.007, 4.994, 5.005, 4.990, 4.999]
    amperes = [19.663e-3, 19.639e-3, 19.640e-3, 19.685e-3, 19.678e-3]
    radians = [1.0456, 1.0438, 1.0468, 1.0428, 1.0433]
    sets = [list(row) for row in zip(volts, amperes, radians, strict=True)]
    v, i, phase = sz.means_of_observations(sets, ["V", "A", "1"])
    resistance, reactance = (
        sz.calc(f"(volts / current) * {f}(phase)", volts=v, current=i, phase=phase) for f in ("cos", "sin")
    )
    for figure, value, u in [(resistance, 127.732, 0.071), (reactance, 219.847, 0.295), (v / i, 254.260, 0.236)]:
        assert figure.value == pytest.approx(value, abs=6e-4)
        assert figure.u == pytest.approx(u, abs=6e-4)
    both = ((resistance + reactance).u ** 2 - resistance.u**2 - reactance.u**2) / (2 * resistance.u * reactance.u)
    assert both == pytest.approx(-0.588, abs=1e-3)


def digits(found: float, expected: float) -> float:
    return -math.log10(max(abs(found - expected) / abs(expected), 1e-17))


@pytest.mark.parametrize(("offset", "least"), [(1, 13), (1_000_000, 9), (10_000_000, 8)])
def test_numerical_accuracy_sets(offset, least):
    # NIST StRD NumAcc2 to NumAcc4, built by their formula; certified mean, deviation 0.1, autocorrelation -0.999
    values = [offset + 0.2] + [offset + 0.1, offset + 0.3] * 500
    found = sz.steady_mean(values, "W")
    assert digits(found.mean.value, offset + 0.2) >= 13
    assert digits(found.sd, 0.1) >= least
    assert digits(found.lag_one, -0.999) >= least
    # and against exact fractions of the numbers as they are stored
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / len(exact)
    variance = sum((value - mean) ** 2 for value in exact) / (len(exact) - 1)
    assert digits(found.sd, math.sqrt(variance)) >= 11


def test_the_first_accuracy_set_is_exact():
    found = sz.steady_mean(np.array([10_000_001.0, 10_000_003.0, 10_000_002.0]), "W")
    assert (found.mean.value, found.sd, found.lag_one) == (10_000_002.0, 1.0, -0.5)


def test_what_is_no_covariance_is_refused():
    with pytest.raises(sz.errors.UnitError, match="covariance"):
        sz.correlate(["1 W", "1 W"], ["1 W", "1 W"], [[1, 2], [2, 1]])
    with pytest.raises(sz.errors.UnitError, match="distribution"):
        sz.Quantity("1 W", half_width="1 W", distribution="gauss")
    with pytest.raises(sz.errors.UnitError, match="half-width"):
        sz.Quantity("1 W", half_width="1 W", distribution="normal")
    with pytest.raises(sz.errors.UnitError, match="readings"):
        sz.steady_mean([], "W")
