"""Quantities against pint, uncertainties and arithmetic that stands in the comment."""

import copy
import fractions
import math
import pickle

import numpy as np
import pint
import pytest
import szilard as sz
import uncertainties
from hypothesis import given
from hypothesis import strategies as st
from szilard.errors import BoundaryError, UnitError

finite = st.floats(min_value=-1e12, max_value=1e12, allow_nan=False)
positive = st.floats(min_value=1e-9, max_value=1e9)


def test_a_tolerance_is_rectangular():
    # ±2 % of 29.52 J: u = 0.5904 J/√3
    q = sz.Quantity("29.52 J", half_width="2 %", boundary="node")
    assert (q.value, q.unit, q.boundary, q.basis, q.method) == (29.52, "J", "node", None, None)
    assert q.u == pytest.approx(29.52 * 0.02 / math.sqrt(3), rel=1e-12)
    assert repr(q) == "(29.52 ± 0.34) J [node]"


@pytest.mark.parametrize("given", ["29.52 J", (29.52, "J"), sz.Quantity("29.52 J")])
def test_the_ways_to_give_one(given):
    assert sz.Quantity(given, u="0.34 J").u == pytest.approx(0.34)
    assert sz.Quantity(29.52, "J") == sz.Quantity(given)


@pytest.mark.parametrize(
    "wrong", [3.0, 3, True, np.array([1.0, 2.0]), [1.0, 2.0], None, "J", "5 zork", "nan J", "5 5 J", (1.0, 2.0), b"5 J"]
)
def test_what_is_no_quantity(wrong):
    with pytest.raises(UnitError):
        sz.Quantity(wrong)


def test_an_array_is_pointed_to_plain_columns():
    with pytest.raises(UnitError, match="power_w"):
        sz.Quantity(np.array([1.0, 2.0]), "W")
    with pytest.raises(UnitError, match="power_w"):
        np.array([1.0, 2.0]) * sz.Quantity("1 W")
    with pytest.raises(UnitError, match="power_w"):
        np.asarray(sz.Quantity("1 W"))


def test_numpy_scalars_keep_the_unit():
    q = sz.Quantity("29.5 J")
    for two in (np.float64(2), np.float32(2), np.int64(2), fractions.Fraction(2), 2, 2.0):
        assert two * q == q * two == sz.Quantity("59 J")
        assert q / two == sz.Quantity("14.75 J")
        assert (two / q).unit == "1/J"


def test_units_meet_only_their_own():
    with pytest.raises(UnitError):
        sz.Quantity("1 J") + sz.Quantity("1 J/token")
    with pytest.raises(UnitError):
        sz.Quantity("1 J") + 1
    with pytest.raises(TypeError):
        sz.Quantity("1 J") + "1 J"
    with pytest.raises(UnitError):
        float(sz.Quantity("1 J"))
    assert float(sz.Quantity("30 %")) == pytest.approx(0.3)
    assert sz.Quantity("1 J") != sz.Quantity("1 W")
    with pytest.raises(UnitError):
        assert sz.Quantity("1 J") < sz.Quantity("1 W")


def test_boundaries_meet_only_their_own():
    board, node = sz.Quantity("10 J", boundary="board"), sz.Quantity("12 J", boundary="node")
    for wrong in (lambda: board + node, lambda: board < node, lambda: board - sz.Quantity("1 J")):
        with pytest.raises(BoundaryError):
            wrong()
    with pytest.raises(BoundaryError, match=r'\.at\("board"\)'):
        board + sz.Quantity("1 J")
    assert board + sz.Quantity("1 J").at("board") == sz.Quantity("11 J", boundary="board")
    assert (board / sz.Quantity("5 J", boundary="board")).boundary is None  # a pure number is counted nowhere
    assert (board / sz.Quantity("5 token")).boundary == "board"
    assert board != node.at("it")
    with pytest.raises(BoundaryError, match="rack"):
        board.at("rack")


def test_gross_less_idle_is_above_idle():
    gross, idle = sz.Quantity("10 J", basis="gross"), sz.Quantity("4 J", basis="idle")
    assert (gross - idle).basis == "above-idle"
    assert ((gross - idle) + idle).basis == "gross"
    with pytest.raises(BoundaryError):
        gross + (gross - idle)


def test_the_weakest_method_is_told_and_all_are_listed():
    both = sz.Quantity("1 J", method="self-reported") + sz.Quantity("1 J", method="measured")
    assert (both.method, both.methods) == ("self-reported", ["measured", "self-reported"])


def test_two_anonymous_uncertainties_are_independent_and_one_is_not():
    a, b = sz.Quantity("5 J", u="3 J"), sz.Quantity("5 J", u="4 J")
    assert (a + b).u == 5.0
    assert (a + a).u == 6.0
    assert ((a - a).value, (a - a).u) == (0.0, 0.0)


