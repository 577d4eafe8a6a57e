"""Other libraries get and give back the same number, unit, uncertainty, or a reason; nothing is lost unsaid."""

import copy
import math
import os
import pickle
import subprocess
import sys
from fractions import Fraction

import astropy.units as au
import narwhals as nw
import numpy as np
import pandas as pd
import pint
import pyarrow as pa
import pytest
import szilard as sz
import unyt
from hypothesis import given
from hypothesis import strategies as st
from szilard import interop
from szilard.demo import recording
from szilard.errors import UnitError
from uncertainties import ufloat

FIGURES = [
    sz.Quantity("29.52 J"),
    sz.Quantity("1.5 kWh"),
    sz.Quantity("0.59 J/token"),
    sz.Quantity("0.5 kWh/Mtoken"),
    sz.Quantity("1500 token/Wh"),
    sz.Quantity("3 bit/token"),
    sz.Quantity("2.87e-21 J/bit"),
    sz.Quantity("415 TWh/yr"),
    sz.Quantity("2 yr"),
    sz.Quantity("5 gal"),
    sz.Quantity("7 B"),
    sz.Quantity("3 Btu"),
    sz.Quantity("5 eV"),
    sz.Quantity("300 K"),
    sz.Quantity("28 degC"),
    sz.Quantity("1.8 L/kWh"),
    sz.Quantity("150 W/ft^2"),
    sz.Quantity("2 K/W"),
    sz.Quantity("20 Ah"),
    sz.Quantity("40 %"),
    sz.Quantity("1.40"),
]
LIBRARIES = {
    "pint": (interop.to_pint, interop.from_pint),
    "astropy": (interop.to_astropy, interop.from_astropy),
    "unyt": (interop.to_unyt, interop.from_unyt),
}


def there_and_back(library, quantity):
    """What the other library holds, and what comes back of it; or the reason twice."""
    out, back = LIBRARIES[library]
    try:
        theirs = out(quantity)
    except UnitError as reason:
        return str(reason), None
    return theirs, back(theirs)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("figure", FIGURES, ids=str)
def test_a_figure_comes_back_or_is_refused(library, figure):
    theirs, back = there_and_back(library, figure)
    if back is None:
        # unyt has no dimension for bits and tokens; nothing else is refused
        assert library == "unyt"
        assert {"bit", "token"} & {part.strip("()") for part in figure.dimension.replace("*", "/").split("/")}
        assert "unyt has no dimension" in theirs
    else:
        assert back.dimension == figure.dimension
        assert back.to(figure.dimension).value == pytest.approx(figure.to(figure.dimension).value, rel=1e-15)


@given(value=st.floats(-1e12, 1e12, allow_subnormal=False), unit=st.sampled_from(["J", "W", "kWh", "mW", "ms", "Ah"]))
def test_any_number_comes_back_to_the_last_bit_in_a_unit_that_both_know(value, unit):
    figure = sz.Quantity((value, unit))
    back = interop.from_pint(interop.to_pint(figure))
    assert (back.value, back.unit) == (figure.value, figure.unit)


def test_a_unit_is_given_by_name_only_where_it_is_the_same_size():
    # a year of power statistics has 8760 h, that of pint, astropy and unyt is the Julian one of 8766 h
    year = sz.Quantity("1 yr")
    assert interop.to_pint(year).to("s").magnitude == 8760 * 3600
    assert interop.to_astropy(year).to("s").value == 8760 * 3600
    assert float(interop.to_unyt(year).to("s").value) == 8760 * 3600
    # a Julian year that comes in stays one
    assert interop.from_astropy(1 * au.yr).to("h").value == 8766
    # gal is a gallon here and a hundredth of a metre per second squared in astropy; B is a byte here and a bel in unyt
    assert interop.to_astropy(sz.Quantity("1 gal")).to("m3").value == pytest.approx(3.785411784e-3, rel=1e-15)
    assert interop.to_pint(sz.Quantity("1 B")).to("bit").magnitude == 8
    # the Btu of pint is rounded to 1055.056 J
    btu = interop.to_pint(sz.Quantity("1 Btu")).to("J").magnitude
    assert btu == pytest.approx(float(Fraction("1055.05585262")), rel=1e-15)


def test_uncertainty_goes_out_to_pint_and_comes_back_with_its_budget():
    gross, idle = sz.Quantity("29.52 J", u="0.34 J"), sz.Quantity("15.58 J", u="0.18 J")
    a, b = interop.to_pint(gross), interop.to_pint(idle)
    # independent meters: their variances add, those of 0.34 J and 0.18 J
    assert (a - b).magnitude.std_dev == pytest.approx(math.hypot(0.34, 0.18), rel=1e-12)
    back = interop.from_pint(a.to("Wh"))
    assert back.unit == "Wh"
    assert back.u == pytest.approx(0.34 / 3600, rel=1e-12)
    # what came back is the same figure, not one that merely has the same uncertainty
    assert (back - gross).u == pytest.approx(0, abs=1e-15)


def test_a_shared_gain_stays_shared_through_uncertainties():
    # one meter of gain 2 % on 29.52 J and on 15.58 J: the difference has 2 % of 13.94 J
    gain = sz.Quantity("1", u="0.02")
    gross, idle = sz.Quantity("29.52 J") * gain, sz.Quantity("15.58 J") * gain
    net = interop.to_uncertainties(gross, "J") - interop.to_uncertainties(idle, "J")
    assert net.std_dev == pytest.approx(0.02 * 13.94, rel=1e-12)
    assert interop.from_uncertainties(net, "J").u == pytest.approx(0.02 * 13.94, rel=1e-12)
    assert (interop.from_uncertainties(net, "J") - (gross - idle)).u == pytest.approx(0, abs=1e-14)


