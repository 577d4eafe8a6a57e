"""A node on a panel and a battery: the thread's rig, and simulations against independent ones in Python and SciPy."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import szilard as sz
from scipy import optimize, stats
from scipy.integrate import solve_ivp

ROOT = Path(__file__).resolve().parent.parent
NODE = sz.edge.Node("3.8 W", "7.2 W", "4.1 s", "50 token")
HOURS = {"daylight": "12 h", "noon": "12 h"}


def days(*harvest):
    return sz.edge.Sun.days([f"{wh} Wh" for wh in harvest], **HOURS)


def test_idle_alone_needs_91_2_wh_and_a_cloudy_day_fails_without_any_call():
    cloudy = NODE.budget("80 Wh")
    assert cloudy["idle"].to("Wh").value == pytest.approx(91.2, rel=1e-12)
    assert cloudy["surplus"].to("Wh").value == pytest.approx(-11.2, rel=1e-12)
    assert cloudy["calls"] is None
    battery = sz.edge.Battery("20 Ah", "12.8 V", start="0 %")
    outcome = sz.edge.simulate(sz.edge.Rig(NODE, battery, days(80), 0))
    assert outcome["off"].to("h").value > 0.0


def test_a_sunny_day_has_energy_for_59087_calls_and_time_for_21073():
    sunny = NODE.budget("320 Wh")
    assert sunny["surplus"].to("Wh").value == pytest.approx(320 - 3.8 * 24)
    assert sunny["calls_by_energy"].value == pytest.approx((320 - 3.8 * 24) * 3600 / ((7.2 - 3.8) * 4.1))
    assert sunny["calls"].value == pytest.approx(86400 / 4.1)


@pytest.mark.parametrize(("volts", "percent"), [("12.8 V", 0.3203125), ("3.2 V", 1.28125)])
def test_a_hundred_calls_drain_by_the_voltage(volts, percent):
    assert sz.edge.Battery("20 Ah", volts).share(NODE.energy_per_call, 100).to("%").value == pytest.approx(percent)


def simulated(harvest, capacity, cut_off, efficiency, calls, sink, step=3.0):
    """The same rig in steps of three seconds, each of which is one balance: an independent simulation, in Wh."""
    wh = 3600.0
    stored, kelvins = capacity * wh, sink["air"]
    lines = []
    for day, energy in enumerate(harvest):
        sums = {"served": 0.0, "load": 0.0, "curtailed": 0.0}
        for second in np.arange(0.0, 86400.0, step):
            share = lambda t: 0.5 * (1 - np.cos(np.pi * np.clip(t - 21600, 0, 43200) / 43200))  # noqa: E731
            sun = energy * wh * (share(second + step) - share(second))
            duty = calls * 4.1 / 86400
            most = (sink["ceiling"] - sink["air"]) / sink["r"]
            if kelvins >= sink["ceiling"]:
                duty = min(duty, max(0.0, (most - 3.8) / 3.4))
            drawn = (3.8 + 3.4 * duty) * step
            on = 1.0
            if stored + sun - drawn < cut_off * capacity * wh:
                charged = efficiency * sun
                on = charged / (charged + drawn - sun) if sun > 0 else 0.0
                drawn *= on
            else:
                net = sun - drawn
                taken = min(efficiency * net, capacity * wh - stored) if net > 0 else net
                stored += taken
                sums["curtailed"] += max(0.0, net - taken / efficiency) if net > 0 else 0.0
            sums["load"] += drawn
            sums["served"] += on * duty * step / 4.1
            kelvins += step * (drawn / step - (kelvins - sink["air"]) / sink["r"]) / sink["c"]
        lines.append({"day": day, **{name: value if name == "served" else value / wh for name, value in sums.items()}})
    return lines


def test_days_agree_with_a_simulation_in_steps_of_three_seconds():
    harvest, sink = (320.0, 30.0, 30.0), {"r": 9.58, "c": 60.0, "air": 300.15, "ceiling": 360.15}
    expected = simulated(harvest, 64.0, 0.2, 0.9, 19_000, sink)
    battery = sz.edge.Battery("64 Wh", efficiency="90 %", cut_off="20 %")
    board = sz.edge.ThermalNode("9.58 K/W", "60 J/K", "27 degC", "87 degC")
    found = sz.edge.simulate(sz.edge.Rig(NODE, battery, days(*harvest), 19_000, thermal=board, step="1 min")).days
    for line, (served, load, curtailed) in zip(
        expected, found.select("calls_served", "load_wh", "curtailed_wh").iter_rows(), strict=True
    ):
        assert served == pytest.approx(line["served"], rel=2e-3)
        assert load == pytest.approx(line["load"], rel=2e-3)
        assert curtailed == pytest.approx(line["curtailed"], rel=5e-3, abs=0.05)
    assert found["unserved_power"].sum() > 100
    assert found["unserved_heat"].sum() > 100


def test_the_temperature_is_that_of_the_differential_equation():
    # leakage, a daily wave of the air, calls in a part of the day
    leak, reference, r, c = 0.02, 298.15, 5.0, 400.0
    board = sz.edge.ThermalNode(
        (r, "K/W"), (c, "J/K"), "25 degC", "150 degC", leakage=(leak, "W/K"), reference=(reference, "K")
    )
    rig = sz.edge.Rig(
        NODE, sz.edge.Battery("10 kWh"), days(0), 5000, hours=("6 h", "18 h"), thermal=board, swing="8 K",
        warmest="15 h", step="5 min",
    )  # fmt: skip
    steps = sz.edge.simulate(rig).steps

    def slope(second, kelvins):
        air = 298.15 + 8 * np.cos(2 * np.pi * (second - 54000) / 86400)
        duty = 5000 * 4.1 / 43200 if 21600 <= second < 64800 else 0.0
        return (3.8 + 3.4 * duty + leak * (kelvins - reference) - (kelvins - air) / r) / c

    ends = steps["start_s"].to_numpy() + steps["length_s"].to_numpy()
    start = 298.15 + 8 * np.cos(2 * np.pi * (150 - 54000) / 86400)
    exact = solve_ivp(slope, (0.0, 86400.0), [start], t_eval=ends, rtol=1e-9, atol=1e-9, max_step=60.0)
    # the air is even inside a step of the simulation
    np.testing.assert_allclose(steps["temperature_k"].to_numpy(), exact.y[0], atol=0.05)


def test_the_books_close_in_every_step():
    outcome = sz.edge.simulate(ROOT / "examples" / "rooftop.toml")
    for table in (outcome.steps, outcome.days):
        parts = table.select(pl.col("load_wh") + pl.col("stored_wh") + pl.col("curtailed_wh") + pl.col("loss_wh"))
        np.testing.assert_allclose(parts.to_series().to_numpy(), table["harvest_wh"].to_numpy(), atol=1e-11)
    figures = dict(outcome.figures.select("figure", "value").iter_rows())
    assert figures["tokens_served"] + figures["tokens_unserved"] == pytest.approx(figures["tokens_asked"], rel=1e-12)
    assert outcome.is_one_of_many
    assert outcome["harvest"].u > 0.0
    assert outcome.trials("harvest").samples.shape == (400,)


def test_a_scenario_file_names_the_line_of_what_is_wrong(tmp_path):
    text = (ROOT / "examples" / "rooftop.toml").read_text(encoding="utf-8")
    cases = {
        ("[battery]", "[battery]\nageing = true"): "unknown field `ageing`",
        ("call_time = \"4.1 s\"", "call_time = \"4.1 W\""): "expected a figure in s",
        ("capacity = \"20 Ah\"", "capacity = \"0 Ah\""): "finite value above 0",
        ("voltage = \"12.8 V\"", "#"): "no energy without the voltage",
        ("share = \"0.6\"", "share = \"0.7\""): "add up to 1",
        ("threshold = \"97 degC\"", "threshold = \"20 degC\""): "at least the ambient",
        ("days = 10", "days = ten"): "",
        ("efficiency = \"95 %\"", "efficiency = \"0 %\""): "above 0 and at most 1",
    }  # fmt: skip
    for (old, new), reason in cases.items():
        assert old in text
        path = tmp_path / "rig.toml"
        path.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(sz.errors.EdgeError, match=r"rig\.toml, line \d+: ") as raised:
            sz.edge.simulate(path)
        assert reason in str(raised.value), raised.value
    line = next(number for number, row in enumerate(text.splitlines(), 1) if row.startswith("[battery]"))
    path.write_text(text.replace("[battery]", "[battery]\nageing = true"), encoding="utf-8")
    with pytest.raises(sz.errors.EdgeError, match=rf"line {line + 1}:"):
        sz.edge.simulate(path)


def test_a_series_is_read_from_beside_the_file(tmp_path):
    hours = np.arange(0, 49)
    power = np.where((hours % 24 > 6) & (hours % 24 < 18), 20.0, 0.0)
    rows = "\n".join(f"{3600 * hour},{watts}" for hour, watts in zip(hours, power, strict=True))
    (tmp_path / "sun.csv").write_text(f"time [s],power [W]\n{rows}\n")
    text = (ROOT / "examples" / "rooftop.toml").read_text(encoding="utf-8")
    head, rest = text.split("[sun]")
    kept = rest[rest.index("[battery]") :]
    path = tmp_path / "rig.toml"
    path.write_text(f'{head.replace("days = 10", "days = 2")}[sun]\nseries = "sun.csv"\n{kept}')
    outcome = sz.edge.simulate(path)
    assert outcome["harvest"].to("Wh").value == pytest.approx(np.trapezoid(power, hours))
    by_hand = sz.edge.Sun.series(hours * 3600.0, power)
    assert sz.edge.simulate(sz.edge.Rig(NODE, sz.edge.Battery("1 kWh"), by_hand, 0))["harvest"].to(
        "Wh"
    ).value == pytest.approx(np.trapezoid(power, hours))
    (tmp_path / "sun.csv").write_text("time [s],power [W]\n0,1\n3600,nonsense\n7200,1\n")
    with pytest.raises(sz.errors.Error):
        sz.edge.simulate(path)


def test_sizes_and_why_there_is_none():
    rig = sz.edge.Rig(NODE, sz.edge.Battery("256 Wh"), days(320, 80).of_array("100 W"), 1000, days=60)
    size, share = sz.edge.sizing(rig, "panel", "100 %")
    assert share == 1.0
    smaller = days(*(wh * size.to("W").value / 100 * 0.997 for wh in (320, 80)))
    short = sz.edge.simulate(sz.edge.Rig(NODE, sz.edge.Battery("256 Wh"), smaller, 1000, days=60))
    assert short["full_days"].value < 1.0
    with pytest.raises(sz.errors.EdgeError, match="more time than there is"):
        sz.edge.sizing(sz.edge.Rig(NODE, sz.edge.Battery("256 Wh"), days(320), 30_000), "battery", "90 %")
    with pytest.raises(ValueError, match="panel, battery or calls"):
        sz.edge.sizing(rig, "roof", "90 %")


def token_log(tmp_path, rows):
    path = tmp_path / "tokens.csv"
    lines = [f"{index},{start:.6f},{end:.6f},10,{tokens}" for index, (start, end, tokens) in enumerate(rows)]
    path.write_text("request_id,start_s,end_s,prompt_tokens,output_tokens\n" + "\n".join(lines) + "\n")
    return sz.read_tokens(path)


def test_drift_agrees_with_ordinary_least_squares(tmp_path):
    random = np.random.default_rng(1)
    seconds = np.arange(0.0, 1201.0)
    kelvins = 320.0 + 15.0 * np.sin(seconds / 97.0)
    start = 12.0 * np.arange(100)
    during = np.array([np.trapezoid(kelvins[int(s) : int(s) + 11], seconds[int(s) : int(s) + 11]) / 10 for s in start])
    tokens = np.maximum(1, np.round(10.0 / (0.05 + 2e-4 * (during - 320) + 5e-4 * random.standard_normal(100))))
    log = token_log(tmp_path, [(s, s + 10.0, int(n)) for s, n in zip(start, tokens, strict=True)])
    stamps = log.requests["start_ns"].to_numpy()
    clock = (seconds * 1e9).astype(np.int64) + int(stamps[0])
    found = sz.edge.latency_drift(log, clock, kelvins)
    line = stats.linregress(during, 10.0 / tokens)
    assert found["slope"].value == pytest.approx(line.slope, rel=1e-6)
    # a serial correlation can only widen it
    assert line.stderr * 0.999 <= found["slope"].u < 1.6 * line.stderr
    assert found["determination"] == pytest.approx(line.rvalue**2, rel=1e-6)
    assert (found["calls"], found["left_out"], found["effect"]) == (100, 0, None)


def test_a_heat_sink_agrees_with_a_fit_of_scipy():
    random = np.random.default_rng(2)
    seconds = np.arange(0.0, 2000.0)
    watts = np.where((seconds // 300) % 2 == 0, 3.8, 7.2)
    kelvins = np.empty_like(seconds)
    kelvins[0] = 310.0

    def course(r, c, air, first):
        now, out = first, np.empty_like(seconds)
        out[0] = now
        mean = 0.5 * (watts[1:] + watts[:-1])
        for index, power in enumerate(mean):
            target = air + r * power
            now = target + (now - target) * np.exp(-1.0 / (r * c))
            out[index + 1] = now
        return out

    kelvins = course(9.58, 20.0, 298.15, 310.0) + 0.3 * random.standard_normal(len(seconds))
    clock = (seconds * 1e9).astype(np.int64)
    found = sz.edge.fit_thermal(clock, watts, clock, kelvins)
    fitted, covariance = optimize.curve_fit(
        lambda _, r, c, air, first: course(r, c, air, first), seconds, kelvins, p0=(8.0, 30.0, 300.0, 305.0)
    )
    assert found.resistance.value == pytest.approx(fitted[0], rel=2e-3)
    assert found.capacity.value == pytest.approx(fitted[1], rel=5e-3)
    assert found.resistance.u == pytest.approx(np.sqrt(covariance[0, 0]), rel=0.15)
    assert found.capacity.u == pytest.approx(np.sqrt(covariance[1, 1]), rel=0.15)
    assert found.residual_k == pytest.approx(0.3, rel=0.1)


def test_a_hot_spell_and_what_it_cost(tmp_path):
    seconds = np.arange(0.0, 301.0)
    hot = (seconds >= 100) & (seconds < 150)
    log = token_log(tmp_path, [(10.0 * k, 10.0 * k + 10.0, 60 if 10 <= k < 15 else 100) for k in range(30)])
    clock = (seconds * 1e9).astype(np.int64) + int(log.requests["start_ns"][0])
    found = sz.edge.throttling("temperature", "90 degC", clock, np.where(hot, 364.0, 340.0), log)
    assert found.height == 1
    assert found["tokens"][0] == pytest.approx(200.0)
    assert found["call_s"][0] == pytest.approx(50.0)
    assert sz.edge.throttling("temperature", "90 degC", clock, np.where(hot, 364.0, 340.0))["tokens"][0] is None
    with pytest.raises(sz.errors.EdgeError, match="idle board"):
        sz.edge.throttling("clock", "1 GHz", clock, np.where(hot, 6e8, 1.4e9))
    with pytest.raises(sz.errors.EdgeError, match="rise"):
        sz.edge.throttling("temperature", "90 degC", clock[::-1].copy(), np.where(hot, 364.0, 340.0))


def test_uncertainty_goes_through_the_heat_functions():
    source = sz.Quantity("45 degC", u="0.5 K")
    assert sz.edge.exergy_factor(source, "25 degC").u == pytest.approx(298.15 / 318.15**2 * 0.5)
    resistance = sz.Quantity("9.5 K/W", u="2 %")
    power = sz.edge.ThermalNode(resistance, "60 J/K", "28 degC", "80 degC").max_power
    assert power.u / power.value == pytest.approx(0.02)


def test_heat_of_a_node_does_not_flow_into_a_trough():
    with pytest.raises(sz.errors.EdgeError, match="cannot flow"):
        sz.edge.heat_match("7.2 W", "60 degC", "20 W", "350 degC", approach="5 K", ambient="25 degC")
    with pytest.raises(sz.errors.EdgeError, match="measured range"):
        sz.edge.receiver_loss("60 degC")


@pytest.mark.filterwarnings("ignore:DatetimeIndex.dayofyear")
def test_a_modelled_series_of_pvlib_goes_in():
    pvlib = pytest.importorskip("pvlib")
    pd = pytest.importorskip("pandas")
    times = pd.date_range("2025-06-01", "2025-06-03", freq="15min", tz="Europe/Vienna")
    sky = pvlib.location.Location(48.2, 16.4, tz="Europe/Vienna").get_clearsky(times, model="haurwitz")
    watts = 100.0 * 0.8 * sky["ghi"].to_numpy() / 1000.0
    sun = sz.edge.Sun.series((times - times[0]).total_seconds().to_numpy(), watts).of_array("100 W")
    outcome = sz.edge.simulate(sz.edge.Rig(NODE, sz.edge.Battery("1 kWh", start="0 %"), sun, 1000))
    assert outcome["harvest"].to("Wh").value == pytest.approx(np.trapezoid(watts, dx=0.25))


def test_the_examples_of_the_page_print_what_it_shows():
    page = (ROOT / "docs" / "edge.md").read_text(encoding="utf-8")
    pairs = re.findall(r"(?s)```python\n(.*?)```\s*<!-- output -->\s*```text\n(.*?)```", page)
    assert len(pairs) == page.count("```python")
    for code, shown in pairs:
        run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        assert run.stdout == shown
