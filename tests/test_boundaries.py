"""Boundaries against an independent calculation in fractions, and what is refused."""

import random
from fractions import Fraction

import pytest
import szilard as sz
from szilard.errors import AppliedTwice, BoundaryError, MissingFactor, PublishedError, UnitError

RUNGS = ["chip", "board", "node", "it", "site", "grid", "primary"]
FACTORS = {
    "chip->board": ["regulators", "memory"],
    "board->node": ["host", "psu"],
    "node->it": ["network", "storage", "idle-capacity"],
    "it->site": ["cooling", "ups", "power-distribution"],
    "site->grid": ["transformer", "grid-distribution", "transmission"],
    "grid->primary": ["generation"],
}
CASES = 1000


def drawn(rng):
    """A chain with at least one factor on each step, and the exact ratio of each step."""
    factors, exact = [], {}
    for step, names in FACTORS.items():
        chosen = [name for name in names if rng.random() < 0.6] or names[:1]
        ratios = [Fraction(rng.randrange(1000, 3000), 1000) for _ in chosen]
        factors += [sz.Factor(name, float(ratio)) for name, ratio in zip(chosen, ratios, strict=True)]
        if step == "it->site":  # parts of PUE are all over IT energy
            exact[step] = 1 + sum(ratio - 1 for ratio in ratios)
        else:
            exact[step] = Fraction(1)
            for ratio in ratios:
                exact[step] *= ratio
    return sz.BoundaryChain(rng.sample(factors, len(factors))), exact


def way(exact, inner, outer):
    product = Fraction(1)
    for place in range(inner, outer):
        product *= exact[f"{RUNGS[place]}->{RUNGS[place + 1]}"]
    return product


def test_lift_and_lower_are_the_product_of_each_factor_once():
    rng = random.Random(1867)
    for _ in range(CASES):
        chain, exact = drawn(rng)
        inner, middle, outer = sorted(rng.randrange(7) for _ in range(3))
        value = Fraction(rng.randrange(1, 10**6), 1000)
        figure = sz.Quantity(float(value), "J/token", boundary=RUNGS[inner])
        if inner == outer:
            continue
        lifted = chain.lift(figure, RUNGS[outer])
        assert lifted.value == pytest.approx(float(value * way(exact, inner, outer)), rel=1e-13)
        assert chain.lower(lifted, RUNGS[inner]).value == pytest.approx(float(value), rel=1e-14)
        names = chain.applied(figure, RUNGS[outer])["name"].to_list()
        assert len(set(names)) == len(names)
        if inner < middle < outer:  # grouping does not matter
            by_way = chain.lift(chain.lift(figure, RUNGS[middle]), RUNGS[outer])
            assert by_way.value == pytest.approx(lifted.value, rel=1e-14)
        with pytest.raises(AppliedTwice):
            chain.lift(lifted, RUNGS[outer])


def test_water_is_before_the_pue_and_carbon_behind_the_grid():
    rng = random.Random(47)
    for _ in range(CASES):
        pue, loss = Fraction(rng.randrange(1000, 2500), 1000), Fraction(rng.randrange(0, 300), 1000)
        wue, carbon = Fraction(rng.randrange(1, 3000), 1000), Fraction(rng.randrange(1, 900), 1000)
        it = Fraction(rng.randrange(1, 10**6), 1000)
        chain = sz.BoundaryChain(
            [sz.Factor("pue", float(pue)), sz.Factor("td-loss", float(loss), given="loss-over-input")]
        )
        energies = {"it": it, "site": it * pue, "grid": it * pue / (1 - loss)}
        for boundary, energy in energies.items():
            found = sz.footprint(
                sz.Quantity(float(energy), "kWh", boundary=boundary),
                chain=chain,
                wue=f"{float(wue)} L/kWh",
                carbon=f"{float(carbon)} kg/kWh",
                price_per_kwh=0.25,
            )
            assert found.water_on_site.to("L").value == pytest.approx(float(wue * it), rel=1e-13)
            assert found.carbon.to("kg").value == pytest.approx(float(carbon * energies["grid"]), rel=1e-13)
            assert found.cost.value == pytest.approx(float(energies["site"] / 4), rel=1e-13)


