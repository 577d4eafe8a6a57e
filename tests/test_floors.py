"""The ladder, boundaries, publications and the edge: values with the physics in the comment, and what is refused."""

import json
import math

import pytest
import szilard as sz
from szilard.errors import (
    AppliedTwice,
    BoundaryError,
    EdgeError,
    LandauerError,
    MissingFactor,
    PublishedError,
    UnitError,
)

BOLTZMANN = 1.380649e-23  # J/K, exact


def test_the_landauer_limit():
    limit = sz.landauer_limit("300 K")
    assert limit.value == pytest.approx(BOLTZMANN * 300 * math.log(2), rel=1e-15)
    assert limit.unit == "J/bit"
    assert sz.landauer_limit("26.85 degC").value == pytest.approx(limit.value, rel=1e-12)
    assert sz.landauer_limit(sz.Quantity("300 K", u="3 K")).u == pytest.approx(limit.value / 100)
    for wrong in ("0 K", "-1 K", "-300 degC"):
        with pytest.raises(LandauerError):
            sz.landauer_limit(wrong)
    for wrong in ("300 J", "300", 300.0):
        with pytest.raises(UnitError):
            sz.landauer_limit(wrong)


def test_models_are_counted(tmp_path):
    # Llama 2 7B: 32000 x 4096 x 2 + 32 (4 x 4096² + 3 x 4096 x 11008 + 2 x 4096) + 4096
    config = {
        "model_type": "llama",
        "hidden_size": 4096,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "intermediate_size": 11008,
        "vocab_size": 32000,
    }
    expected = 32000 * 4096 * 2 + 32 * (4 * 4096**2 + 3 * 4096 * 11008 + 2 * 4096) + 4096
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    for given in (config, path, str(path)):
        model = sz.Model.from_config(given)
        assert model.parameters == expected
        assert isinstance(model.parameters, int)
    assert sz.Model.from_config(model).kv_bytes_per_token(2) == 2 * 32 * 4096 * 2
    assert "llama-3-70b" in sz.Model.names()
    for wrong in ("llama", {}, {"model_type": "unheard-of"}):
        with pytest.raises(LandauerError):
            sz.Model.from_config(wrong)


def test_a_gap_is_to_a_named_bound():
    energy = sz.Quantity("0.39 J/token", u="0.014 J/token", boundary="board")
    ladder = sz.ladder("llama-3-70b", energy, "300 K", entropy="1.5 bit/token", dtype="fp8", context=2048, batch=8)
    gap = ladder.gap("output-entropy")
    # E / (H k_B T ln 2)
    assert gap.ratio.value == pytest.approx(0.39 / (1.5 * BOLTZMANN * 300 * math.log(2)), rel=1e-12)
    assert gap.ratio.u / gap.ratio.value == pytest.approx(0.014 / 0.39)
    assert (gap.bound, gap.kind, gap.boundary, gap.temperature) == (
        "output-entropy",
        gap.kind,
        "board",
        sz.Quantity("300 K"),
    )
    assert gap.log10.value == pytest.approx(math.log10(gap.ratio.value))
    table = ladder.table
    assert table["energy_per_token_j"][0] == 0.0
    assert table["ratio"][0] is None
    assert table.height == 21
    assert table["tokens_per_wh"][0] is None  # rung 0 is unbounded
    energies = dict(table.select("bound", "energy_per_token_j").iter_rows())
    assert energies["state-overwrite"] == 0.0
    # 4.7e15 operations for a joule, 144 372 137 984 for a token at 2048 positions
    assert energies["cmos-limit"] == pytest.approx(144_372_137_984 / 4.7e15, rel=1e-12)
    for name in ("reversible", "reliability-barrier", "landauer"):
        with pytest.raises(LandauerError):
            ladder.gap(name)


def test_a_chain_lowers_the_energy_of_a_ladder_to_the_chip():
    factors = [sz.Factor("regulators", 1.25), sz.Factor("host", 1.25), sz.Factor("psu", "80 %", given="efficiency")]
    at_node = sz.Quantity("1 J/token", boundary="node")
    ladder = sz.ladder("llama-3-70b", at_node, "300 K", chain=sz.BoundaryChain(factors))
    assert ladder.energy == sz.Quantity("0.512 J/token", boundary="chip")  # 1/1.25 x 0.8 / 1.25
    assert ladder.gap("token-register").boundary == "chip"


