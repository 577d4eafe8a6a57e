"""Tables: meters, package counters, trackers, power analysers."""

import re
from fractions import Fraction

from .grammar import (
    SECOND,
    WHITE,
    RefusedError,
    cell,
    delimiter,
    distinct,
    fields,
    lines,
    literal,
    nearest,
    title,
    unit,
)

TIME_WORDS = {"time", "timestamp", "ts", "t", "date", "datetime", "elapsed", "epoch", "unix", "clock", "unixtime"}
BESIDE = {
    "utc",
    "local",
    "since",
    "start",
    "sample",
    "relative",
    "rel",
    "host",
    "system",
    "monotonic",
    "boot",
    "of",
    "the",
    "log",
}
DEVICES = {
    "device", "device_id", "gpu", "gpu_id", "gpu_index", "index", "id", "uuid", "gpu_uuid", "sensor", "rail", "zone",
    "channel", "node", "host", "hostname", "name", "label", "outlet", "plug", "socket",
}  # fmt: skip
NO_READING = {
    "per", "apparent", "reactive", "limit", "max", "min", "maximum", "minimum", "peak", "cap", "tdp", "rated", "nominal",
    "default", "requested", "enforced", "setpoint", "target", "budget", "threshold", "factor", "std", "stdev", "error",
    "uncertainty", "state",
}  # fmt: skip
WHOLES = {
    "system", "node", "server", "host", "machine", "platform", "psys", "package", "pkg", "socket", "soc", "module", "board",
    "chassis", "rack", "input", "in", "wall", "plug", "outlet", "psu", "ac", "mains", "grid", "site", "load",
}  # fmt: skip
MEANS, INSTANTS = {"average", "avg", "mean"}, {"instant", "instantaneous", "inst"}


def words(name):
    return [word.lower() for word in re.split(r"[\W_]+", name) if word]


def holds(text):
    """What a column of that title holds: time, device, power, energy, interval, current or nothing."""
    name, _, size = title(text)
    own = set(words(name))
    timed = bool(own & TIME_WORDS) and own <= TIME_WORDS | BESIDE
    if size is None and name.lower() in DEVICES:
        return "device"
    reading = not own & NO_READING
    dimension = size[0] if size else None
    if dimension == "time":
        return "time" if timed else None
    if dimension == "power":
        return "power" if reading else None
    if dimension == "energy":
        return ("interval" if own & {"delta", "interval", "increment", "diff"} else "energy") if reading else None
    if dimension:
        return "current" if dimension == "current" else None
    if timed:
        return "time"
    if reading and own & {"power", "watt", "watts", "consumption"}:
        return "power"
    return "energy" if reading and own & {"energy", "joule", "joules", "kwh"} else None


def quantity(name):
    return " ".join(word for word in words(name) if word not in MEANS | INSTANTS)


def is_data(cells):
    for text in cells:
        try:
            if not isinstance(cell(text), str):
                return True
        except RefusedError:
            pass
    return False


def rows(data):
    return (text for text in lines(data) if text.strip(WHITE) and not text.startswith("#"))


def generic(data, log, options):
    taken = rows(data)
    first = next(taken, None)
    if first is None:
        return
    try:
        second = next(rows(data[data.index(first.encode()) :] if first.encode() in data else data), None)
        following = iter(rows(data))
        next(following)
        second = next(following, None)
    except RefusedError:
        second = None
    mark = delimiter(first, second)
    log.comma = mark != ","
    titles = fields(first, mark)
    if is_data(titles):
        raise RefusedError("E_NO_HEADER")
    distinct(titles)
    layout = generic_layout(log, titles)
    counts = {}
    for text in taken:
        cells = fields(text, mark)
        kinds = {holds(one) for one in cells}
        timed = layout["time"] is not None
        if not is_data(cells) and ("time" in kinds or not timed) and kinds & {"power", "energy"}:
            distinct(cells)
            layout = generic_layout(log, cells)
            continue
        if len(cells) != layout["width"]:
            raise RefusedError("E_FIELD_COUNT")
        log.records += 1
        device = "/".join(cells[at] for at in layout["devices"]) if layout["devices"] else "0"
        readings = [(one, log.read(one[1], cells[one[0]], one[2])) for one in layout["measured"]]
        own = layout["measured"][0][3] or device
        counts[own] = counts.get(own, 0) + 1
        if layout["time"] is None:
            time = log.spaced(counts[own] - 1)
        elif layout["date"] is not None:
            time = log.civil(f"{cells[layout['date']]} {cells[layout['time']]}")
        else:
            time = log.titled(cells[layout["time"]], layout["size"])
        for (_, name, _, column_device), value in readings:
            log.add(column_device or device, name, time, value)


