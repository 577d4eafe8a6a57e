"""The budget of an energy, idle by every method, and the checks that put a figure in doubt."""

import json
import subprocess
import sys

import numpy as np
import pytest
import szilard as sz

S = 1_000_000_000


def trace(power, every=0.1, device="gpu"):
    power = np.asarray(power, dtype=float)
    times = np.round(np.arange(power.size) * every * S).astype(np.int64)
    return sz.trace_from_arrays(times, power, device=device, clock="relative")


def seconds(start: float, end: float) -> tuple[sz.Quantity, sz.Quantity]:
    return sz.Quantity(start, "s"), sz.Quantity(end, "s")


def part(energy: sz.Quantity, kind: str) -> float:
    budget = energy.budget()
    rows = budget.filter(budget["id"].str.starts_with(kind))
    return float((rows["contribution"] ** 2).sum() ** 0.5)


def test_the_example_of_fifteen_kilojoules():
    # 250 W, 60 s, N = 600, ±5 % gain, 1 W offset, 5 W noise
    log = trace([250.0] * 601).measured_by("gain ±5 %, offset 1 W, noise 5 W")
    energy = log.energy().energy
    assert energy.value == pytest.approx(15_000)
    assert [part(energy, kind) for kind in ("gain", "offset", "noise")] == pytest.approx([433.0, 60.0, 12.2], rel=5e-3)
    assert 2 * energy.u == pytest.approx(875, rel=1e-3)
    interval = energy.expanded(0.95)
    assert interval.method == "Monte Carlo"
    assert (interval.high - interval.low) / 2 == pytest.approx(727, rel=5e-3)
    assert energy.budget()["share"].sum() == pytest.approx(1.0, abs=1e-12)


def test_idle_on_the_same_meter_has_its_gain():
    # 3.8 W, then 7.2 W for 4.1 s: 29.52 J gross, 13.94 J above idle
    log = trace([3.8] * 42 + [7.2] * 42).measured_by("gain ±2 %")
    run = sz.energy_per_token(log, 50, window=seconds(4.2, 8.3), idle=seconds(0, 4.1))
    assert run.gross.value == pytest.approx(29.52)
    assert run.above_idle.value == pytest.approx(13.94)
    assert run.above_idle.u == pytest.approx(0.161, abs=5e-4)
    assert run.idle_method == "mean over the idle window (4.100 s)"
    assert run.budget()["share"].sum() == pytest.approx(1.0)


def test_a_gain_cancels_between_recordings_of_one_meter():
    runs = [trace([watts] * 101).measured_by("gain ±5 %", name="bench").energy().energy for watts in (200.0, 250.0)]
    assert (runs[0] / runs[1]).u < 1e-9
    other = trace([200.0] * 101).measured_by("gain ±5 %", name="other").energy().energy
    assert (other / runs[1]).u > 0.03


def test_idle_by_every_method():
    log = trace([60.0] * 101 + [200.0] * 200 + [64.0] * 100)
    assert log.idle_power(seconds(0, 10)).value == pytest.approx(60.0)
    assert log.idle_power([seconds(0, 10), seconds(31, 40)]).value == pytest.approx(62.0)
    assert log.idle_power("10th percentile").value == pytest.approx(60.0)
    assert log.idle_power().value == pytest.approx(60.0)
    assert log.idle_power(trace([61.0] * 20)).value == pytest.approx(61.0)
    window = seconds(11, 29)
    run = sz.energy_per_token(log, 10, window=window, idle=[seconds(0, 10), seconds(31, 40)])
    assert run.above_idle.value == pytest.approx(18 * (200 - 60 - 4 * 15 / 30.5))
    assert run.idle_method.startswith("straight between before")
    below = sz.energy_per_token(log, 10, window=window, idle="250 W")
    assert below.above_idle.value == pytest.approx(-900.0)  # signed, never clamped
    with pytest.raises(sz.errors.TraceError, match="percentile"):
        log.idle_power("500th percentile")


