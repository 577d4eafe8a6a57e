"""What the recorder costs: processor, memory and start, on a folder of fake sensors, beside the bare command."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/recording.md"
LONG, REPEATS, STARTS = 10, 5, 41


def machine(root: Path) -> None:
    """Four files of sensors: a processor and its memory, a rail, a battery."""
    files = {
        "sys/class/powercap/intel-rapl:0/name": "package-0",
        "sys/class/powercap/intel-rapl:0/max_energy_range_uj": "262143328850",
        "sys/class/powercap/intel-rapl:0/energy_uj": "123456789012",
        "sys/class/powercap/intel-rapl:0:0/name": "dram",
        "sys/class/powercap/intel-rapl:0:0/max_energy_range_uj": "65712999613",
        "sys/class/powercap/intel-rapl:0:0/energy_uj": "23456789012",
        "sys/class/hwmon/hwmon2/name": "ina226",
        "sys/class/hwmon/hwmon2/power1_input": "7200000",
        "sys/class/power_supply/BAT0/type": "Battery",
        "sys/class/power_supply/BAT0/status": "Discharging",
        "sys/class/power_supply/BAT0/power_now": "9100000",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")


def recorder(binary: Path, root: Path, interval: float) -> list[str]:
    """The recorder over the folder."""
    words = ["record", "--root", str(root), "--interval", str(interval), "--out", str(root / "run.csv"), "--overwrite"]
    return [str(binary), *words, "--quiet", "--summary", str(root / "summary.json"), "--"]


def resident(process: int) -> dict[str, float]:
    """The resident sizes of a process: its own pages, and those of files that it maps. [byte]"""
    lines = (line.split(":") for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return {name: float(text.split()[0]) * 1024 for name, text in lines if name in {"RssAnon", "RssFile"}}


def share(binary: Path, root: Path, interval: float) -> tuple[float, float, float, float, float]:
    """Share of a core, largest resident size, its own and that of files [byte], bytes an hour and channel."""
    command = [*recorder(binary, root, interval), "sleep", str(LONG)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        time.sleep(LONG / 2)
        sizes = resident(process.pid)
    summary = json.loads((root / "summary.json").read_text())["recorder"]
    size = (root / "run.csv").stat().st_size
    return (
        summary["cpu_s"] / LONG,
        summary["peak_bytes"],
        sizes["RssAnon"],
        sizes["RssFile"],
        size / LONG * 3600 / 4,
    )


def start(command: list[str]) -> float:
    """The wall time of a command. [s]"""
    before = time.perf_counter()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - before


def main() -> None:
    """Measure, print the table and put it into the page."""
    binary = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target/release/szilard"
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        machine(root)
        for hertz, limit in ((10, 0.2), (100, 1.5)):
            found = [share(binary, root, 1 / hertz) for _ in range(REPEATS)]
            cpu, peak, own, files, size = (statistics.median(column) for column in zip(*found, strict=True))
            rows.append((f"processor at {hertz} Hz, 4 channels", f"{cpu * 100:.3f} % of a core", f"{limit} %"))
            if hertz == 10:
                parts = f"{peak / 1e6:.1f} MB (own {own / 1e6:.1f} MB, of files {files / 1e6:.1f} MB)"
                rows.append(("largest resident size", parts, "8 MB"))
                rows.append(("file at 10 Hz", f"{size / 1e6:.2f} MB an hour and channel", "1 MB"))
        bare, beside = ["true"], [*recorder(binary, root, 0.1), "true"]
        pairs = [(start(bare), start(beside)) for _ in range(STARTS)]
        without, with_it = (statistics.median(column) * 1e3 for column in zip(*pairs, strict=True))
        rows.append(("`true`, bare", f"{without:.1f} ms", ""))
        rows.append(("`true`, recorded, with its figures", f"{with_it:.1f} ms (+{with_it - without:.1f} ms)", "+20 ms"))
        rows.append(("size of the binary", f"{binary.stat().st_size / 1e6:.2f} MB", "8 MB"))
    table = "| what (medians) | value | limit |\n|---|---|---|\n"
    table += "".join(f"| {' | '.join(row)} |\n" for row in rows)
    print(table)
    if "--docs" in sys.argv:
        opened, closed = "<!-- record: measured by benches/record.py -->", "<!-- record: end -->"
        page = PAGE.read_text()
        before, rest = page.split(opened)
        PAGE.write_text(f"{before}{opened}\n\n{table}\n{closed}{rest.split(closed)[1]}")


if __name__ == "__main__":
    main()
