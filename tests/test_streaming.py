"""Power logs in blocks: the same energy as from the whole log, progress, and an end when it is asked for."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
import szilard as sz

if TYPE_CHECKING:
    from pathlib import Path

STREAMED_FROM = 16 << 20


def log(path: Path, size: int) -> None:
    """Two boards at 10 Hz, with a missing reading now and then and one gap."""
    with path.open("w") as file:
        file.write("timestamp, index, name, power.draw [W]\n")
        poll = 0
        while file.tell() < size:
            rows = []
            for _ in range(10_000):
                poll += 1
                second = poll // 10 + (60 if poll > 50_000 else 0)
                stamp = (
                    f"2025/03/{4 + second // 86400:02} {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
                )
                for board in (0, 1):
                    cell = "[N/A]" if poll % 7_777 == board else f"{100 + poll * (board + 3) % 500}.{poll % 100:02} W"
                    rows.append(f"{stamp}.{poll % 10}{board}0, {board}, NVIDIA H100, {cell}\n")
            file.write("".join(rows))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that is streamed."""
    path = tmp_path_factory.mktemp("logs") / "large.csv"
    log(path, STREAMED_FROM + 4_000_000)
    return path


def test_a_streamed_log_gives_what_the_whole_log_gives(large: Path) -> None:
    streamed, whole = sz.energy(large), sz.read_trace(large).energy()
    assert streamed.energy == whole.energy
    assert streamed.status == whole.status == "incomplete"
    assert streamed.gap == whole.gap
    # without all readings at once their noise is not in the uncertainty, and that is said
    assert streamed.per_device.drop("u_j").equals(whole.per_device.drop("u_j"))
    assert set(streamed.reasons["code"]) - set(whole.reasons["code"]) == {"I_IN_BLOCKS"}
    assert (streamed.per_device["u_j"] <= whole.per_device["u_j"]).all()
    assert {"W_NA_SAMPLE", "W_GAP"} <= set(streamed.reasons["code"])


def test_progress_is_told_and_an_error_in_it_ends_the_reading(large: Path) -> None:
    told: list[tuple[int, int]] = []
    sz.energy(large, progress=lambda done, whole: told.append((done, whole)))
    assert all(done <= whole == large.stat().st_size for done, whole in told)

    def stop(done: int, whole: int) -> None:
        raise ValueError(f"{done} of {whole}")

    # asked every tenth of a second: a machine that reads the file in less is not asked
    with contextlib.suppress(ValueError):
        sz.energy(large, progress=stop)


INTERRUPTED = """
import sys, szilard as sz
print("ready", flush=True)
while True:
    sz.energy(sys.argv[1], progress=False)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_an_interrupt_ends_the_reading(large: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED, str(large)], stdout=-1, stderr=-1, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=10)
    assert "KeyboardInterrupt" in error


def test_what_cannot_be_read_in_parts_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("time [s],power [W]\n0,7.2\n2,7.2\n1,7.2\n4.1,7.2\n3.9,7.2\n")
    assert sz.energy(path).energy == sz.read_trace(path).energy().energy
    with pytest.raises(OSError, match="nothing-there"):
        sz.energy(tmp_path / "nothing-there")
