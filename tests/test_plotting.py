"""Figures are drawn from results, on given axes, without a display; names in them are shown as they are."""

import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("agg")

import matplotlib.pyplot as plt
import szilard as sz
from szilard import demo, plotting


@pytest.fixture(scope="module")
def recording():
    return demo.recording()


def costs():
    """Two ways at the site; one of them without a price."""
    chain = sz.BoundaryChain([sz.Factor("pue", 1.2)])
    usage = {"tokens_per_call": 10, "calls_per_year": 10, "chain": chain}
    first = sz.boundaries.cost_of_thought(sz.Quantity("1 J/token", boundary="it"), way="a", price_per_kwh=0.3, **usage)
    return first.vstack(sz.boundaries.cost_of_thought(sz.Quantity("2 J/token", boundary="site"), way="$b", **usage))


def solar():
    """A sunny day and a cloudy one, with too many calls for both."""
    node = sz.edge.Node("3.8 W", "7.2 W", "4.1 s", "50 token")
    sun = sz.edge.Sun.days(["320 Wh", "80 Wh"], daylight="12 h", noon="12 h")
    board = sz.edge.ThermalNode("9.58 K/W", "60 J/K", "28 degC", "80 degC")
    return sz.edge.simulate(sz.edge.Rig(node, sz.edge.Battery("40 Wh"), sun, 25_000, thermal=board))


@pytest.fixture
def figures(recording):
    trace, tokens, run = recording
    chain = sz.BoundaryChain([sz.Factor("host", 1.3), sz.Factor("psu", 1.1)])
    logits = np.random.default_rng(0).normal(size=(5, 9))
    yield {
        "trace": lambda ax: trace.plot(tokens, ax=ax),
        "window": lambda ax: trace[sz.Quantity("10 s") : sz.Quantity("20 s")].plot(run, ax=ax),
        "requests": lambda ax: run.plot(ax=ax),
        "budget": lambda ax: plotting.budget(run.per_token, ax=ax),
        "exact": lambda ax: plotting.budget(sz.Quantity("1 J"), ax=ax),
        "ladder": lambda ax: sz.ladder("llama-3-70b", run.per_token, "300 K").plot(ax=ax),
        "sweep": lambda ax: sz.sweep(
            "gpt2",
            run.per_token,
            "300 K",
            over="batch",
            values=[1, 8],
            dtype="fp16",
            context=9,
            device="l4",
            transfer_energy="hbm2",
        ).plot(ax=ax),
        "chain": lambda ax: chain.plot(run.per_token, "node", ax=ax),
        "flow": lambda ax: chain.plot(run.per_token, "node", ax=ax, kind="sankey"),
        "scenario": lambda ax: sz.published.scenario().plot(ax=ax),
        "ranges": lambda ax: sz.published.scenario(region="United States").plot(ax=ax),
        "verdicts": lambda ax: plotting.verdicts(sz.audit_claims("mushrooms-thread"), ax=ax),
        "cooling": lambda ax: plotting.cooling({"a": 1.1, "$b": 2.5}, ax=ax),
        "solar": lambda ax: solar().plot(ax=ax),
        "costs": lambda ax: plotting.cost_of_thought(costs(), "year", ax=ax),
        "inwards": lambda ax: chain.plot(sz.Quantity("5 J", boundary="node"), "board", ax=ax),
        "surprisal": lambda ax: plotting.surprisal(sz.token_entropy(logits, targets=[0, 1, 2, 3, 4]), ax=ax),
        "board": lambda ax: plotting.galton_board(logits[0], tokens=list("a$b<\ncdef"), k=4, ax=ax),
        "strip": lambda ax: sz.token_entropy(logits, targets=[0, 1, 2, 3, 4]).plot(list("a$b<\n"), ax=ax),
    }
    plt.close("all")


@pytest.mark.parametrize(
    "name",
    [
        "trace",
        "window",
        "requests",
        "budget",
        "exact",
        "ladder",
        "sweep",
        "chain",
        "inwards",
        "strip",
        "flow",
        "scenario",
        "ranges",
        "verdicts",
        "cooling",
        "solar",
        "costs",
        "surprisal",
        "board",
    ],
)
def test_axes_go_in_and_come_out(figures, name, tmp_path):
    figure, ax = figures[name](None)
    figure.savefig(tmp_path / "new.svg")
    assert ax.get_xlabel() or ax.get_ylabel()
    given = plt.figure().add_subplot()
    again, same = figures[name](given)
    assert (again, same) == (given.figure, given)


def test_gaps_are_shaded_and_not_bridged():
    log = b"time [s],power [W]\n0,10\n1,10\n2,10\n60,10\n61,10\n"
    _, ax = sz.read_trace(log).plot()
    assert np.isnan(ax.lines[0].get_ydata()).sum() == 1
    assert len(ax.patches) == 1
    plt.close("all")


def test_the_demo_writes_its_pictures(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "szilard.demo", "pictures"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    written = sorted(path.name for path in (tmp_path / "pictures").iterdir())
    assert len([name for name in written if name.endswith(".png")]) >= 3
    assert len([name for name in written if name.endswith(".svg")]) >= 3
    assert "J/token" in run.stdout
    assert all(str(Path("pictures") / name) in run.stdout for name in written)


def test_the_command_is_the_same_program():
    command = [sys.executable, "-m", "szilard", "calc"]
    run = subprocess.run([*command, "7.2 W * 4.1 s / 50 token"], check=True, capture_output=True, text=True)
    assert "0.5904 J/token" in run.stdout
    wrong = subprocess.run([*command, "3 zork"], check=False, capture_output=True, text=True)
    assert wrong.returncode == 2
    assert "zork" in wrong.stderr


def test_the_board_puts_every_token_into_a_bin():
    logits = np.log([0.5, 0.25, 0.125, 0.0625, 0.0625])
    _, ax = plotting.galton_board(logits, k=2, temperature="300 K")
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([0.5, 0.25, 0.25])
    assert ax.get_xticklabels()[-1].get_text() == "3 others"
    # H = 1.875 bit, times k_B 300 K ln 2 = 2.870978885078724e-21 J/bit
    assert f"{1.875 * 2.870978885078724e-21:.3g}" in ax.get_title()
    plt.close("all")


def test_surprisal_needs_targets():
    with pytest.raises(sz.errors.InformationError, match="targets"):
        plotting.surprisal(sz.token_entropy(np.zeros((1, 3))))
