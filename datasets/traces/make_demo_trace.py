"""An example power log, token log and truth: one GPU, twelve requests, ninety seconds.

    python datasets/traces/make_demo_trace.py [FOLDER]

The underlying power is a piecewise linear function of time, so its energy is known exactly. The log is what a sampler
at 10 Hz would have written of it: jittered stamps, reading noise, two decimals, one reading that failed. The sensor
has no gain error and no averaging window: what separates a result from the truth is sampling and noise alone.
"""

import itertools
import sys
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import numpy as np

SEED = 1929
START = datetime(2026, 6, 11, 12, 5, 0, tzinfo=UTC)
ZONE, OFFSET = "Europe/Berlin", timezone(timedelta(hours=2))
UUID = "GPU-0de30000-5a11-4a8d-8000-000000001929"

IDLE, PREFILL, DECODE, DECODE_MORE = 61, 318, 236, 14  # [W]; one decoding request, and each further one
RAMP = 120  # time in which the board goes from one level to the next [ms]
PREFILL_RATE, DECODE_RATE = 640, 52  # [token/s]
BEFORE, LENGTH = 10_000, 90_000  # [ms]


def make_requests(random: np.random.RandomState) -> list[dict[str, int]]:
    """Twelve requests with their times [ms] and tokens; every fourth starts while another is decoding."""
    requests: list[dict[str, int]] = []
    clock = BEFORE
    for number in range(12):
        prompt, output = int(random.randint(180, 900)), int(random.randint(150, 320))
        if number % 4 == 3:
            clock = requests[-1]["end"] - 2_000
        first = clock + round(1000 * prompt / PREFILL_RATE)
        end = first + round(1000 * output / DECODE_RATE)
        requests.append({"start": clock, "first": first, "end": end, "prompt": prompt, "output": output})
        clock = end + int(random.randint(300, 1_300))
    return requests


def power_corners(requests: list[dict[str, int]]) -> list[tuple[Fraction, Fraction]]:
    """The corners (time [ms], power [W]) of the underlying piecewise linear power."""
    corners = [(Fraction(0), Fraction(IDLE))]
    events = sorted({request[edge] for request in requests for edge in ("start", "first", "end")})
    for event, following in zip(events, [*events[1:], LENGTH], strict=True):
        filling = any(request["start"] <= event < request["first"] for request in requests)
        decoding = sum(request["first"] <= event < request["end"] for request in requests)
        level = PREFILL if filling else DECODE + DECODE_MORE * (decoding - 1) if decoding else IDLE
        last_time, last_power = corners[-1]
        now = last_power if event >= last_time else power_at(corners, Fraction(event))
        while corners[-1][0] > event:
            corners.pop()
        corners += [(Fraction(event), now), (Fraction(min(event + RAMP, following)), Fraction(level))]
    return [*corners, (Fraction(LENGTH), corners[-1][1])]


def power_at(corners: list[tuple[Fraction, Fraction]], time: Fraction) -> Fraction:
    """The underlying power at a time [ms]. [W]"""
    for (t0, p0), (t1, p1) in itertools.pairwise(corners):
        if t0 <= time <= t1 and t1 > t0:
            return p0 + (p1 - p0) * (time - t0) / (t1 - t0)
    return corners[-1][1]


def true_energy(corners: list[tuple[Fraction, Fraction]], start: int, end: int) -> Fraction:
    """The integral of the underlying power between two times [ms]. [J]"""
    inner = [time for time, _ in corners if start < time < end]
    points = [Fraction(start), *dict.fromkeys(inner), Fraction(end)]
    pairs = itertools.pairwise(points)
    return sum((power_at(corners, (a + b) / 2) * (b - a) for a, b in pairs), Fraction(0)) / 1000


def union(requests: list[dict[str, int]]) -> list[tuple[int, int]]:
    """The disjoint spans in which at least one request is in flight. [ms]"""
    spans: list[tuple[int, int]] = []
    for request in sorted(requests, key=lambda one: one["start"]):
        if spans and request["start"] <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], request["end"]))
        else:
            spans.append((request["start"], request["end"]))
    return spans


