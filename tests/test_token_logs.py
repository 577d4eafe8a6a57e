"""Token logs and clocks from Python: what is counted is chosen, and an offset is estimated only when asked."""

import csv
import json
import math
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import szilard as sz

SGLANG = (
    b'{"duration": 60.5, "total_input_tokens": 4096, "total_output_tokens": 2048, '
    b'"total_output_tokens_retokenized": 1000}\n'
)
AZURE = b"TIMESTAMP,ContextTokens,GeneratedTokens\n2025-03-04 10:00:00.5,100,10\n2025-03-04 10:00:01.5,200,20\n"


def recording(offset: float) -> tuple[sz.Trace, sz.TokenLog]:
    """A meter that draws 200 W more while a request is in flight, and a token log whose clock is `offset` behind."""
    starts, time, state = [], 5.0, 1
    for _ in range(20):
        state = (state * 48271) % 2147483647
        length = 0.5 + 4.0 * state / 2147483647
        starts.append((time, length))
        state = (state * 48271) % 2147483647
        time += length + 0.5 + 4.0 * state / 2147483647
    rows = ["time [s],power [W]"]
    for tick in range(int(time + 10) * 10):
        now = tick / 10
        busy = any(start <= now < start + length for start, length in starts)
        rows.append(f"{now:.1f},{60 + 5 * math.sin(1.7 * tick) + 200 * busy:.3f}")
    tokens = ["request,start [s],end [s],output_tokens"]
    tokens += [f"{i},{s - offset:.6f},{s + n - offset:.6f},100" for i, (s, n) in enumerate(starts)]
    return sz.read_trace(("\n".join(rows) + "\n").encode()), sz.read_tokens(("\n".join(tokens) + "\n").encode())


def test_an_offset_is_estimated_when_asked_and_said() -> None:
    trace, tokens = recording(7.25)
    with pytest.raises(sz.errors.Error, match="E_TIME_ZONE"):
        sz.energy_per_token(trace, tokens)
    result = sz.energy_per_token(trace, tokens, clock_offset="estimate")
    assert result.clock_offset is not None
    assert abs(result.clock_offset.value - 7.25) < 3 * result.clock_offset.u < 0.6
    assert "W_OFFSET_ESTIMATED" in result.reasons["code"].to_list()
    given = sz.energy_per_token(trace, tokens, clock_offset="7.25 s")
    assert given.clock_offset is None
    assert abs(result.per_token.value - given.per_token.value) < 0.05 * given.per_token.value
    assert (given.overlap, result.overlap) == ("whole", "whole")


def test_two_counts_are_not_chosen_between() -> None:
    trace, _ = recording(0.0)
    with pytest.raises(sz.errors.Error, match="E_COUNT_AMBIGUOUS"):
        sz.energy_per_token(trace, sz.read_tokens(SGLANG))
    for count in ("server", "retokenised"):
        with pytest.raises(sz.errors.Error, match=r"E_MISSING_FIELD.* start"):
            sz.energy_per_token(trace, sz.read_tokens(SGLANG, count=count))
    with pytest.raises(sz.errors.Error, match="expected server or retokenised"):
        sz.read_tokens(SGLANG, count="both")


def test_arrivals_have_no_end() -> None:
    trace, _ = recording(0.0)
    log = sz.read_tokens(AZURE)
    assert (log.format, log.requests["prompt_tokens"].sum(), log.requests["output_tokens"].sum()) == (
        "azure-llm-csv",
        300,
        30,
    )
    assert log.requests["end_ns"].dtype == pl.Int64
    assert log.requests["end_ns"].is_null().all()
    with pytest.raises(sz.errors.Error, match=r"E_MISSING_FIELD.* end"):
        sz.energy_per_token(trace, log)


SAMPLES = Path(__file__).parent / "formats" / "tokens"

