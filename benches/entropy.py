"""Bits per token against the read bandwidth of memory and against peers, in one run; with --docs into performance.md.

Every figure is a ratio: the time of a read of the same bytes, or of a peer on the same rows, over ours, as the median
of interleaved pairs. Peers that are not installed are left out (`python benches/entropy.py --list` names them).
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import ml_dtypes
import numpy as np
import szilard as sz

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs/performance.md"
START, END = "<!-- entropy: measured by benches/entropy.py -->", "<!-- entropy: end -->"
THREADS = 2
PAIRS = 7
PEER_SECONDS = 4.0  # the longest that one call of a peer may take: it is given as many rows as ours, or as that allows
FEW = 128  # rows on which that is found out

Rows = np.ndarray


def seconds(work: Callable[[], object]) -> float:
    """The time that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(one: Callable[[], object], other: Callable[[], object], pairs: int = PAIRS) -> tuple[float, float]:
    """The median of time of one over time of the other in interleaved pairs, and the median time of the other."""
    one(), other()
    times = [(seconds(one), seconds(other)) for _ in range(pairs)]
    return statistics.median(a / b for a, b in times), statistics.median(b for _, b in times)


def read(buffer: np.ndarray, pool: ThreadPoolExecutor) -> None:
    """Every byte once, by all threads: the largest of the numbers, which NumPy finds with vector instructions."""
    flat = buffer.reshape(-1).view(np.float32 if buffer.dtype.itemsize < 8 else np.float64)
    list(pool.map(np.max, np.array_split(flat, 16 * THREADS)))


def logits(vocabulary: int, gigabytes: float) -> np.ndarray:
    """Normal logits of deviation 3 with one spike a row, as float32; drawn once and rolled, for the time it takes."""
    random = np.random.default_rng(vocabulary)
    rows = int(gigabytes * 1e9 / 4 / vocabulary)
    drawn = (3.0 * random.standard_normal((64, vocabulary))).astype(np.float32)
    drawn[np.arange(64), random.integers(0, vocabulary, 64)] += random.uniform(0.0, 25.0, 64).astype(np.float32)
    return np.concatenate([np.roll(drawn, row, axis=1) for row in range(math.ceil(rows / 64))])[:rows]


def reference(rows: np.ndarray) -> np.ndarray:
    """Entropy by its definition in f64 with exact summation, of the stored values. [nat]"""
    found = []
    for row in rows.astype(np.float64):
        weights = np.exp(row - row.max())
        z = math.fsum(weights)
        found.append(math.log(z) - math.fsum(weights * (row - row.max())) / z)
    return np.array(found)


def peers() -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    """Entropy in nat by what people use, for those that are installed."""
    found: dict[str, Callable[[np.ndarray], np.ndarray]] = {}

    def numpy(rows: np.ndarray) -> np.ndarray:
        single = rows.astype(np.float32)
        weights = np.exp(single - single.max(axis=-1, keepdims=True))
        p = weights / weights.sum(axis=-1, keepdims=True)
        return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1)

    found["numpy"] = numpy
    try:
        from scipy.special import log_softmax

        def scipy(rows: np.ndarray) -> np.ndarray:
            logp = log_softmax(rows.astype(np.float32), axis=-1)
            return -(np.exp(logp) * logp).sum(axis=-1)

        found["scipy log_softmax"] = scipy
    except ImportError:
        pass
    try:
        import torch
    except ImportError:
        return found
    torch.set_num_threads(THREADS)

    def tensor(rows: np.ndarray) -> torch.Tensor:
        if rows.dtype == ml_dtypes.bfloat16:
            return torch.from_numpy(rows.view(np.int16)).view(torch.bfloat16)
        return torch.from_numpy(rows)

    def definition(x: torch.Tensor) -> torch.Tensor:
        logp = torch.log_softmax(x.float(), dim=-1)
        return -(logp.exp() * logp).sum(dim=-1)

    compiled = torch.compile(definition, dynamic=False)
    found["torch Categorical"] = lambda rows: (
        torch.distributions.Categorical(logits=tensor(rows), validate_args=False).entropy().float().numpy()
    )
    found["torch.compile"] = lambda rows: compiled(tensor(rows)).numpy()
    return found


