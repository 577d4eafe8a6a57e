"""What every public object shows: one honest line, a table that stays in its place, a picture where it has one."""

import inspect
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("agg")

import matplotlib.pyplot as plt
import szilard as sz
from szilard import demo, plotting

ROOT = Path(__file__).parent
# one number, or what goes into a calculation: their line says all of it, or they are drawn by what is made of them
WITHOUT_A_PICTURE = {
    "Audit": "two numbers and a verdict; a table of claims is drawn by plotting.verdicts",
    "Battery": "an input of a simulation",
    "DivergenceBounds": "two bounds without a value between them",
    "Factor": "one ratio; a chain of them is drawn",
    "Footprint": "amounts of different units; plotting.cost_of_thought draws them beside another way",
    "Gap": "one ratio; the ladder is drawn",
    "Growth": "one rate; the scenario is drawn",
    "Interval": "two numbers",
    "LatentStore": "an input of a calculation",
    "Lifted": "drawn as the quantity that it is",
    "Model": "sizes of a model; the ladder and the sweep are drawn",
    "Node": "an input of a simulation",
    "Range": "three numbers",
    "Recording": "drawn by its trace",
    "Rig": "an input of a simulation",
    "SolarArray": "an input of a simulation",
    "SteadyMean": "one mean",
    "Sun": "an input of a simulation",
    "ThermalFit": "two numbers of a board",
    "ThermalNode": "an input of a simulation",
}


def rig():
    node = sz.edge.Node("3.8 W", sz.Quantity("7.2 W", half_width="2 %"), "4.1 s", "50 token")
    sun = sz.edge.Sun.days(["320 Wh", "80 Wh"], daylight="12 h", noon="12 h").of_array("100 W")
    board = sz.edge.ThermalNode("9.58 K/W", "60 J/K", "28 degC", "97 degC")
    return sz.edge.Rig(node, sz.edge.Battery("40 Wh"), sun, 12_000, thermal=board, trials=20)


def thermal_fit():
    time, power = np.arange(0, 600, 10) * 10**9, np.repeat([2.0, 8.0], 30)
    warm = [300.0]
    for watts in power[:-1]:
        warm.append(warm[-1] + 10.0 / 60.0 * (watts - (warm[-1] - 300.0) / 9.0))
    return sz.edge.fit_thermal(time, power, time, np.array(warm), "300 K")


@pytest.fixture(scope="module")
def objects():
    """One of every public class."""
    trace, tokens, run = demo.recording()
    figure, given = run.per_token, {"dtype": "fp16", "context": 9}
    time = np.arange(61) * 10**9
    board = sz.trace_from_arrays(time, np.linspace(100, 400, 61), boundary="board")
    node = sz.trace_from_arrays(time, 90 + 1.1 * np.linspace(100, 400, 61), boundary="node")
    header = b'{"w": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}}'
    logits = np.random.default_rng(0).normal(size=(5, 9))
    chain = sz.BoundaryChain([sz.Factor("host", 1.3), sz.Factor("pue", 1.1, u=0.01), sz.Factor("td-loss", 1.05)])
    summary = {"status": "complete", "energy": None, "per_token": None, "reasons": [], "trouble": []}
    ladder, setup = sz.ladder("gpt2", figure, "300 K", **given), rig()
    found = [
        sz.audit("30e6 * 3 kW", says="90 MW"),
        sz.blind_spot(node, board),
        chain,
        sz.divergence(logits, logits + 0.1),
        sz.divergence_bounds([{"a": -0.7, "b": -0.8}], [{"a": -0.6, "b": -0.9}]),
        trace.energy(),
        sz.entropy_bounds([[-0.7, -0.8]], vocab_size=9),
        chain.factors[0],
        sz.footprint(figure.at("it"), chain=chain, carbon="0.37 kg/kWh"),
        ladder.gap("token-register"),
        run,
        figure.expanded(),
        ladder,
        chain.lift(figure.at("it"), "site"),
        sz.Model.from_config("gpt2"),
        figure.monte_carlo(n=1000),
        sz.phase_costs(trace, tokens),
        figure,
        sz.steady_mean([1.0, 2.0, 1.5, 1.2, 1.8, 1.1, 1.3, 1.9], "W"),
        sz.sweep("gpt2", figure, "300 K", over="batch", values=[1, 8], device="l4", **given),
        sz.token_entropy(logits, targets=[0, 1, 2, 3, 4]),
        tokens,
        trace,
        sz.read_weights(len(header).to_bytes(8, "little") + header),
        setup,
        sz.edge.simulate(setup),
        sz.edge.Battery("20 Ah", "12.8 V"),
        sz.edge.LatentStore("1 kg", "200 kJ/kg", "45 degC", "2 kJ/(kg*K)", "2.2 kJ/(kg*K)"),
        sz.edge.Node("3.8 W", "7.2 W", "4.1 s", "50 token"),
        sz.edge.SolarArray("100 W", "80 %"),
        sz.edge.Sun.kinds([("sunny", "320 Wh", "0.6"), ("cloudy", "80 Wh", "0.4")], daylight="12 h", noon="12 h"),
        sz.edge.ThermalNode("9.58 K/W", "60 J/K", "28 degC", "97 degC"),
        thermal_fit(),
        sz.published.scenario(),
        sz.published.growth("F031", "F032"),
        sz.published.between("F001", "F005", 2027),
        sz.Recording(0, Path("run.csv"), summary | {"energy": json.loads(trace.energy().energy.to_json())}),
    ]
    return {type(one).__name__: one for one in found}


