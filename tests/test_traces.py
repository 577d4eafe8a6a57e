"""Power logs: what Python says about them, how windows are asked for, and energies against rational arithmetic."""

import gzip
import importlib.util
import io
import itertools
import math
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import szilard as sz
from hypothesis import given, settings
from hypothesis import strategies as st
from szilard.errors import BoundaryError, FormatError, TraceError, UnitError

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "datasets" / "traces" / "demo_nvidia_smi.csv"
STEADY = b"time [s],power [W]\n0,7.2\n1,7.2\n2.1,7.2\n3.1,7.2\n4.1,7.2\n"


def load_oracle():
    path = Path(__file__).parent / "oracles" / "energy_oracle.py"
    spec = importlib.util.spec_from_file_location("energy_oracle", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_constant_power_is_power_times_time():
    result = sz.read_trace(STEADY).energy()
    assert result.energy.value == pytest.approx(7.2 * 4.1, rel=1e-14)
    assert (result.energy.unit, result.energy.basis, result.energy.method) == ("J", "gross", "measured")
    assert (result.status, result.covered.value, result.gap.value) == ("complete", pytest.approx(4.1), 0.0)
    assert result.per_device.columns == ["device", "channel", "energy_j", "u_j", "covered_s", "gap_s", "status"]


@pytest.mark.parametrize("wrap", [lambda b: b, bytearray, memoryview, io.BytesIO, lambda b: io.StringIO(b.decode())])
def test_the_ways_to_give_a_file(wrap, tmp_path):
    assert sz.read_trace(wrap(STEADY)).duration.value == pytest.approx(4.1)
    path = tmp_path / "log.csv"
    path.write_bytes(STEADY)
    for given_path in (path, str(path)):
        assert sz.read_trace(given_path).source == str(path)


def test_what_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        sz.read_trace(tmp_path / "nothing.csv")
    assert caught.value.filename == str(tmp_path / "nothing.csv")
    with pytest.raises(IsADirectoryError):
        sz.read_trace(tmp_path)
    with pytest.raises(TypeError):
        sz.read_trace(5)
    with pytest.raises(FormatError) as refused:
        sz.read_trace(b"")
    assert (refused.value.code, refused.value.path) == ("E_EMPTY", "<bytes>")
    with pytest.raises(FormatError):
        sz.read_trace(STEADY, format="no-such-format")


def test_compressed_bytes_are_opened_only_on_request():
    packed = gzip.compress(STEADY)
    with pytest.raises(FormatError) as refused:
        sz.read_trace(packed)
    assert refused.value.code == "E_COMPRESSED"
    assert sz.read_trace(packed, decompress=True).duration.value == pytest.approx(4.1)


def test_a_trace_says_what_it_is():
    trace = sz.read_trace(DEMO, tz="Europe/Berlin")
    assert (trace.format, trace.clock, trace.status) == ("nvidia-smi-csv", "utc", "complete")
    assert trace.start == datetime(2026, 6, 11, 12, 5, tzinfo=UTC)
    assert (trace.end - trace.start).total_seconds() == pytest.approx(trace.duration.value, abs=1e-6)
    assert trace.devices == ["GPU-0de30000-5a11-4a8d-8000-000000001929"]
    assert "power.draw" in trace.channels["channel"].to_list()
    assert trace.diagnostics.columns == ["code", "severity", "line", "channel", "message", "place"]
    assert trace.to_polars().columns == ["time_ns", "device", "channel", "kind", "unit", "value"]
    assert sz.read_trace(DEMO).clock == "local"
    assert sz.read_trace(DEMO).start == datetime(2026, 6, 11, 14, 5)  # noqa: DTZ001 - a local clock has no zone


def test_one_window_in_every_notation():
    trace = sz.read_trace(DEMO, tz="Europe/Berlin")
    start, end = datetime(2026, 6, 11, 12, 5, 20, tzinfo=UTC), datetime(2026, 6, 11, 12, 5, 30, tzinfo=UTC)
    energies = [
        trace.energy(start, end),
        trace.energy(start.astimezone(timezone(timedelta(hours=2))), end),
        trace.energy("2026-06-11T12:05:20Z", "2026-06-11T12:05:30Z"),
        trace.energy("2026-06-11 14:05:20", "2026-06-11 14:05:30"),  # in the zone of the log
        trace.energy(sz.Quantity("20 s"), sz.Quantity("30 s")),  # since the first sample
        trace[start:end].energy(),
        trace[sz.Quantity("20 s") :].energy(end=end),
    ]
    assert len({result.energy.value for result in energies}) == 1
    assert energies[0].covered.value == 10.0
    mean = trace.mean_power(start, end)
    assert mean.value == pytest.approx(energies[0].energy.value / 10.0)


def test_windows_that_split_add_up():
    trace = sz.read_trace(DEMO, tz="Europe/Berlin")
    cuts = [None, *(sz.Quantity((s, "s")) for s in (3.3, 17.0, 17.01, 60.5)), None]
    parts = [trace[a:b].energy().energy.value for a, b in itertools.pairwise(cuts)]
    assert math.fsum(parts) == pytest.approx(trace.energy().energy.value, rel=1e-13)


@pytest.mark.parametrize("wrong", [slice(0, 5), slice(0.0, 1.0), slice(None, None, 2), 3])
def test_rows_are_not_times(wrong):
    with pytest.raises((TypeError, ValueError)):
        sz.read_trace(STEADY)[wrong]


def test_windows_that_cannot_be():
    trace = sz.read_trace(STEADY)
    for start, end in [("3 s", "1 s"), ("1 s", "1 s")]:
        with pytest.raises(TraceError) as refused:
            trace.energy(start, end)
        assert refused.value.code == "E_WINDOW"
        with pytest.raises(TraceError):
            trace[start:end]
    with pytest.raises(TraceError):
        trace.energy("2026-06-11T12:05:20Z")
    with pytest.raises(UnitError):
        trace.energy(sz.Quantity("3 J"))
    for options in ({"device": "gpu9"}, {"channel": "x"}, {"method": "simpson"}):
        with pytest.raises(TraceError):
            trace.energy(**options)


def test_a_gap_is_not_integrated():
    log = b"time [s],power [W]\n0,10\n1,10\n2,10\n60,10\n61,10\n62,10\n"
    result = sz.read_trace(log).energy()
    assert (result.status, result.gap.value) == ("incomplete", 58.0)
    assert result.energy.value == pytest.approx(40.0)  # 2 s + 2 s of 10 W
    assert "W_GAP" in result.reasons["code"].to_list()
    assert sz.read_trace(log).energy(max_gap="60 s").energy.value == pytest.approx(620.0)


def test_columns_and_boundaries_that_the_file_does_not_say():
    table = b"t;p;who\n0;1;a\n1000;1;a\n"
    with pytest.raises(FormatError):
        sz.read_trace(table)
    columns = {"time": ("t", "ms"), "power": ("p", "kW"), "device": 2}
    trace = sz.read_trace(table, columns=columns, boundary="node")
    energy = trace.energy().energy
    assert (energy.to("kJ").value, energy.boundary, trace.devices) == (pytest.approx(1.0), "node", ["a"])
    for wrong in ({"speed": "p"}, {"power": 1.5}):
        with pytest.raises((ValueError, TypeError)):
            sz.read_trace(table, columns=wrong)
    with pytest.raises(BoundaryError):
        sz.read_trace(table, columns=columns, boundary="rack")


def test_arrays_are_read_by_the_same_rules():
    trace = sz.trace_from_arrays(np.array([0, 1, 2]) * 10**9, [100.0, 200.0, 300.0], device="psu", boundary="node")
    assert trace.energy().energy == sz.Quantity("400 J", boundary="node", basis="gross")
    assert trace.clock == "utc"
    with pytest.raises(FormatError) as refused:
        sz.trace_from_arrays([0, 1], [1.0])
    assert refused.value.code == "E_FIELD_COUNT"
    with pytest.raises(TraceError):
        sz.trace_from_arrays([0.5, 1.5], [1.0, 1.0])
    stamps = np.array(["2026-06-11T12:00:00", "2026-06-11T12:00:10"], dtype="datetime64[s]")
    assert sz.trace_from_arrays(stamps, [1.0, 1.0]).start == datetime(2026, 6, 11, 12, tzinfo=UTC)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(1, 1_500_000_000), min_size=2, max_size=40),
    st.data(),
)
def test_energy_is_that_of_rational_arithmetic(steps, data):
    oracle = load_oracle()
    times = np.cumsum([0, *steps])
    powers = data.draw(st.lists(st.integers(0, 500_000), min_size=times.size, max_size=times.size))
    watts = [power / 1000 for power in powers]
    trace = sz.trace_from_arrays(times, watts, clock="relative")
    samples = [(Fraction(int(t), 10**9), Fraction(w)) for t, w in zip(times, watts, strict=True)]
    expected = oracle.energy(oracle.power_pieces(samples), (samples[0][0], samples[-1][0]))
    found = trace.energy()
    assert found.energy.value == pytest.approx(float(expected.energy), rel=1e-13, abs=1e-12)
    assert found.gap.value == pytest.approx(float(expected.gap), abs=1e-9)


def test_formats_are_listed():
    table = sz.formats()
    assert table.columns == ["name", "kind", "description", "units", "channels", "clock", "boundary", "sample"]
    logs = table.filter(table["kind"] == "trace")
    assert logs.null_count().sum_horizontal().item() == 0
    assert {"trace", "tokens", "logits", "logprobs"} <= set(table["kind"].to_list())


@pytest.mark.parametrize("times", [[-(2**63), 2**63 - 1], [0, 2**63 - 1], np.array([0, 2**64 - 1], dtype=np.uint64)])
def test_times_whose_difference_does_not_fit_are_refused(times):
    with pytest.raises((FormatError, TraceError)) as refused:
        sz.trace_from_arrays(np.array(times), [1.0, 1.0])
    assert refused.value.code == "E_RANGE"
    for far in ("9e9 s", "-9e9 s"):
        with pytest.raises(TraceError):
            sz.read_trace(STEADY).energy(end=sz.Quantity(far))
