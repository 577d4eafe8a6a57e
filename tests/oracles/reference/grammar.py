"""What stands in the bytes of a log: lines, fields, numbers, units, titles and times."""

import re
import zlib
from datetime import UTC, datetime, timedelta
from fractions import Fraction

WHITE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
LINE_LIMIT, COLUMN_LIMIT, LITERAL_LIMIT = 1 << 20, 4096, 64
SECOND = 10**9
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\xfd7zXZ\0": "xz", b"PK\x03\x04": "zip", b"BZh": "bzip2"}


class RefusedError(Exception):
    """A log that gives no value, with its code."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def compression(data):
    return next((name for magic, name in MAGIC.items() if data.startswith(magic)), None)


def expanded(data):
    limit = min(1 << 30, 200 * len(data))
    out, rest = b"", data
    try:
        while rest:
            stream = zlib.decompressobj(31)
            out += stream.decompress(rest, limit + 1 - len(out))
            if len(out) > limit:
                raise RefusedError("E_LIMIT_EXPANSION")
            if not stream.eof:
                raise RefusedError("E_TRUNCATED")
            rest = stream.unused_data
    except zlib.error:
        raise RefusedError("E_CORRUPT") from None
    return out


def opened(data, decompress=False):
    """The bytes of a text file, without mark and without NUL bytes at the end."""
    kind = compression(data)
    if kind and not (decompress and kind == "gzip"):
        raise RefusedError("E_COMPRESSED")
    if kind:
        data = expanded(data)
        if compression(data):
            raise RefusedError("E_COMPRESSED")
    head = data[:4]
    words = len(head) == 4 and (
        (head[0] == head[2] == 0 < min(head[1], head[3])) or (head[1] == head[3] == 0 < min(head[0], head[2]))
    )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or words:
        raise RefusedError("E_ENCODING")
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data:
        raise RefusedError("E_EMPTY")
    data = data.rstrip(b"\0")
    if not data:
        raise RefusedError("E_BINARY")
    return data


def lines(data):
    """The whole lines, one after the other; a last line without its end is left out."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at)
        raw = data[at : end if end >= 0 else len(data)]
        if len(raw) > LINE_LIMIT + raw.endswith(b"\r"):
            most = max(raw[: LINE_LIMIT + 2].count(mark) + 1 for mark in b",;\t")
            raise RefusedError("E_LIMIT_COLUMNS" if most > COLUMN_LIMIT else "E_LINE_TOO_LONG")
        if end < 0:
            return
        raw = raw.removesuffix(b"\r")
        if b"\0" in raw:
            raise RefusedError("E_BINARY")
        yield raw.decode("utf-8", "replace")
        at = end + 1


def fields(text, mark):
    """The fields of a line; a field in quotes is kept as it is, others lose their blanks."""
    found, at = [], 0
    while True:
        if len(found) == COLUMN_LIMIT:
            raise RefusedError("E_LIMIT_COLUMNS")
        blanks = WHITE.replace(mark, "")
        start = at
        while start < len(text) and text[start] in blanks:
            start += 1
        if text[start : start + 1] == '"':
            field, start = "", start + 1
            while True:
                end = text.find('"', start)
                if end < 0:
                    raise RefusedError("E_UNCLOSED_QUOTE")
                field += text[start:end]
                start = end + 1
                if text[start : start + 1] != '"':
                    break
                field, start = field + '"', start + 1
            while start < len(text) and text[start] in blanks:
                start += 1
            if start < len(text) and text[start] != mark:
                raise RefusedError("E_UNCLOSED_QUOTE")
            end = start
        else:
            end = text.find(mark, at)
            end = len(text) if end < 0 else end
            field = text[at:end].strip(WHITE)
        found.append(field)
        if end >= len(text):
            return found
        at = end + 1


def width(text, mark):
    try:
        return len(fields(text, mark))
    except RefusedError as refused:
        return COLUMN_LIMIT if refused.code == "E_LIMIT_COLUMNS" else 0


def delimiter(header, row=None):
    """The mark that splits header and first row into as many fields; else the one that splits the header most."""
    for agree in (True, False):
        widths = [(width(header, mark), place, mark) for place, mark in enumerate(",;\t")]
        good = [w for w in widths if w[0] > 1 and (not agree or row is None or width(row, w[2]) == w[0])]
        if good:
            return max(good)[2]
    return ","


