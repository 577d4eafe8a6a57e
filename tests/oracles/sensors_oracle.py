"""Rows of `datasets/sensors.csv` that describe NVIDIA boards, worked out from the workbook of arXiv:2312.02741.

The workbook as a table, `published/nvml_sensors.csv`, is not part of the project; the rows that follow from it are.
"""

import csv
import statistics
from pathlib import Path

# a rise of this length is that of a mean over one second
SLOW_RISE_MS = 600.0


def board(name):
    """The name of a board as nvidia-smi prints it, without the maker of the machine."""
    name = name.removeprefix("Alienware_").replace("_", " ")
    # the workbook writes two boards of the 10 series as RTX
    return name.replace("RTX 1080", "GTX 1080")


def board_rows(table: Path):
    """One row a board, option and averaging window: update, window, duty, gains and offsets, number of measurements."""
    groups = {}
    with table.open(encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            slow = float(row["rise_ms"]) >= SLOW_RISE_MS
            groups.setdefault((board(row["gpu"]), row["option"], slow), []).append(row)
    for (name, option, slow), rows in sorted(groups.items()):

        def values(column, rows=rows):
            return [float(row[column]) for row in rows if row[column]]

        def mean(numbers, digits):
            return f"{statistics.fmean(numbers):.{digits}f}" if numbers else ""

        windows = values("window_mean_ms")
        update = statistics.median(values("update_ms"))
        window = 1000.0 if slow else statistics.fmean(windows) if windows else None
        gains = values("gain")
        yield {
            "board": name,
            "option": option,
            "drivers": " ".join(sorted({row["driver"] for row in rows})),
            "measurements": str(len(rows)),
            "update_ms": f"{update:g}",
            "window_ms": f"{window:.1f}" if window else "",
            "duty": f"{min(1.0, window / update):.2g}" if window else "",
            "gain": mean(gains, 4),
            "gain_spread": f"{statistics.stdev(gains):.4f}" if len(gains) > 1 else "",
            "offset_w": mean(values("offset_W"), 2),
        }
