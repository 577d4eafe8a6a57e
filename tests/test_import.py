"""What an import costs: neither polars nor matplotlib before the first table or figure."""

import subprocess
import sys

PROGRAM = """
import sys, time
import numpy
NUMPY = set(sys.modules)
start = time.perf_counter()
import szilard
seconds = time.perf_counter() - start
HEAVY = ("polars", "matplotlib", "pandas", "scipy", "pyarrow", "pint", "plotly", "IPython", "tempfile", "subprocess")
heavy = [name for name in HEAVY if name in sys.modules and name not in NUMPY]
print(f"{seconds:.3f} s", *heavy)
"""


def test_the_import_is_light():
    runs = [
        subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True) for _ in range(3)
    ]
    outputs = [run.stdout.split() for run in runs]
    assert all(output[1:] == ["s"] for output in outputs)
    # the fastest of three, since other programs may be running
    assert min(float(output[0]) for output in outputs) < 0.5
