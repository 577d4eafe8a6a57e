"""What the pages say is so: links lead somewhere, and the example prints what stands below it."""

import collections
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import szilard as sz

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


def publications():
    """The table of all publications, with what became of their calculations."""
    facts = collections.Counter(sz.published.facts()["publication"])
    done = sz.published.reproduce()
    rows = [
        "| key | publication | publisher | year | vintage | facts | calculations |",
        "|---|---|---|---|---|---|---|",
    ]
    keys = sz.published.keys()
    for key in keys:
        of = sz.published.publication(key)
        found = collections.Counter(done.filter(done["publication"] == key)["status"])
        calculations = ", ".join(f"{number} {status}" for status, number in sorted(found.items()))
        cells = [f"`{key}`", of["title"], of["publisher"], of["year"], of["vintage"], facts[key], calculations]
        rows.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def test_the_page_of_publications_is_that_of_the_registry():
    page = ROOT / "docs/published.md"
    begin, end = "<!-- published: written by tests/test_docs.py -->", "<!-- published: end -->"
    text = page.read_text(encoding="utf-8")
    wanted = f"{text.split(begin)[0]}{begin}\n\n{publications()}\n\n{end}{text.split(end)[1]}"
    if os.environ.get("SZILARD_WRITE_DOCS"):
        page.write_text(wanted, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == wanted
