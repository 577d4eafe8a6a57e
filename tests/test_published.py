"""Publications, scenarios and claims: those that are carried, and those of a folder of one's own."""

import csv
import re

import polars as pl
import pytest
import szilard as sz
from szilard.errors import PublishedError

PUBLICATION = """\
[publication]
title = "T"
publisher = "P"
year = 2026
vintage = "2026-01"
identifier = "doi:10.0/0"

[[fact]]
id = "OWN1"
quantity = "electricity consumption of data centres"
value = 500
unit = "TWh/yr"
boundary = "site"
region = "World"
from = 2026
to = 2026
locator = "p. 1"
verified = "read"

[[calculation]]
id = "OWN2"
title = "twice"
formula = "2 * all"
inputs.all = { fact = "OWN1" }
printed = "1000 TWh/yr"
boundary = "site"
verified = "read"
"""
CLAIMS = """\
[source]
title = "A text"
publisher = "P"
year = 2026
vintage = "2026"
identifier = "here"

[[claim]]
id = "A1"
claims = "data centres take 500 TWh a year"
locator = "p. 2"

[[claim.check]]
says = "500 TWh/yr"
fact = "OWN1"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own.toml").write_text(PUBLICATION, encoding="utf-8")
    (tmp_path / "text.toml").write_text(CLAIMS, encoding="utf-8")
    return tmp_path


def test_a_folder_of_ones_own_is_picked_up(folder):
    assert sz.published.reproduce("own", folder=folder)["status"].to_list() == ["reproduced"]
    assert "own" in sz.published.keys(folder=[folder])
    assert sz.published.fact("OWN1", folder=folder).value == 500
    assert "doi:10.0/0" in sz.published.cite("own", folder=folder)
    world = sz.published.scenario(folder=folder)
    assert world.table.filter(world.table["fact"] == "OWN1")["publication"].to_list() == ["own"]
    assert sz.audit_claims(folder / "text.toml", folder=folder)["verdict"].to_list() == ["holds"]
    with pytest.raises(PublishedError):
        sz.published.fact("OWN1")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('unit = "TWh/yr"', 'unit = "TWhr"', "own.toml, line 12, fact OWN1, unit"),
        ('identifier = "doi:10.0/0"', 'identifier = ""', "own.toml, line 6, publication, identifier"),
        ('vintage = "2026-01"\n', "", "own.toml, line 1: missing field `vintage`"),
        ('locator = "p. 1"', 'page = "p. 1"', "own.toml, line 17: unknown field `page`"),
        ('formula = "2 * all"', 'formula = "all + other"', "own.toml, line 23, OWN2"),
        (
            'printed = "1000 TWh/yr"\nboundary = "site"',
            'printed = "1000 TWh/yr"\nboundary = "it"',
            "own.toml, line 23, OWN2",
        ),
        ('verified = "read"\n\n', 'verified = "memory"\n\n', "own.toml, line 18"),
    ],
)
def test_what_is_wrong_in_it_is_refused_with_file_and_line(folder, old, new, expected):
    assert old in PUBLICATION
    (folder / "own.toml").write_text(PUBLICATION.replace(old, new), encoding="utf-8")
    with pytest.raises(PublishedError, match=re.escape(expected)):
        sz.published.reproduce("own", folder=folder)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('says = "500 TWh/yr"', 'says = "500 TWhr"', "text.toml, line 14, claim A1, says"),
        ('fact = "OWN1"', 'fact = "OWN9"', "text.toml, line 14, A1"),
        ('locator = "p. 2"', 'page = "p. 2"', "text.toml, line 11: unknown field"),
        ('fact = "OWN1"', 'verdict = "unit"', "text.toml, line 13, claim A1, reason"),
    ],
)
def test_what_is_wrong_in_claims_is_refused_with_file_and_line(folder, old, new, expected):
    (folder / "text.toml").write_text(CLAIMS.replace(old, new), encoding="utf-8")
    with pytest.raises(PublishedError, match=re.escape(expected)):
        sz.audit_claims(folder / "text.toml", folder=folder)


def test_growth_shares_and_paths():
    growth = sz.published.growth("F031", "F032")  # 448 to 980 TWh
    assert growth.years == 5
    assert growth.per_year.value.value == pytest.approx((980 / 448) ** 0.2 - 1)
    # both printed to 1 TWh: a fifth of the two relative roundings together
    relative = ((0.5 / 980) ** 2 + (0.5 / 448) ** 2) ** 0.5 / 3**0.5
    assert growth.per_year.value.u == pytest.approx((980 / 448) ** 0.2 * relative / 5)
    ranged = sz.published.growth("F040", "F044").per_year  # 176 to 325-580 TWh in five years
    assert ranged.value is None
    assert (ranged.low.value, ranged.high.value) == pytest.approx(((325 / 176) ** 0.2 - 1, (580 / 176) ** 0.2 - 1))
    assert "two series" in sz.published.growth("F040", "F055").reservation
    assert sz.published.between("F001", "F005", 2027).value.value == pytest.approx((415 * 945) ** 0.5)
    assert sz.published.share("F012", "F002").value == pytest.approx(183 / 416)
    for part, whole in (("F040", "F001"), ("F001", "F009"), ("F039", "F029")):  # years, boundaries, a bound
        with pytest.raises(PublishedError):
            sz.published.share(part, whole)


def test_a_scenario_has_source_vintage_and_boundary_of_each_figure():
    world = sz.published.scenario()
    assert (world.quantity, world.region) == ("electricity consumption of data centres", "World")
    table = world.table
    assert table["boundary"].null_count() + table["vintage"].null_count() + table["citation"].null_count() == 0
    facts = {row["fact"]: row for row in table.iter_rows(named=True)}
    for fact, value, key in (("F001", 415.0, "iea_2025"), ("F028", 485.0, "iea_2026"), ("F031", 448.0, "gartner_2025")):
        assert (facts[fact]["value"], facts[fact]["publication"]) == (value, key)
    bound = facts["F039"]  # "over 1200 TWh"
    assert (bound["value"], bound["low"], bound["bound"]) == (None, 1200.0, "lower")
    assert {row["to"]: row for row in world.growth.iter_rows(named=True)}["F039"]["per_year"] is None
    with pytest.raises(PublishedError):
        sz.published.scenario(region="Atlantis")


def test_what_needs_data_says_so_and_is_done_with_them(shared):
    without = sz.published.reproduce("mlperf_inference_5_1")
    needs = without.filter(pl.col("status") == "needs data")
    assert needs.height == 6
    assert needs["computed"].null_count() == 6
    assert "not shipped" in needs["note"][0]
    done = sz.published.reproduce(folder=[shared / "published", shared / "traces/mlperf"])
    assert set(done["status"].to_list()) == {"reproduced", "weak", "inconsistent"}
    power = done.filter(pl.col("id") == "mlperf-llama2-70b-99-server-power-of-log")
    assert power["computed"][0] == pytest.approx(10442.2597402597, rel=1e-12)  # summary_results.json of v5.1


def test_every_row_of_the_tables_is_carried_unless_it_is_from_memory(shared):
    with (shared / "published/facts.csv").open(encoding="utf-8") as file:
        facts = list(csv.DictReader(file))
    carried = {identity.split("-")[0].rstrip("abcd") for identity in sz.published.facts()["id"].to_list()}
    missing = {row["id"] for row in facts if not row["verified"].startswith("memory")} - carried
    assert not missing
    with (shared / "published/calcs.csv").open(encoding="utf-8") as file:
        calculations = [row["id"] for row in csv.DictReader(file)]
    carried = set(sz.published.calculations()["id"].to_list())
    assert len(set(calculations) & carried) >= 99


@pytest.mark.parametrize(
    ("expression", "says", "verdict", "part"),
    [
        ("30e6 * 3 kW", "90 MW", "unit", "thousand"),
        ("1 kcal", "4 Wh", "unit", "kJ read as Wh"),
        ("10 kcal", "40 Wh", "unit", "kJ read as Wh"),
        ("100 W/ft^2", "100 W/m^2", "unit", "ft^2"),
        ("100 * 7.2 W * 4.1 s / (20 Ah)", "1.2 %", "unit", "0.32 % at 12.8 V"),
        ("448 TWh * 1.16^5", "980 TWh", "arithmetic", "16.95 %"),
        ("448 TWh * 1.16^5", "980 TWh", "arithmetic", "from 2024 to 2025 (F033, gartner_2025)"),
        ("(F032 / F031)^(1/5) - 1", "16 %/yr", "arithmetic", "the growth of one year"),
        ("4 Wh / (8 kWh)", "0.5 %", "arithmetic", "decimal"),
        ("176 TWh * (1 - 1/1.2)", "35 TWh", "boundary", "PUE"),
        ("(F032 / F031)^(1/5) - 1", "17 %/yr", "holds", ""),
    ],
)
def test_a_ratio_is_explained(expression, says, verdict, part):
    found = sz.audit(expression, says=says)
    assert found.verdict == verdict
    assert part in "; ".join(found.explanations)


def test_a_published_intensity_says_at_which_boundary_it_counts():
    chain = sz.BoundaryChain([sz.Factor("pue", 1.1), sz.Factor("td-loss", 1.05)])
    site = sz.Quantity("1.1 kWh", boundary="site")
    intensities = {"carbon": sz.published.fact("F126-location"), "wue": sz.published.fact("F124")}
    found = sz.footprint(site, chain=chain, **intensities)
    # 345 g/kWh of site energy, not of what is generated for it; 1.15 L/kWh of IT energy
    assert found.carbon.to("g").value == pytest.approx(345 * 1.1)
    assert found.water_on_site.to("L").value == pytest.approx(1.15)
    assert sz.footprint(site, chain=chain, carbon=sz.published.fact("F115")).carbon.to("g").value == pytest.approx(
        473 * 1.1 * 1.05
    )
