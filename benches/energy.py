"""Joules against the read bandwidth of memory and against NumPy, in one run; with --docs into performance.md.

Every figure is a ratio: the time of a read of both columns, or of a peer on the same samples, over ours, as the median
of interleaved pairs. Peer and ours must agree, or nothing is printed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import szilard as sz
from entropy import DOCS, ROOT, THREADS, machine, ratio, read, seconds

START, END = "<!-- energy: measured by benches/energy.py -->", "<!-- energy: end -->"
PLOT = ROOT / "docs/attribution_cost.svg"


def samples(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Times about 10 ms apart [ns] and powers with three decimals [W]."""
    random = np.random.default_rng(5)
    time_ns = np.cumsum(random.integers(9_000_000, 11_000_000, count))
    return time_ns, np.round(random.uniform(100.0, 700.0, count), 3)


def windows(time_ns: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Requests of 0.2 to 30 s in the order in which they came. [ns]"""
    random = np.random.default_rng(6)
    start = np.sort(random.integers(time_ns[0], time_ns[-1] - 30_000_000_000, count))
    return start, start + random.integers(200_000_000, 30_000_000_000, count)


def records(start: np.ndarray, end: np.ndarray) -> sz.TokenLog:
    """A token log of the requests, of one to three hundred tokens each."""
    counts = np.random.default_rng(7).integers(1, 300, len(start))
    rows = [f"{k},{a / 1e9:.9f},{b / 1e9:.9f},{n}" for k, (a, b, n) in enumerate(zip(start, end, counts, strict=True))]
    return sz.read_tokens("\n".join(["request,start [s],end [s],output_tokens", *rows, ""]).encode())


def read_both(time_ns: np.ndarray, power_w: np.ndarray, pool: ThreadPoolExecutor) -> None:
    """Every byte of both columns once, by all threads."""
    read(time_ns.view(np.float64), pool)
    read(power_w, pool)


def searched(time_ns: np.ndarray, power_w: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The integral over each window by cumsum and searchsorted, with linear interpolation at its ends. [J]"""
    time_s = (time_ns - time_ns[0]) * 1e-9
    total = np.concatenate([[0.0], np.cumsum((power_w[1:] + power_w[:-1]) * 0.5 * np.diff(time_s))])

    def until(at_ns: np.ndarray) -> np.ndarray:
        at = (at_ns - time_ns[0]) * 1e-9
        left = np.clip(np.searchsorted(time_s, at, side="right") - 1, 0, len(time_s) - 2)
        part = at - time_s[left]
        slope = (power_w[left + 1] - power_w[left]) / (time_s[left + 1] - time_s[left])
        return total[left] + part * (power_w[left] + 0.5 * slope * part)

    return until(end) - until(start)


def agree(ours: np.ndarray | float, theirs: np.ndarray | float, tolerance: float) -> None:
    """Stop where a peer has another result."""
    worst = float(np.max(np.abs(np.asarray(ours) / np.asarray(theirs) - 1)))
    if not worst < tolerance:
        raise SystemExit(f"ours and the peer's differ by {worst:.1e}")


def shares(time_ns: np.ndarray, power_w: np.ndarray, requests: int) -> list[str]:
    """Integration and attribution against a read of the samples and against NumPy."""
    trace = sz.trace_from_arrays(time_ns, power_w)
    start, end = windows(time_ns, requests)
    size = f"{len(time_ns):.0e} samples".replace("e+0", "e")
    lines = [
        "| work | time over that of a read of both columns | time of NumPy over ours | NumPy |",
        "|---|---|---|---|",
    ]
    tokens = records(start, end)
    attributed = f"{requests:.0e} requests in {size}".replace("e+0", "e")
    unshared = partial(sz.energies, trace, start, end, u=False)
    shared = partial(sz.energies, trace, start, end, overlapping="equal", u=False)
    own = partial(sz.trapezoid, time_ns, power_w)
    with ThreadPoolExecutor(THREADS) as pool:
        ceiling = partial(read_both, time_ns, power_w, pool)

        def line(name: str, work: object, peer: object, pairs: int, title: str) -> None:
            share, _ = ratio(ceiling, work)
            against, _ = ratio(peer, work, pairs)
            lines.append(f"| {name} | **{1 / share:.2f}** ({share:.2f} of the ceiling) | {against:.1f} | {title} |")
            print(lines[-1], flush=True)

        time_s = (time_ns - time_ns[0]) * 1e-9
        peer = partial(np.trapezoid, power_w, time_s)
        agree(own().value, peer(), 1e-9)
        line(f"`trapezoid`, {size}", own, peer, 5, "`trapezoid`")
        line(f"`trace.energy()` with its budget and its checks, {size}", trace.energy, peer, 5, "`trapezoid`, without")
        del time_s, peer
        search = partial(searched, time_ns, power_w, start, end)
        agree(unshared()["energy_j"].to_numpy(), search(), 1e-6)
        line(f"`energies`, each whole, {attributed}", unshared, search, 1, "`cumsum`, `searchsorted`")
        line(f"`energies`, shared, {attributed}", shared, search, 1, "the same, which does not share")
        run = partial(sz.energy_per_token, trace, tokens, clock_offset="0 s")
        line(f"`energy_per_token`, shared by tokens, with u, {attributed}", run, search, 1, "the same")
    return lines


def cost(time_ns: np.ndarray, power_w: np.ndarray) -> list[str]:
    """The time of a shared attribution over samples and requests, as a table, a fit and a plot."""
    import matplotlib.pyplot as plt

    counts, requests = [10**6, 10**7, len(time_ns)], [10**4, 10**5, 10**6]
    lines = ["| samples | " + " | ".join(f"{n:.0e} requests".replace("e+0", "e") for n in requests) + " |"]
    lines += ["|---|" + "---|" * len(requests)]
    points = []
    for count in counts:
        trace = sz.trace_from_arrays(time_ns[:count], power_w[:count])
        times = []
        for number in requests:
            start, end = windows(time_ns[:count], number)
            work = partial(sz.energies, trace, start, end, overlapping="equal", u=False)
            work()
            times.append(min(seconds(work) for _ in range(5)))
            points.append((count, number, times[-1]))
        lines.append(f"| {count:.0e} | ".replace("e+0", "e") + " | ".join(f"{1e3 * s:.1f} ms" for s in times) + " |")
        print(lines[-1], flush=True)
    found = np.array(points)
    # t = a samples + b requests + c, every time to the same relative error
    terms = np.column_stack([found[:, 0], found[:, 1], np.ones(len(found))])
    (a, b, c), *_ = np.linalg.lstsq(terms / found[:, 2:], np.ones(len(found)), rcond=None)
    fitted = terms @ [a, b, c]
    worst = float(np.max(np.abs(found[:, 2] / fitted - 1)))
    figure, axes = plt.subplots(figsize=(5, 3.5), layout="constrained")
    for count in counts:
        own = found[:, 0] == count
        axes.loglog(fitted[own], found[own, 2], "o", label=f"{count:.0e} samples".replace("e+0", "e"))
    ends = [fitted.min(), fitted.max()]
    axes.loglog(ends, ends, color="0.7", zorder=0)
    axes.set(xlabel="a samples + b requests + c [s]", ylabel="time [s]")
    axes.set_title(f"Shared attribution: a = {1e9 * a:.2f} ns, b = {1e9 * b:.0f} ns", fontsize="medium")
    axes.legend()
    figure.savefig(PLOT, metadata={"Date": None})
    fit = f"Fit: {1e9 * a:.2f} ns a sample, {1e9 * b:.0f} ns a request and {1e3 * c:.1f} ms; no time is more than "
    lines += ["", f"{fit}{100 * worst:.0f} % off it.", "", f"![time over requests and samples]({PLOT.name})"]
    print(lines[-3], flush=True)
    return lines


def kernel() -> list[str]:
    """The share of the read bandwidth with each set of instructions, and of the plain sum."""
    command = ["cargo", "run", "--quiet", "--release", "-p", "szilard-simd", "--example", "integral"]
    ran = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    rows = [line.rsplit(maxsplit=1) for line in ran.stdout.splitlines()]
    print(ran.stdout, flush=True)
    found = [(name.strip(), value) for name, value in rows if not value.startswith("GB/s")]
    lines = [
        "| trapezoid of 1e8 samples in Rust, 2 threads | share of the read bandwidth of both columns |",
        "|---|---|",
    ]
    return lines + [f"| {'exact, ' if name != 'plain sum' else ''}{name} | {value} |" for name, value in found]


def main() -> None:
    """Measure and print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--samples", type=int, default=10**8)
    options.add_argument("--requests", type=int, default=10**6)
    options.add_argument("--docs", action="store_true", help="put the tables into docs/performance.md")
    given = options.parse_args()
    lines = [f"{machine()}; {THREADS} threads; load {os.getloadavg()[0]:.1f} when it began.", "", *kernel(), ""]
    time_ns, power_w = samples(given.samples)
    lines += [*shares(time_ns, power_w, given.requests), "", *cost(time_ns, power_w)]
    if given.docs:
        before, _, rest = DOCS.read_text().partition(START)
        _, _, after = rest.partition(END)
        DOCS.write_text(f"{before}{START}\n\n" + "\n".join(lines) + f"\n\n{END}{after}")


if __name__ == "__main__":
    main()