def generic_layout(log, titles):
    kinds = [holds(one) for one in titles]
    names = [title(one)[0] for one in titles]
    sizes = [title(one)[2] for one in titles]
    times = [i for i, kind in enumerate(kinds) if kind == "time"]
    called = {name.lower(): i for i, name in reversed(list(enumerate(names))) if i in times}
    date = called.get("date") if "time" in called else None
    time = called["time"] if date is not None else (times[0] if times else None)
    named = [i for i, kind in enumerate(kinds) if kind in ("power", "energy", "interval")]
    wanted = [i for i in named if sizes[i]]
    if not wanted:
        if any(title(titles[i])[1] is not None for i in named):
            raise RefusedError("E_UNIT_UNKNOWN")
        wanted = named
    if not wanted:
        raise RefusedError("E_NO_POWER")
    powers = {}
    for i in wanted:
        kind = {"energy": "counter", "interval": "interval"}.get(kinds[i])
        kind = kind or ("mean" if set(words(names[i])) & MEANS else "instant")
        if names[i] in powers:
            raise RefusedError("E_DUP_COLUMN")
        log.declare(names[i], kind)
        powers[names[i]] = (i, names[i], sizes[i], log.kinds[names[i]][0])
    is_power = {name: entry[3] in ("instant", "mean") for name, entry in powers.items()}
    any_power = any(is_power.values())
    main = [name for name in powers if is_power[name] == any_power]
    columns, means = {}, {}
    for name in main:
        columns[quantity(name)] = columns.get(quantity(name), 0) + 1
        if set(words(name)) & MEANS:
            means.setdefault(quantity(name), name)
    totals = [name for name in main if set(words(name)) & {"total", "sum", "combined", "overall"}]
    total = totals[0] if len(totals) == 1 else None
    whole = [bool(set(words(re.sub("[0-9]", " ", name))) & WHOLES) for name in columns]
    known = total is not None or all(one == whole[0] for one in whole)
    log.total_known = log.total_known and known
    devices = [i for i, kind in enumerate(kinds) if kind == "device"]
    split = not devices and total is None and len(columns) > 1

    def device_of(name):
        return name if columns.get(quantity(name)) == 1 else quantity(name)

    measured = []
    for name, (at, _, size, _) in powers.items():
        better = means.get(quantity(name)) if name in main else main[0]
        more = {"instead": better if better != name else None, "within": total if total != name else None}
        log.kinds[name] = (log.kinds[name][0], more)
        for series in log.series.values():
            if series.name == name:
                series.instead, series.within = more["instead"], more["within"]
        measured.append((at, name, size, device_of(name if name in main else main[0]) if split else None))
    size = sizes[time] if time is not None else None
    return {"width": len(titles), "time": time, "size": size, "date": date, "devices": devices, "measured": measured}


# --- package counters ------------------------------------------------------------------------------------------------


def rapl_layout(titles):
    low = [one.lower() for one in titles]
    times = ("t", "time", "timestamp", "ts", "epoch", "elapsed")
    time = next((i for i, one in enumerate(titles) if title(one)[0].lower() in times), None)
    if time is None or "energy_uj" not in low:
        return None
    zones = ("zone", "domain", "name", "path", "zone_name")
    zone = next((i for i, one in enumerate(low) if one in zones), None)
    limit = low.index("max_energy_range_uj") if "max_energy_range_uj" in low else None
    return (len(titles), time, title(titles[time])[2], zone, low.index("energy_uj"), limit)


