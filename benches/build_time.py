"""Cold and warm build time, wheel size and import time, as rows for docs/performance.md."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def seconds(command: list[str], repeats: int = 1) -> float:
    """The median wall time of a command. [s]"""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def main() -> None:
    """Measure and print the table."""
    subprocess.run(["cargo", "fetch", "--locked"], cwd=ROOT, check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        wheel = [sys.executable, "-m", "maturin", "build", "--profile", "wheel", "--quiet"]
        wheel += ["--target-dir", f"{folder}/target", "--out", f"{folder}/wheels"]
        cold = seconds(wheel)
        (ROOT / "rust/py/src/lib.rs").touch()
        warm = seconds(wheel)
        size = next(Path(folder, "wheels").glob("*.whl")).stat().st_size
    imports = {
        name: seconds([sys.executable, "-c", f"import {name}"], 7) - seconds([sys.executable, "-c", ""], 7)
        for name in ("szilard", "numpy", "polars")
    }
    print("| what | value |\n|---|---|")
    print(f"| wheel, empty target folder, sources fetched | {cold:.1f} s |")
    print(f"| the same after a touched file | {warm:.1f} s |")
    print(f"| size of the wheel | {size / 1e6:.2f} MB |")
    for name, cost in imports.items():
        print(f"| `import {name}` above an empty interpreter | {cost * 1e3:.0f} ms |")


if __name__ == "__main__":
    main()
