"""The data sets are what their manifest says, and the example trace is what its generator writes."""

import csv
import hashlib
import importlib.util
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import pytest
import szilard as sz

ROOT = Path(__file__).resolve().parent.parent
TRACES = ROOT / "datasets/traces"
GENERATED = ("demo_nvidia_smi.csv", "demo_tokens.csv", "demo_truth.toml")


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


oracle = load("energy_oracle", ROOT / "tests/oracles/energy_oracle.py")
generator = load("make_demo_trace", TRACES / "make_demo_trace.py")


def truth():
    return tomllib.loads((TRACES / "demo_truth.toml").read_text(encoding="utf-8"))


def test_every_recording_and_table_is_in_the_manifest_with_its_hash():
    # publications, models and claims carry their source inside
    entries = tomllib.loads((ROOT / "datasets/MANIFEST.toml").read_text(encoding="utf-8"))["file"]
    listed = {entry["path"]: entry["sha256"] for entry in entries}
    assert len(listed) == len(entries), "a path is listed twice"
    present = {
        path.relative_to(ROOT / "datasets").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in (TRACES, ROOT / "datasets/logits", ROOT / "datasets/published/data")
        for path in folder.rglob("*")
        if path.is_file() and path.name != "MANIFEST.toml" and "__pycache__" not in path.parts
    }
    wrong = [f'{path}: sha256 = "{found}"' for path, found in present.items() if listed.get(path) != found]
    assert not wrong, "\n".join(wrong)
    assert not listed.keys() - present.keys()
    for entry in entries:
        assert entry["what"], entry["path"]
        assert entry["origin"], entry["path"]
        assert entry["licence"], entry["path"]


def test_the_generator_writes_the_same_bytes(tmp_path):
    subprocess.run([sys.executable, TRACES / "make_demo_trace.py", tmp_path], check=True)
    for name in GENERATED:
        assert (tmp_path / name).read_bytes() == (TRACES / name).read_bytes(), name


def test_the_truth_is_the_integral_of_the_underlying_power():
    # A midpoint sum in steps of 1 ms is exact for corners on whole milliseconds.
    requests = generator.make_requests(generator.np.random.RandomState(generator.SEED))
    corners = generator.power_corners(requests)
    by_steps = sum(
        generator.power_at(corners, Fraction(2 * step + 1, 2))
        for start, end in generator.union(requests)
        for step in range(start, end)
    )
    assert float(by_steps / 1000) == truth()["truth"]["in_flight_energy_j"]


def samples():
    offset = timezone(timedelta(hours=2))
    with (TRACES / "demo_nvidia_smi.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, skipinitialspace=True):
            time = datetime.strptime(row["timestamp"], "%Y/%m/%d %H:%M:%S.%f").replace(tzinfo=offset)
            power = row["power.draw [W]"]
            yield seconds(time), None if power == "[N/A]" else power.removesuffix(" W")


def seconds(time):
    return Fraction((time - datetime(2026, 6, 11, 12, tzinfo=UTC)) // timedelta(microseconds=1), 10**6)


def requests_of_the_log():
    with (TRACES / "demo_tokens.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    spans = {
        row["request"]: tuple(seconds(datetime.fromisoformat(row[key])) for key in ("start", "end")) for row in rows
    }
    return spans, sum(int(row["output_tokens"]) for row in rows)


def test_sampling_and_noise_cost_less_than_half_a_percent():
    expected = truth()["truth"]
    log = list(samples())
    assert sum(power is None for _, power in log) == 1
    pieces = oracle.power_pieces(log)
    requests, tokens = requests_of_the_log()
    split = oracle.equal_share([pieces], requests, (log[0][0], log[-1][0]))
    in_flight = sum(split.requests.values())
    assert all(split.complete.values())
    assert tokens == expected["output_tokens"]
    assert float(split.meter) == pytest.approx(expected["total_energy_j"], rel=5e-3)
    assert float(in_flight) == pytest.approx(expected["in_flight_energy_j"], rel=5e-3)
    assert float(in_flight / tokens) == pytest.approx(expected["energy_per_token_j"], rel=5e-3)
    idle = oracle.energy(pieces, (log[0][0], log[0][0] + 9))
    assert float(idle.energy / 9) == pytest.approx(expected["idle_power_w"], rel=5e-3)


def test_the_rooftop_figures_follow_from_its_table():
    with (TRACES / "rooftop_edge_run.csv").open(encoding="utf-8") as file:
        table = {row["id"]: float(row["value"]) for row in csv.DictReader(file)}
    computed = tomllib.loads((TRACES / "rooftop_edge_run.toml").read_text(encoding="utf-8"))["computed"]
    energy = table["active_power"] * table["latency"]
    above = (table["active_power"] - table["idle_power"]) * table["latency"]
    gain = 0.02 / 3**0.5  # ±2 % taken as rectangular, shared by both powers
    assert computed["call_energy"]["value"] == pytest.approx(energy, abs=5e-3)
    assert computed["call_energy"]["u"] == pytest.approx(energy * gain, abs=5e-4)
    assert computed["above_idle_energy"]["value"] == pytest.approx(above, abs=5e-3)
    assert computed["above_idle_energy"]["u"] == pytest.approx(above * gain, abs=5e-4)
    assert computed["energy_per_token"]["value"] == pytest.approx(energy / table["output_tokens"], abs=5e-5)
    assert computed["above_idle_energy_per_token"]["value"] == pytest.approx(above / table["output_tokens"], abs=5e-5)
    assert computed["tokens_per_energy"]["value"] == pytest.approx(3600 * table["output_tokens"] / energy, abs=5e-2)
    assert round(energy, 1) == table["call_energy"]


def test_the_stored_logits_hold_the_entropy_that_their_run_had():
    bounds = sz.entropy_bounds(ROOT / "datasets/logits/smollm2_135m_top40.json", vocab_size=49152)
    assert len(bounds) == 48
    # from all 49 152 logits of each step, with NumPy in f64
    assert bounds.mean.low < 5.244986 < bounds.mean.high