METER = b"time,power [W]\n" + b"".join(b"2025-03-04T10:00:%02dZ,100\n" % second for second in range(60))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("azure-llm-csv.csv", "E_MISSING_FIELD.* end"),  # arrivals
        ("burstgpt-csv.csv", "E_MISSING_FIELD.* end"),
        ("llamacpp-server-json.jsonl", "E_MISSING_FIELD.* start"),  # durations without a time of day
        ("llamacpp-log.txt", "E_MISSING_FIELD.* start"),
        ("tgi-generation-json.json", "E_MISSING_FIELD.* start"),
        ("run-energy-table.csv", "E_MISSING_FIELD.* start"),
        ("run-table-csv.csv", "E_MISSING_FIELD.* output_tokens"),
        ("llama-bench.md", "E_MISSING_FIELD.* a rate is no count"),
        ("trtllm-bench-json.json", "E_MISSING_FIELD.* a rate is no count"),
        ("tgi-bench.md", "E_MISSING_FIELD.* a rate is no count"),
        ("mlperf-summary.txt", "E_MISSING_FIELD.* a rate is no count"),
        ("vllm-log.txt", "E_MISSING_FIELD.* a rate is no count"),  # means over intervals
        ("sglang-bench-json.jsonl", "E_COUNT_AMBIGUOUS.*2048"),
        ("serving-report.txt", "E_COUNT_AMBIGUOUS.*1000"),
        ("vllm-bench-json.json", "E_TIME_ZONE.*clock_offset"),
    ],
)
def test_what_a_log_does_not_hold_is_refused_by_name(name: str, reason: str) -> None:
    with pytest.raises(sz.errors.Error, match=reason):
        sz.energy_per_token(sz.read_trace(METER), sz.read_tokens(SAMPLES / name))


def test_what_cannot_be_true_is_left_out_by_name_and_code() -> None:
    rows = [
        ("good", "10:00:10Z", "10:00:20Z", "100"),
        ("backwards", "10:00:30Z", "10:00:25Z", "100"),
        ("good", "10:00:40Z", "10:00:41Z", "100"),
        ("instant", "10:00:42Z", "10:00:42Z", "100"),
        ("unknown", "10:00:43Z", "10:00:44Z", ""),
        ("late", "10:00:50Z", "10:01:10Z", "100"),
    ]
    text = "request,start,end,output_tokens\n" + "".join(
        f"{name},2025-03-04T{start},2025-03-04T{end},{tokens}\n" for name, start, end, tokens in rows
    )
    result = sz.energy_per_token(sz.read_trace(METER), sz.read_tokens(text.encode()))
    assert list(zip(result.excluded["request"], result.excluded["code"], strict=True)) == [
        ("backwards", "W_NEGATIVE_DURATION"),
        ("good", "W_DUPLICATE_ID"),
        ("instant", "W_NEGATIVE_DURATION"),
        ("unknown", "W_MISSING_TOKENS"),
        ("late", "W_OUTSIDE_TRACE"),
    ]
    assert result.per_token.value == pytest.approx(10.0, rel=1e-12)  # 100 W for 10 s over 100 token


def test_cached_prompt_tokens_and_rates_are_what_they_are() -> None:
    answer = json.loads((SAMPLES / "llamacpp-server-json.jsonl").read_text().splitlines()[0])["timings"]
    requests = sz.read_tokens(SAMPLES / "llamacpp-server-json.jsonl").requests
    assert requests["prompt_tokens"][0] == answer["prompt_n"]
    assert requests["cached_tokens"].to_list() == [answer["cache_n"], None]  # not stated is not zero
    stated = sz.read_tokens(SAMPLES / "trtllm-bench-json.json").stated
    performance = json.loads((SAMPLES / "trtllm-bench-json.json").read_text())["performance"]
    assert stated["output_tokens_per_s"][0] == performance["system_output_throughput_tok_s"]
    assert stated["total_tokens_per_s"][0] == performance["system_total_throughput_tok_s"]
    assert stated["prompt_tokens_per_s"].is_null().all()


def test_a_leap_second_of_the_power_log_counts_for_the_tokens_too() -> None:
    times = [f"2016-12-31T23:59:{second:02d}Z" for second in range(55, 61)]
    times += [f"2017-01-01T00:00:{second:02d}Z" for second in range(6)]
    meter = "time,power [W]\n" + "".join(f"{time},{400 if ':60' in time else 100}\n" for time in times)
    trace = sz.read_trace(meter.encode())
    tokens = "request,start,end,output_tokens\na,2016-12-31T23:59:59Z,2017-01-01T00:00:00Z,1\n"
    result = sz.energy_per_token(trace, sz.read_tokens(tokens.encode()))
    assert result.gross.value == pytest.approx(500.0, rel=1e-12)  # two seconds: up to 400 W, and down
    start, end = datetime(2017, 1, 1, 0, 0, 2, tzinfo=UTC), datetime(2017, 1, 1, 0, 0, 4, tzinfo=UTC)
    assert trace.energy(start, end).energy.value == pytest.approx(200.0, rel=1e-12)
    assert trace.end == datetime(2017, 1, 1, 0, 0, 5, tzinfo=UTC)


def whole(cell: str) -> int:
    return int(float(cell))


