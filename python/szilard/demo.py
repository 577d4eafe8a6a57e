"""The whole way on the recording that travels with the package: ``python -m szilard.demo FOLDER``."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import szilard as sz
from szilard import _core

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def recording() -> tuple[sz.Trace, sz.TokenLog, sz.InferenceEnergy]:
    """The example power log, its token log, and joules per token with the idle power that its generator states."""
    files = {name: text.encode() for name, text in _core.recordings().items()}
    record = tomllib.loads(files["demo_truth.toml"].decode())
    trace = sz.read_trace(files["demo_nvidia_smi.csv"], tz=record["generator"]["tz"])
    tokens = sz.read_tokens(files["demo_tokens.csv"])
    idle = sz.Quantity((record["truth"]["idle_power_w"], "W"))
    return trace, tokens, sz.energy_per_token(trace, tokens, idle=idle, boundary=record["generator"]["boundary"])


def pictures() -> dict[str, Figure]:
    """The figures of the example by name."""
    from szilard import plotting

    trace, tokens, result = recording()
    ladder = sz.ladder("llama-3-70b", result.per_token, "300 K", dtype="bf16", context=2048)
    return {
        "power": trace.plot(tokens)[0],
        "requests": result.plot()[0],
        "budget": plotting.budget(result.per_token)[0],
        "ladder": ladder.plot()[0],
    }


def main(arguments: list[str]) -> int:
    """The exit status, after the text on standard output and the pictures in the folder of the first argument."""
    if len(arguments) != 1:
        print("usage: python -m szilard.demo FOLDER", file=sys.stderr)
        return 64
    status = _core.run_cli(["demo"])
    import matplotlib as mpl

    mpl.use("agg")
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, figure in pictures().items():
        for extension in ("png", "svg"):
            path = folder / f"{name}.{extension}"
            figure.savefig(path, dpi=150)
            print(path)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