def test_a_factor_has_year_and_vintage():
    factor = sz.Factor("pue", 1.4, u=0.02, citation="LBNL", year=2023, vintage="2024-12", denominator="IT energy")
    assert (factor.years, factor.vintage, factor.denominator) == ((2023, 2023), "2024-12", "IT energy")
    chain = sz.BoundaryChain([factor, sz.Factor("td-loss", 1.05, year=(2018, 2022))])
    table = chain.applied(sz.Quantity("1 kWh", boundary="it"), "grid")
    assert table.select("first_year", "last_year", "vintage").rows() == [(2023, 2023, "2024-12"), (2018, 2022, None)]
    published = sz.published.factor("F045", "pue")
    assert (published.years, published.vintage) == ((2023, 2023), "2024-12")
    assert "LBNL-2001637" in published.citation
    assert published.ratio.u == pytest.approx(0.05 / 3**0.5)  # 1.4 is printed to a tenth
    rate = sz.published.factor("F103", "generation")  # coal, 10 689 Btu/kWh
    assert rate.ratio.value == pytest.approx(10689 / 3412.141633127942)


def test_a_figure_says_what_it_holds():
    codecarbon = sz.Quantity("1.1 kWh", boundary="node")  # node energy times a PUE of 1.1
    network = sz.BoundaryChain([sz.Factor("network", 1.05)])
    assert network.lift(codecarbon, "site", holds=["pue"]).value == pytest.approx(1.155)
    with pytest.raises(MissingFactor):
        network.lift(codecarbon, "site")
    with pytest.raises(AppliedTwice, match="said to hold pue"):
        sz.BoundaryChain([sz.Factor("network", 1.05), sz.Factor("pue", 1.1)]).lift(codecarbon, "site", holds=["pue"])
    pue, stack = sz.BoundaryChain([sz.Factor("pue", 1.09)]), sz.Quantity("0.24 Wh", boundary="board")
    with pytest.raises(AppliedTwice, match="full-stack"):
        pue.lift(stack, "site", holds=["full-stack"])
    with pytest.raises(BoundaryError):
        network.lift(codecarbon, "site", holds=["cooling"])  # a part of PUE leaves the rest unknown


def test_a_log_that_holds_a_pue_is_at_the_site(root):
    # CodeCarbon multiplied 550 J by 1.5 before it wrote them
    log = sz.read_trace(root / "tests/corpus/cc_00_pue_inside.csv")
    site = log.energy(channel="energy_consumed").energy
    assert (site.value, site.boundary) == (pytest.approx(825), "site")
    pue = sz.BoundaryChain([sz.Factor("pue", 1.5)])
    with pytest.raises(AppliedTwice):
        pue.lift(site, "site")
    assert pue.lower(site, "it").value == pytest.approx(550)