def test_a_foreign_variable_is_one_component_however_often_it_comes():
    power = ufloat(250.0, 5.0, tag="noise")
    twice = [interop.from_uncertainties(power, "W") for _ in range(2)]
    assert (twice[0] - twice[1]).u == 0
    assert twice[0].budget()["label"].to_list() == ["noise"]
    # 60 s of it: 300 J
    assert interop.from_uncertainties(power * 60, "J").u == pytest.approx(300)


@pytest.mark.parametrize("library", ["pint", "astropy", "unyt"])
def test_what_cannot_be_carried_is_refused_by_name(library):
    out = LIBRARIES[library][0]
    figure = sz.Quantity("29.52 J", u="0.34 J", boundary="board")
    with pytest.raises(UnitError, match=r"does not carry its (u|boundary).*drop="):
        out(figure)
    left = out(figure, drop=["u", "boundary"])
    assert float(getattr(left, "magnitude", getattr(left, "value", None))) == 29.52


def test_what_is_no_figure_of_this_package_is_refused():
    registry = pint.UnitRegistry()
    for foreign, back, reason in [
        (registry.Quantity(1, "mol"), interop.from_pint, "mole"),
        (registry.Quantity(1, "rad"), interop.from_pint, "radian"),
        (registry.Quantity([1, 2], "J"), interop.from_pint, "one number"),
        ([1, 2] * au.J, interop.from_astropy, "one number"),
        (1 * au.cd, interop.from_astropy, "cd"),
        (unyt.unyt_array([1, 2], "J"), interop.from_unyt, "one number"),
        (unyt.unyt_quantity(1, "rad"), interop.from_unyt, "angle"),
    ]:
        with pytest.raises(UnitError, match=reason):
            back(foreign)
    with pytest.raises(UnitError, match="offset"):
        interop.from_uncertainties(ufloat(20, 1), "degC")
    # an offset scale is a temperature
    assert interop.from_pint(registry.Quantity(20, "degC")).to("K").value == 293.15


def test_arithmetic_with_another_library_never_relabels_a_figure():
    figure, registry = sz.Quantity("29.52 J"), pint.UnitRegistry()
    for other in [2 * registry.second, 2 * au.s, 2 * unyt.s]:
        for mixed in [lambda o=other: o * figure, lambda o=other: figure * o, lambda o=other: o / figure]:
            with pytest.raises(UnitError, match="another library"):
                mixed()
    assert (np.float64(2) * figure).value == 59.04


@pytest.mark.parametrize("order", ["import szilard, pint", "import pint, szilard"])
def test_pint_defers_in_either_order_of_import(order):
    code = f"{order}; 2 * pint.UnitRegistry().second * szilard.Quantity('3 J')"
    run = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "UnitError" in run.stderr


def test_no_library_is_imported_before_it_is_needed():
    names = "{'pint', 'astropy', 'unyt', 'uncertainties', 'pyarrow', 'polars', 'matplotlib', 'pandas'}"
    code = f"import sys, szilard; print(sorted({names} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda q: pickle.loads(pickle.dumps(q))])
def test_a_copy_is_the_same_figure(copied):
    figure = sz.Quantity("29.52 J", u="0.34 J", boundary="board")
    twin = copied(figure)
    assert (twin.value, twin.unit, twin.u, twin.boundary) == (29.52, "J", 0.34, "board")
    # the same components: the difference is exactly nothing
    assert (twin - figure).u == 0


def test_tables_carry_units_through_arrow():
    table = interop.to_arrow(recording()[2].requests)
    units = {field.name: (field.metadata or {}).get(b"unit") for field in table.schema}
    assert units["energy_j"] == b"J"
    assert units["start_ns"] == b"ns"
    assert units["request"] is None
    frame = recording()[2].requests
    # the same numbers in pandas, narwhals and back in polars
    assert table.to_pandas()["energy_j"].sum() == frame["energy_j"].sum()
    assert nw.from_native(table).get_column("energy_j").sum() == frame["energy_j"].sum()
    assert pd.DataFrame.from_arrow(frame)["energy_j"].to_list() == frame["energy_j"].to_list()
    assert pa.table(frame).column("energy_j").to_pylist() == frame["energy_j"].to_list()


def test_the_page_shows_what_comes_out_and_back(root):
    rows = ["| figure | library | there | back | u back |", "|---|---|---|---|---|"]
    figures = ["1.5 kWh", "0.59 J/token", "3 bit/token", "2 yr", "5 gal", "7 B", "28 degC", "40 %"]
    with_u = [sz.Quantity(text) for text in figures] + [sz.Quantity("29.52 J", u="0.34 J")]
    for figure in with_u:
        for library in LIBRARIES:
            theirs, back = there_and_back(library, figure)
            shown = [theirs, "", ""] if back is None else [theirs, f"{back.value:.12g} {back.unit}", f"{back.u:g}"]
            rows.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in [figure, library, *shown]) + " |")
    page = root / "docs/interop.md"
    text = page.read_text(encoding="utf-8")
    head, tail = (
        text.split("<!-- interop: written by tests/test_interop.py -->")[0],
        text.split("<!-- interop: end -->")[1],
    )
    marked = "<!-- interop: written by tests/test_interop.py -->\n\n" + "\n".join(rows) + "\n\n<!-- interop: end -->"
    if os.environ.get("SZILARD_WRITE_DOCS"):
        page.write_text(head + marked + tail, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == head + marked + tail
