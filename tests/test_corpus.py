"""The fault corpus as Python sees it: each row gives its value, or its code and line, and its status."""

import csv
import re
from pathlib import Path

import pytest
import szilard as sz
from szilard.errors import FormatError, InformationError, TraceError

CORPUS = Path(__file__).parent / "corpus"


def rows():
    with (CORPUS / "EXPECT.tsv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def covered(kind):
    formats = sz.formats()
    names = set(formats.filter(formats["kind"] == kind)["name"].to_list())
    return [pytest.param(row, id=row["file"]) for row in rows() if row["format"] in names]


def options(text):
    given = dict(re.findall(r'(\w+)="([^"]*)"', text))
    return given | ({"decompress": True} if "decompress=True" in text else {})


def joules(result):
    found = re.match(r"E=([-\d.eE+]+) ([kM]?W?[hJ]+)", result)
    return sz.Quantity(f"{found[1]} {found[2]}").to("J").value if found else None


@pytest.mark.parametrize("row", covered("trace"))
def test_power_logs(row):
    given = options(row["options"])
    idle = given.pop("idle", None)
    # a line, two lines, or the path of an element of a document
    places = [row["line"]] if row["line"].startswith("data") else re.findall(r"\d+", row["line"])
    if row["expect"] == "error":
        with pytest.raises((FormatError, TraceError)) as caught:
            sz.read_trace(CORPUS / row["file"], **given).energy()
        assert caught.value.code == row["code"]
        if isinstance(caught.value, FormatError):
            assert caught.value.path.endswith(row["file"])
        if places:
            assert str(caught.value.line) == places[0]
        return
    trace = sz.read_trace(CORPUS / row["file"], **given)
    result = trace.energy()
    if idle is None:  # a remark on energy above idle belongs to another question
        remarks = result.reasons
        if row["code"] != "-":
            said = remarks.filter(remarks["code"] == row["code"])
            assert said.height > 0
            assert set(places) <= {*said["place"].to_list(), "0"}
        assert result.status == row["status"]
    expected = joules(row["result"])
    if expected is not None:
        assert result.energy.value == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_a_pue_inside_a_figure_is_taken_out_once():
    trace = sz.read_trace(CORPUS / "cc_00_pue_inside.csv")
    site, it = trace.energy(), trace.energy(channel="energy_consumed / pue")
    # 0.000229166666667 kWh with a PUE of 1.5 inside
    assert site.energy.value == pytest.approx(825, rel=1e-11)
    assert it.energy.value == pytest.approx(550, rel=1e-11)
    assert (site.energy.boundary, it.energy.boundary) == ("site", "it")
    zero = sz.read_trace(CORPUS / "cc_02_zero_gpu.csv")
    assert zero.energy(channel="cpu_energy").energy.value == pytest.approx(450, rel=1e-11)
    with pytest.raises(TraceError):
        zero.energy(channel="gpu_energy")


@pytest.mark.parametrize("row", covered("logits"))
def test_logits(row):
    path = CORPUS / row["file"]
    if row["expect"] == "error":
        with pytest.raises(FormatError) as caught:
            sz.token_entropy(path)
        assert (caught.value.code, str(caught.value.line)) == (row["code"], row["line"])
        assert caught.value.path == str(path)
        return
    expected = [float(number) for number in re.findall(r"=([\d.]+)", row["result"])]
    assert sz.token_entropy(path).entropy[: len(expected)] == pytest.approx(expected, abs=5.1e-10)


@pytest.mark.parametrize("row", covered("logprobs"))
def test_log_probabilities(row):
    path = CORPUS / row["file"]
    if row["expect"] == "error":
        with pytest.raises((FormatError, InformationError)) as caught:
            sz.entropy_bounds(path)
        assert (caught.value.code, str(caught.value.line)) == (row["code"], row["line"])
        return
    bounds = sz.entropy_bounds(path)
    if row["expect"] == "warn":
        remarks = bounds.diagnostics
        assert (row["code"], row["line"]) in remarks.select("code", "place").rows()
    if surprisal := re.search(r"surprisal ([\d.]+)", row["result"]):
        assert bounds.surprisal[0] == pytest.approx(float(surprisal[1]), abs=5.1e-10)
    if entropy := re.search(r"H(?:_lower)?=([\d.]+)", row["result"]):
        assert bounds.lower[0] == pytest.approx(float(entropy[1]), abs=5.1e-10)


def test_names_from_files_never_become_markup():
    trace = sz.read_trace(CORPUS / "gen_07_xss_names.csv")
    for shown in (trace._repr_html_(), trace.energy()._repr_html_()):
        assert not re.search(r"<(script|img|svg|iframe)\b", shown, re.IGNORECASE)
        assert "&lt;" in shown
