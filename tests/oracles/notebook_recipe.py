"""The usual notebook recipe for an energy, run on the fault corpus: right, loud, or silently wrong.

`python tests/oracles/notebook_recipe.py` prints the table of docs/formats.md.
"""

from __future__ import annotations

import csv
import math
import re
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
POWER_LOGS = (
    "nvidia-smi-csv",
    "nvidia-smi-dmon",
    "tegrastats",
    "ptd-spl",
    "generic-csv",
    "rapl-counter-csv",
    "nvml-counter-csv",
    "powermetrics-text",
    "powermetrics-plist",
    "prometheus-json",
    "codecarbon-csv",
)
OUTCOMES = ("right", "loud", "silently wrong")


def recipe(path: Path) -> float:
    """The energy [J] as a notebook has it: read, strip the unit, parse the times, integrate."""
    frame = pd.read_csv(path, skipinitialspace=True)
    time = next(frame[name] for name in frame if "time" in name.lower())
    power = next(frame[name] for name in frame if "power" in name.lower())
    if not pd.api.types.is_numeric_dtype(time):
        time = pd.to_datetime(time)
        time = (time - time.iloc[0]).dt.total_seconds()
    watts = power.astype(str).str.removesuffix(" W").astype(float)
    return float(np.trapezoid(watts, time))


def expected(result: str) -> float | None:
    """The energy [J] that a row of EXPECT.tsv states for the whole file, `None` where there must be no value."""
    each = re.search(r"(\d+) devices, each E=([\d.]+) J", result)
    if each:
        return float(each[1]) * float(each[2])
    found = re.search(r"total E=([-\d.eE+]+) J", result) or re.search(r"E(?:_gross)?=([-\d.eE+]+) J", result)
    return float(found[1]) if found else None


def outcome(row: dict[str, str]) -> str:
    """What the recipe does with the file of a row: an exception and a result that is not finite are loud."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = recipe(CORPUS / row["file"])
    except (ValueError, TypeError, LookupError, StopIteration, EOFError, OSError):
        return "loud"
    if not math.isfinite(found):
        return "loud"
    due = expected(row["result"])
    return "right" if due is not None and math.isclose(found, due, rel_tol=1e-6) else "silently wrong"


def outcomes() -> dict[str, Counter[str]]:
    """How often the recipe does what, by format of the power log."""
    with (CORPUS / "EXPECT.tsv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {name: Counter(outcome(row) for row in rows if row["format"] == name) for name in POWER_LOGS}


def table() -> str:
    """The outcomes as a table of docs/formats.md."""
    found = outcomes()
    total = sum(found.values(), Counter())
    lines = ["| power logs of the corpus | files | right | loud | silently wrong |", "|---|---|---|---|---|"]
    for name, counts in [*((f"`{name}`", counts) for name, counts in found.items()), ("all", total)]:
        lines.append(f"| {name} | {counts.total()} | " + " | ".join(str(counts[word]) for word in OUTCOMES) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
