"""Many windows, costs of phases, blind spots, ledgers: against exact fractions and against runs that are made up."""

import csv
import hashlib
import itertools
import json
import random
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import szilard as sz
from szilard.errors import BoundaryError, FormatError, TraceError

sys.path.insert(0, str(Path(__file__).resolve().parent / "oracles"))
import energy_oracle as oracle

S = 10**9
CASES = json.loads((Path(__file__).resolve().parent / "vectors/peer_cases.json").read_text(encoding="utf-8"))["cases"]


def case(name):
    return next(case for case in CASES if case["id"] == name)


def constant(watts, seconds=10, boundary=None):
    return sz.trace_from_arrays(np.arange(seconds + 1) * S, np.full(seconds + 1, float(watts)), boundary=boundary)


def of(samples, device="0"):
    time, power = zip(*samples, strict=True)
    return sz.trace_from_arrays(np.round(np.array(time) * S).astype(np.int64), np.array(power), device=device)


def test_energies_are_the_exact_fractions():
    # the oracle integrates the decimals in rational arithmetic
    draw = random.Random(1)
    for _ in range(1000):
        count = draw.randint(3, 40)
        times = list(itertools.accumulate(draw.randint(1, 400) for _ in range(count)))
        powers = [draw.randint(0, 700_000) for _ in range(count)]
        samples = [(Fraction(t, 1000), Fraction(p, 1000)) for t, p in zip(times, powers, strict=True)]
        pieces = oracle.power_pieces(samples)
        trace = sz.trace_from_arrays(np.array(times) * 10**6, np.array(powers) / 1000)
        start = draw.randint(times[0], times[-1] - 1)
        end = draw.randint(start + 1, times[-1])
        windows = [(times[0], times[-1]), (start, end)]
        table = sz.energies(trace, [w[0] * 10**6 for w in windows], [w[1] * 10**6 for w in windows])
        for window, energy in zip(windows, table["energy_j"], strict=True):
            exact = oracle.energy(pieces, (Fraction(window[0], 1000), Fraction(window[1], 1000)))
            size = float(sum(abs(p) for _, p in samples) * Fraction(window[1] - window[0], 1000))
            assert abs(energy - float(exact.energy)) <= 1e-14 * size
        whole = trace.energy()
        assert abs(whole.energy.value - float(oracle.energy(pieces, (samples[0][0], samples[-1][0])).energy)) <= (
            1e-14 * whole.energy.value
        )


def test_shared_windows_and_what_is_outside_are_the_meter():
    # 100 W: 1..4 s and 2..5 s share 2 s; 6 s to 10 s and the first second are outside
    trace = constant(100)
    start, end = [1 * S, 2 * S], [4 * S, 5 * S]
    assert sz.energies(trace, start, end)["energy_j"].to_list() == [300.0, 300.0]
    assert sz.energies(trace, start, end, overlapping="equal")["energy_j"].to_list() == [200.0, 200.0]
    weighted = sz.energies(trace, start, end, overlapping="weighted", weight=[3, 1])
    assert weighted["energy_j"].to_list() == pytest.approx([250.0, 150.0], rel=1e-15)
    with pytest.raises(TraceError, match="weights above zero"):
        sz.energies(trace, start, end, overlapping="weighted", weight=[1, 0])
    with pytest.raises(TraceError, match="overlapping"):
        sz.energies(trace, start, end, overlapping="weighted")
    with pytest.raises(TraceError, match="2 starts and 1 ends"):
        sz.energies(trace, start, [4 * S])


def test_a_trapezoid_of_columns_is_exact():
    # 15 J, and 40 J behind them
    assert sz.trapezoid([0, S, 3 * S], [10.0, 20.0, 20.0]).value == 55.0
    assert str(sz.trapezoid([0, S, 3 * S], [10.0, 20.0, 20.0], max_gap="1 s").unit) == "J"
    assert sz.trapezoid([0, S, 3 * S], [10.0, 20.0, 20.0], max_gap="1 s").value == 15.0
    with pytest.raises(TraceError, match="times that rise"):
        sz.trapezoid([0, S, 0], [1.0, 1.0, 1.0])