def test_one_meter_is_one_source():
    # the gain of a meter cancels in a ratio, u of the sum adds up
    a, b = (sz.Quantity(text, u="2 %", id="meter-7/gain", label="gain") for text in ("10 J", "30 J"))
    assert (a / b).u == pytest.approx(0, abs=1e-16)
    assert (a + b).u == pytest.approx(0.8)
    assert (a + b).budget()["label"].to_list() == ["gain"]


@pytest.mark.parametrize("copied", [lambda q: pickle.loads(pickle.dumps(q)), copy.copy, copy.deepcopy])
def test_copies_keep_the_source_of_uncertainty(copied):
    q = sz.Quantity("29.52 J", half_width="2 %", boundary="node", method="counter")
    same = copied(q)
    assert ((q - same).value, (q - same).u) == (0.0, 0.0)
    assert (same.boundary, same.method, hash(same)) == ("node", "counter", hash(q))
    same = sz.Quantity.from_json(q.to_json())
    assert (q - same).u == 0.0
    with pytest.raises(UnitError):
        sz.Quantity.from_json("{}")


def test_equal_figures_hash_alike():
    assert hash(sz.Quantity("1 kWh")) == hash(sz.Quantity("3.6 MJ"))
    assert hash(sz.Quantity("2")) == hash(2)
    assert sz.Quantity("2") == 2
    assert hash(sz.Quantity("0 J")) == hash(-sz.Quantity("0 J"))
    assert len({sz.Quantity("1 kWh"), sz.Quantity("3.6 MJ"), sz.Quantity("1 kWh", boundary="it")}) == 2


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("1 kWh", "J"),
        ("0.59 J", "Wh"),
        ("3 kcal", "J"),
        ("12 W/ft^2", "W/m^2"),
        ("415 TWh", "J"),
        ("1 eV", "J"),
        ("90 degF", "K"),
        ("3 A*V", "W"),
    ],
)
def test_units_are_those_of_pint(text, to):
    number, unit = text.split(" ", 1)
    registry = pint.UnitRegistry()
    expected = registry.Quantity(float(number), unit).to(to).magnitude
    assert sz.Quantity(text).to(to).value == pytest.approx(expected, rel=1e-12)


def test_arithmetic_is_that_of_uncertainties():
    texts = {"a": (7.2, 0.1), "b": (4.1, 0.2), "c": (50.0, 1.5)}
    ours = {name: sz.Quantity((value, "1"), u=(u, "1")) for name, (value, u) in texts.items()}
    theirs = {name: uncertainties.ufloat(*pair) for name, pair in texts.items()}
    for formula in ("a * b / c", "a ** 2 - a * b", "(a - b) / (a + b)", "b ** 0.5 * a", "(b - a) / c + 1 / a"):
        found, expected = eval(formula, {}, ours), eval(formula, {}, theirs)
        assert found.value == pytest.approx(expected.nominal_value, rel=1e-12)
        assert found.u == pytest.approx(expected.std_dev, rel=1e-9)


def test_the_budget_is_complete():
    q = sz.Quantity("10 J", u="3 J", label="meter", degrees_of_freedom=9) + sz.Quantity("1 J", half_width="4 J")
    budget = q.budget()
    assert budget.columns == ["id", "label", "type", "distribution", "degrees_of_freedom", "contribution", "share"]
    assert budget["type"].to_list() == ["A", "B"]
    assert budget["share"].sum() == pytest.approx(1.0, rel=1e-12)
    assert budget["degrees_of_freedom"].to_list() == [9.0, math.inf]
    assert math.hypot(*budget["contribution"]) == pytest.approx(q.u)
    assert sz.Quantity("1 J").budget().height == 0


def test_coverage_intervals():
    low, high = sz.Quantity("10 J", u="1 J").expanded(0.95)  # normal: 1.959964 u
    assert high - 10 == pytest.approx(10 - low) == pytest.approx(1.959963984540054)
    low, high = sz.Quantity("10 J", u="1 J", degrees_of_freedom=4).expanded(0.95)  # t with 4: 2.776445
    assert high - 10 == pytest.approx(2.7764451051977987)
    rectangular = sz.Quantity("10 J", half_width="1 J").expanded(0.95)  # 95 % of a rectangle of ±1
    assert rectangular.high - 10 == pytest.approx(0.95, abs=5e-3)
    assert rectangular.method == "Monte Carlo"
    for wrong in (0.0, 1.0, 1.5, math.nan):
        with pytest.raises(UnitError):
            sz.Quantity("10 J", u="1 J").expanded(wrong)


