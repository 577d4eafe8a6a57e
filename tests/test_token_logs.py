"""Token logs and clocks from Python: what is counted is chosen, and an offset is estimated only when asked."""

import math

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
