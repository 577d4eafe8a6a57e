"""What the pages say is so: links lead somewhere, and the example prints what stands below it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_to_files(page):
    text = re.sub(r"(?s)```.*?```", "", page.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_example_of_the_readme_prints_what_it_says():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"(?s)```python\n(.*?)```", readme)
    shown = re.search(r"(?s)<!-- example-output -->\s*```(?:text)?\n(.*?)```", readme)
    assert code, "no python block in README.md"
    assert shown, "no block with the printed output after <!-- example-output --> in README.md"
    run = subprocess.run([sys.executable, "-c", code[1]], cwd=ROOT, check=False, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == shown[1]