def sample_times(random: np.random.RandomState) -> list[int]:
    """The stamps of a 10 Hz sampler on a machine that is busy with other things. [ms]"""
    times, clock = [], 0.0
    while clock < LENGTH:
        times.append(int(clock))
        late = random.uniform(80.0, 250.0) if random.uniform() < 0.01 else 0.0
        clock += 100.0 + abs(random.normal(2.0, 2.5)) + late
    return times


def power_log(random: np.random.RandomState, corners: list[tuple[Fraction, Fraction]], times: list[int]) -> str:
    """The log as nvidia-smi --query-gpu writes it: local wall clock, no zone."""
    lines = ["timestamp, index, uuid, power.draw [W], utilization.gpu [%]"]
    failed = next(
        n for n, time in enumerate(times) if power_at(corners, Fraction(time)) == DECODE and time > LENGTH // 2
    )
    for number, time in enumerate(times):
        power = float(power_at(corners, Fraction(time)))
        reading = power + random.normal(0.0, 0.4 + 0.008 * power)
        busy = 0 if power < 1.5 * IDLE else min(100, int(random.normal(97.0, 1.5)))
        stamp = (START + timedelta(milliseconds=time)).astimezone(OFFSET).strftime("%Y/%m/%d %H:%M:%S.%f")[:-3]
        cell = "[N/A]" if number == failed else f"{reading:.2f} W"
        lines.append(f"{stamp}, 0, {UUID}, {cell}, {busy} %")
    return "\n".join(lines) + "\n"


def token_log(requests: list[dict[str, int]]) -> str:
    """One row a request; times are UTC and say so."""

    def stamp(time: int) -> str:
        return (START + timedelta(milliseconds=time)).isoformat(timespec="milliseconds")

    lines = ["request,start,first_token,end,prompt_tokens,output_tokens"]
    for number, one in enumerate(requests, 1):
        edges = ",".join(stamp(one[edge]) for edge in ("start", "first", "end"))
        lines.append(f"r{number:02},{edges},{one['prompt']},{one['output']}")
    return "\n".join(lines) + "\n"


def truth(requests: list[dict[str, int]], corners: list[tuple[Fraction, Fraction]], times: list[int]) -> str:
    """The energies that a perfect meter would have shown, as TOML."""
    spans = union(requests)
    in_flight = sum((true_energy(corners, start, end) for start, end in spans), Fraction(0))
    seconds = Fraction(sum(end - start for start, end in spans), 1000)
    first, last = requests[0]["start"], max(request["end"] for request in requests)
    window = true_energy(corners, first, last)
    output = sum(request["output"] for request in requests)
    above = in_flight - IDLE * seconds
    entries = {
        "requests": len(requests),
        "prompt_tokens": sum(request["prompt"] for request in requests),
        "output_tokens": output,
        "idle_power_w": float(IDLE),
        "in_flight_s": float(seconds),
        "in_flight_energy_j": float(in_flight),
        "above_idle_energy_j": float(above),
        "window_s": (last - first) / 1000,
        "window_energy_j": float(window),
        "total_s": (times[-1] - times[0]) / 1000,
        "total_energy_j": float(true_energy(corners, times[0], times[-1])),
        "energy_per_token_j": float(in_flight / output),
        "above_idle_energy_per_token_j": float(above / output),
        "window_energy_per_token_j": float(window / output),
    }
    head = (
        "# The exact integrals of the power that demo_nvidia_smi.csv was sampled from. Written by its generator.\n"
        "# in_flight: at least one request in flight; window: first start to last end; total: first to last sample.\n"
        '# energy_per_token_j is gross: in-flight energy over output tokens, at the boundary "board".\n\n'
        f'[generator]\ncommand = "python datasets/traces/make_demo_trace.py"\nseed = {SEED}\n'
        f'tz = "{ZONE}"\nutc_offset = "+02:00"\nboundary = "board"\n\n[truth]\n'
    )
    return head + "".join(f"{key} = {value!r}\n" for key, value in entries.items())


def main(folder: Path) -> None:
    """Write the three files."""
    random = np.random.RandomState(SEED)  # its stream is frozen, that of default_rng is not
    requests = make_requests(random)
    corners = power_corners(requests)
    times = sample_times(random)
    files = {
        "demo_nvidia_smi.csv": power_log(random, corners, times),
        "demo_tokens.csv": token_log(requests),
        "demo_truth.toml": truth(requests, corners, times),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
