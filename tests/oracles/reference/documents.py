"""Documents and blocks: answers of Prometheus, powermetrics as text and as property lists."""

import re
from fractions import Fraction

from .grammar import WHITE, RefusedError, civil, lines, literal, nearest, numeric, unit

DEPTH = 64
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Number(str):
    """A number as it is printed."""


class Json:
    """A strict reader of one document, without recursion."""

    def __init__(self, data):
        try:
            self.text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise RefusedError("E_ENCODING") from None
        self.at = 0

    def space(self):
        while self.text[self.at : self.at + 1] in tuple(" \t\n\r"):
            self.at += 1

    def take(self, mark):
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def document(self):
        self.space()
        if self.at == len(self.text):
            raise RefusedError("E_EMPTY")
        stack = []
        while True:
            if self.text[self.at : self.at + 1] in ("[", "{") and len(stack) == DEPTH:
                raise RefusedError("E_JSON_DEPTH")
            if self.take("["):
                self.space()
                if not self.take("]"):
                    stack.append(([], None))
                    continue
                value = []
            elif self.take("{"):
                self.space()
                if not self.take("}"):
                    stack.append(({}, self.key({})))
                    continue
                value = {}
            else:
                value = self.scalar()
            while True:
                self.space()
                if not stack:
                    if self.at < len(self.text):
                        raise RefusedError("E_JSON_TRAILING")
                    return value
                holder, key = stack.pop()
                if isinstance(holder, list):
                    holder.append(value)
                else:
                    holder[key] = value
                if self.take(","):
                    self.space()
                    stack.append((holder, None if isinstance(holder, list) else self.key(holder)))
                    break
                if not self.take("]" if isinstance(holder, list) else "}"):
                    raise RefusedError("E_JSON")
                value = holder

    def key(self, known):
        if not self.text.startswith('"', self.at):
            raise RefusedError("E_JSON")
        key = self.string()
        if key in known:
            raise RefusedError("E_JSON_DUP_KEY")
        self.space()
        if not self.take(":"):
            raise RefusedError("E_JSON")
        self.space()
        return key

    def scalar(self):
        if self.text.startswith('"', self.at):
            return self.string()
        for word, value in (("null", None), ("true", True), ("false", False)):
            if self.take(word):
                return value
        match = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]*)?(?:[eE]([+-]?)([0-9]*))?").match(self.text, self.at)
        if not match or match[1] == "." or match[3] == "":
            raise RefusedError("E_JSON")
        self.at = match.end()
        return Number(match[0])

    def string(self):
        self.at += 1
        out = []
        while True:
            letter = self.text[self.at : self.at + 1]
            self.at += 1
            if letter == '"':
                return "".join(out)
            if not letter or letter < " ":
                raise RefusedError("E_JSON")
            if letter != "\\":
                out.append(letter)
                continue
            escape = self.text[self.at : self.at + 1]
            self.at += 1
            if escape in ESCAPES and escape:
                out.append(ESCAPES[escape])
            elif escape == "u":
                out.append(self.wide())
            else:
                raise RefusedError("E_JSON")

    def wide(self):
        high = self.hex()
        ahead = self.at
        if 0xD800 <= high < 0xDC00 and self.take("\\u"):
            low = self.hex()
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00)
        self.at = ahead
        return "\ufffd" if 0xD800 <= high < 0xE000 else chr(high)

    def hex(self):
        digits = self.text[self.at : self.at + 4]
        if not re.fullmatch("[0-9a-fA-F]{4}", digits):
            raise RefusedError("E_JSON")
        self.at += 4
        return int(digits, 16)


METRICS = {
    "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION": ("counter", "mJ"),
    "DCGM_FI_DEV_POWER_USAGE": ("mean", "W"),
    "DCGM_FI_DEV_POWER_USAGE_INSTANT": ("instant", "W"),
}
RANK = ("counter", "mean", "instant")
HOSTS = ("Hostname", "hostname", "node_name", "node", "exported_instance", "instance", "host")


def inside(document, path):
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    return document


def shown(value):
    return value if isinstance(value, str) else "null"