def test_idle_around_the_requests():
    # 60 W, from 10.5 s to 13.5 s 200 W, from 30.1 s on 64 W; the requests take 11 s to 13 s
    log = trace([60.0] * 105 + [200.0] * 31 + [60.0] * 165 + [64.0] * 100)
    tokens = sz.read_tokens(b"request,start [s],end [s],output_tokens\na,11,12,30\nb,12,13,30\n")
    run = sz.energy_per_token(log, tokens, clock_offset="0 s", idle="around")
    before = (10.4 * 60 + 0.1 * 130 + 0.5 * 200) / 11
    after = (0.5 * 200 + 0.1 * 130 + 16.4 * 60 + 0.1 * 62 + 9.9 * 64) / 27
    assert run.idle_power.value == pytest.approx((before + after) / 2, rel=1e-12)
    # between the middles of both, 5.5 s and 26.5 s, to that of the requests, 12 s
    drawn = before + (after - before) * 6.5 / 21
    assert run.above_idle.value == pytest.approx(400 - 2 * drawn, rel=1e-11)
    assert run.idle_method == "straight between before (11.000 s) and after (27.000 s)"
    # signed: a run that draws less than what is around it
    saving = trace([200.0] * 105 + [60.0] * 31 + [200.0] * 265)
    assert sz.energy_per_token(saving, tokens, clock_offset="0 s", idle="around").above_idle.value < -200


def test_two_rails_of_one_meter_share_its_gain():
    rows = b"".join(b"%d,10.000,4.000\n" % second for second in range(101))
    log = sz.read_trace(b"time [s],VDD_IN [W],VDD_CPU [W]\n" + rows).measured_by("gain 5 %, clock 1000 ppm")
    module, cpu = (log.energy(channel=name).energy for name in ("VDD_IN", "VDD_CPU"))
    difference = module - cpu
    assert difference.value == pytest.approx(600)
    # 5 % of 600 J, and not √(50² + 20²) J
    assert [part(difference, kind) for kind in ("gain", "clock")] == pytest.approx([30.0, 0.6])
    spot = sz.blind_spot(log, log, outer_channels=["VDD_IN"], inner_channels=["VDD_CPU"])
    assert spot.difference.u == pytest.approx(difference.u)


def test_offset_and_count_carry_their_uncertainty():
    tokens = sz.read_tokens(b"request,start [s],end [s],output_tokens\na,2,8,100\n")
    ramp = trace(np.linspace(100, 300, 101))
    plain = sz.energy_per_token(ramp, tokens, clock_offset="0 s")
    moved = sz.energy_per_token(ramp, tokens, clock_offset=sz.Quantity("0 s", u="0.1 s"))
    # a ramp of 20 W/s over 6 s: 0.1 s later is 12 J more
    assert (moved.gross.u**2 - plain.gross.u**2) ** 0.5 == pytest.approx(12.0, rel=1e-6)
    counted = sz.energy_per_token(ramp, tokens, clock_offset="0 s", tokens_u="2 %").per_token
    assert part(counted, "u-") == pytest.approx(0.02 * counted.value, rel=1e-9)


def test_a_window_declared_steady():
    rng = np.random.default_rng(5)
    log = trace(60 + rng.normal(size=4000))
    steady = log.mean_power(steady=True)
    assert steady.u == pytest.approx(1 / 4000**0.5, rel=0.05)
    assert steady.degrees_of_freedom > 3000


def codes(result) -> set[str]:
    return set(result.reasons["code"])


def test_what_is_hard_to_believe_lowers_the_status():
    rng = np.random.default_rng(1)
    load = 300 + 10 * rng.random(100)
    rows = "".join(f"{i},{device},{watts}\n" for i, watts in enumerate(load) for device in "ab")
    twins = sz.read_trace(f"time [s],device,power [W]\n{rows}".encode()).energy()
    assert twins.status == "incomplete"
    assert "W_MIRRORED_SERIES" in codes(twins)
    few = trace(load).energy(expected_devices=8)
    assert few.status == "incomplete"
    assert codes(few) >= {"W_DEVICE_COUNT"}
    rows = "".join(f"2025/03/04 10:00:0{i}.000, 0, 30{i} W, 0x000000000000004{i % 2}\n" for i in range(4))
    slowed = sz.read_trace(f"timestamp, index, power.draw [W], clocks_event_reasons.active\n{rows}".encode()).energy()
    assert slowed.status == "incomplete"
    assert "W_THROTTLED" in codes(slowed)
    cold = sz.energy_per_token(trace([120.0] * 150 + [720.0] * 850), 1000)
    assert cold.status == "incomplete"
    assert "W_WARM_UP" in codes(cold)
    assert sz.energy_per_token(trace([720.0] * 1000), 1000).status == "complete"