def test_every_input_of_a_ladder_fills_its_rung():
    ladder = sz.ladder(
        "deepseek-v3",
        energy="0.39 J/token",
        temperature="300 K",
        entropy="1.5 bit/token",
        cross_entropy="1.7 bit/token",
        batch=8,
        context=2048,
        dtype="fp8",
        circuit="mul-u4",
        arithmetic="int8-45nm",
        error_probability=1e-15,
        relaxation_rate="1 GHz",
        reset_time="1 us",
        reset_error=1e-3,
        attempt_rate="1 THz",
        hold_time="1 s",
        transfer_energy="hbm2",
        step_time="1 ns",
    )
    without = ladder.table.filter(ladder.table["ratio"].is_null())["bound"].to_list()
    assert without == ["reversible", "exported-entropy", "state-overwrite"]
    assert ladder.entropy_export_ratio.value == pytest.approx(ladder.landauer_units.value / 1.5)
    # the mismatch of another model is paid beside the entropy
    assert ladder.gap("output-entropy").ratio.value / ladder.gap("wrong-model").ratio.value == pytest.approx(1.7 / 1.5)
    assert ladder.warnings == []
    hot = sz.ladder("gpt2", "1 J/token", "350 K")
    assert [code for code, _ in hot.warnings] == ["W_DIE_TEMPERATURE"]
    for words in ({"circuit": "mul-u9"}, {"arithmetic": "fp16-7nm"}, {"transfer_energy": "hbm9"}):
        with pytest.raises((LandauerError, UnitError)):
            sz.ladder("gpt2", "1 J/token", "300 K", **words)


def test_a_roofline_is_the_larger_of_two_times():
    found = sz.roofline("llama-3-70b", "h100-sxm", batch=1, context=2048, dtype="fp8")
    assert found["step_s"] == pytest.approx(max(found["operations"] / 1979e12, found["bytes"] / 3.35e12))
    assert found["limited_by"] == "memory"
    with pytest.raises(LandauerError):
        sz.roofline("llama-3-70b", "a100-sxm-80gb", batch=1, context=2048, dtype="fp8")


@pytest.mark.parametrize("energy", ["0.39 J", "0.39 W", "0.39", "0.39 J/bit"])
def test_a_ladder_is_for_energy_per_token(energy):
    with pytest.raises(UnitError):
        sz.ladder("llama-3-70b", energy, "300 K")


def test_each_factor_is_applied_once():
    chain = sz.BoundaryChain([sz.Factor("pue", 1.2, u=0.02, citation="site meter, 2025")])
    it = sz.Quantity("100 J", boundary="it")
    site = chain.lift(it, "site")
    assert (site.value, site.boundary, site.u) == (pytest.approx(120.0), "site", pytest.approx(2.0))
    back = chain.lower(site, "it")
    assert back.isclose(it)
    assert back.u == pytest.approx(0.0, abs=1e-12)  # the same factor there and back
    with pytest.raises(AppliedTwice):
        chain.lift(site, "site")
    with pytest.raises(MissingFactor):
        chain.lift(it, "grid")
    with pytest.raises(BoundaryError, match="boundary"):
        chain.lift("100 J", "site")
    with pytest.raises(BoundaryError):
        chain.lift(sz.Quantity("100 K", boundary="it"), "site")
    with pytest.raises(BoundaryError):
        chain.lift(it, "moon")
    # 176 TWh at the site with PUE 1.2 hold 29.33 TWh of overhead, not 35.2
    applied = chain.applied(sz.Quantity("176 TWh", boundary="site"), "it")
    assert applied["added"].to_list() == pytest.approx([29.3333], rel=1e-5)
    assert applied["citation"].to_list() == ["site meter, 2025"]


def test_a_loss_is_of_something():
    # of 100 generated 95 arrive: 100/95; of 100 delivered 5 more were generated: 1.05
    assert sz.Factor("td-loss", "5 %", given="loss-over-input").ratio.value == pytest.approx(1 / 0.95)
    assert sz.Factor("td-loss", 0.05, given="loss-over-output").ratio.value == pytest.approx(1.05)
    for wrong in [("pue", 0.9), ("pue", math.nan), ("magic", 1.1), ("distribution", 1.1)]:
        with pytest.raises((BoundaryError, UnitError)):
            sz.Factor(*wrong)
    assert sz.Factor("busbar", 1.02, step="site->grid").step == "site->grid"
    assert sz.Factor("pue", "1.4", u="2 %").ratio.u == pytest.approx(0.028)
    with pytest.raises(ValueError, match="efficiency"):
        sz.Factor("psu", 0.9, given="loss")
    for factors in ([sz.Factor("pue", 1.2)] * 2, [sz.Factor("pue", 1.2), sz.Factor("cooling", 1.1)]):
        with pytest.raises(BoundaryError):
            sz.BoundaryChain(factors)


def test_figures_at_two_boundaries_are_reconciled():
    chain = sz.BoundaryChain([sz.Factor("td-loss", "5 %", given="loss-over-input")])
    consumed = sz.Quantity("415 TWh/yr", half_width="0.5 TWh/yr", boundary="site")
    generated = sz.Quantity("460 TWh/yr", half_width="5 TWh/yr", boundary="grid")
    table = sz.reconcile([consumed, generated], "site", chain)
    assert table["value"].to_list() == pytest.approx([415.0, 437.0])  # 460 x 0.95
    assert table["difference"].to_list() == pytest.approx([0.0, 22.0])
    assert table["in_u"][1] == pytest.approx(22.0 / math.hypot(0.5, 0.95 * 5) * math.sqrt(3), rel=1e-9)
    assert table["applied"].to_list() == ["", "td-loss"]