def prometheus(data, log, options):
    document = Json(data).document()
    if inside(document, "data.resultType") == "vector":
        raise RefusedError("E_TOO_FEW_SAMPLES")
    result = inside(document, "data.result")
    if not isinstance(result, list):
        raise RefusedError("E_NO_DATA")
    met = {}
    for given in result:
        series = given if isinstance(given, dict) else {}
        metric = series.get("metric")
        metric = metric if isinstance(metric, dict) else {}
        labels = {k: v for k, v in metric.items() if isinstance(v, str) and not isinstance(v, Number)}
        name = labels.pop("__name__", "")
        values = series.get("values")
        values = values if isinstance(values, list) else []
        span = span_of(values)
        where = None
        if name in METRICS:
            uuid = next((labels[key] for key in ("UUID", "uuid", "gpu_uuid") if labels.get(key)), None)
            host = next((labels[key] for key in HOSTS if labels.get(key)), None)
            gpu = labels.get("gpu") or None
            device = uuid or (f"{host}/{gpu}" if host and gpu else gpu or host or "0")
            where = (device, name)
        if where and where in met:
            first, known = met[where]
            overlaps = known and span and known[0] <= span[1] and span[0] <= known[1]
            if first != list(labels.items()) and overlaps:
                where = None
        elif where:
            met[where] = (list(labels.items()), None)
            log.declare(
                name,
                METRICS[name][0],
                boundary="board",
                drops_negative=True,
                range=Fraction(2) ** 64 if METRICS[name][0] == "counter" else None,
            )
        for value in values:
            if not isinstance(value, list) or len(value) != 2:
                raise RefusedError("E_FIELD_COUNT")
            if literal(shown(value[1])) == "broken":
                raise RefusedError("E_BAD_NUMBER")
        if not where:
            continue
        known = met[where][1]
        joint = span if known is None else known if span is None else (min(known[0], span[0]), max(known[1], span[1]))
        met[where] = (met[where][0], joint)
        for time, value in values:
            log.records += 1
            stamp = seconds(time)
            if stamp is None:
                raise RefusedError("E_TIME_PARSE")
            reading = log.read(name, shown(value), unit(METRICS[name][1]))
            log.add(where[0], name, log.time((stamp[0], "utc", False, stamp[3])), reading)
    if not met:
        raise RefusedError("E_NO_POWER")
    for device, name in met:
        better = [
            other
            for dev, other in met
            if dev == device and RANK.index(METRICS[other][0]) < RANK.index(METRICS[name][0])
        ]
        if (device, name) in log.series and better:
            log.series[(device, name)].instead = min(better, key=lambda other: RANK.index(METRICS[other][0]))


def seconds(time):
    found = literal(time) if isinstance(time, str) else "text"
    return None if isinstance(found, str) else numeric(found[0], found[1], 1)


def span_of(values):
    ends = [value[0] for value in (values[:1] + values[-1:]) if isinstance(value, list) and value]
    stamps = [seconds(time) for time in ends]
    return (stamps[0][0], stamps[-1][0]) if len(stamps) == 2 and None not in stamps else None


# --- powermetrics ----------------------------------------------------------------------------------------------------