def test_every_doubt_can_be_met_from_here():
    rng = np.random.default_rng(2)
    load = np.round(300 + 10 * rng.random(200), 4)
    found = {"W_ABOVE_RATING": trace(load).measured_by("rating 100 W").energy()}
    held = load.copy()
    held[80:110] = held[80]
    found["W_FROZEN_SENSOR"] = trace(held).energy()
    other = np.round(200 + 100 * rng.random(200), 4)
    parts = {"a": load, "b": other, "all": load + other}
    rows = "".join(f"{i},{name},{watts[i]:.4f}\n" for i in range(200) for name, watts in parts.items())
    found["W_NESTED_SUM"] = sz.read_trace(f"time [s],device,power [W]\n{rows}".encode()).energy()
    rows = "".join(f"{i},{i + 1},10\n" for i in range(10, 30))
    tokens = sz.read_tokens(f"start [s],end [s],output_tokens\n{rows}25.5,40,10\n18,60,10\n19,70,10\n".encode())
    found["W_TRUNCATED_WINDOW"] = sz.energy_per_token(trace([300.0] * 260), tokens, clock_offset="0 s")
    rows = "".join(f"{i},0,100,{50 * i}\n" for i in range(30))
    found["W_COUNTER_DIFFERS"] = sz.read_trace(f"time [s],device,power [W],energy [J]\n{rows}".encode()).energy()
    for code, result in found.items():
        assert code in codes(result), (code, codes(result))
        assert result.status == "incomplete", code
        row = result.reasons.filter(result.reasons["code"] == code).row(0, named=True)
        assert row["message"], code


def test_the_command_says_the_same(tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("time [s],power [W]\n" + "".join(f"{i / 10},{3.8 if i < 42 else 7.2}\n" for i in range(84)))
    command = [sys.executable, "-m", "szilard", "energy", str(log), "--json"]
    run = ["--count", "50", "--window", "4.2,8.3", "--meter", "gain ±2 %", "--idle-window", "0,4.1"]
    found = json.loads(subprocess.run([*command, *run], capture_output=True, check=True, text=True).stdout)
    assert found["above_idle"]["value"] == pytest.approx(13.94, abs=1e-9)
    assert found["idle_method"].startswith("mean over the idle window")
    drift = ["--count", "50", "--window", "4.2,8.3", "--idle-percentile", "5"]
    found = json.loads(subprocess.run([*command, *drift], capture_output=True, check=True, text=True).stdout)
    assert found["idle_method"] == "5th percentile of the power samples"
    rows = [60.0] * 105 + [200.0] * 31 + [60.0] * 165 + [64.0] * 100
    log.write_text("time [s],power [W]\n" + "".join(f"{i / 10},{watts}\n" for i, watts in enumerate(rows)))
    both = ["--count", "50", "--window", "11,13", "--idle-before-after", "0,10", "32,40"]
    found = json.loads(subprocess.run([*command, *both], capture_output=True, check=True, text=True).stdout)
    # middles at 5 s and 36 s, the window's at 12 s
    assert found["above_idle"]["value"] == pytest.approx(400 - 2 * (60 + 4 * 7 / 31), abs=1e-9)
    assert found["idle_method"] == "straight between before (10.000 s) and after (8.000 s)"
    short = subprocess.run([*command, "--expect-devices", "2"], capture_output=True, check=False, text=True)
    assert short.returncode == 3
    assert "W_DEVICE_COUNT" in short.stderr
