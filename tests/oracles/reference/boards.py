"""Logs of boards: nvidia-smi, dmon, NVML counters, tegrastats."""

import itertools
import re
from fractions import Fraction

from .grammar import SECOND, WHITE, RefusedError, civil, clock, delimiter, distinct, fields, lines, title, unit

ZONES = [
    ["module.power.draw.average", "module.power.draw", "module.power.draw.instant"],
    ["power.draw.average", "power.draw", "power.draw.instant"],
    ["gpu_memory.power.draw.average", "gpu_memory.power.draw", "gpu_memory.power.draw.instant"],
]
IDENTITIES = ["uuid", "gpu_uuid", "pci.bus_id", "gpu_bus_id", "pci.bus", "serial", "gpu_serial", "index"]
OTHERS = {"utilization.gpu", "utilization.memory", "memory.used", "temperature.gpu", "pstate", "fan.speed"}
BURST = 100_000_000


def smi_header(text):
    if "power.draw" not in text and "timestamp" not in text:
        return None
    mark = delimiter(text)
    try:
        titles = fields(text, mark)
    except RefusedError:
        return None
    names = {title(cell)[0] for cell in titles}
    known = any(name in names for zone in ZONES for name in zone) or ("timestamp" in names and names & OTHERS)
    return (titles, mark) if known else None


def nvidia_smi(data, log, options):
    layout, _skipped, unnamed, model, counts, _boards = None, False, [], [], {}, None
    for text in lines(data):
        if not text.strip(WHITE):
            continue
        header = smi_header(text)
        if header:
            layout = smi_layout(log, *header)
            continue
        if layout is None:
            if text.lstrip(WHITE)[:1].isnumeric():
                raise RefusedError("E_NO_HEADER")
            continue
        mark, count, time_at, identities, model_at, powers = layout
        cells = fields(text, mark)

        def starts(at, cells=cells):
            return at < len(cells) and cells[at].lstrip("-")[:1].isnumeric()

        odd = len(cells) != count or time_at is not None
        if odd and not starts(time_at or 0) and not any(starts(at) for at, *_ in powers):
            continue
        if len(cells) != count:
            raise RefusedError("E_FIELD_COUNT")
        log.records += 1
        named = next((cells[at] for at in identities if cells[at] and not cells[at].startswith("[")), None)
        device = named or "0"
        readings = [(name, log.read(name, cells[at], size)) for at, name, size in powers]
        counts[device] = counts.get(device, 0) + 1
        time = log.civil(cells[time_at]) if time_at is not None else log.spaced(counts[device] - 1)
        for name, value in readings:
            log.add(device, name, time, value)
        if named is None:
            unnamed.append(time[0])
            if model_at is not None:
                model.append(cells[model_at])
                if model[0] != model[-1]:
                    raise RefusedError("E_AMBIGUOUS_DEVICES")
    if layout is None:
        raise RefusedError("E_NO_HEADER")
    size = burst(unnamed)
    share = size and log.interval and size * log.interval <= 1.2 * (log.resolution or 0)
    if size and not share:
        raise RefusedError("E_AMBIGUOUS_DEVICES")


def smi_layout(log, titles, mark):
    names = [title(cell)[0] for cell in titles]
    sizes = [title(cell)[2] for cell in titles]
    distinct(names)
    powers = []
    for outwards, zone in enumerate(ZONES):
        here = [name for name in zone if name in names]
        outer = [name for other in ZONES[:outwards][::-1] for name in other if name in names]
        for name in here:
            more = {"boundary": "board", "drops_negative": True, "instead": here[0] if here[0] != name else None}
            more["within"] = outer[0] if outer else None
            log.declare(name, "instant" if name.endswith("instant") else "mean", **more)
            powers.append((names.index(name), name, sizes[names.index(name)]))
    if not powers:
        raise RefusedError("E_NO_POWER")
    log.comma = log.comma or mark != ","
    at = names.index("timestamp") if "timestamp" in names else None
    model = next((names.index(name) for name in ("name", "gpu_name") if name in names), None)
    return mark, len(titles), at, [names.index(name) for name in IDENTITIES if name in names], model, powers


