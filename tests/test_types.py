"""What a type checker sees: a program of a user is clean, and the stubs are those of the compiled module."""

import subprocess
import sys
from importlib.resources import files


def mypy(root, *arguments):
    line = [sys.executable, "-m", *arguments]
    return subprocess.run(line, cwd=root, check=False, capture_output=True, text=True)


def test_the_package_says_that_it_is_typed():
    assert files("szilard").joinpath("py.typed").is_file()
    assert files("szilard").joinpath("_core.pyi").is_file()


WRONG = """import szilard as sz

sz.landauer_limit(300.0)
sz.read_trace("x").energy().energy.value
"""


def test_a_program_of_a_user_is_clean_and_one_that_mixes_kinds_is_not(root, tmp_path):
    program = tmp_path / "wrong.py"
    program.write_text(WRONG)
    run = mypy(root, "mypy", "--strict", "--config-file", "pyproject.toml", "tests/user_script.py", str(program))
    found = [line for line in run.stdout.splitlines() if ": error: " in line]
    assert [line for line in found if "wrong.py" not in line] == []
    # a bare number is no temperature, and an energy may be missing
    assert [line.rsplit("[", 1)[1] for line in found] == ["arg-type]", "union-attr]"], run.stdout + run.stderr


def test_the_stubs_are_those_of_the_compiled_module(root):
    options = ["--mypy-config-file", "pyproject.toml", "--allowlist", "tests/stubtest.txt"]
    run = mypy(root, "mypy.stubtest", "szilard._core", *options)
    assert run.returncode == 0, run.stdout + run.stderr