def test_a_window_over_a_gap_says_how_long_it_is():
    trace = of([(0, 10), (1, 10), (9, 10), (10, 10)])
    table = sz.energies(trace, [0, 9 * S, 9 * S], [10 * S, 10 * S, 12 * S])
    assert table["gap_s"].to_list() == [8.0, 0.0, 2.0]
    assert table["energy_j"].to_list() == [20.0, 10.0, 10.0]


def test_the_costs_of_phases_are_those_of_a_least_squares_fit():
    # oracle: numpy.linalg.lstsq on the stretches; a node at 90 W, 0.01 J a prompt token and 0.2 J an output token
    draw = np.random.default_rng(3)
    rows, edges = [], {0, 60 * S}
    for index in range(12):
        start = int(draw.integers(0, 40)) * S
        first, end = start + int(draw.integers(1, 5)) * S, start + int(draw.integers(6, 18)) * S
        rows.append((f"r{index}", start, first, end, int(draw.integers(100, 4000)), int(draw.integers(20, 600))))
        edges |= {start, first, end}
    cuts = np.array(sorted(edges))
    matrix = np.zeros((len(cuts) - 1, 3))
    matrix[:, 2] = 1
    for _, start, first, end, prompt, output in rows:
        for column, low, high, count in [(0, start, first, prompt), (1, first, end, output)]:
            inside = (cuts[:-1] >= low) & (cuts[1:] <= high)
            matrix[inside, column] += count / ((high - low) / S)
    power = matrix @ [0.01, 0.2, 90] + draw.normal(0, 2, len(matrix))
    # a step at each cut: a sample at both of its sides
    time = np.repeat(cuts, 2)[1:-1]
    trace = sz.trace_from_arrays(time, np.repeat(power, 2))
    header = "request,start [s],first_token [s],end [s],prompt_tokens,output_tokens\n"
    text = "".join(f"{name},{a / S},{b / S},{c / S},{p},{o}\n" for name, a, b, c, p, o in rows)
    log = sz.read_tokens((header + text).encode())
    costs = sz.phase_costs(trace, log, clock_offset="0 s", max_gap="60 s")
    weight = np.sqrt(np.diff(cuts) / S)
    x, y = matrix * weight[:, None], power * weight
    fit, square, *_ = np.linalg.lstsq(x, y, rcond=None)
    found = [costs.per_prompt_token.value, costs.per_output_token.value, costs.per_second.value]
    assert found == pytest.approx(fit, rel=1e-9)
    covariance = square[0] / (len(y) - 3) * np.linalg.inv(x.T @ x)
    assert np.array(costs.covariance) == pytest.approx(covariance, rel=1e-8)
    budget = costs.per_second.budget()
    scatter = [
        u for label, u in zip(budget["label"], budget["contribution"], strict=True) if label.startswith("scatter")
    ]
    assert np.abs(scatter) == pytest.approx([np.sqrt(covariance[2, 2])], rel=1e-8)


def test_policies_stand_side_by_side():
    # a alone for 2 s, both for 2 s, b alone for 2 s at 100 W; a makes 30 tokens and b 10
    log = sz.read_tokens(b"request,start [s],end [s],output_tokens\na,1,5,30\nb,3,7,10\n")
    table = sz.policies(constant(100), log, clock_offset="0 s")
    assert table["time_j"].to_list() == [300.0, 300.0]
    assert table["tokens_j"].to_list() == [350.0, 250.0]
    # no first tokens, and an overlap
    assert table["regression_j"].null_count() == table["exclusive_j"].null_count() == 2
    with pytest.raises(TraceError):
        sz.policies(constant(100), log)