def rapl(data, log, options):
    layout, mark = None, ","
    for text in rows(data):
        mark = mark if layout else delimiter(text)
        cells = fields(text, mark)
        found = rapl_layout(cells)
        if found:
            distinct(cells)
            layout = found
            continue
        if layout is None:
            raise RefusedError("E_NO_HEADER")
        width, time_at, size, zone_at, energy_at, range_at = layout
        if len(cells) != width:
            raise RefusedError("E_FIELD_COUNT")
        log.records += 1
        zone = cells[zone_at] if zone_at is not None else "package-0"
        if zone not in log.kinds:
            limit = None
            if range_at is not None and cells[range_at]:
                number = literal(cells[range_at])
                if isinstance(number, str) or number[0] is None:
                    raise RefusedError("E_BAD_NUMBER")
                limit = number[0] / 10**6 if number[0] > 0 else None
            log.declare(zone, "counter", boundary="chip", range=limit)
        value = log.read(zone, cells[energy_at], None, unit("uJ"))
        limit = log.kinds[zone][1]["range"]
        if value is not None and limit is not None and value > limit + Fraction(1, 10**6):
            raise RefusedError("E_COUNTER_RANGE")
        time = log.titled(cells[time_at], size)
        log.add("0", zone, time, value)
    places(log)


def zone_of(name):
    low = name.lower()
    identity = next((part for part in reversed(low.split("/")) if "rapl" in part and ":" in part), None)
    last = next((part for part in reversed(low.split("/")) if part and part != "energy_uj"), "")
    found = [word for word in re.split("[^0-9a-z]+", last) if word]
    stems = [word.rstrip("0123456789") for word in found]
    if {"psys", "platform"} & set(stems):
        part = "platform"
    elif {"core", "cores", "uncore", "pp", "gpu"} & set(stems):
        part = "inside"
    elif {"dram", "ram"} & set(stems):
        part = "memory"
    elif {"package", "pkg"} & set(stems):
        part = "package"
    else:
        part = None
    return part, number(found, stems, ("package", "pkg", "socket")), number(found, stems, ("die",)), identity


def number(found, stems, names):
    for name in names:
        if name in stems:
            at = stems.index(name)
            digits = found[at][len(name) :] or (found[at + 1] if at + 1 < len(found) else "")
            if digits.isdecimal():
                return int(digits)
    return None


def places(log):
    """Packages are summed with the memory beside them; cores lie in their package; one counter counts once."""
    names = list(log.kinds)
    zones = {name: zone_of(name) for name in names}
    log.total_known = all(zone[0] is not None for zone in zones.values())
    if any(zone[0] in ("platform", "inside", "memory") for zone in zones.values()):
        raise NotImplementedError("zones beside packages are not in the corpus")
    log.mirrors = zones


def count_once(log):
    """Leaves out a package that is read through a second driver, or mirrored over its dies."""
    zones, kept = log.mirrors, []
    for series in log.series.values():
        part, package, die, identity = zones[series.name]
        if part != "package":
            continue
        for other in kept:
            _, first_package, first_die, first_identity = zones[other.name]
            drivers = (identity or "").split(":")[0] != (first_identity or "").split(":")[0]
            if package == first_package and (drivers if die == first_die else one_counter(other, series)):
                series.instead = other.name
                break
        kept.append(series)


def one_counter(one, two):
    """Whether two series show one counter: nine of ten reads differ by no more than a joule, and it moves."""
    first, second = ([value for _, value, *_ in series.rows if value is not None] for series in (one, two))
    near = sum(abs(a - b) <= 1 for a, b in zip(first, second, strict=False))
    moves = len(set(first)) > 1
    return moves and abs(len(first) - len(second)) <= 1 and near * 10 >= 9 * min(len(first), len(second))


# --- analysers and trackers ------------------------------------------------------------------------------------------

FIELDS = ("Time", "Watts", "Volts", "Amps", "PF", "Mark")


