"""The reference: one page for each module of the package, written from what it makes public."""

import importlib
import inspect
from pathlib import Path

MODULES = {
    "szilard": "The main names",
    "szilard.boundaries": "Ratios of a data centre and its grid",
    "szilard.bounds": "What the rungs of the ladder are made of",
    "szilard.edge": "Inference at the edge",
    "szilard.errors": "Exceptions",
    "szilard.interop": "Other libraries",
    "szilard.plotting": "Figures",
    "szilard.published": "Figures of the literature",
}


def public(module: object) -> list[str]:
    """The names of a module that are for its users, sorted."""
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    return sorted(name for name in names if callable(getattr(module, name)))


def page(path: str, title: str) -> str:
    """The page of a module as Markdown."""
    module = importlib.import_module(path)
    entries = []
    for name in public(module):
        found = getattr(module, name)
        kind = "function"
        if inspect.isclass(found):
            kind = "exception" if issubclass(found, BaseException) else "class"
        options = "\n   :members:\n   :undoc-members:" if kind == "class" else ""
        entries.append(f".. auto{kind}:: {path}.{name}{options}\n")
    heading = f"# {path}: {title[0].lower()}{title[1:]}\n\n"
    return heading + "```{eval-rst}\n" + "\n".join(entries) + "```\n"


def write(folder: Path) -> None:
    """Write all pages into a folder, where they differ from what is there."""
    folder.mkdir(exist_ok=True)
    names = [path.rpartition(".")[2] for path in MODULES]
    toctree = "\n".join(names)
    pages = {name: page(path, title) for name, (path, title) in zip(names, MODULES.items(), strict=True)}
    pages["index"] = f"# Reference of the package\n\n```{{toctree}}\n:maxdepth: 1\n\n{toctree}\n```\n"
    for name, text in pages.items():
        file = folder / f"{name}.md"
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