def public_classes():
    """The classes that a user meets, by name."""
    modules = (sz, sz.edge, sz.published, sz.boundaries, sz.bounds)
    return {name for module in modules for name, one in vars(module).items() if inspect.isclass(one) and name[0] != "_"}


def test_one_of_every_public_class_is_looked_at(objects):
    assert public_classes() == set(objects)


def test_every_object_says_one_honest_line(objects):
    for name, one in objects.items():
        line = repr(one)
        assert "\n" not in line, name
        assert line.isprintable(), name
        assert " object at 0x" not in line, name
        status = getattr(one, "status", None)
        assert status is None or name in {"Lifted", "Recording", "Trace"} or str(status) in line, (
            f"{name}: {line} does not say {status}"
        )


def test_a_figure_with_a_missing_step_says_so(objects):
    partly = objects["BoundaryChain"].lift(sz.Quantity("5 J", boundary="board"), "node")
    assert partly.status == "incomplete"
    assert "incomplete" in repr(partly)


def test_figures_say_unit_u_and_boundary(objects):
    for name in ("Quantity", "InferenceEnergy", "EnergyResult", "Lifted", "Ladder", "Gap", "MonteCarlo", "Factor"):
        line = repr(objects[name])
        figure = {"InferenceEnergy": "per_token", "EnergyResult": "energy", "Ladder": "energy"}.get(name)
        quantity = getattr(objects[name], figure) if figure else objects[name]
        assert " ± " in line or name == "Factor", line
        assert str(getattr(quantity, "boundary", None) or "") in line, line
        assert name in {"Gap", "Factor"} or quantity.unit in line, line


def test_tables_in_a_notebook_touch_nothing_else(objects, tags):
    shown = {name: one._repr_html_() for name, one in objects.items() if hasattr(one, "_repr_html_")}
    assert set(shown) >= {"Quantity", "Trace", "TokenLog", "EnergyResult", "InferenceEnergy", "Ladder", "BoundaryChain"}
    assert set(shown) >= {"Sweep", "Scenario", "Simulation", "BlindSpot", "Weights"}
    for name, html in shown.items():
        page = tags(html)
        assert page.faults == [], name
        assert not {"style", "script", "link", "iframe", "img"} & set(page.seen), name
        styles = " ; ".join(value for key, value in page.attributes if key == "style")
        assert set(re.findall(r"(?<!-)color:([a-z#0-9()]+)", styles)) == {"inherit"}, name
        assert set(re.findall(r"background[a-z-]*:([a-z#0-9()]+)", styles)) <= {"none"}, name


def test_quantities_are_set_in_latex(objects):
    text = objects["Quantity"]._repr_latex_()
    assert text.startswith("$")
    assert text.endswith("$")
    assert r"\pm" in text
    assert text.count("{") == text.count("}")


def test_what_has_a_picture_and_what_has_none(objects):
    with_plot = {name for name, one in objects.items() if hasattr(one, "plot") and name != "Lifted"}
    assert with_plot | set(WITHOUT_A_PICTURE) == public_classes()
    assert not with_plot & set(WITHOUT_A_PICTURE)
    for name in with_plot:
        arguments = (sz.Quantity("5 J", boundary="it"), "site") if name == "BoundaryChain" else ()
        figure, ax = objects[name].plot(*arguments)
        assert ax.get_xlabel() or ax.get_ylabel(), name
        assert figure is ax.figure, name
        plt.close(figure)


@pytest.mark.parametrize("name", ["gen_07_xss_names.csv", "gen_08_path_names.csv", "gen_06_formula_names.csv"])
def test_hostile_names_are_text_everywhere(name, tmp_path, tags):
    trace = sz.read_trace(ROOT / "corpus" / name)
    for one in (trace, trace.energy()):
        page = tags(one._repr_html_())
        assert page.faults == []
        assert set(page.seen) <= {"div", "strong", "details", "summary", "table", "thead", "tbody", "tr", "th", "td"}
        assert repr(one).isprintable()
        drawn = plotting.save(one.plot()[0], tmp_path / "picture.svg")
        elements = {element.tag.rpartition("}")[2] for element in ET.parse(drawn).iter()}  # noqa: S314
        assert not {"script", "image", "foreignObject"} & elements
        plt.close("all")


def test_marks_of_direction_are_shown_and_do_not_act():
    name = "gpu\u202eSTAW\u2066<b>'\"&"
    log = sz.trace_from_arrays(np.arange(4) * 10**9, np.full(4, 5.0), device=name)
    for text in (repr(log), log._repr_html_(), log.energy()._repr_html_()):
        assert "\u202e" not in text
        assert "\u2066" not in text
        assert "<b>" not in text
    ax = log.energy().plot()[1]
    assert "\u202e" not in ax.get_yticklabels()[0].get_text()
    plt.close("all")
