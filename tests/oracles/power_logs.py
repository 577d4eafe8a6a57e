"""Energies of real power logs, worked out from their bytes with the standard library alone.

Each function reads one layout in the shortest way that is right for the files it is used on, in exact fractions of the
printed digits; none of it is the project's code. The rules are those of `tests/corpus/README.md`: trapezoids of gauges,
differences of counters, power times elapsed time where the log prints it.
"""

import csv
import json
import re
import struct
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise


def seconds(stamp, pattern):
    """A civil stamp as seconds, exact to the microsecond."""
    delta = datetime.strptime(stamp, pattern).replace(tzinfo=UTC) - datetime(2000, 1, 1, tzinfo=UTC)
    return Fraction(delta.days * 86400 + delta.seconds) + Fraction(delta.microseconds, 1_000_000)


def trapezoid(samples):
    return sum((p + q) / 2 * (t - s) for (s, p), (t, q) in pairwise(samples))


def nvidia_smi(text):
    rows = [line.split(",") for line in text.split("\n")[:-1]]
    power = next(i for i, title in enumerate(rows[0]) if title.strip().startswith("power.draw"))
    watts = [Fraction(row[power].strip().removesuffix(" W")) for row in rows[1:]]
    times = [seconds(row[0].strip(), "%Y/%m/%d %H:%M:%S.%f") for row in rows[1:]]
    return trapezoid(list(zip(times, watts, strict=True)))


def tegrastats(text, rail="VDD_IN", interval=None):
    samples = []
    for line in text.splitlines():
        found = re.search(rf"{rail} (\d+)(?:mW)?/", line)
        if not found:
            continue
        time = interval * len(samples) if interval else seconds(line[:19], "%m-%d-%Y %H:%M:%S")
        samples.append((Fraction(time), Fraction(found[1]) / 1000))
    return trapezoid(samples)


def ptd(text):
    rows = [line.split(",") for line in text.split("\n") if line.startswith("Time,")]
    kept = [row for row in rows if float(row[3]) != -1.0]
    return trapezoid([(seconds(row[1], "%m-%d-%Y %H:%M:%S.%f"), Fraction(row[3])) for row in kept])


def powermetrics(text):
    total = Fraction(0)
    for block in text.split("*** Sampled system activity (")[1:]:
        elapsed = Fraction(re.search(r"\(([\d.]+)ms elapsed\)", block)[1])
        name = r"Combined Power \(CPU \+ GPU \+ ANE\)" if "Combined Power" in block else "Package Power"
        total += Fraction(re.search(rf"^{name}: (\d+) mW", block, re.MULTILINE)[1]) / 1000 * elapsed / 1000
    return total


def uprof(text):
    lines = text.split("PROFILE RECORDS\n")[1].split("\n")
    titles = lines[0].split(",")
    sockets = [i for i, title in enumerate(titles) if title.endswith("-package-power")]
    total, last = Fraction(0), None
    for line in lines[1:]:
        cells = line.split(",")
        if len(cells) < len(titles):
            continue
        hour, minute, second, milli = (int(part) for part in cells[1].split(":"))
        now = Fraction((hour * 60 + minute) * 60 + second) + Fraction(milli, 1000)
        watts = sum(Fraction(cells[i].strip()) for i in sockets)
        if last is not None:
            total += watts * (now - last)
        last = now
    return total


def perf_stat(text):
    found = dict(reversed(pair) for pair in re.findall(r"([\d.]+) Joules power/energy-(\w+)/", text))
    return Fraction(found["pkg"]) + Fraction(found["ram"])


def turbostat(text, interval):
    total, titles = Fraction(0), []
    for line in text.splitlines():
        cells = line.split()
        if "PkgWatt" in cells:
            titles = cells
        elif titles and ("CPU" not in titles or cells[1:2] == ["-"]):
            row = dict(zip(titles, cells, strict=False))
            outer = ["SysWatt"] if "SysWatt" in row else ["PkgWatt", "RAMWatt"]
            total += sum(Fraction(row[name]) for name in outer) * interval
    return total


def power_gadget(text):
    rows = [row for row in csv.reader(text.splitlines()) if len(row) > 5]
    total = Fraction(0)
    for zone in ("Processor", "DRAM"):
        at = rows[0].index(f"Cumulative {zone} Energy_0(Joules)")
        total += Fraction(rows[-1][at].strip())
    return total


def green_metrics(text):
    energies = [Fraction(line.split()[1]) for line in text.splitlines() if line.strip()]
    return sum(energies[1:]) / 10**6  # the first row ends an interval that is not in the log


def codecarbon(text):
    last = {}
    for number, row in enumerate(csv.DictReader(text.splitlines())):
        last[row.get("run_id") or number] = Fraction(row["energy_consumed"]) * 3_600_000
    return sum(last.values())


def dmon(text, interval):
    watts = {}
    for line in text.splitlines():
        cells = line.lstrip("#").split()
        if cells and cells[0].isdigit():
            watts.setdefault(cells[0], []).append(Fraction(cells[1]))
    return sum(trapezoid([(interval * i, w) for i, w in enumerate(series)]) for series in watts.values())


def mlperf_tiny(content):
    count = (len(content) - 5) // 4
    return sum(Fraction(value) for value in struct.unpack(f"<{count}f", content[5 : 5 + 4 * count])) / 10**6


def solar(text):
    rows = list(csv.reader(text.removeprefix("\ufeff").splitlines()))[1:]
    samples = [(seconds(f"{r[1]} {r[0]}", "%m/%d/%Y %I:%M:%S %p"), Fraction(r[4])) for r in rows]
    return trapezoid(samples)


def voltcraft(text):
    rows = list(csv.reader(text.splitlines(), delimiter=";"))[1:]
    return trapezoid([(seconds(r[0], "%d/%m/%Y %H:%M"), Fraction(r[4])) for r in rows])


def redfish(text):
    return [control["PowerConsumedWatts"] for control in json.loads(text)["PowerControl"]]
