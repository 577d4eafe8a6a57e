"""The documentation site: `make site`. Pages are the Markdown beside this file, the notebooks and the docstrings."""

import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import reference  # noqa: E402

project = "szilard"
author = "The szilard contributors"
copyright = author  # noqa: A001
html_theme = "alabaster"
html_title = "szilard"
html_theme_options = {
    "description": "The physics of AI inference, with every number carrying its unit, its boundary and its uncertainty",
    "fixed_sidebar": True,
    "page_width": "75rem",
    "sidebar_width": "16rem",
}
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
# notebooks are executed by the tests; here they are shown
nb_execution_mode = "off"
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
# a name in single backticks is code, as in the Markdown pages
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
nitpicky = False

shutil.rmtree(HERE / "notebooks", ignore_errors=True)
shutil.copytree(HERE.parent / "notebooks", HERE / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
reference.write(HERE / "reference")


def _plain_properties(_app: object, what: str, _name: str, _found: object, _options: object, lines: list[str]) -> None:
    """An empty line ahead of the text of a property, or napoleon takes what stands ahead of a colon for its type."""
    if what in {"attribute", "property"}:
        lines.insert(0, "")


def setup(app: object) -> None:
    """Runs ahead of napoleon, whose priority is 500."""
    app.connect("autodoc-process-docstring", _plain_properties, priority=100)  # type: ignore[attr-defined]
