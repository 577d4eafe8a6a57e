"""Hostile logs cost no more than their limits: memory in one process, over every power log of the corpus."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

CORPUS = Path(__file__).parent / "corpus"
LIMIT = 256 << 20

# the peak is set back after the import, so that it is that of the reading
SCRIPT = """
import csv, re, sys
import szilard as sz
import polars

def size(field):
    text = open("/proc/self/status").read()
    return int(re.search(rf"{field}:\\s+(\\d+) kB", text)[1]) * 1024

known = set(sz.formats().filter(sz.formats()["kind"] == "trace")["name"].to_list())
open("/proc/self/clear_refs", "w").write("5")
before, folder = size("VmRSS"), sys.argv[1]
peaks = []
for row in csv.DictReader(open(folder + "/EXPECT.tsv", encoding="utf-8"), delimiter="\\t", quoting=csv.QUOTE_NONE):
    if row["format"] not in known:
        continue
    given = dict(re.findall(r'(interval)="([^"]*)"', row["options"]))
    try:
        sz.read_trace(f"{folder}/{row['file']}", decompress="decompress=True" in row["options"], **given).energy()
    except sz.errors.Error:
        pass
    peaks.append((size("VmHWM") - before, row["file"]))
print(size("VmHWM") - before, next(peak for peak in peaks if peak[0] == max(peaks)[0]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
def test_every_log_of_the_corpus_is_read_in_a_quarter_of_a_gibibyte():
    with (CORPUS / "EXPECT.tsv").open(encoding="utf-8", newline="") as table:
        assert sum(1 for _ in csv.reader(table)) > 100
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(CORPUS)], capture_output=True, text=True, timeout=600, check=True
    )
    assert int(ran.stdout.split()[0]) < LIMIT, ran.stdout