def test_the_blind_spot_of_a_board_is_what_the_node_draws_besides():
    time = np.arange(101) * S
    board = np.linspace(100, 300, 101)
    outer = sz.trace_from_arrays(time, 80 + 1.1 * board, boundary="node")
    inner = sz.trace_from_arrays(time, board, boundary="board")
    spot = sz.blind_spot(outer, inner, step="20 s")
    # 80 W and a tenth of 200 W on average, for 100 s
    assert spot.difference.value == pytest.approx(10_000, rel=1e-12)
    assert spot.difference.boundary is None
    assert spot.share.value == pytest.approx(10_000 / 30_000, rel=1e-12)
    assert spot.rows["difference_w"].to_list() == pytest.approx([92, 96, 100, 104, 108], rel=1e-12)
    assert spot.load["inner_w"].to_list() == pytest.approx([120, 160, 200, 240, 280], rel=1e-12)
    with pytest.raises(BoundaryError):
        sz.blind_spot(inner, outer)


def saved(folder, name, minute, watts, model):
    # 10 s at a power, 100 tokens
    start = 1_740_000_000 * S + minute * 60 * S
    trace = sz.trace_from_arrays(start + np.arange(11) * S, np.full(11, float(watts)), boundary="board")
    sz.energy_per_token(trace, 100).save(folder / name, labels={"model": model})
    return sz.load_report(folder / name)


def test_a_ledger_tests_what_took_turns_in_pairs(tmp_path):
    # a drift of 10 W from pair to pair hides the 1 W between the models, unless the runs are paired
    turns = itertools.product(range(5), enumerate("ab"))
    runs = [saved(tmp_path, f"{model}{k}.json", 2 * k + turn, 100 + 10 * k + turn, model) for k, (turn, model) in turns]
    ledger = sz.compare(runs)
    assert ledger["group"].to_list() == ["model=a", "model=b"] * 5
    assert ledger["energy_per_token_j"].to_list()[:2] == [10.0, 10.1]
    assert ledger["kwh_per_mtoken"][0] == pytest.approx(10 / 3.6, rel=1e-15)
    assert ledger["batch"].to_list() == [1.0] * 10
    groups = sz.compare_groups(runs)
    assert groups["p"].to_list() == [None, 2 / 32]
    assert groups["design"].to_list() == [None, "paired"]


def test_the_exact_test_has_the_p_of_the_peer(tmp_path):
    expected = case("mann-whitney")["expected"]
    runs = [saved(tmp_path, f"{k}.json", k, watts, "a" if k < 5 else "b") for k, watts in enumerate(range(1, 11))]
    assert sz.compare_groups(runs)["p"][1] == pytest.approx(expected["p"], rel=1e-12)
    three = [*runs[:3], *runs[5:8]]
    assert sz.compare_groups(three)["p"][1] == pytest.approx(expected["p_3v3"], rel=1e-12)


def test_a_report_names_its_inputs_and_outlives_its_version(tmp_path):
    log = tmp_path / "power.csv"
    log.write_bytes(b"time [s],power [W]\n" + b"".join(b"%d,100\n" % second for second in range(11)))
    path = tmp_path / "run.json"
    sz.energy_per_token(sz.read_trace(log), 100).save(path, labels={"model": "m"})
    fields = json.loads(path.read_text())
    assert fields["inputs"] == [
        {
            "role": "power",
            "name": str(log),
            "sha256": hashlib.sha256(log.read_bytes()).hexdigest(),
            "bytes": log.stat().st_size,
        }
    ]
    assert fields["szilard"]
    assert fields["labels"] == {"model": "m"}
    fields["carbon"] = 1
    path.write_text(json.dumps(fields))
    with pytest.warns(UserWarning, match="carbon"):
        again = sz.load_report(path)
    assert again.labels == {"model": "m"}
    # a newer minor version adds fields, here and inside others; a newer first number is another layout
    fields["schema"] = "szilard-report/1.7"
    fields["meter"]["phase_angle"] = 0.1
    path.write_text(json.dumps(fields))
    with pytest.warns(UserWarning, match="carbon"):
        assert sz.load_report(path).per_token.value == again.per_token.value
    fields["schema"] = "szilard-report/9"
    path.write_text(json.dumps(fields))
    with pytest.raises(FormatError, match="szilard-report/9"):
        sz.load_report(path)