def test_totals_of_real_traces_straight_from_their_files(shared: Path) -> None:
    folder = shared / "traces" / "tokens"
    for name in ("AzureLLMInferenceTrace_code.csv", "AzureLLMInferenceTrace_conv.csv"):
        with (folder / name).open(newline="") as file:
            rows = list(csv.DictReader(file))
        requests = sz.read_tokens(folder / name).requests
        assert requests.height == len(rows)
        assert requests["prompt_tokens"].sum() == sum(int(row["ContextTokens"]) for row in rows)
        assert requests["output_tokens"].sum() == sum(int(row["GeneratedTokens"]) for row in rows)
    with (folder / "alejandroldz_llamacpp_energy_per_token.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    log = sz.read_tokens(folder / "alejandroldz_llamacpp_energy_per_token.csv")
    assert log.requests.height == len(rows) == 33
    published = [float(row["Energía (J/token gen)"]) for row in rows]
    assert log.stated["logged_per_token_j"].to_list() == published
    assert (log.stated["logged_energy_j"] / log.requests["output_tokens"]).to_list() == published
    with (folder / "s2_cain2025_run_table.csv").open(newline="") as file:
        *rows, _ = csv.DictReader(file)
    log = sz.read_tokens(folder / "s2_cain2025_run_table.csv")
    # no line end behind the last row, which may be cut: it is left out and said
    assert "W_PARTIAL_LAST_LINE" in log.diagnostics["code"].to_list()
    stated = log.stated
    assert stated["logged_energy_j"].to_list() == [float(row["energy_usage_J"]) for row in rows]
    seconds = [float(row["execution_time"]) for row in rows]
    assert stated["duration_ns"].to_list() == [round(second * 1e9) for second in seconds]


def test_totals_of_real_phases_straight_from_their_files(shared: Path) -> None:
    # (file, rows that cannot be true): the stamp of start-inference-G-3 has lost its first digit
    for name, lost in (
        ("llama2-13b_a100_phase_energy.csv", ["start-inference-G-3"]),
        ("llama2-7b_v100_phase_energy.csv", []),
    ):
        with (shared / "traces" / "tokens" / name).open(newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["Phase"] not in lost]
        log = sz.read_tokens(shared / "traces" / "tokens" / name)
        assert log.excluded["request"].to_list() == lost
        prompts = [whole(row["Number of Input Tokens"]) for row in rows]
        totals = [whole(row["Total Number of Tokens"]) for row in rows]
        assert log.requests["request"].to_list() == [row["Phase"] for row in rows]
        assert log.requests["prompt_tokens"].to_list() == prompts
        assert log.stated["total_tokens"].to_list() == totals
        generated = [total - prompt for total, prompt in zip(totals, prompts, strict=True)]
        assert log.requests["output_tokens"].to_list() == generated
        assert log.requests["start_ns"].to_list() == [int(Decimal(row["Timestamp"]) * 10**9) for row in rows]


def test_totals_of_real_servers_straight_from_their_files(shared: Path) -> None:
    folder = shared / "traces" / "tokens"
    bench = json.loads((folder / "llamacpp_server_bench_strix.json").read_text())
    requests = sz.read_tokens(folder / "llamacpp_server_bench_strix.json").requests
    assert requests["output_tokens"].to_list() == [result["predicted_n"] for result in bench["results"]]
    assert requests["output_tokens"].sum() == bench["aggregate"]["total_predicted"]
    timings = json.loads((folder / "llamacpp_server_timings_EXCERPT.json").read_text())["timings"]
    requests = sz.read_tokens(folder / "llamacpp_server_timings_EXCERPT.json").requests
    found = requests.select("prompt_tokens", "cached_tokens", "output_tokens").row(0)
    assert found == (timings["prompt_n"], timings["cache_n"], timings["predicted_n"])
    for name in ("tgi_test_flash_llama_all_params.json", "tgi_test_flash_llama_fp8_all_params.json"):
        details = json.loads((folder / name).read_text())["details"]
        assert sz.read_tokens(folder / name).requests["output_tokens"].to_list() == [details["generated_tokens"]]
    for path in sorted(folder.glob("llama-bench_*.log")):
        cells = [line.split("|") for line in path.read_text().splitlines() if "±" in line]
        stated = sz.read_tokens(path).stated
        rates = [float(row[-2].split("±")[0]) for row in cells]
        assert [stated["prompt_tokens_per_s"][0], stated["output_tokens_per_s"][1]] == rates
    log = sz.read_tokens(folder / "vllm_server_7B_a100.log")  # cut before a request was served
    assert (len(log), "W_NO_RECORDS" in log.diagnostics["code"].to_list()) == (0, True)