def ptd(data, log, options):
    for text in lines(data):
        if not text.startswith("Time,"):
            continue
        parts = [part.strip(WHITE) for part in text.split(",")]
        group, time, readings, at = None, None, {}, 0
        while at < len(parts):
            key = parts[at]
            at += 1
            if key[:1].isascii() and key[:1].isdigit():
                raise RefusedError("E_FIELD_COUNT")
            if key not in FIELDS:
                group = key
                continue
            if at >= len(parts):
                raise RefusedError("E_FIELD_COUNT")
            value = parts[at]
            at += 1
            if key == "Time" and group is None:
                time = log.civil(value, True)
            elif key == "Watts":
                if group in readings:
                    raise RefusedError("E_FIELD_COUNT")
                readings[group] = value
        log.records += 1
        if time is None:
            raise RefusedError("E_NO_TIME")
        for name, value in readings.items():
            own = name if name is not None else "Watts"
            log.declare(
                own, "instant", within=None if own == "Watts" else "Watts", boundary="node" if own == "Watts" else None
            )
            watts = log.read(own, value, unit("W"))
            log.add("0", own, time, None if watts == -1 else watts)


def codecarbon(data, log, options):
    """Energies of runs in kWh; rows of one run are cumulative, and runs are recordings of their own."""
    header, runs = None, []
    log.separate = True
    for text in lines(data):
        if not text.strip(WHITE):
            continue
        mark = delimiter(text)
        try:
            titles = fields(text, mark)
        except RefusedError:
            titles = []
        if {"timestamp", "project_name", "duration", "energy_consumed"} <= set(titles):
            distinct(titles)
            header = (mark, titles)
            continue
        if header is None:
            raise RefusedError("E_NO_HEADER")
        cells = fields(text, header[0])
        if len(cells) != len(header[1]):
            raise RefusedError("E_FIELD_COUNT")
        log.records += 1
        run = dict(zip(reversed(header[1]), reversed(cells), strict=True))
        duration = literal(run["duration"].strip(WHITE))
        if isinstance(duration, str) or duration[0] is None or not 0 <= duration[0] * SECOND < 1 << 63:
            raise RefusedError("E_BAD_NUMBER")
        end = log.civil(run["timestamp"])
        run["end"], run["start"] = end, (end[0] - nearest(duration[0] * SECOND), False)
        run["name"] = run.get("run_id", "").strip(WHITE) or run.get("project_name", "").strip(WHITE) + " " + run[
            "timestamp"
        ].strip(WHITE)
        runs.append(run)
    longest = {}
    for run in runs:
        length = run["end"][0] - run["start"][0]
        best, again = longest.get(run["name"], (-1, 0))
        again += length < best
        longest[run["name"]] = (length, again)
        run["name"] += f" ({again + 1})" if again else ""
    energies = ["energy_consumed", "cpu_energy", "gpu_energy", "ram_energy"]
    zero = set()
    for name in energies[1:]:
        found = [literal(run[name]) for run in runs if run.get(name)]
        if found and all(not isinstance(one, str) and one[0] == 0 for one in found):
            zero.add(name)
    started = set()
    for run in runs:
        first = run["name"] not in started
        started.add(run["name"])
        factor = literal(run.get("pue", "").strip(WHITE))
        inside = not isinstance(factor, str) and factor[0] is not None and factor[0] > 0 and factor[0] != 1
        for name in energies:
            text = run.get(name, "")
            if not text and name != energies[0]:
                continue
            series = name + ("@site" if inside else "@it")
            log.declare(
                series,
                "counter",
                boundary="site" if inside else "it",
                within=None if name == energies[0] else energies[0] + ("@site" if inside else "@it"),
            )
            value = log.read(series, text, unit("kWh"))
            value = None if name in zero else value
            if first and value is not None:
                log.add(run["name"], series, run["start"], Fraction(0))
            log.add(run["name"], series, run["end"], value)
    spans = {}
    for run in runs:
        if run.get("tracking_mode", "").strip(WHITE) != "process":
            low, high = spans.get(run["name"], (run["start"][0], run["end"][0]))
            spans[run["name"]] = (min(low, run["start"][0]), max(high, run["end"][0]))
    reached = None
    for low, high in sorted(spans.values()):
        if reached is not None and reached - low > 2 * SECOND:
            log.total_known = False
        reached = high if reached is None else max(reached, high)
