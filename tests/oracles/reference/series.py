"""Rows of a log brought into order, and the energy of each series in exact fractions."""

import itertools
from dataclasses import dataclass, field
from fractions import Fraction

from .grammar import SECOND, RefusedError, cell, civil, literal, numeric, unit

FARTHEST = (1 << 62) - 1
PLAUSIBLE = {"chip": 1000, "board": 2000, "node": 20_000, None: 20_000, "it": 10**300, "site": 10**300}
F64 = Fraction(2) ** 1024
GAUGES = ("instant", "mean")
DIMENSIONS = {"instant": "power", "mean": "power", "interval-mean": "power", "counter": "energy", "interval": "energy"}


@dataclass
class Series:
    """One measured thing of one device."""

    device: str
    name: str
    kind: str  # instant, mean, interval-mean, counter, interval
    boundary: str | None = None
    within: str | None = None
    instead: str | None = None
    range: Fraction | None = None
    drops_negative: bool = False
    rows: list = field(default_factory=list)  # (ns, value or None, leap)
    breaks: list = field(default_factory=list)


class Log:
    """The rows of a log so far, and what they have in common."""

    def __init__(self, options):
        self.series, self.kinds = {}, {}
        self.base, self.resolution, self.leaps = None, None, set()
        self.records, self.total_known, self.separate = 0, True, False
        self.comma, self.point = False, None
        self.mirrors = {}
        interval = options.get("interval")
        self.interval = nanoseconds(interval) if interval else None
        self.midnight, self.last = 0, None

    def declare(self, name, kind, **more):
        self.kinds.setdefault(name, (kind, more))

    def add(self, device, name, time, value):
        """Adds a row: `time` is (ns, leap), `value` a fraction or `None`."""
        kind, more = self.kinds[name]
        series = self.series.setdefault((device, name), Series(device, name, kind, **more))
        if value is not None and value < 0 and series.drops_negative:
            value = None
        series.rows.append((time[0], value, time[1]))

    def time(self, stamp):
        ns, base, leap, resolution = stamp
        if self.base not in (None, base):
            raise RefusedError("E_TIME_MIXED")
        self.base = base
        if leap:
            self.leaps.add(ns // SECOND * SECOND)
        if abs(ns) > FARTHEST:
            raise RefusedError("E_RANGE")
        self.resolution = resolution if self.resolution is None else min(self.resolution, resolution)
        return (ns, leap)

    def civil(self, text, month_first=False):
        stamp = civil(text.strip(" \t\n\r\x0b\x0c"), month_first)
        if stamp is None:
            raise RefusedError("E_TIME_PARSE")
        return self.time(stamp)

    def titled(self, text, declared):
        """The time in a cell of a column whose title has a unit, or none."""
        try:
            found = cell(text, self.mark(text))
        except RefusedError:
            return self.civil(text)
        if isinstance(found, str):
            return self.civil(text)
        value, step, _, written = found
        size = written or declared
        if size is None:
            raise RefusedError("E_TIME_UNIT")
        stamp = numeric(value, step, size[1]) if size[0] == "time" else None
        if stamp is None:
            raise RefusedError("E_TIME_PARSE")
        return self.time(stamp)

    def spaced(self, index):
        if self.interval is None:
            raise RefusedError("E_NO_TIME")
        return self.time((index * self.interval, "relative", False, self.interval))

    def mark(self, text):
        return "," if self.comma and "," in text and "." not in text else "."

    def read(self, name, text, declared, fallback=None):
        """The value of a cell in W or J, `None` where there is no reading."""
        mark = self.mark(text)
        found = cell(text, mark)
        if isinstance(found, str):
            return None
        value, step, part, written = found
        if part and self.point not in (None, mark):
            raise RefusedError("E_BAD_NUMBER")
        if part:
            self.point = mark
        size = written or declared or fallback
        kind, more = self.kinds[name]
        if size is None or size[0] != DIMENSIONS[kind]:
            raise RefusedError("E_UNIT_UNKNOWN")
        if value is None or abs(value * size[1]) >= F64:
            raise RefusedError("E_BAD_NUMBER")
        if sentinel(value * size[1], step * size[1], kind, more.get("boundary")):
            return None
        return value * size[1]


def nanoseconds(text):
    number, symbol = text.split()
    return int(literal(number)[0] * unit(symbol)[1] * SECOND)


def sentinel(value, step, kind, boundary):
    """Whether a value is all bits of an integer, to the digits that are printed, and cannot be real."""
    power = kind not in {"counter", "interval"}
    size = abs(value)
    if value < 0:
        marks = [(1 << 31, 1 << 31), (1 << 63, 1 << 63)]
    else:
        marks = [((1 << 63) - 16, (1 << 63) - 1), ((1 << 64) - 1, (1 << 64) - 1)]
        marks += [(0x7FFFFFF0, 0x7FFFFFFF), ((1 << 32) - 1, (1 << 32) - 1), (1 << 47, (1 << 47) + 3)] if power else []
    for (low, high), unit_size in itertools.product(marks, (Fraction(1), Fraction(1, 1000), Fraction(1, 10**6))):
        slack = max(step, high * unit_size / (1 << 50))
        believed = (power or value < 0) and size <= PLAUSIBLE[boundary] and step > unit_size * Fraction(3, 2)
        near = low * unit_size - slack <= size <= high * unit_size + slack
        if near and slack < high * unit_size / 1000 and not believed:
            return True
    return False


# --- order -----------------------------------------------------------------------------------------------------------


def arrange(rows):
    """The rows in order and where segments start: one step back is the clock, several are disorder, but runs that go
    over the same time again are recordings of their own."""
    back = [i for i in range(1, len(rows)) if rows[i][0] < rows[i - 1][0]]
    if len(back) > 1 and (not repeats(rows, back) or even(rows)):
        return sorted(rows, key=lambda row: row[0]), []
    return rows, back


def repeats(rows, back):
    covered = None
    for start, end in itertools.pairwise([0, *back, len(rows)]):
        run = [row[0] for row in rows[start:end]]
        if covered is None:
            if len(run) < 3:
                return False
        elif sum(covered[0] <= time <= covered[1] for time in run) < 3:
            return False
        low, high = run[0], run[-1]
        covered = (low, high) if covered is None else (min(low, covered[0]), max(high, covered[1]))
    return True


def even(rows):
    times = sorted(row[0] for row in rows)
    steps = [b - a for a, b in itertools.pairwise(times)]
    median = sorted(steps)[len(steps) // 2]
    near = [step for step in steps if step > 0 and median // 2 <= step <= 3 * median // 2]
    return len(near) * 10 >= len(steps) * 9


def spread(rows, interval, resolution):
    """Stamps too coarse for their rows, spread evenly inside each run."""
    out, last = [], None
    for ns, value, leap in rows:
        expected = None if last is None else last + interval
        at = ns if last is None else expected if abs(ns - expected) <= resolution + interval else max(ns, last)
        out.append((at, value, leap))
        last = at
    return out


def settled(log):
    """The series with their samples in order, checked as a whole."""
    if not log.records:
        raise RefusedError("E_NO_DATA")
    leaps = sorted(log.leaps)
    for series in log.series.values():
        passed = [
            (ns + SECOND * (sum(leap <= ns for leap in leaps) - inside), value) for ns, value, inside in series.rows
        ]
        rows, breaks = arrange(passed)
        rows = [(ns, value, False) for ns, value in rows]
        repeated = any(a[0] == b[0] for a, b in itertools.pairwise(rows))
        if repeated and (log.resolution or 0) >= SECOND and log.interval:
            parts = itertools.pairwise([0, *breaks, len(rows)])
            rows = [row for start, end in parts for row in spread(rows[start:end], log.interval, log.resolution)]
        of_interval = series.kind in ("interval", "interval-mean")
        last = max((i + 1 for i, row in enumerate(rows) if row[1] is not None), default=0)
        series.rows, series.breaks = [], []
        for i, (ns, value, _) in enumerate(rows[:last]):
            if i in breaks and series.rows:
                series.breaks.append(len(series.rows))
            if value is not None or of_interval:
                series.rows.append((ns, value))
        series.breaks = sorted({at for at in series.breaks if at < len(series.rows)})
    powers = list(log.series.values())
    most = max((len(series.rows) for series in powers), default=0)
    if most == 0:
        raise RefusedError("E_NO_POWER")
    if most == 1:
        raise RefusedError("E_TOO_FEW_SAMPLES")

    def runs(series):
        return [series.rows[a:b] for a, b in itertools.pairwise([0, *series.breaks, len(series.rows)])]

    if all(not run or run[0][0] == run[-1][0] for series in powers for run in runs(series)):
        raise RefusedError("E_ZERO_DURATION")
    times = [row[0] for series in powers for row in series.rows]
    if max(times) - min(times) >= 1 << 63:
        raise RefusedError("E_RANGE")
    return powers


# --- energy ----------------------------------------------------------------------------------------------------------


def members(log):
    """The outermost measured series; all of them where the total is not known."""
    measured = {(s.device, s.name): s for s in log.series.values() if s.rows}
    if not log.total_known:
        return list(measured.values())
    kept = []
    for series in measured.values():
        better = measured.get((series.device, series.instead))
        at, outer = series, None
        for _ in range(16):
            at = log.series.get((at.device, at.within))
            if at is None:
                break
            if at.rows and at is not series:
                outer = at
        if not (better and better is not series) and outer is None:
            kept.append(series)
    return kept


def energy(series):
    """Energy [J], its scale [J], and whether anything is covered."""
    rows, breaks = series.rows, set(series.breaks)
    if len(rows) < 2:
        raise RefusedError("E_TOO_FEW_SAMPLES")
    if len({ns for ns, _ in rows}) == 1:
        raise RefusedError("E_ZERO_DURATION")
    if series.kind == "counter":
        if len(rows) >= 3 and len({value for _, value in rows}) == 1:
            raise RefusedError("E_STALE_SENSOR")
        return counted(series)
    pairs = [(a, b) for i, (a, b) in enumerate(itertools.pairwise(rows), 1) if i not in breaks]
    steps = sorted(b[0] - a[0] for a, b in pairs if b[0] > a[0])
    limit = max(5 * steps[(len(steps) - 1) // 2] if steps else 0, 2 * SECOND)
    total, scale, covered = Fraction(0), Fraction(0), 0
    for (start, before), (end, after) in pairs:
        length = Fraction(end - start, SECOND)
        if end - start > limit or (after is None):
            continue
        covered += end - start
        if series.kind == "interval":
            term, size = after, abs(after)
            wide = abs(after) * 2 * 10**9
        elif series.kind == "interval-mean":
            term, size = after * length, abs(after) * length
            wide = 2 * abs(after) * (end - start)
        else:
            term, size = (before + after) / 2 * length, (abs(before) + abs(after)) / 2 * length
            wide = (abs(before) + abs(after)) * (end - start)
        if wide >= F64:
            raise RefusedError("E_RANGE")
        total, scale = total + term, scale + size
    return total, scale, covered > 0


def counted(series):
    """The energy of a counter: differences, one wrap at a plausible power, gaps at resets."""
    most = PLAUSIBLE[series.boundary]
    total, scale, covered = Fraction(0), Fraction(0), 0
    for low, high in itertools.pairwise([0, *series.breaks, len(series.rows)]):
        run = series.rows[low:high]
        last = None
        for i, (ns, value) in enumerate(run):
            if last is None:
                last = (ns, value)
                continue
            seconds = Fraction(ns - last[0], SECOND)
            if series.range is not None and seconds * most >= series.range:
                raise RefusedError("E_COUNTER_AMBIGUOUS")
            step, following = value - last[1], run[i + 1][1] if i + 1 < len(run) else None
            if step < 0:
                if value == 0 and following is not None and following >= last[1]:
                    continue
                back = following is None or following >= last[1]
                if step > -1 and (back or 2 * value >= last[1]):
                    continue
                wrapped = None if series.range is None else value + series.range - last[1]
                step = wrapped if wrapped is not None and 0 <= wrapped <= most * seconds else None
            if step is not None:
                total, scale, covered = total + step, scale + max(abs(value), abs(last[1])), covered + ns - last[0]
                if abs(step) * 2 * 10**9 >= F64:
                    raise RefusedError("E_RANGE")
            last = (ns, value)
    return total, scale, covered > 0
