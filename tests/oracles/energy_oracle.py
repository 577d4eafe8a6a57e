"""Energy of a window and its attribution in rational arithmetic: slow, exact, and independent of szilard.

Times are seconds and values watts or joules, each a `Fraction` made from the decimals as printed: no rounding
happens anywhere. The rules are those of tests/corpus/README.md, written from that text and not from the Rust code.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

Number = int | float | str | Fraction
Window = tuple[Number, Number]

FLOOR_OF_GAP = Fraction(2)  # no interval up to 2 s is a gap, however dense the samples
GAP_FACTOR = 5  # times the lower median of the positive intervals
STEP_BACK = Fraction(1)  # a counter that falls by less than a joule was read badly
PACKAGE_POWER = Fraction(1000)  # plausible power of a CPU package [W]


class AmbiguousError(ValueError):
    """The number of wraps between two reads of a counter cannot be known."""


@dataclass
class Energy:
    """Energy of a window, with the time it covers and the time it does not."""

    energy: Fraction = Fraction(0)
    covered: Fraction = Fraction(0)
    gap: Fraction = Fraction(0)
    events: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether the whole window is covered."""
        return self.gap == 0


@dataclass(frozen=True)
class Piece:
    """A covered interval with linear power in it."""

    start: Fraction
    end: Fraction
    at_start: Fraction
    at_end: Fraction

    def within(self, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
        """Energy and length of the part of the piece inside [low, high]."""
        start, end = max(self.start, low), min(self.end, high)
        if end <= start:
            return Fraction(0), Fraction(0)
        slope = (self.at_end - self.at_start) / (self.end - self.start)
        middle = self.at_start + slope * ((start + end) / 2 - self.start)
        return middle * (end - start), end - start


def exact(value: Number) -> Fraction:
    """The decimal as printed; a float counts as its shortest decimal."""
    return Fraction(Decimal(repr(value))) if isinstance(value, float) else Fraction(value)


def gap_limit(times: Sequence[Fraction]) -> Fraction:
    """Longest interval that is still integrated: max(5 x lower median of the positive intervals, 2 s)."""
    steps = sorted(after - before for before, after in itertools.pairwise(times) if after > before)
    return max(GAP_FACTOR * steps[(len(steps) - 1) // 2], FLOOR_OF_GAP) if steps else FLOOR_OF_GAP


def power_pieces(samples: Iterable[tuple[Number, Number | None]], max_gap: Number | None = None) -> list[Piece]:
    """The covered intervals of a power gauge; a sample without a reading is left out, never zero."""
    read = sorted(((exact(time), exact(power)) for time, power in samples if power is not None), key=lambda one: one[0])
    limit = gap_limit([time for time, _ in read]) if max_gap is None else exact(max_gap)
    pairs = itertools.pairwise(read)
    return [Piece(t0, t1, p0, p1) for (t0, p0), (t1, p1) in pairs if 0 < t1 - t0 <= limit]


def counter_pieces(
    samples: Iterable[tuple[Number, Number | None]],
    value_range: Number | None = None,
    max_power: Number = PACKAGE_POWER,
) -> tuple[list[Piece], list[str]]:
    """The covered intervals of an energy counter as constant powers, and what was seen on the way."""
    read = [(exact(time), exact(value)) for time, value in samples if value is not None]
    span = None if value_range is None else exact(value_range)
    pieces: list[Piece] = []
    events: list[str] = []
    before: tuple[Fraction, Fraction] | None = None
    for index, (time, value) in enumerate(read):
        if before is None:
            before = (time, value)
            continue
        last_time, last = before
        following = read[index + 1][1] if index + 1 < len(read) else None
        if value == 0 and last > 0 and following is not None and following >= last:
            events.append("W_BAD_READ")
            continue
        if 0 < last - value < STEP_BACK:
            events.append("W_COUNTER_NONMONOTONIC")
            continue
        elapsed = time - last_time
        if span is not None and elapsed * exact(max_power) >= span:
            raise AmbiguousError(f"{elapsed} s between two reads")
        before = (time, value)
        if elapsed <= 0:
            continue
        step = value - last
        if step < 0 and span is None:
            events.append("W_COUNTER_RANGE")
            continue
        if step < 0 and span is not None:
            step += span
            if step < 0 or step > elapsed * exact(max_power):
                events.append("W_COUNTER_RESET")
                continue
            events.append("I_WRAP")
        pieces.append(Piece(last_time, time, step / elapsed, step / elapsed))
    return pieces, events


def energy(pieces: Sequence[Piece], window: Window, events: Iterable[str] = ()) -> Energy:
    """Energy of the window; what no piece covers is gap. Never extrapolated."""
    low, high = exact(window[0]), exact(window[1])
    parts = [piece.within(low, high) for piece in pieces]
    covered = sum((length for _, length in parts), Fraction(0))
    return Energy(sum((part for part, _ in parts), Fraction(0)), covered, high - low - covered, list(events))


@dataclass
class Attribution:
    """A meter split into requests, idle and the remainder: meter = sum(requests) + idle + unattributed."""

    meter: Fraction
    requests: dict[str, Fraction]
    complete: dict[str, bool]
    idle: Fraction
    unattributed: Fraction


def equal_share(
    devices: Sequence[Sequence[Piece]],
    requests: dict[str, Window],
    window: Window,
    baseline: Number | None = None,
) -> Attribution:
    """The energy of every instant in equal parts to the requests then in flight.

    Without a baseline, idle is the covered energy while no request is in flight. With a baseline power per device
    [W], idle is baseline x covered time, requests get what is above it (signed), and the rest is unattributed.
    """
    low, high = exact(window[0]), exact(window[1])
    spans = {name: (exact(start), exact(end)) for name, (start, end) in requests.items()}
    shares = dict.fromkeys(requests, Fraction(0))
    complete = dict.fromkeys(requests, True)
    for name, (start, end) in spans.items():
        complete[name] = low <= start <= end <= high
    edges = sorted({low, high} | {edge for span in spans.values() for edge in span if low < edge < high})
    meter = idle = Fraction(0)
    for start, end in itertools.pairwise(edges):
        flying = [name for name, span in spans.items() if span[0] <= start and end <= span[1]]
        for pieces in devices:
            part = energy(pieces, (start, end))
            meter += part.energy
            base = Fraction(0) if baseline is None else exact(baseline) * part.covered
            idle += part.energy if baseline is None and not flying else base
            for name in flying:
                shares[name] += (part.energy - base) / len(flying)
                complete[name] &= part.complete
    return Attribution(meter, shares, complete, idle, meter - idle - sum(shares.values(), Fraction(0)))
