"""Joules per token: against the generator of the example, and against runs that are worked out in the comment."""

import itertools
import json
import tomllib
from pathlib import Path

import pytest
import szilard as sz
from szilard.errors import BoundaryError, FormatError, TraceError, UnitError

TRACES = Path(__file__).resolve().parent.parent / "datasets" / "traces"
TRUTH = tomllib.loads((TRACES / "demo_truth.toml").read_text(encoding="utf-8"))["truth"]
# 100 W throughout, a sample a second
POWER = b"time [s],power [W]\n" + b"".join(b"%d,100\n" % second for second in range(11))
# a alone for 2 s, a and b together for 2 s, b alone for 2 s
# two relative clocks meet only when their offset is given
TOGETHER = "0 s"
TOKENS = b"request,start [s],end [s],output_tokens\na,1,5,30\nb,3,7,10\n"


@pytest.fixture(scope="module")
def trace():
    return sz.read_trace(TRACES / "demo_nvidia_smi.csv", tz="Europe/Berlin")


@pytest.fixture(scope="module")
def tokens():
    return sz.read_tokens(TRACES / "demo_tokens.csv")


@pytest.fixture(scope="module")
def run(trace, tokens):
    return sz.energy_per_token(trace, tokens, idle="61 W", boundary="board")


def test_the_example_is_what_its_generator_says(run):
    # sampling noise of 1 % a sample at 0.1 s: well below 1 % over 58 s in flight
    assert run.per_token.value == pytest.approx(TRUTH["energy_per_token_j"], rel=0.01)
    assert run.gross.value == pytest.approx(TRUTH["in_flight_energy_j"], rel=0.01)
    assert run.above_idle.value == pytest.approx(TRUTH["above_idle_energy_j"], rel=0.01)
    assert run.in_flight.value == pytest.approx(TRUTH["in_flight_s"], abs=1e-6)
    assert (run.output_tokens, run.prompt_tokens) == (TRUTH["output_tokens"], TRUTH["prompt_tokens"])
    assert (run.per_token.unit, run.per_token.boundary, run.per_token.basis) == ("J/token", "board", "gross")
    assert (run.above_idle.basis, run.status) == ("above-idle", "complete")
    assert run.kwh_per_mtoken.value == pytest.approx(run.per_token.value / 3.6)
    assert run.tokens_per_wh.value == pytest.approx(3600 / run.per_token.value)
    assert run.idle_share.value == pytest.approx(61.0 * TRUTH["in_flight_s"] / run.gross.value, rel=1e-9)


def test_the_parts_close_in_any_order(run):
    parts = [*run.requests["energy_j"], run.idle_energy.value, run.unattributed.value]
    sums = {sum(order) for order in (parts, parts[::-1], sorted(parts), parts[5:] + parts[:5])}
    assert len(sums) == 1
    assert sums.pop() == pytest.approx(run.meter.value, abs=run.grid_j)


def test_the_budget_is_that_of_the_figure(run):
    budget = run.budget()
    assert budget["share"].sum() == pytest.approx(1.0)
    assert (budget["contribution"] ** 2).sum() ** 0.5 == pytest.approx(run.per_token.u)


def test_overlapping_requests_share_power():
    power, tokens = sz.read_trace(POWER), sz.read_tokens(TOKENS)
    # rates 30/4 and 10/4 token/s: of the 200 J in common, a gets 3/4
    by_tokens = sz.energy_per_token(power, tokens, clock_offset=TOGETHER)
    assert by_tokens.requests["energy_j"].to_list() == pytest.approx([350.0, 250.0], rel=1e-12)
    assert by_tokens.per_token.value == pytest.approx(600 / 40)
    by_time = sz.energy_per_token(power, tokens, policy="time", clock_offset=TOGETHER)
    assert by_time.requests["energy_j"].to_list() == pytest.approx([300.0, 300.0], rel=1e-12)
    for policy in ("exclusive", "magic"):
        with pytest.raises(TraceError):
            sz.energy_per_token(power, tokens, policy=policy, clock_offset=TOGETHER)


def test_the_ways_to_give_idle():
    # 40 W idle for 5 s before 100 W for 5 s
    log = b"time [s],power [W]\n" + b"".join(b"%d,%d\n" % (s, 40 if s <= 5 else 100) for s in range(11))
    power = sz.read_trace(log)
    idle_trace = sz.read_trace(b"time [s],power [W]\n0,40\n5,40\n", columns=None)
    tokens = sz.read_tokens(b"request,start [s],end [s],output_tokens\na,6,10,20\n")
    ways = ["40 W", (40.0, "W"), sz.Quantity("40 W"), ("0 s", "5 s"), idle_trace]
    for idle in ways:
        run = sz.energy_per_token(power, tokens, idle=idle, clock_offset=TOGETHER)
        assert run.above_idle.value == pytest.approx(240.0)  # (100 - 40) W x 4 s
        assert run.above_idle_per_token.value == pytest.approx(12.0)
    assert sz.energy_per_token(power, tokens, clock_offset=TOGETHER).above_idle is None
    with pytest.raises(UnitError):
        sz.energy_per_token(power, tokens, idle=40.0, clock_offset=TOGETHER)
    with pytest.raises(UnitError):
        sz.energy_per_token(power, tokens, idle="40 J", clock_offset=TOGETHER)