BLOCK = "*** Sampled system activity ("
TOTALS = ["Combined Power (CPU + GPU + ANE)", "Package Power"]
PARTS = ["CPU Power", "GPU Power", "ANE Power", "DRAM Power"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def stamp_of(text):
    words = [word for word in re.split(f"[{WHITE}]+", text) if word]
    if len(words) != 6 or words[1] not in MONTHS:
        return None
    stamp = civil(f"{words[4]}-{MONTHS.index(words[1]) + 1:02}-{words[2]} {words[3]}{words[5]}")
    return None if stamp is None else (stamp[0], "utc", *stamp[2:])


def powermetrics(data, log, options):
    blocks, chain = [], Elapsed()
    for text in lines(data):
        if text.startswith(BLOCK):
            log.records += 1
            match = re.match(r"(.*?)\) \((.*?)ms elapsed\)", text[len(BLOCK) :], re.DOTALL)
            if not match:
                raise RefusedError("E_TIME_PARSE")
            length = elapsed(match[2].strip(WHITE), 10**6)
            stamp = stamp_of(match[1])
            if stamp is None and not chain.ends:
                raise RefusedError("E_TIME_PARSE")
            blocks.append((*chain.next(None if stamp is None else log.time(stamp)[0], length), {}))
        elif blocks and ":" in text:
            name, value = text.split(":", 1)
            if name.strip(WHITE) in TOTALS + PARTS:
                blocks[-1][-1].setdefault(name.strip(WHITE), value.strip(WHITE))
    if len(blocks) > 1 and not set(blocks[0][-1]) <= set(blocks[-1][-1]):
        blocks.pop()
    total = next((name for name in TOTALS if any(name in powers for *_, powers in blocks)), None)
    emit(log, blocks, total, "interval-mean", "mW")


class Elapsed:
    """Intervals of known length: the first by its stamp, the next behind it, unless the stamps say otherwise by 2 s."""

    def __init__(self):
        self.ends, self.stamp = [], None

    def next(self, stamp, length):
        """Start, end and whether it does not follow the one before. [ns]"""
        passed = None if stamp is None or self.stamp is None else stamp - self.stamp
        late = 0 if passed is None else passed - length
        apart = not self.ends or late > 2 * 10**9 or (late < -2 * 10**9 and passed < 0)
        if apart:
            end = length if stamp is None else stamp
            start = end - length
        else:
            start = self.ends[-1]
            end = start + length
        self.ends.append(end)
        self.stamp = self.stamp if stamp is None else stamp
        return start, end, apart


def elapsed(text, size):
    found = literal(text)
    if isinstance(found, str) or found[0] is None or not 0 <= nearest(found[0] * size) < 1 << 63:
        raise RefusedError("E_BAD_NUMBER")
    return nearest(found[0] * size)


def emit(log, blocks, total, kind, symbol):
    for start, end, apart, powers in blocks:
        for name, text in powers.items():
            log.declare(name, kind, boundary="chip", within=total if name != total else None)
            if apart or ("0", name) not in log.series:
                log.add("0", name, (start, False), None)
            log.add("0", name, (end, False), log.read(name, text, unit(symbol)))


def plist(data, log, options):
    documents = [text for piece in data.split(b"\0") for text in re.split(rb"(?<=</plist>)", piece)]
    while documents and not documents[-1].strip(b" \t\n\r\x0c"):
        documents.pop()
    blocks, chain, total = [], Elapsed(), None
    for at, document in enumerate(documents):
        if not document.strip(b" \t\n\r\x0c"):
            continue
        try:
            text = document.decode("utf-8")
        except UnicodeDecodeError:
            raise RefusedError("E_ENCODING") from None
        try:
            found = scalars(text)
        except RefusedError as refused:
            if refused.code == "E_XML" and at == len(documents) - 1 and at > 0:
                break
            raise
        log.records += 1
        number = literal(found["elapsed_ns"]) if "elapsed_ns" in found else "text"
        if isinstance(number, str) or number[0] is None or not 0 <= nearest(number[0]) < 1 << 63:
            raise RefusedError("E_NO_TIME")
        length = nearest(number[0])
        stamp = civil(found.get("timestamp", "")) or (None if chain.ends else (length, "relative", False, 1))
        span = chain.next(None if stamp is None else log.time(stamp)[0], length)
        keys = ("combined_power", "cpu_power", "gpu_power", "ane_power")
        powers = {key: found["processor/" + key] for key in keys if "processor/" + key in found}
        total = "combined_power" if "combined_power" in powers else total
        blocks.append((*span, powers))
        log.base = log.base or "relative"
        emit(log, blocks[-1:], None, "interval-mean", "mW")
    for series in log.series.values():
        series.within = total if series.name != total else None


def scalars(text):
    """The scalars of a property list by the keys that lead to them; what stands in arrays is left out."""
    found, opened, keys, key, at = {}, [], [], None, 0
    for match in re.finditer(r"<(!--.*?-->|[^>]*>|.*$)", text, re.DOTALL):
        if match.start() < at:
            continue
        before, tag = text[at : match.start()], match[1]
        if (not opened or opened[-1] in ("dict", "array", "plist")) and before.strip(WHITE):
            raise RefusedError("E_XML")
        at = match.end()
        if tag.startswith("!--") and tag.endswith("-->"):
            continue
        if tag.startswith("!--") or not tag.endswith(">"):
            raise RefusedError("E_XML")
        tag = tag[:-1]
        if tag.startswith("!"):
            if "[" in tag or tag.startswith("!ENTITY"):
                raise RefusedError("E_XML_ENTITY")
        elif tag.startswith("?"):
            pass
        elif tag.startswith("/"):
            name = tag[1:].strip(WHITE)
            if not opened or opened.pop() != name:
                raise RefusedError("E_XML")
            if name in ("dict", "array"):
                keys.pop()
            elif name == "key":
                key = before.strip(WHITE)
            elif name != "plist":
                if "array" not in opened:
                    found.setdefault("/".join([k for k in keys if k] + [key or ""]), before.strip(WHITE))
                key = None
        elif tag.endswith("/"):
            key = None
        else:
            words = [word for word in re.split(f"[{WHITE}]+", tag) if word]
            name = words[0] if words else ""
            if len(opened) == 64:
                raise RefusedError("E_XML")
            if name in ("dict", "array"):
                keys.append(key or "")
                key = None
            opened.append(name)
    if opened or text[at:].strip(WHITE):
        raise RefusedError("E_XML")
    return found
