"""Several power logs of one run on one clock: offsets, identities, and what is refused."""

from datetime import UTC, datetime

import pytest
import szilard as sz
from szilard.errors import FormatError

# 150 W at the wall, 90 W at one board behind it, 8 W at its package
WALL = b"time [s],power [W]\n" + b"".join(b"%d,150\n" % t for t in range(1741082400, 1741082411))
BOARD = b"timestamp, uuid, power.draw [W]\n" + b"".join(
    b"2025/03/04 11:00:%02d.000, GPU-a, 90.00 W\n" % t for t in range(11)
)
PACKAGE = b"time [s],power [W]\n" + b"".join(b"%d,8\n" % t for t in range(5))


def test_a_wall_meter_and_a_board_keep_their_own_energies():
    wall, board = sz.read_trace(WALL, boundary="node"), sz.read_trace(BOARD, tz="Europe/Berlin")
    run = sz.join({"wall": wall, "gpus": board})
    assert (run.clock, run.devices) == ("utc", ["wall/0", "gpus/GPU-a"])
    assert run.duration.value == 10.0
    result = run.energy()
    assert result.energy is None  # the board's joules are in the wall's
    assert result.per_device.select("device", "energy_j").rows() == [("wall/0", 1500.0), ("gpus/GPU-a", 900.0)]
    assert "W_TOTAL_UNKNOWN" in result.reasons["code"].to_list()
    assert run.energy(device="wall/0").energy.value == 1500.0
    assert run.energy(device="wall/0").energy.boundary == "node"


def test_channels_of_one_name_do_not_add_up_over_logs():
    one, two = sz.read_trace(WALL), sz.read_trace(WALL)
    assert sz.join({"a": one, "b": two}).energy(channel="power").energy is None
    together = sz.join({"a": one, "b": two}, disjoint=True)
    assert together.energy().energy.value == together.energy(channel="power").energy.value == 3000.0


def test_a_relative_clock_needs_an_offset():
    wall, package = sz.read_trace(WALL), sz.read_trace(PACKAGE)
    with pytest.raises(FormatError) as refused:
        sz.join({"wall": wall, "cpu": package})
    assert refused.value.code == "E_OFFSET_UNKNOWN"
    start = datetime(2025, 3, 4, 10, 0, 2, 500_000, tzinfo=UTC)
    for offset in (start, "2025-03-04T10:00:02.5Z", "1741082402.5 s", sz.Quantity("1741082402.5 s")):
        run = sz.join({"wall": wall, "cpu": package}, offsets={"cpu": offset})
        # four of its five seconds after the start: 8 W for 1 s from 10:00:03 to 10:00:04
        inside = run.energy(datetime(2025, 3, 4, 10, 0, 3, tzinfo=UTC), datetime(2025, 3, 4, 10, 0, 4, tzinfo=UTC))
        assert inside.per_device["energy_j"].to_list() == [150.0, 8.0]


def test_two_relative_clocks_meet_at_an_offset():
    one = sz.read_trace(PACKAGE)
    with pytest.raises(FormatError):
        sz.join({"a": one, "b": one})
    run = sz.join({"a": one, "b": one}, offsets={"b": "-0.25 s"})
    assert run.window_in_ns == (-250_000_000, 4_000_000_000)
    assert sz.join([one, sz.trace_from_arrays([0, 10**9], [1.0, 1.0], device="x", clock="relative")], [None, "1 s"])
    with pytest.raises(ValueError, match="length of time"):
        sz.join({"a": one, "b": one}, offsets={"b": datetime(2025, 3, 4, tzinfo=UTC)})


def test_what_is_refused():
    wall, local, package = sz.read_trace(WALL), sz.read_trace(BOARD), sz.read_trace(PACKAGE)
    for traces, code in [
        ([wall, wall], "E_DUP_DEVICE"),
        ({"wall": wall, "gpus": local}, "E_TIME_ZONE"),
        ({"one": local, "two": local}, "E_TIME_ZONE"),
        ([], "E_NO_DATA"),
    ]:
        with pytest.raises(FormatError) as refused:
            sz.join(traces)
        assert refused.value.code == code
    # an hour off: the zone of the meter was taken for that of the board
    with pytest.raises(FormatError) as refused:
        sz.join({"wall": wall, "gpus": sz.read_trace(BOARD, tz="UTC")})
    assert refused.value.code == "E_NO_OVERLAP"
    with pytest.raises(FormatError) as refused:
        sz.join({"a": package, "b": package}, offsets={"b": "9e9 s"})
    assert refused.value.code == "E_RANGE"
    with pytest.raises(KeyError):
        sz.join({"wall": wall}, offsets={"cpu": "1 s"})
    with pytest.raises(KeyError):
        sz.join([wall], offsets=["0 s", "1 s"])
    with pytest.raises(TypeError):
        sz.join([wall], offsets=3)


def test_a_leap_second_that_one_log_writes_out_counts_in_both():
    # both logs cover 23:59:58 to 00:00:02, five elapsed seconds with the leap second
    stamps = ["2016-12-31T23:59:58Z", "2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"]
    told = "time,power [W]\n" + "".join(f"{stamp},10\n" for stamp in [*stamps, "2017-01-01T00:00:02Z"])
    silent = "time,power [W]\n2016-12-31T23:59:58Z,20\n2017-01-01T00:00:02Z,20\n"
    run = sz.join({"told": sz.read_trace(told.encode()), "silent": sz.read_trace(silent.encode())})
    assert run.energy().per_device["energy_j"].to_list() == [50.0, 100.0]


def test_tokens_over_a_joined_run(tmp_path):
    # two boards in two logs: 180 W for 10 s, 90 tokens
    boards = [sz.read_trace(BOARD.replace(b"GPU-a", name), tz="Europe/Berlin") for name in (b"GPU-a", b"GPU-b")]
    run = sz.join(boards, disjoint=True)
    assert run.devices == ["GPU-a", "GPU-b"]
    assert sz.energy_per_token(run, 90).per_token.value == pytest.approx(20.0, rel=1e-14)
    log = tmp_path / "requests.csv"
    log.write_text("start,end,prompt_tokens,output_tokens\n2025-03-04T10:00:02Z,2025-03-04T10:00:07Z,5,50\n")
    assert sz.energy_per_token(run, sz.read_tokens(log)).per_token.value == pytest.approx(18.0, rel=1e-14)