def test_the_official_mean_of_a_log_that_restarts_has_no_trapezoid_beside_it():
    # the clock steps back: 0..10 s twice
    rows = b"".join(b"%d,100\n" % second for second in [*range(11), *range(3, 11)])
    trace = sz.read_trace(b"time [s],power [W]\n" + rows)
    run = sz.energy_per_token(trace, 10, method="mean-of-samples")
    assert run.meter.value == pytest.approx(1000.0)


def test_joules_per_token_of_ml_energy_are_power_over_throughput(shared):
    with (shared / "published/mlenergy_v3.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 838
    for row in rows:
        power, rate = (
            sz.Quantity(float(row["avg_power_w"]), "W"),
            sz.Quantity(float(row["throughput_tok_s"]), "token/s"),
        )
        assert (power / rate).to("J/token").value == pytest.approx(float(row["energy_per_token_j"]), rel=1e-15)


def test_energies_of_peers():
    ramp = case("infx-ramp")["inputs"]
    duration = ramp["duration_s"]
    trace = of([(0, ramp["power_at_window_start_W"]), (duration, ramp["power_at_window_end_W"])])
    assert trace.energy(max_gap="100 s").energy.value == pytest.approx(
        case("infx-ramp")["expected"]["energy_J"], rel=1e-9
    )

    two = case("infx-trapezoid-2gpu")
    low, high = (int(edge * S) for edge in two["inputs"]["window_s"])
    for device, samples in two["inputs"]["samples_s_W"].items():
        energy = sz.energies(of(samples), [low], [high], max_gap="10 s")["energy_j"][0]
        assert energy == pytest.approx(two["expected"]["energy_J"][device], rel=two["tolerance"])

    roles = case("infx-disagg-attribution")
    given, expected = roles["inputs"], roles["expected"]
    seconds = int(given["window_s"])
    of_role = {
        role: sum(constant(watts, seconds).energy().energy.value for watts in given[f"{role}_gpus_W"])
        for role in ("prefill", "decode")
    }
    assert of_role["prefill"] == pytest.approx(expected["prefill_J"], rel=1e-6)
    assert of_role["decode"] == pytest.approx(expected["decode_J"], rel=1e-6)
    total = sum(of_role.values())
    for key, found in {
        "J_per_query": total / given["successful_queries"],
        "J_per_input_token_whole": total / given["input_tokens"],
        "J_per_output_token_whole": total / given["output_tokens"],
        "J_per_total_token": total / (given["input_tokens"] + given["output_tokens"]),
        "prefill_J_per_input_token": of_role["prefill"] / given["input_tokens"],
        "decode_J_per_output_token": of_role["decode"] / given["output_tokens"],
    }.items():
        assert found == pytest.approx(expected[key], rel=1e-6), key

    limits = case("zeus-power-limit-rows")
    for row, watts in zip(limits["inputs"]["rows"], limits["expected"]["mean_W"], strict=True):
        assert sz.calc(f"{row['E_J']} J / {row['t_s']} s").to("W").value == pytest.approx(watts, rel=1e-9)

    reset = case("gap-reset")
    text = "time [s],energy [J]\n" + "".join(f"{k},{value}\n" for k, value in enumerate(reset["inputs"]["counter_J"]))
    result = sz.read_trace(text.encode()).energy()
    # 10 J before and 10 J after the reset; never the 261 kJ of a wrap
    assert result.energy.value == reset["expected"]["min_physical_J"]
    assert result.status == "incomplete"

    gap = case("infx-gap-reject")["inputs"]
    edges = [int(edge * S) for edge in gap["window_s"]]
    table = sz.energies(of(gap["samples_s_W"]), [edges[0]], [edges[1]], max_gap=f"{gap['max_gap_s']} s")
    assert table["gap_s"][0] == 8.0
