"""A command with all sensors of the machine beside it: the recorder of `szilard`, in a process of its own."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from szilard import _core
from szilard.errors import Error

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Sequence

    import polars as pl


@dataclass(frozen=True, repr=False)
class Recording:
    """What became of a command and of its recording.

    Attributes
    ----------
    status
        The exit status of the command as a shell has it: 128 + N where signal N ended it.
    path
        The recording, or None where no sensor gave readings.
    summary
        Everything that was found out, with a unit beside each number: `szilard record --summary` explains it.

    Raises
    ------
    Error
        Where the trace is asked for and no sensor gave readings.

    Examples
    --------
    >>> import szilard as sz, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> run = sz.record(["true"], f"{folder}/run.csv", options=["--root", folder, "--quiet"])
    >>> run.status, run.path, run.figures, run.energy, run.per_token, len(run.reasons) > 0
    (0, None, 'refused', None, None, True)
    >>> run.trace
    Traceback (most recent call last):
    szilard.errors.Error: ...
    """

    status: int
    path: Path | None
    summary: dict[str, Any]

    @property
    def figures(self) -> str:
        """complete, incomplete or refused."""
        return str(self.summary["status"])

    @property
    def energy(self) -> _core.Quantity | None:
        """The energy at the outermost boundary that was measured, or None: never zero and never a guess."""
        return self._quantity("energy")

    @property
    def per_token(self) -> _core.Quantity | None:
        """The energy per generated token at that boundary, or None."""
        return self._quantity("per_token")

    @property
    def reasons(self) -> list[str]:
        """Why sensors were not read, or figures not had, and what did not go well."""
        return [*self.summary["reasons"], *self.summary["trouble"]]

    @property
    def phases(self) -> pl.DataFrame:
        """The phases that were marked: phase, start_ns and end_ns (Unix time), and their seconds.

        A phase whose end was not marked ends with the recording; a mark of an end without a start is left out.

        Examples
        --------
        >>> import szilard as sz, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> run = sz.record(["true"], f"{folder}/run.csv", options=["--root", folder, "--quiet"])
        >>> run.phases
        Traceback (most recent call last):
        szilard.errors.Error: ...
        """
        import polars as pl

        zero, ended = 0, 0
        running: dict[str, int] = {}
        found: list[tuple[str, int, int]] = []
        for word, said in self._said():
            if word == "start":
                zero = said["real_ns"]
            time_ns = said.get("time_ns", 0)
            ended = max(ended, time_ns)
            if word == "mark" and said["event"] == "start":
                running[said["phase"]] = time_ns
            elif word == "mark" and said["event"] == "end" and said["phase"] in running:
                found.append((said["phase"], running.pop(said["phase"]), time_ns))
        found += [(phase, start, ended) for phase, start in running.items()]
        found.sort(key=lambda one: one[1])
        rows = [(phase, zero + start, zero + end, (end - start) * 1e-9) for phase, start, end in found]
        schema = {"phase": pl.String, "start_ns": pl.Int64, "end_ns": pl.Int64, "seconds": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _said(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The words and objects between the rows of the last recording of the file."""
        if self.path is None:
            raise Error("; ".join(self.reasons))
        said: list[tuple[str, dict[str, Any]]] = []
        with self.path.open(encoding="utf-8") as lines:
            for line in lines:
                word, colon, text = line.removeprefix("# ").partition(": ")
                if not line.startswith("# "):
                    continue
                if word == "recorder":
                    said.clear()
                if colon and line.endswith("\n"):
                    said.append((word, json.loads(text)))
        return iter(said)

    @property
    def trace(self) -> _core.Trace:
        """The recording, read."""
        if self.path is None:
            raise Error("; ".join(self.reasons))
        return _core.read_trace(self.path)

    def __repr__(self) -> str:
        """One line: the status of the command, the recording, and the energy or why there is none."""
        figure = self.per_token or self.energy or "; ".join(self.reasons) or "no energy"
        where = self.path or "no recording"
        return f"Recording({figure}, {self.figures}, command exited with {self.status}, {where})"

    def _quantity(self, name: str) -> _core.Quantity | None:
        record = self.summary[name]
        return None if record is None else _core.Quantity.from_json(json.dumps(record))


def record(
    command: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str] = "run.csv",
    interval: str = "0.1 s",
    *,
    options: Sequence[str] = (),
) -> Recording:
    r"""Run a command while all sensors of the machine are recorded, and say what it took.

    The command keeps its standard streams, its signals and its status; docs/recording.md has every promise. The
    recorder is a process of its own, so that nothing of this one (handlers of signals, threads) is touched.

    Parameters
    ----------
    command
        The program and its arguments; there is no shell.
    out
        File of the recording; one that is there is left alone unless the options say `--append` or `--overwrite`.
    interval
        Time between two readings. [s]
    options
        Further options of `szilard record`, as `["--tokens-from", r"(\d+) tokens", "--idle", "5 s"]`.

    Raises
    ------
    Error
        Where the command was not started: the file is there, `--require-sensor` found none, an option is wrong.

    Examples
    --------
    >>> import szilard as sz, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> run = sz.record(["sh", "-c", "exit 7"], f"{folder}/run.csv", options=["--root", folder, "--quiet"])
    >>> run.status, run.figures, run.energy
    (7, 'refused', None)
    """
    # not before they are needed: an import of szilard is to be light
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder, "summary.json")
        line = [sys.executable, "-m", "szilard", "record", "--out", os.fspath(out), "--interval", interval]
        line += ["--summary", str(summary), *options, "--", *(os.fspath(word) for word in command)]
        # the program is what the caller asks for
        with subprocess.Popen(line) as process:  # noqa: S603
            status = _ended(process)
        if not summary.exists():
            raise Error(f"the command was not started: wrong options {list(options)} (status {status})")
        found = json.loads(summary.read_text())
    if found["command"] is None:
        reasons = [entry["message"] for entry in found.get("diagnostics", [])] or found["reasons"]
        raise Error("the command was not started: " + "; ".join(reasons))
    path = found["recording"]
    return Recording(int(found["command"]["status"]), None if path is None else Path(path), found)


def _ended(process: subprocess.Popen[bytes]) -> int:
    """The exit status. An interruption here is one of the command, and is raised when that has ended."""
    interrupted: KeyboardInterrupt | None = None
    while True:
        try:
            status = process.wait()
        except KeyboardInterrupt as error:
            # a terminal has told the command already; a notebook tells this process alone
            if not sys.stdin or not sys.stdin.isatty():
                process.send_signal(2)
            interrupted = error
        else:
            if interrupted is not None:
                raise interrupted
            return status