def test_monte_carlo_draws_the_model():
    power, time = sz.Quantity("250 W", half_width="5 %"), sz.Quantity("1 min", u="1 s")
    trials = sz.monte_carlo(lambda p, t: p * t, power, time, n=200_000, seed=3)
    # u² = (60 s · 12.5 W/√3)² + (250 W · 1 s)²
    assert trials.mean == pytest.approx(15_000, rel=1e-3)
    assert trials.u == pytest.approx(math.hypot(60 * 12.5 / math.sqrt(3), 250), rel=5e-3)
    assert (trials.unit, trials.samples.size) == ("J", 200_000)
    again = sz.monte_carlo(lambda p, t: p * t, power, time, n=200_000, seed=3)
    assert np.array_equal(trials.samples, again.samples)
    own = (power * time).monte_carlo(200_000, 3)
    assert own.u == pytest.approx(trials.u, rel=1e-12)
    shortest, symmetric = trials.interval(0.9, shortest=True), trials.interval(0.9)
    assert shortest.high - shortest.low <= symmetric.high - symmetric.low


def test_monte_carlo_knows_shared_sources():
    q = sz.Quantity("5 J", u="1 J")
    assert sz.monte_carlo(lambda a, b: a - b, q, q, n=1000).u == 0.0


def test_monte_carlo_of_functions_without_units():
    q = sz.Quantity("1", u="0.1")
    with pytest.raises(UnitError, match="unit"):
        sz.monte_carlo(np.exp, q, n=100)
    trials = sz.monte_carlo(np.exp, q, n=200_000, unit="1")
    assert trials.mean == pytest.approx(math.exp(1 + 0.005), rel=1e-3)  # log-normal: exp(µ + σ²/2)
    with pytest.raises(UnitError):
        sz.monte_carlo(lambda a: a[:-1], q, n=100)
    for wrong in (0, 10**12):
        with pytest.raises(UnitError, match="trials"):
            sz.monte_carlo(lambda a: a, q, n=wrong)


def test_tolerances_that_could_mean_two_things_are_refused():
    assert sz.Quantity("28 degC", u="0.5 K").u == 0.5
    for value, u in [("28 degC", "0.5 degC"), ("30 %", "2 %"), ("5 J", "1 W"), ("5 J", "-1 J")]:
        with pytest.raises(UnitError):
            sz.Quantity(value, u=u)


def test_formats_apply_to_the_number():
    assert f"{sz.Quantity('29.52 J'):.3g}" == "29.5 J"
    assert f"{sz.Quantity('29.52 J', u='0.34 J'):.1f}" == "(29.5 ± 0.3) J"
    assert f"{sz.Quantity('0.5')}" == "0.5"
    assert f"{sz.Quantity('0.5'):.2f}" == "0.50"


def test_notebooks_show_text_and_never_markup():
    hostile = "<script>alert(1)</script>"
    shown = sz.Quantity("5 J", u="1 J", label=hostile)._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert sz.Quantity("29.52 J")._repr_latex_() == r"$29.52\,\mathrm{J}$"


def test_calc_reads_expressions():
    assert sz.calc("7.2 W * 4.1 s / 50 token").to("J/token").value == pytest.approx(0.5904)
    assert sz.calc("30e6 * 3 kW").to("GW").value == 90.0
    assert sz.calc("E / n", E=sz.Quantity("10 J", boundary="node"), n="5 token").boundary == "node"
    for wrong in ("", "1 J + 1 W", "2 *", "E", "__import__('os')"):
        with pytest.raises(UnitError):
            sz.calc(wrong)
    with pytest.raises(UnitError):
        sz.calc("E * 2", E=3.0)


def test_isclose():
    q = sz.Quantity("1 kWh")
    assert q.isclose("3.6000000001 MJ")
    assert not q.isclose("3.7 MJ")
    assert q.isclose("3.7 MJ", abs_tol="0.1 kWh")
    with pytest.raises(UnitError):
        q.isclose("1 W")


@given(finite, positive)
def test_a_difference_with_itself_is_zero(value, u):
    q = sz.Quantity((value, "J"), u=(u, "J"))
    assert ((q - q).value, (q - q).u) == (0.0, 0.0)


@given(finite, st.sampled_from(["kWh", "Wh", "eV", "Btu", "kcal", "MJ", "TWh"]))
def test_units_there_and_back(value, unit):
    q = sz.Quantity((value, "J"))
    assert q.to(unit).to("J").value == pytest.approx(value, rel=1e-14)


@given(finite, finite)
def test_sums_commute(a, b):
    a, b = sz.Quantity((a, "J")), sz.Quantity((b, "J"))
    assert a + b == b + a


def test_python_sums_start_from_zero():
    total = sum([sz.Quantity("1 J", boundary="node"), sz.Quantity("2 J", boundary="node")])
    assert total == sz.Quantity("3 J", boundary="node")
    with pytest.raises(UnitError):
        0.5 + sz.Quantity("1 J")


def test_quantities_of_another_library_do_not_mix():
    # pint alone would answer 59 W
    registry, q = pint.UnitRegistry(), sz.Quantity("29.5 J")
    for mix in (lambda: registry.Quantity(2, "W") * q, lambda: q * registry.Quantity(2, "W")):
        with pytest.raises(UnitError, match="another library"):
            mix()
    assert q != registry.Quantity(29.5, "J")