def burst(times):
    """The number of rows in each burst, where rows come in bursts of one size."""
    steps = [max(0, b - a) for a, b in itertools.pairwise(times)]
    if not steps:
        return None
    median = sorted(steps)[(len(steps) - 1) // 2]
    if median > BURST:
        return None
    blocks = [1]
    for step in steps:
        if step > 4 * median:
            blocks.append(1)
        else:
            blocks[-1] += 1
    inner = blocks[1:-1] or blocks
    size = inner[0]
    regular = sum(b == size for b in inner) * 10 >= 9 * len(inner) and blocks.count(size) > 1
    return size if size > 1 and regular else None


def dmon_names(text):
    if not text.startswith("#"):
        return None
    names = words_of(text[1:])
    first = next((i for i, name in enumerate(names) if name not in ("Date", "Time")), None)
    return names if first is not None and names[first] == "gpu" and len(names) > first + 1 else None


def dmon(data, log, options):
    log.declare("pwr", "mean", boundary="board", drops_negative=True)
    header, counts = None, {}
    for line in lines(data):
        text = line.strip(WHITE)
        if not text or (text.startswith("#") and any(word.lstrip("#") == "Idx" for word in words_of(text))):
            continue
        names = dmon_names(text)
        if names:
            if "pwr" not in names:
                raise RefusedError("E_NO_POWER")
            header = names
            continue
        cells = words_of(text.lstrip("#"))
        if header is None or not cells or not re.match("[0-9]", cells[0]):
            continue
        if len(cells) != len(header):
            raise RefusedError("E_FIELD_COUNT")
        by_name = dict(zip(reversed(header), reversed(cells), strict=True))
        log.records += 1
        value = log.read("pwr", by_name["pwr"], unit("W"))
        device = by_name["gpu"]
        counts[device] = counts.get(device, 0) + 1
        if "Date" in by_name and "Time" in by_name:
            date = by_name["Date"]
            stamp = civil(f"{date[:4]}-{date[4:6]}-{date[6:]} {by_name['Time']}")
            if stamp is None:
                raise RefusedError("E_TIME_PARSE")
            time = log.time((stamp[0], "local", *stamp[2:]))
        elif "Time" in by_name:
            time = of_day(log, by_name["Time"])
        else:
            time = log.spaced(counts[device] - 1)
        log.add(device, "pwr", time, value)


def of_day(log, text):
    found = clock(text)
    if found is None:
        raise RefusedError("E_TIME_PARSE")
    if log.last is not None and log.last - found[0] > 43_200 * SECOND:
        log.midnight += 86_400 * SECOND
    log.last = found[0]
    return log.time((log.midnight + found[0], "relative", False, found[1]))


def nvml(data, log, options):
    counters, times = ("total_energy_consumption", "energy_counter"), ("t", "time", "timestamp", "ts", "elapsed")
    devices = ("gpu", "index", "uuid", "gpu_uuid", "device", "gpu_index")
    layout = None
    for text in lines(data):
        if not text.strip(WHITE):
            continue
        mark = delimiter(text)
        try:
            titles = fields(text, mark)
        except RefusedError:
            titles = []
        names = [title(cell)[0].lower() for cell in titles]
        if any(name in counters for name in names) and any(name in times for name in names):
            distinct(titles)
            log.comma = log.comma or mark != ","
            wanted = []
            for at, name in enumerate(names):
                if name in counters:
                    own = title(titles[at])[0]
                    log.declare(own, "counter", boundary="board", range=Fraction(2**64, 1000))
                    wanted.append((at, own, title(titles[at])[2]))
            time_at = next(i for i, name in enumerate(names) if name in times)
            device_at = next((i for i, name in enumerate(names) if name in devices), None)
            layout = (mark, len(titles), wanted, time_at, title(titles[time_at])[2], device_at)
            continue
        if layout is None:
            continue
        mark, count, wanted, time_at, size, device_at = layout
        cells = fields(text, mark)
        if len(cells) == 1 and count > 1:
            continue
        if len(cells) != count and not (len(cells) == count + 1 and not cells[-1]):
            raise RefusedError("E_FIELD_COUNT")
        log.records += 1
        readings = [(name, log.read(name, cells[at], declared)) for at, name, declared in wanted]
        device = cells[device_at] if device_at is not None else "0"
        time = log.titled(cells[time_at], size)
        for name, value in readings:
            log.add(device or "0", name, time, value)
    if layout is None:
        raise RefusedError("E_NO_HEADER")


XAVIER = {"GPU", "CPU", "SOC", "CV", "VDDRQ", "SYS5V"}
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def plain(text):
    """The line without the escape sequences of a terminal."""
    return re.sub("\x1b(?:\\[[^@-~]*(?:[@-~]|$)|\\][^\x07]*(?:\x07|$)|[^\\[\\]]|$)", "", text, flags=re.DOTALL)


def tegra_record(text):
    words = words_of(text)
    at = next((i for i, word in enumerate(words) if word == "RAM"), None)
    return at is not None and at + 1 < len(words) and re.fullmatch("[0-9]+/[0-9]+MB", words[at + 1])


def words_of(text):
    return [word for word in re.split(f"[{WHITE}]+", text) if word]


def date_line(text):
    words = words_of(text)
    if len(words) not in (5, 6) or words[1] not in MONTHS:
        return None
    stamp = civil(f"{words[-1]}-{MONTHS.index(words[1]) + 1:02}-{words[2]} {words[3]}")
    if stamp is None:
        return None
    return (stamp[0], "utc", *stamp[2:]) if len(words) == 6 and words[4] in ("UTC", "GMT") else stamp


def tegrastats(data, log, options):
    start, index = None, 0
    for line in lines(data):
        text = plain(line)
        if not tegra_record(text):
            found = date_line(text.strip(WHITE))
            if found:
                start, index = found, 0
            continue
        text = text.strip(WHITE)
        log.records += 1
        stamp = text.split(" RAM ", 1)[0].strip(WHITE) if " RAM " in text else ""
        if stamp:
            time = log.civil(stamp, True)
        elif log.interval is None:
            raise RefusedError("E_NO_TIME")
        elif start:
            time = log.time((start[0] + index * log.interval, start[1], start[2], log.interval))
        else:
            time = log.spaced(index)
        words, seen = words_of(text), set()
        for name, word in itertools.pairwise(words):
            if not re.fullmatch("[A-Z][A-Z0-9_]*", name) or name in ("RAM", "SWAP", "IRAM"):
                continue
            now = rail(word)
            if now is None:
                if name in log.kinds and "/" in word and "%" not in word and "@" not in word:
                    log.add("0", name, time, None)
                continue
            log.declare(name, "instant", boundary=None)
            if name in seen:
                raise RefusedError("E_FIELD_COUNT")
            seen.add(name)
            log.add("0", name, time, log.read(name, now, None, unit("mW")))
        index += 1
    total = next((name for name in ("VDD_IN", "POM_5V_IN") if name in log.kinds), None)
    series = log.series.values()
    for one in series:
        one.within = total if total and one.name != total else None
        one.drops_negative = False
        one.boundary = "board" if one.name == total else None
    if total:
        read = [row for one in series if one.name == total for row in one.rows if row[1] is not None]
        log.total_known = bool(read)
    elif set(log.kinds) == XAVIER:
        for one in series:
            one.boundary = "board"
    else:
        log.total_known = not log.kinds


def rail(word):
    if "/" not in word:
        return None
    now, mean = word.split("/", 1)
    suffix = mean
    while suffix[:1] and (suffix[0].isnumeric() or suffix[0] in "-."):
        suffix = suffix[1:]
    watts = not suffix or (unit(suffix) or ("", 0))[0] == "power"
    return now if watts and len(suffix) < len(mean) else None