def test_cooling_and_pue():
    assert sz.pue_from_cooling_share(0.30).value == pytest.approx(1 / 0.7)
    assert sz.pue_from_cooling_share("30 %") == sz.pue_from_cooling_share(0.3)
    assert sz.cooling_share(pue=1.4, other_overhead=0.1).value == pytest.approx(0.3 / 1.4)
    for wrong in (1.0, -0.1, "3 J"):
        with pytest.raises((BoundaryError, UnitError)):
            sz.pue_from_cooling_share(wrong)


def test_footprints_are_on_the_energy_of_their_definition():
    # 1.2 kWh at the site are 1 kWh of IT: water on IT energy is 0.36 L, not 0.43
    chain = sz.BoundaryChain([sz.Factor("pue", 1.2), sz.Factor("td-loss", 1.05)])
    found = sz.footprint(
        sz.Quantity("1.2 kWh", boundary="site"), chain=chain, price_per_kwh=0.3, carbon="0.37 kg/kWh", wue="0.36 L/kWh"
    )
    assert found.water_on_site.to("L").value == pytest.approx(0.36)
    assert found.carbon.to("kg").value == pytest.approx(0.37 * 1.2 * 1.05)
    assert found.cost.value == pytest.approx(0.36)
    assert found.water_off_site is None
    with pytest.raises(UnitError):
        sz.footprint(sz.Quantity("1 kWh", boundary="site"), chain=chain, wue="0.36 kg/kWh")


def test_publications_are_reproduced():
    table = sz.published.reproduce()
    assert table.height == sz.published.calculations().height
    assert set(table["status"].to_list()) <= {"reproduced", "weak", "inconsistent", "needs data"}
    assert sz.published.reproduce("iea_2025").height == 9
    growth = sz.published.reproduce("C001")
    # mean growth a year over the six years from 415 to 945 TWh
    assert growth["computed"][0] == pytest.approx(100 * ((945 / 415) ** (1 / 6) - 1), rel=1e-12)
    facts = sz.published.facts()
    assert facts["locator"].null_count() == 0
    assert set(facts["publication"].to_list()) <= set(sz.published.keys())
    for key in sz.published.keys():  # noqa: SIM118 - a function, not a dictionary
        assert sz.published.publication(key)["title"] in sz.published.cite(key)
    for wrong in (sz.published.reproduce, sz.published.publication, sz.published.cite, sz.published.fact):
        with pytest.raises(PublishedError):
            wrong("no such thing")


def test_claims_are_audited():
    claim = sz.audit("30e6 * 3 kW", says="90 MW")
    assert (claim.agrees, bool(claim)) == (False, False)
    assert claim.ratio.value == pytest.approx(1e-3)
    assert "thousand" in claim.explanations[0]
    assert claim.verdict == "unit"
    claims = sz.audit_claims("mushrooms-thread")
    assert claims.height == 46
    assert claims["verdict"][2] == "misattributed"  # 448 TWh is no figure of the IEA
    with pytest.raises(PublishedError):
        sz.audit_claims("no such text")
    assert sz.audit("7.2 W * 4.1 s", says="0.008 Wh").agrees
    with pytest.raises(UnitError):
        sz.audit("7.2 W", says="3 bit")


def test_the_edge():
    # 100 W x 0.8 x 5 h
    assert sz.edge.SolarArray("100 W", "80 %").energy("5 h").to("Wh").value == pytest.approx(400.0)
    battery = sz.edge.Battery("20 Ah", "12.8 V")
    assert battery.energy.to("Wh").value == pytest.approx(256.0)
    assert battery.share("29.52 J", 100).value == pytest.approx(2952 / (256 * 3600))
    with pytest.raises(EdgeError):
        sz.edge.Battery("20 Ah")
    node = sz.edge.ThermalNode("5 K/W", "100 J/K", "25 degC", "75 degC")
    assert node.max_power.value == pytest.approx(10.0)  # 50 K / 5 K/W
    assert node.time_to_throttle("9 W") is None
    assert node.time_to_throttle("20 W").value == pytest.approx(500 * math.log(2))  # R C ln 2 at twice the power
    # T = (Ta + R (P0 - a Tref))/(1 - a R)
    found = node.steady_temperature("5 W", "0.1 W/K", "25 degC").value
    assert found == pytest.approx((298.15 + 5 * (5 - 0.1 * 298.15)) / 0.5)
    with pytest.raises(EdgeError):
        node.steady_temperature("5 W", "0.2 W/K", "25 degC")
    assert sz.edge.exergy_factor("45 degC", "25 degC").value == pytest.approx(1 - 298.15 / 318.15)
    with pytest.raises(EdgeError):
        sz.edge.exergy_factor("0 degC", "25 degC")
    with pytest.raises(UnitError):
        sz.edge.exergy_factor("45 J", "25 degC")