def bandwidth_table(gigabytes: float) -> list[str]:
    """The share of the read bandwidth for each type, mode and vocabulary."""
    lines = ["| logits | mode | GB/s read | share of the read bandwidth | Gelement/s |", "|---|---|---|---|---|"]
    with ThreadPoolExecutor(THREADS) as pool:
        for vocabulary in (32_000, 151_936):
            single = logits(vocabulary, gigabytes)
            for dtype in (np.float32, np.float16, ml_dtypes.bfloat16):
                rows = single.astype(dtype)
                for mode in ("fast", "exact"):
                    share, took = ratio(partial(read, rows, pool), partial(sz.token_entropy, rows, mode=mode))
                    name = f"{np.dtype(dtype).name}, V = {vocabulary}"
                    speed = rows.nbytes / took / share / 1e9
                    lines.append(f"| {name} | {mode} | {speed:.1f} | **{share:.2f}** | {rows.size / took / 1e9:.2f} |")
                    print(lines[-1], flush=True)
    return lines


def affordable(peer: Callable[[np.ndarray], object], rows: np.ndarray) -> np.ndarray:
    """As many of the rows as a peer takes in the time that it is given, the memory that it takes included."""
    peer(rows[:FEW])
    took = seconds(partial(peer, rows[:FEW]))
    return rows[: max(FEW, int(FEW * PEER_SECONDS / took))]


