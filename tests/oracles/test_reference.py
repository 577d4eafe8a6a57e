"""Mutated logs: szilard and a plain reader in Python say the same of the same bytes.

`SZILARD_MUTATIONS` is the number of mutations of each small file of the corpus (`DEFAULT` where it is not set); files
above `LARGE` bytes get a twentieth. The mutations are the same in every run.
"""

import csv
import os
import random
import sys
from pathlib import Path

import pytest
import szilard as sz
from szilard.errors import Error

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from reference import outcome  # noqa: E402

CORPUS = HERE.parent / "corpus"
DEFAULT, LARGE = 25, 16_384
MUTATIONS = int(os.environ.get("SZILARD_MUTATIONS", DEFAULT))
WORDS = [b"-", b'"', b"\n", b"\r\n", b"\r", b",", b";", b"\t", b" ", b"nan", b"inf", b"1e999", b"-1", b"0", b"N/A",
         b"[N/A]", b"1_0", b"5.", b".5", b"1e3", b" mW", b" kW", b"\xff", b"\x00", b"{", b"[[", b"\xc2\xb5", b"00000",
         b"#", b"99999999"]  # fmt: skip


def rows():
    with (CORPUS / "EXPECT.tsv").open(encoding="utf-8", newline="") as table:
        cases = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    known = set(sz.formats().filter(sz.formats()["kind"] == "trace")["name"].to_list())
    return [pytest.param(case, id=case["file"]) for case in cases if case["format"] in known]


def options(text):
    given = {"interval": "0.1 s"} if 'interval="0.1 s"' in text else {}
    return given | ({"decompress": True} if "decompress=True" in text else {})


def mutated(data, draw):
    """A log with one to three changes: a byte, a piece left out or twice, a word put in, a line moved."""
    data = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        at = draw.randrange(len(data) + 1)
        end = min(len(data), at + draw.randrange(24))
        kind = draw.randrange(7)
        if kind == 0 and at < len(data):
            data[at] = draw.randrange(256)
        elif kind == 1 and at < len(data):
            data[at] ^= 1 << draw.randrange(8)
        elif kind == 2:
            del data[at:end]
        elif kind == 3:
            data[at:at] = data[at:end]
        elif kind == 4:
            data[at:end] = draw.choice(WORDS)
        elif kind == 5:
            del data[at:]
        else:
            lines = bytes(data).splitlines(keepends=True)
            if len(lines) > 1:
                one, two = draw.randrange(len(lines)), draw.randrange(len(lines))
                if draw.random() < 0.5:
                    lines[one], lines[two] = lines[two], lines[one]
                else:
                    lines.insert(two, lines[one])
                data = bytearray(b"".join(lines))
    return bytes(data)


# what one inflater calls damaged another finds cut
SAME = {"E_CORRUPT": "E_TRUNCATED"}


def ours(data, form, given):
    """What szilard says, in the words of the reference."""
    try:
        result = sz.read_trace(data, format=form, **given).energy()
    except Error as refused:
        return ("code", getattr(refused, "code", None) or type(refused).__name__)
    return ("value", result)


def differs(data, form, given):
    """How szilard and the reference differ on these bytes; `None` where they agree."""
    theirs = outcome(data, form, given)
    kind, said = ours(data, form, given)
    if (kind, theirs[0]) != ("value", "value"):
        same = kind == theirs[0] == "code" and SAME.get(said, said) == SAME.get(theirs[1], theirs[1])
        return None if same else (said if kind == "code" else said.energy, theirs)
    devices = said.per_device.rows(named=True)
    found = [row["energy_j"] for row in devices if row["energy_j"] is not None]
    expected = [(float(joules), float(scale)) for *_, joules, scale in theirs[1] if joules is not None]
    if len(found) != len(expected):
        return (found, theirs[1])
    for one, (joules, scale) in zip(sorted(found), sorted(expected), strict=True):
        if not abs(one - joules) <= 1e-12 * scale + 1e-300:
            return (found, expected)
    if said.energy is not None:
        total, size = sum(joules for joules, _ in expected), sum(scale for _, scale in expected)
        if not abs(said.energy.value - total) <= 1e-12 * size + 1e-300:
            return (said.energy, total)
    return None


@pytest.mark.parametrize("case", rows())
def test_the_file_itself(case):
    data = (CORPUS / case["file"]).read_bytes()
    assert differs(data, case["format"], options(case["options"])) is None


@pytest.mark.parametrize("case", rows())
def test_mutations(case):
    data = (CORPUS / case["file"]).read_bytes()
    draw = random.Random(case["file"])
    for _ in range(MUTATIONS if len(data) <= LARGE else max(1, MUTATIONS // 20)):
        bytes_ = mutated(data, draw)
        assert differs(bytes_, case["format"], options(case["options"])) is None, bytes_[:2000]