def test_a_bare_count_is_for_the_window():
    power = sz.read_trace(POWER)
    assert sz.energy_per_token(power, 50).per_token.value == pytest.approx(1000 / 50)
    assert sz.energy_per_token(power, 50, window=("2 s", "4 s")).per_token.value == pytest.approx(200 / 50)
    assert sz.energy_per_token(power["2 s":"4 s"], 50).per_token.value == pytest.approx(200 / 50)
    with pytest.raises(TraceError) as refused:
        sz.energy_per_token(power, 0)
    assert refused.value.code == "E_NO_TOKENS"
    for wrong in (-1, 2.5, "50"):
        with pytest.raises(TypeError):
            sz.energy_per_token(power, wrong)


def test_clocks_meet_only_when_something_says_how(tokens):
    local = sz.read_trace(TRACES / "demo_nvidia_smi.csv")
    with pytest.raises(TraceError) as refused:
        sz.energy_per_token(local, tokens)
    assert refused.value.code == "E_TIME_ZONE"


def test_the_offset_of_a_clock_is_added_to_the_tokens():
    power = sz.read_trace(POWER)
    late = sz.read_tokens(b"request,start [s],end [s],output_tokens\na,101,103,20\n")
    for offset, code in ((None, "E_TIME_ZONE"), ("0 s", "E_NO_OVERLAP")):
        with pytest.raises(TraceError) as refused:
            sz.energy_per_token(power, late, clock_offset=offset)
        assert refused.value.code == code
    assert sz.energy_per_token(power, late, clock_offset="-100 s").per_token.value == pytest.approx(10.0)


def test_a_request_that_touches_a_gap_is_incomplete():
    log = b"time [s],power [W]\n" + b"".join(b"%d,100\n" % s for s in (0, 1, 2, 3, 4, 60, 61, 62, 63))
    tokens = sz.read_tokens(b"request,start [s],end [s],output_tokens\na,1,3,20\nb,3,61,20\n")
    run = sz.energy_per_token(sz.read_trace(log), tokens, clock_offset=TOGETHER)
    assert run.requests["status"].to_list() == ["complete", "incomplete"]
    assert run.status == "incomplete"


def test_boundaries_are_not_overruled(trace, tokens):
    node = sz.read_trace(POWER, boundary="node")
    with pytest.raises(BoundaryError):
        sz.energy_per_token(node, 50, boundary="board")
    assert sz.energy_per_token(trace, tokens).per_token.boundary == "board"


def test_reports_come_back_as_they_were(run, tmp_path):
    path = tmp_path / "run.json"
    run.save(path)
    again = sz.load_report(path)
    for name in ("per_token", "gross", "above_idle", "idle_share", "decode_per_token", "unattributed"):
        figure, same = getattr(run, name), getattr(again, name)
        assert figure == same
        assert (figure - same).u == 0.0
    assert again.requests.equals(run.requests)
    assert again.reasons.equals(run.reasons)
    keys = json.loads(path.read_text(encoding="utf-8"))
    assert keys["per_token"].keys() >= {"value", "unit", "u", "boundary", "basis", "method", "components"}
    ledger = sz.compare([run, again])
    assert ledger["energy_per_token_j"].n_unique() == 1


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"schema": "other/1"}', "not json"])
def test_what_is_no_report(tmp_path, text):
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError) as refused:
        sz.load_report(path)
    assert refused.value.path == str(path)


def test_token_logs_are_tables(tokens):
    expected = "request phase start_ns first_token_ns end_ns prompt_tokens cached_tokens output_tokens"
    assert tokens.requests.columns == [*expected.split(), "retokenised_tokens", "concurrency", "line"]
    assert len(tokens) == 12
    assert tokens.requests["cached_tokens"].null_count() == 12  # unknown is null


def test_names_of_requests_never_become_markup():
    hostile = b"request,start [s],end [s],output_tokens\n<script>alert(1)</script>,1,5,30\n"
    run = sz.energy_per_token(sz.read_trace(POWER), sz.read_tokens(hostile), clock_offset=TOGETHER)
    shown = run._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_two_runs_on_one_meter_share_its_gain():
    # the same board twice: the gain is in both and cancels in their ratio
    log = "timestamp, uuid, power.draw [W]\n" + "".join(
        f"2026/06/11 14:05:0{s}.000, GPU-0de30000-5a11-4a8d-8000-000000001929, {{}} W\n" for s in range(6)
    )
    runs = [
        sz.energy_per_token(sz.read_trace(log.format(*[w] * 6).encode()), 100).per_token for w in ("200.00", "100.00")
    ]
    ratio = runs[0] / runs[1]
    assert ratio.value == pytest.approx(2.0)
    assert runs[0].u / runs[0].value > 0.01
    assert ratio.u < 1e-3
    assert len({label for run in runs for label in itertools.islice(run.budget()["id"], 1)}) == 1