def test_ratios_of_a_data_centre():
    at = sz.boundaries
    assert at.dcie(1.6).value == 0.625
    assert at.pue_from_loads(0.30, 0.08, 0.02).value == pytest.approx(1.40)
    assert at.cue("400 g/kWh", 1.25).to("g/kWh").value == pytest.approx(500)
    site, it = sz.Quantity("130 MWh", boundary="site"), sz.Quantity("100 MWh", boundary="it")
    reused = sz.Quantity("40 MWh", boundary="site")
    assert at.ere(site, reused, it).value == pytest.approx(0.9)
    assert at.erf(site, reused).value == pytest.approx(40 / 130)
    found = at.effectiveness(site, it, sz.Quantity("80 MWh", boundary="chip"))
    assert {name: round(ratio.value, 12) for name, ratio in found.items()} == {"pue": 1.3, "itue": 1.25, "tue": 1.625}
    with pytest.raises(BoundaryError):  # an ITUE whose energy is metered at the node has the fans elsewhere
        at.effectiveness(site, sz.Quantity("100 MWh", boundary="node"), sz.Quantity("80 MWh", boundary="chip"))
    assert at.pue_at_it_input(1.36, 1, 0.97).value == pytest.approx(1.36 / 0.97)
    with pytest.raises(BoundaryError, match="pue_at_it_input"):
        sz.Factor("pue1", 1.36)
    with pytest.raises(ValueError, match="category"):
        at.pue_at_it_input(1.36, 4, 0.97)
    loss = at.transformer_loss("50 MW", rated="100 MW", no_load="50 kW", load="400 kW", heat="360 K", ambient="300 K")
    assert loss["exergy_destroyed"].to("kW").value == pytest.approx(125.0)  # 150 kW x 300/360
    assert at.generation_efficiency("7740 Btu/kWh").value == pytest.approx(3412.141633127942 / 7740)
    assert at.generation_mix([("60 %", "2"), ("40 %", 1)]).value == pytest.approx(1.6)
    with pytest.raises(BoundaryError):
        at.generation_mix([("60 %", "2")])
    assert "full-stack" in at.known_factors()["name"].to_list()


def test_one_ratio_bounds_the_others_and_two_give_all():
    table = sz.boundaries.overhead(cooling_share="30 %")
    rows = {row["ratio"]: row for row in table.iter_rows(named=True)}
    assert rows["pue"]["low"] == pytest.approx(1 / 0.7)
    assert (rows["pue"]["high"], rows["pue"]["status"]) == (None, "bound")
    table = sz.boundaries.overhead(pue=sz.Quantity("1.4", u="0.02"))
    share = table.filter(table["ratio"] == "cooling-share").row(0, named=True)
    assert share["high"] == pytest.approx(0.4 / 1.4)
    assert share["u_high"] == pytest.approx(0.02 / 1.4**2)
    table = sz.boundaries.overhead(pue=1.4, cooling_load=0.3)
    assert table["low"].to_list() == pytest.approx([1.4, 0.3 / 1.4, 0.3, 0.1])
    assert set(table["status"].to_list()) == {"known"}
    for wrong in (
        {},
        {"pue": 1.4, "cooling_share": 0.3},
        {"pue": 0.9},
        {"pue": 1.4, "cooling_load": 0.1, "other_load": 0.1},
    ):
        with pytest.raises(BoundaryError):
            sz.boundaries.overhead(**wrong)


def test_units_of_energy_and_area():
    assert sz.Quantity("176 TWh/yr").to("GW").value == pytest.approx(176e3 / 8760)
    assert sz.Quantity("1 GW").to("TWh/yr").value == pytest.approx(8.76)
    assert sz.Quantity("100 W/ft^2").to("W/m^2").value == pytest.approx(100 / 0.09290304)
    query = sz.Quantity("0.3 Wh", boundary="site")
    assert (query / sz.Quantity("500 token")).to("J/token").value == pytest.approx(2.16)


def test_the_cost_of_a_token_a_call_and_a_year():
    chain = sz.BoundaryChain([sz.Factor("pue", 1.25), sz.Factor("td-loss", "20 %", given="loss-over-input")])
    given = {"chain": chain, "price_per_kwh": 0.5, "carbon": "400 g/kWh", "wue": "2 L/kWh", "water_off_site": "4 L/kWh"}
    token = sz.Quantity("3.6 J/token", boundary="it", u="0.36 J/token")
    costs = sz.boundaries.cost_of_thought(token, tokens_per_call=1000, calls_per_year=1000, way="cloud", **given)
    assert costs["of"].to_list() == ["token", "call", "year"]
    call = costs.row(1, named=True)  # 1 Wh of IT, 1.25 Wh at the site, 1.5625 Wh at the grid
    assert call["energy_wh"] == pytest.approx(1.25)
    assert call["u_wh"] == pytest.approx(0.125)
    assert call["water_on_site_l"] == pytest.approx(2e-3)
    assert call["water_off_site_l"] == pytest.approx(4e-3 * 1.5625)
    assert call["carbon_g"] == pytest.approx(0.4 * 1.5625)
    assert call["cost"] == pytest.approx(0.5e-3 * 1.25)
    year = costs.row(2, named=True)
    assert year["carbon_g"] == pytest.approx(1000 * call["carbon_g"])
    board = sz.Quantity("0.4 J/token", boundary="board")
    with pytest.raises(MissingFactor):  # a board is not compared with a site
        sz.boundaries.cost_of_thought(board, tokens_per_call=10, calls_per_year=1, chain=chain)
    with pytest.raises(UnitError):
        sz.boundaries.cost_of_thought("3 J", tokens_per_call=10, calls_per_year=1, chain=chain)
    with pytest.raises(BoundaryError):
        sz.boundaries.cost_of_thought(token, tokens_per_call=0, calls_per_year=1, chain=chain)