def distinct(titles):
    named = [title for title in titles if title]
    if len(set(named)) < len(named):
        raise RefusedError("E_DUP_COLUMN")


# --- numbers ---------------------------------------------------------------------------------------------------------

NONFINITE = {"nan", "inf", "infinity", "-nan(ind)", "nan(ind)"}
SIGNS = "+-.,\u2212\ufe63\uff0b\uff0d"


def literal(text, point="."):
    """A `Fraction` with its step, or "nonfinite", "text" or "broken"."""
    unsigned = text[1:] if text[:1] in ("+", "-") else text
    if unsigned.lower() in NONFINITE or unsigned.startswith("1.#"):
        return "nonfinite"
    if not text.lstrip(SIGNS)[:1].isnumeric():
        return "text"
    match = re.fullmatch(rf"(?:([0-9]*){re.escape(point)}([0-9]+)|([0-9]+))(?:[eE]([+-]?[0-9]+))?", unsigned)
    if not match or len(unsigned.encode()) >= LITERAL_LIMIT:
        return "broken"
    whole, part, alone, exponent = match.groups()
    digits, places = (alone or (whole + part)), len(part or "")
    power = max(-100_000, min(100_000, int(exponent or 0)))
    if abs(power) > 400:  # beyond f64 either way
        return (Fraction(0), Fraction(0), bool(part)) if power < 0 or int(digits) == 0 else (None, None, bool(part))
    step = Fraction(10) ** (power - places)
    value = int(digits) * step
    return (-value if text.startswith("-") else value, step, bool(part))


PREFIXES = {
    "": 0, "q": -30, "r": -27, "y": -24, "z": -21, "a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "\u00b5": -6,
    "\u03bc": -6, "m": -3, "c": -2, "d": -1, "da": 1, "h": 2, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21,
    "Y": 24, "R": 27, "Q": 30,
}  # fmt: skip
BASES = {
    "W": ("power", 1), "J": ("energy", 1), "Ws": ("energy", 1), "Wh": ("energy", 3600), "s": ("time", 1), "V": ("voltage", 1),
    "A": ("current", 1),
}  # fmt: skip
WORDS = {
    "sec": "s", "second": "s", "minute": "min", "hour": "h", "millisecond": "ms", "microsecond": "us", "nanosecond": "ns",
    "watt": "W", "milliwatt": "mW", "joule": "J", "millijoule": "mJ",
}  # fmt: skip


def unit(text):
    """Dimension and exact size of a unit, `None` for any other text."""
    singular = text[:-1] if text.endswith("s") and len(text) > 3 else text
    text = WORDS.get(singular.lower(), text) if singular.isascii() else text
    if text in ("min", "h", "d"):
        return ("time", Fraction({"min": 60, "h": 3600, "d": 86400}[text]))
    for base, (dimension, size) in BASES.items():
        if text.endswith(base) and text[: -len(base)] in PREFIXES:
            return (dimension, size * Fraction(10) ** PREFIXES[text[: -len(base)]])
    return None


def title(text):
    """Name, unit as written and unit of a column title."""
    text = text.strip(WHITE)
    for opening, closing in ("[]", "()"):
        if text.endswith(closing) and opening in text[:-1]:
            name, inside = text[:-1].rsplit(opening, 1)
            return (name.strip(WHITE), inside, unit(inside.strip(WHITE)))
    if "/" in text:
        name, suffix = text.rsplit("/", 1)
        if unit(suffix):
            return (name, suffix, unit(suffix))
    if "_" in text:
        name, suffix = text.rsplit("_", 1)
        found = suffixed(name, suffix)
        if found:
            return (name, suffix, found)
    if unit(text) and text != "min":
        return (text, text, unit(text))
    return (text, None, None)


def suffixed(name, suffix):
    """The unit behind an underscore, where small letters stand for the unit too."""
    shouted = not any(letter.islower() for letter in name)
    if suffix == "min" or (shouted and suffix.startswith("M")):
        return None
    if unit(suffix):
        return unit(suffix)
    head, hour = (suffix[:-1], "h") if suffix.endswith("h") else (suffix, "")
    if head and head[-1] in "wjva":
        return unit(head[:-1] + head[-1].upper() + hour)
    return None