def peer_table(gigabytes: float) -> list[str]:
    """The time and the error of each peer, on the rows of the first table."""
    lines = ["| peer | logits | rows | its time over ours, fast | exact | its error [nat] | ours, fast | exact |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for vocabulary in (32_000, 151_936):
        single = logits(vocabulary, gigabytes)
        for dtype in (np.float32, ml_dtypes.bfloat16):
            rows = single.astype(dtype)
            expected = reference(rows[:32])
            own = {mode: sz.token_entropy(rows[:32], base=math.e, mode=mode).entropy for mode in ("fast", "exact")}
            errors = {mode: np.abs(found - expected).max() for mode, found in own.items()}
            for name, peer in peers().items():
                try:
                    some = affordable(peer, rows)
                    error = np.abs(peer(some)[:32] - expected).max()
                    times = [
                        ratio(partial(peer, some), partial(sz.token_entropy, some, mode=mode), 3)[0]
                        for mode in ("fast", "exact")
                    ]
                except Exception as reason:  # noqa: BLE001 - a peer that fails is named, and the others are measured
                    print(f"{name}: {str(reason).splitlines()[0]}", file=sys.stderr)
                    continue
                lines.append(
                    f"| {name} | {np.dtype(dtype).name}, V = {vocabulary} | {len(some)} | {times[0]:.1f} | "
                    f"{times[1]:.1f} | {error:.1e} | {errors['fast']:.1e} | {errors['exact']:.1e} |"
                )
                print(lines[-1], flush=True)
    return lines


def divergence_line(gigabytes: float) -> list[str]:
    """The divergence of bfloat16 logits from those that they were rounded from, against NumPy in f64."""
    vocabulary = 151_936
    single = logits(vocabulary, gigabytes)
    rounded = single.astype(ml_dtypes.bfloat16)
    took = statistics.median(seconds(partial(sz.divergence, single, rounded)) for _ in range(3))

    def definition(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        ln_p, ln_q = (x.astype(np.float64) - x.astype(np.float64).max(axis=-1, keepdims=True) for x in (p, q))
        ln_p, ln_q = (x - np.log(np.exp(x).sum(axis=-1, keepdims=True)) for x in (ln_p, ln_q))
        return (np.exp(ln_p) * (ln_p - ln_q)).sum(axis=-1)

    few = slice(0, 32)
    expected = definition(single[few], rounded[few])
    error = np.abs(sz.divergence(single[few], rounded[few], base=math.e).kullback_leibler - expected).max()
    speedup, _ = ratio(
        partial(definition, single[few], rounded[few]), partial(sz.divergence, single[few], rounded[few]), 5
    )
    line = (
        f"Divergence (KL, JS, cross-entropy) of bfloat16 from float32 logits, V = {vocabulary}: "
        f"{single.size / took / 1e9:.2f} Gelement/s ({took:.2f} s for {single.nbytes / 1e9:.1f} GB beside "
        f"{rounded.nbytes / 1e9:.1f} GB), {speedup:.0f} times as fast as KL alone in NumPy, from which it differs "
        f"by {error:.0e} nat."
    )
    print(line, flush=True)
    return [line]


STREAMED = """
import resource, sys, time, szilard as sz
status = lambda key: int(next(l for l in open("/proc/self/status") if l.startswith(key)).split()[1]) * 1024
before = status("VmRSS")
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
start = time.perf_counter()
found = sz.token_entropy(sys.argv[1])
took = time.perf_counter() - start
# VmHWM: ru_maxrss would start with the size of the process that this one was forked from
print(len(found), float(found.entropy[-1]), took, status("VmHWM") - before)
"""


def streamed(gigabytes: float) -> list[str]:
    """A sparse file far above an address-space limit of 2 GiB, and the memory that it takes above the import."""
    vocabulary = 151_936
    rows = int(gigabytes * 1e9 / 2 / vocabulary)
    header = f'{{"logits":{{"dtype":"F16","shape":[{rows},{vocabulary}],"data_offsets":[0,{2 * rows * vocabulary}]}}}}'
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "logits.safetensors")
        with path.open("wb") as file:
            file.write(len(header).to_bytes(8, "little") + header.encode())
            file.truncate(8 + len(header) + 2 * rows * vocabulary)
        ran = subprocess.run([sys.executable, "-c", STREAMED, str(path)], check=True, capture_output=True, text=True)
        size = path.stat().st_size
    tokens, entropy, took, above = ran.stdout.split()
    if int(tokens) != rows or abs(float(entropy) - math.log2(vocabulary)) > 1e-12:  # all logits are equal
        raise SystemExit(f"streamed {tokens} tokens of {entropy} bit; expected {rows} of {math.log2(vocabulary)}")
    line = (
        f"A sparse safetensors file of {size / 1e9:.1f} GB under an address-space limit of 2 GiB: "
        f"{int(above) / 1e6:.0f} MB above the size after import, {size / float(took) / 1e9:.2f} GB/s."
    )
    print(line)
    return [line]


def machine() -> str:
    """What it was measured on."""
    name = next((x for x in Path("/proc/cpuinfo").read_text().splitlines() if x.startswith("model name")), "unknown: ?")
    processor = name.partition(":")[2].strip()
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def main() -> None:
    """Measure and print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--gigabytes", type=float, default=1.0, help="of float32 logits for each vocabulary")
    options.add_argument("--docs", action="store_true", help="put the tables into docs/performance.md")
    options.add_argument("--list", action="store_true", help="name the peers that are installed, and stop")
    given = options.parse_args()
    if given.list:
        print("\n".join(peers()))
        return
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])  # as many threads for us as for the peers
    lines = [f"{machine()}; {THREADS} threads; load {os.getloadavg()[0]:.1f} when it began.", ""]
    lines += [
        *bandwidth_table(given.gigabytes),
        "",
        *peer_table(given.gigabytes),
        "",
        *divergence_line(given.gigabytes),
        "",
    ]
    lines += streamed(8.0)
    if given.docs:
        text = DOCS.read_text()
        before, _, rest = text.partition(START)
        _, _, after = rest.partition(END)
        DOCS.write_text(f"{before}{START}\n\n" + "\n".join(lines) + f"\n\n{END}{after}")


if __name__ == "__main__":
    main()
