"""`sz.record`: a command with the sensors of a scripted folder beside it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import szilard as sz

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the recorder reads Linux")


@pytest.fixture
def root(tmp_path):
    """A machine with one processor whose counter stands at 1 J."""
    zone = tmp_path / "sys/class/powercap/intel-rapl:0"
    zone.mkdir(parents=True)
    (zone / "name").write_text("package-0\n")
    (zone / "max_energy_range_uj").write_text("262143328850\n")
    (zone / "energy_uj").write_text("1000000\n")
    return tmp_path


def test_a_command_has_its_energy_and_its_status(root, capfd):
    counter = root / "sys/class/powercap/intel-rapl:0/energy_uj"
    script = f"echo tok tok tok; sleep 0.2; echo 7000000 > {counter}.new; mv {counter}.new {counter}; sleep 0.1; exit 4"
    options = ["--root", str(root), "--tokens-from", "tok"]
    run = sz.record(["sh", "-c", script], root / "run.csv", "0.02 s", options=options)
    # 6 J for three tokens, at the chip
    assert (run.status, run.figures) == (4, "complete")
    assert run.energy.value == pytest.approx(6.0, rel=1e-9)
    assert (run.energy.boundary, run.per_token.unit) == ("chip", "J/token")
    assert run.per_token.value == pytest.approx(2.0, rel=1e-9)
    assert run.trace.format == "szilard-recording"
    assert run.trace.energy().energy.value == pytest.approx(6.0, rel=1e-9)
    assert capfd.readouterr().out == "tok tok tok\n"


def test_without_a_sensor_there_is_no_energy_and_never_a_guess(tmp_path):
    run = sz.record(["true"], tmp_path / "run.csv", options=["--root", str(tmp_path)])
    assert (run.status, run.figures, run.energy, run.path) == (0, "refused", None, None)
    assert any(reason.startswith("rapl: ") for reason in run.reasons)
    with pytest.raises(sz.errors.Error, match="rapl"):
        run.trace  # noqa: B018


def test_what_is_not_started_says_why(root):
    started = root / "started"
    script = ["sh", "-c", f"echo > {started}"]
    out = root / "run.csv"
    out.write_text("mine")
    with pytest.raises(sz.errors.Error, match="there is such a file"):
        sz.record(script, out, options=["--root", str(root)])
    with pytest.raises(sz.errors.Error, match="rapl"):
        sz.record(script, root / "b.csv", options=["--root", "/nowhere", "--require-sensor"])
    with pytest.raises(sz.errors.Error, match="no-such-option"):
        sz.record(script, root / "b.csv", options=["--no-such-option"])
    assert not started.exists()
    assert out.read_text() == "mine"


PROGRAM = """
import sys, szilard as sz
try:
    script = "trap 'exit 5' INT; echo > ready; while :; do sleep 0.02; done"
    sz.record(["sh", "-c", script], "run.csv", options=["--root", "."])
except KeyboardInterrupt:
    sys.exit(77)
"""


def test_an_interruption_ends_the_command_and_then_python(root):
    python = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=root, stdin=subprocess.DEVNULL)
    while not Path(root, "ready").exists():
        time.sleep(0.01)
    os.kill(python.pid, signal.SIGINT)
    assert python.wait(20) == 77
    assert '"status":5' in Path(root, "run.csv").read_text().splitlines()[-1]


def test_marked_phases_are_windows_of_the_recording(root):
    marks = root / "marks"
    script = f"echo start load > {marks}; sleep 0.2; echo end load > {marks}; echo start serve > {marks}; sleep 0.3"
    options = ["--root", str(root), "--marks", str(marks), "--quiet"]
    out = root / "run.csv"
    for more in ([], ["--append"]):
        run = sz.record(["sh", "-c", script], out, "0.02 s", options=options + more)
        phases = run.phases
        # what is not ended ends with the recording; of a file that was continued the last recording counts
        assert phases["phase"].to_list() == ["load", "serve"]
        assert phases["seconds"][0] == pytest.approx(0.2, abs=0.15)
        assert phases["seconds"][1] == pytest.approx(0.3, abs=0.25)
        assert phases["start_ns"][1] >= phases["end_ns"][0]
        assert run.summary["command"]["start_ns"] <= phases["start_ns"][0] <= run.summary["command"]["end_ns"]