def cell(text, point="."):
    """A number with its unit: (value, step, has fraction, unit); or "nonfinite", "missing"."""
    text = text.strip(WHITE)
    parts = re.split(f"[{WHITE}]", text, maxsplit=1)
    number, suffix = (parts[0], parts[1].strip(WHITE)) if len(parts) == 2 else (text, "")
    if len(parts) == 1 and literal(text, point) == "broken":
        end = max((i + 1 for i, letter in enumerate(text) if letter.isnumeric()), default=len(text))
        number, suffix = text[:end], text[end:]
    found = literal(number, point)
    if found == "nonfinite":
        return "nonfinite"
    if found == "text":
        return "missing"
    if found == "broken":
        raise RefusedError("E_BAD_NUMBER")
    if not suffix:
        return (*found, None)
    known = unit(suffix)
    if known:
        return (*found, known)
    raise RefusedError("E_BAD_NUMBER" if any(letter.isnumeric() for letter in suffix) else "E_UNIT_UNKNOWN")


# --- times -----------------------------------------------------------------------------------------------------------


def nearest(value):
    """The whole number nearest to a fraction, halves away from zero."""
    size = (2 * abs(value) + 1) // 2
    return int(size if value >= 0 else -size)


def numeric(value, step, size):
    """A number of a unit of time as (ns, base, leap, resolution); `None` out of range."""
    if value is None or abs(value * size * SECOND) >= 1 << 63:
        return None
    ns = nearest(value * size * SECOND)
    epoch = 10**9 * SECOND <= ns < 4_102_444_800 * SECOND
    return (ns, "utc" if epoch else "relative", False, max(1, int(step * size * SECOND)) if step else 1)


def civil(text, month_first=False):
    """A civil or zoned stamp as (ns, base, leap, resolution), `None` where it cannot be read without a guess."""
    first = re.match(r"([^T ]*)[T ](.*)", text, re.DOTALL)
    if not first:
        return None
    date, clock = first[1], first[2].lstrip(WHITE)
    mark = "/" if "/" in date else "-"
    parts = date.split(mark)
    if len(parts) != 3 or not all(re.fullmatch("[0-9]*", part) for part in parts):
        return None
    if len(parts[0]) == 4 and len(parts[2]) in (1, 2):
        year, month, day = parts
    elif month_first and len(parts[0]) == 2 and len(parts[2]) == 4:
        month, day, year = parts
    else:
        return None
    offset = None
    zone = re.fullmatch(r"(.*?)(Z|z| UTC| GMT|UTC)", clock, re.DOTALL)
    if zone:
        clock, offset = zone[1], 0
    else:
        place = max(clock.rfind("+"), clock.rfind("-"))
        if place >= 0:
            match = re.fullmatch(r"([+-])([0-9]{2})(?::?([0-9]{2}))?", clock[place:])
            if not match:
                return None
            sign, hour, minute = match.groups()
            if int(hour) > 23 or int(minute or 0) > 59:
                return None
            offset = (1 if sign == "+" else -1) * (int(hour) * 3600 + int(minute or 0) * 60)
            clock = clock[:place].rstrip(WHITE)
    if text.endswith((".", ",", ":")):
        return None
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:[.,]([0-9]*))?)?", clock)
    if not match or not re.fullmatch("[0-9]{1,2}", month) or not re.fullmatch("[0-9]{1,2}", day):
        return None
    hour, minute, second, part = match.groups()
    if part and len(part) + 2 >= LITERAL_LIMIT:
        return None
    leap = second is not None and int(second) == 60
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0) - leap, tzinfo=UTC)
    except ValueError:
        return None
    seconds = (moment - EPOCH) // timedelta(seconds=1) + leap
    ns = seconds * SECOND + nearest(Fraction(int(part or 0), 10 ** len(part or "")) * SECOND)
    resolution = 10 ** (9 - min(9, len(part))) if part else (SECOND if second else 60 * SECOND)
    ns -= (offset or 0) * SECOND
    if abs(ns) >= 1 << 63:
        return None
    return (ns, "local" if offset is None else "utc", leap, resolution)


def clock(text):
    """A time of day as (ns, resolution), `None` where it is none."""
    match = re.fullmatch(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]+)|:([0-9]{1,3}))?[.,]?", text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59 or int(match[3]) > 59:
        return None
    if text[-1] in ".," and (match[4] or match[5]):
        return None
    whole = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
    if match[5]:
        return (whole * SECOND + int(match[5]) * 10**6, 10**6)
    part = match[4] or ""
    return (whole * SECOND + nearest(Fraction(int(part or 0), 10 ** len(part)) * SECOND), 10 ** (9 - min(9, len(part))))
