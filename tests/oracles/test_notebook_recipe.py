"""The usual notebook recipe as a foil: what it makes of the fault corpus is a table in docs/formats.md."""

import importlib.util
import os
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent.parent / "docs" / "formats.md"
spec = importlib.util.spec_from_file_location("notebook_recipe", HERE / "notebook_recipe.py")
foil = importlib.util.module_from_spec(spec)
spec.loader.exec_module(foil)


@pytest.mark.parametrize(
    ("file", "joules"),
    [
        ("nv_00_baseline.csv", 440.0),  # nothing is wrong with it, and the recipe is right
        ("nv_37_suspend_8h.csv", 2_880_600.0),  # eight hours asleep at 100 W; 600 J are covered
        ("nv_44_limit_column_first.csv", 2800.0),  # the limit of 700 W, not the draw; 440 J
        ("gen_00_kw.csv", 0.44),  # kilowatts as watts; 440 J
    ],
)
def test_what_the_recipe_gives(file: str, joules: float) -> None:
    assert foil.recipe(foil.CORPUS / file) == pytest.approx(joules, rel=1e-12)


def test_what_must_be_given() -> None:
    assert foil.expected("E=600 J; gap 28800 s") == 600.0
    assert foil.expected("5 devices, each E=20 J") == 100.0
    assert foil.expected("each E=1 J; total E=20000 J") == 20_000.0
    assert foil.expected("per rail only, no total") is None


def test_the_table_of_the_page() -> None:
    before, rest = PAGE.read_text(encoding="utf-8").split("<!-- notebook recipe -->\n")
    _, after = rest.split("<!-- end notebook recipe -->\n")
    table = f"\n{foil.table()}\n"
    if os.environ.get("SZILARD_WRITE_DOCS"):
        page = f"{before}<!-- notebook recipe -->\n{table}<!-- end notebook recipe -->\n{after}"
        PAGE.write_text(page, encoding="utf-8")
    written = PAGE.read_text(encoding="utf-8")
    assert f"<!-- notebook recipe -->\n{table}<!-- end notebook recipe -->" in written, "run with SZILARD_WRITE_DOCS=1"