def test_a_lifted_figure_says_what_is_missing_and_what_is_of_another_time():
    host = sz.BoundaryChain([sz.Factor("host", 1.3)])
    node = host.lift(sz.Quantity("10 J", boundary="board"), "node")
    assert isinstance(node, sz.Quantity)
    assert (node.value, node.status, node.applied) == (pytest.approx(13), "incomplete", ["host"])
    assert node.diagnostics == ["board->node without psu: a lower bound"]
    assert "incomplete" in repr(node)
    back = host.lower(sz.Quantity("13 J", boundary="node"), "board")
    assert back.diagnostics == ["board->node without psu: an upper bound"]
    both = sz.BoundaryChain([sz.Factor("host", 1.3), sz.Factor("psu", 0.94, given="efficiency")])
    whole = both.lift(sz.Quantity("10 J", boundary="board"), "node")
    assert (whole.status, whole.diagnostics) == ("complete", [])
    # 176 TWh of 2023 and a PUE of 2018: the fact knows its year, another figure is told it
    pue = sz.BoundaryChain([sz.published.factor("F058-2018", "pue")])
    for figure, year in ((sz.published.fact("F040"), None), (sz.Quantity("176 TWh/yr", boundary="site"), 2023)):
        it = pue.lower(figure, "it", year=year)
        assert it.status == "complete"
        assert it.diagnostics == ["pue is of 2018, the figure of 2023"]
        assert str(it.unit) == "TWh/yr"
    assert pue.lower(sz.Quantity("176 TWh/yr", boundary="site"), "it", year=(2017, 2019)).diagnostics == []
    assert node + sz.Quantity("1 J", boundary="node") == sz.Quantity("14 J", boundary="node")


def test_a_fact_gives_the_factor_it_is_and_no_other():
    for fact, name, given in (
        ("F058", "td-loss", "ratio"),
        ("F058", "cooling", "ratio"),
        ("F058", "pue", "loss-over-output"),
        ("F100", "td-loss", "efficiency"),
        ("F048", "pue", "ratio"),
    ):
        with pytest.raises(PublishedError, match="does not give the factor"):
            sz.published.factor(fact, name, given=given)
    with pytest.raises(PublishedError, match="over 1200 TWh/yr"):
        sz.audit("F039 * 2", says="2400 TWh/yr")


def test_a_query_and_its_tokens():
    # 0.3 Wh over 500 tokens and back; a query is no unit
    token = sz.calc("0.3 Wh / (500 token)")
    assert token.to("J/token").value == pytest.approx(2.16)
    assert (token * sz.Quantity("500 token")).to("Wh").value == pytest.approx(0.3)
    with pytest.raises(UnitError, match=r"0\.3 Wh / \(500 token\)"):
        sz.Quantity("0.3 Wh/query")


@pytest.mark.parametrize(
    "expression",
    ["F001*F058", "(F058)*F001", "1*(F058)*F001", "F001*F058^1", "F001/(1/F058)", "F001*(F058-1)", "F001/F058/F058"],
)
def test_a_pue_is_applied_once_however_it_is_written(expression):
    with pytest.raises(BoundaryError):
        sz.audit(expression, says="602 TWh/yr")
