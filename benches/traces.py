"""Joules of large power logs against the read ceiling of the file and against peers, in one run.

With ``--docs`` the tables go into docs/performance.md.

A log of eight boards as nvidia-smi writes it (10 Hz, units in the cells, 0.07 % of the readings missing) and one of a
Jetson as tegrastats writes it are generated with a fixed seed. Every tool gives joules per device by the trapezoid rule
over the samples that are there; the ratios are medians of interleaved pairs.
"""

from __future__ import annotations

import argparse
import importlib.util
import mmap
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import szilard as sz

sys.path.insert(0, str(Path(__file__).resolve().parent))
from entropy import DOCS, ROOT, machine, seconds

if TYPE_CHECKING:
    from collections.abc import Callable

START, END = "<!-- traces: measured by benches/traces.py -->", "<!-- traces: end -->"
PLOT = ROOT / "docs/streaming_time.svg"
THREADS = 2
BOARDS = 8
BEGIN = datetime(2025, 3, 4, 10)
Energies = dict[str, float]


def boards_log(path: Path, megabytes: float) -> None:
    """A log of eight boards as nvidia-smi writes it."""
    random = np.random.default_rng(1929)
    header = "timestamp, index, name, power.draw [W], utilization.gpu [%], utilization.memory [%], memory.used [MiB]"
    polls = 5_000
    with path.open("w") as file:
        file.write(f"{header}, temperature.gpu\n")
        start = BEGIN
        while file.tell() < megabytes * 1e6:
            power = random.integers(6_000, 70_000, (polls, BOARDS)).tolist()
            late = np.sort(random.integers(0, 9, (polls, BOARDS)), axis=1).tolist()
            rest = random.integers(30, 90, (polls, BOARDS)).tolist()
            missing = random.random((polls, BOARDS))
            lost = {(poll, board): missing[poll, board] for poll, board in np.argwhere(missing < 0.0007).tolist()}
            rows = []
            for poll in range(polls):
                if poll % 10 == 0:
                    second = (start + timedelta(seconds=poll // 10)).strftime("%Y/%m/%d %H:%M:%S")
                milliseconds = 100 * (poll % 10)
                for board, (watts, more, number) in enumerate(zip(power[poll], late[poll], rest[poll], strict=True)):
                    cell = f"{watts / 100:.2f} W"
                    if (poll, board) in lost:
                        cell = "[N/A]" if lost[poll, board] < 0.0004 else "[Unknown Error]"
                    rows.append(
                        f"{second}.{milliseconds + more:03}, {board}, NVIDIA H100 80GB HBM3, {cell}, {number} %, 11 %, "
                        f"4{number} MiB, {number}\n"
                    )
            file.write("".join(rows))
            start += timedelta(seconds=polls // 10)


def jetson_log(path: Path, megabytes: float) -> None:
    """A log as tegrastats writes it on an AGX Orin, with stamps of one second."""
    random = np.random.default_rng(1929)
    cores = ",".join(f"{17 + core}%@2201" for core in range(12))
    with path.open("w") as file:
        second = 0
        sums = np.zeros(5, dtype=np.int64)
        while file.tell() < megabytes * 1e6:
            now = random.integers(800, 9_000, (5_000, 5))
            means = (sums + np.cumsum(now, axis=0)) // np.arange(second + 1, second + 5_001)[:, None]
            sums += now.sum(axis=0)
            rows = []
            for row in range(5_000):
                stamp = (BEGIN + timedelta(seconds=second + row)).strftime("%m-%d-%Y %H:%M:%S")
                names = ("VDD_GPU_SOC", "VDD_CPU_CV", "VIN_SYS_5V0", "VDDQ_VDD2_1V8AO", "VDD_IN")
                rails = " ".join(f"{name} {p}mW/{m}mW" for name, p, m in zip(names, now[row], means[row], strict=True))
                rows.append(
                    f"{stamp} RAM 17325/30536MB (lfb 1x4MB) SWAP 2/15268MB (cached 0MB) CPU [{cores}] EMC_FREQ 0%@2133 "
                    f"GR3D_FREQ 31%@[816,816] NVENC off NVDEC off NVJPG off NVJPG1 off VIC off OFA off NVDLA0 off "
                    f"NVDLA1 off PVA0_FREQ off APE 174 cpu@51.843C soc2@47.75C soc0@48.031C gpu@46.781C "
                    f"tj@51.843C soc1@47.656C {rails}\n"
                )
            file.write("".join(rows))
            second += 5_000


def ceiling(path: Path, pool: ThreadPoolExecutor) -> None:
    """Every byte of the mapped file once, by all threads."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        numbers = np.frombuffer(mapped, dtype=np.uint64, count=len(mapped) // 8)
        list(pool.map(np.max, np.array_split(numbers, 64)))
        del numbers


def ours(path: Path) -> Energies:
    """Joules per device with everything there is to say about the log."""
    table = sz.energy(path, progress=False).per_device
    return {row["device"]: row["energy_j"] for row in table.iter_rows(named=True)}


def with_polars(path: Path) -> Energies:
    """Joules per board by a lazy query that is streamed."""
    import polars as pl

    time = pl.col("timestamp").str.strptime(pl.Datetime("ms"), "%Y/%m/%d %H:%M:%S%.3f")
    power = pl.col("power").str.strip_suffix(" W").cast(pl.Float64, strict=False)
    names = ["timestamp", "index", "name", "power", "gpu", "memory", "used", "temperature"]
    rows = pl.scan_csv(path, has_header=False, skip_rows=1, new_columns=names, infer_schema=False)
    clean = rows.select(
        pl.col("index").str.strip_chars(), time.alias("t"), pl.col("power").str.strip_chars().alias("power")
    )
    clean = clean.with_columns(power).drop_nulls("power")
    t, p = pl.col("t").cast(pl.Int64), pl.col("power")
    joules = ((p + p.shift()) * 0.5 * (t - t.shift())).sum() / 1e3
    found = clean.group_by("index").agg(joules.alias("joules")).collect(engine="streaming")
    return dict(found.iter_rows())


def with_pandas(path: Path) -> Energies:
    """Joules per board as a notebook has them."""
    import pandas as pd

    rows = pd.read_csv(path, skipinitialspace=True)
    rows["t"] = pd.to_datetime(rows["timestamp"], format="%Y/%m/%d %H:%M:%S.%f")
    rows["p"] = pd.to_numeric(rows["power.draw [W]"].str.removesuffix(" W"), errors="coerce")
    rows = rows.dropna(subset=["p"])
    nanoseconds = {board: group["t"].astype("datetime64[ns]").astype("int64") for board, group in rows.groupby("index")}
    boards = rows.groupby("index")["p"]
    return {
        str(board): float(np.trapezoid(p, (nanoseconds[board] - nanoseconds[board].iloc[0]) / 1e9))
        for board, p in boards
    }


def with_regex(path: Path) -> Energies:
    """Joules of every rail by a regular expression, as a reader gives them; those of the module are compared."""
    rail = re.compile(r"\b([A-Z][A-Z0-9_]*) (\d+)mW/\d+mW")
    joules: dict[str, float] = defaultdict(float)
    before: tuple[datetime, dict[str, float]] | None = None
    with path.open() as file:
        for line in file:
            now = (
                datetime.strptime(line[:19], "%m-%d-%Y %H:%M:%S"),
                {name: int(power) / 1e3 for name, power in rail.findall(line)},
            )
            if before:
                seconds_ = (now[0] - before[0]).total_seconds()
                for name, power in now[1].items():
                    joules[name] += (before[1][name] + power) / 2 * seconds_
            before = now
    return {"0": joules["VDD_IN"]}


def with_regex_of_one(path: Path) -> Energies:
    """Joules of the module alone by a regular expression that looks for no other rail."""
    rail = re.compile(r"^(\S+ \S+) RAM .* VDD_IN (\d+)mW/")
    joules, before = 0.0, None
    with path.open() as file:
        for line in file:
            found = rail.match(line)
            if not found:
                continue
            now = (datetime.strptime(found[1], "%m-%d-%Y %H:%M:%S"), int(found[2]) / 1e3)
            if before:
                joules += (before[1] + now[1]) / 2 * (now[0] - before[0]).total_seconds()
            before = now
    return {"0": joules}


def agree(found: Energies, expected: Energies, tool: str) -> float:
    """The largest relative difference; an error where it is above 1e-9."""
    worst = max(abs(found[device] / joules - 1) for device, joules in expected.items())
    if worst > 1e-9 or len(found) != len(expected):
        raise SystemExit(f"{tool}: {found}, not {expected}")
    return worst


PEAK = """
import sys, szilard as sz
sz.energy(sys.argv[1], progress=False)
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


def peak(path: Path) -> float:
    """The most memory that a process with our reading ever has, the interpreter included. [MB]"""
    ran = subprocess.run([sys.executable, "-c", PEAK, str(path)], check=True, capture_output=True, text=True)
    return int(ran.stdout) * 1024 / 1e6


def compared(path: Path, peers: dict[str, tuple[Callable[[Path], Energies], Path]], pairs: int) -> list[str]:
    """The table of one log: shares, ratios and agreement."""
    size = path.stat().st_size
    with ThreadPoolExecutor(THREADS) as pool:
        ceiling(path, pool), ours(path)
        times = [(seconds(partial(ceiling, path, pool)), seconds(partial(ours, path))) for _ in range(pairs)]
    share = statistics.median(a / b for a, b in times)
    took = statistics.median(b for _, b in times)
    lines = [
        f"| szilard | {took:.3f} | {size / took / 1e6:.0f} | 1 | **{share:.3f}** | {peak(path):.0f} | |",
    ]
    print(lines[-1], flush=True)
    for name, (peer, part) in peers.items():
        expected, found = ours(part), peer(part)
        worst = agree(found, expected, name)
        runs = [(seconds(partial(peer, part)), seconds(partial(ours, part))) for _ in range(1 if part != path else 2)]
        # a peer on a part of the log is compared by bytes per second
        speed = statistics.median(part.stat().st_size / a for a, _ in runs)
        ratio = size / took / speed if part != path else statistics.median(a / b for a, b in runs)
        shown = f"{part.stat().st_size / 1e6:.0f} MB of it: " if part != path else ""
        lines.append(
            f"| {name} | {shown}{part.stat().st_size / speed:.2f} | {speed / 1e6:.0f} "
            f"| **{ratio:.1f}** | | | {worst:.0e} |"
        )
        print(lines[-1], flush=True)
    title = "| tool | s | MB/s | its time over ours | share of the read ceiling | peak memory [MB] | differs by |"
    return [f"{path.stem}, {size / 1e6:.0f} MB:", "", title, "|---|---|---|---|---|---|---|", *lines, ""]


def part_of(path: Path, megabytes: float) -> Path:
    """The first whole lines of a log."""
    part = path.with_name(f"{path.stem}-{megabytes:.2f}{path.suffix}")
    with path.open("rb") as whole:
        text = whole.read(int(megabytes * 1e6))
    part.write_bytes(text[: text.rindex(b"\n") + 1])
    return part


def scaling(logs: dict[str, Path]) -> list[str]:
    """Time and peak memory against size over three decades, the line through their logarithms, and a plot of both."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "szilard"
    import matplotlib.pyplot as plt

    lines = ["| log | MB | s | ns/byte | off the line | peak memory [MB] |", "|---|---|---|---|---|---|"]
    fits = []
    figure, axes = plt.subplots(figsize=(5, 3.5), layout="constrained")
    for name, path in logs.items():
        parts = [part_of(path, path.stat().st_size / 1e6 / 10 ** (step / 2)) for step in range(6, 0, -1)] + [path]
        sizes, took, peaks = [], [], []
        for part in parts:
            ours(part)
            sizes.append(part.stat().st_size)
            took.append(statistics.median(seconds(partial(ours, part)) for _ in range(5)))
            peaks.append(peak(part))
        slope, offset = np.polyfit(np.log(sizes), np.log(took), 1)
        line = np.exp(offset) * np.array(sizes) ** slope
        for size, time, fitted, memory in zip(sizes, took, line, peaks, strict=True):
            off = f"{100 * (time / fitted - 1):+.0f} %"
            speed = f"{time:.4f} | {time / size * 1e9:.2f}"
            lines.append(f"| {name} | {size / 1e6:.1f} | {speed} | {off} | {memory:.0f} |")
            print(lines[-1], flush=True)
        worst = max(abs(time / fitted - 1) for time, fitted in zip(took, line, strict=True))
        fits.append(f"{name}: time grows with size to the power {slope:.2f}; at most {100 * worst:.0f} % off the line.")
        print(fits[-1], flush=True)
        axes.loglog(np.array(sizes) / 1e6, took, "o", label=name)
        axes.loglog(np.array(sizes) / 1e6, line, "-", color=axes.lines[-1].get_color(), linewidth=0.8)
    axes.set(xlabel="size [MB]", ylabel="time [s]", title="Joules of a log: time against size")
    axes.legend()
    figure.savefig(PLOT, metadata={"Date": None})
    return [*lines, "", *fits, "", f"![time over size]({PLOT.name})"]


def main() -> None:
    """Measure and print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--megabytes", type=float, default=700, help="of the nvidia-smi log; the other has 3/7 of it")
    options.add_argument("--folder", type=Path, help="where the logs are kept, and found again")
    options.add_argument("--docs", action="store_true", help="put the tables into docs/performance.md")
    given = options.parse_args()
    lines = [f"{machine()}; {THREADS} threads; load {os.getloadavg()[0]:.1f} when it began.", ""]
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        boards, jetson = folder / "nvidia-smi.csv", folder / "tegrastats.txt"
        if not boards.exists():
            boards_log(boards, given.megabytes)
        if not jetson.exists():
            jetson_log(jetson, given.megabytes * 3 / 7)
        tenth = part_of(boards, given.megabytes / 10)
        peers = {"polars, lazy, streaming": (with_polars, boards), "pandas": (with_pandas, tenth)}
        installed = {name: peer for name, peer in peers.items() if importlib.util.find_spec(name.split(",")[0])}
        lines += compared(boards, installed, 5)
        twentieth = part_of(jetson, given.megabytes / 20)
        expressions = {
            "Python, regular expression, every rail": (with_regex, twentieth),
            "Python, regular expression, one rail": (with_regex_of_one, twentieth),
        }
        lines += compared(jetson, expressions, 5)
        lines += scaling({"nvidia-smi": boards, "tegrastats": jetson})
    if given.docs:
        text = DOCS.read_text()
        before, _, rest = text.partition(START)
        _, _, after = rest.partition(END)
        DOCS.write_text(f"{before}{START}\n\n" + "\n".join(lines) + f"\n\n{END}{after}")


if __name__ == "__main__":
    main()
