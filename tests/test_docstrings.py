"""Every public name says what comes back, what goes in and in which unit and what is raised, and shows an example."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = [
    "szilard",
    *(f"szilard.{name}" for name in ("boundaries", "bounds", "edge", "errors", "interop", "published")),
]
#: Parameters of these types are numbers with a unit, which the docstring gives in brackets.
MEASURED = re.compile(r"\b(_Given|_Number|_Array|_Times|_Moment|float)\b")
SECTION = r"(?ms)^{}\n-+\n(.*?)(?=^\w[\w ]*\n-+\n|\Z)"


def public(module):
    """The names of a module that are for its users."""
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    return [name for name in names if not inspect.ismodule(getattr(module, name))]


def members():
    """Each public function, class, method and property once, by its shortest name."""
    seen = set()
    for path in MODULES:
        module = importlib.import_module(path)
        for name in public(module):
            found = getattr(module, name)
            if id(found) in seen or not callable(found):
                continue
            seen.add(id(found))
            label = f"{path.removeprefix('szilard').removeprefix('.')}.{name}".removeprefix(".")
            yield label, found
            if isinstance(found, type):
                own = {key: value for key, value in vars(found).items() if not key.startswith("_")}
                bound = {key: getattr(found, key) if callable(value) else value for key, value in own.items()}
                yield from ((f"{label}.{key}", value) for key, value in bound.items())


ALL = dict(members())


def is_property(member):
    return isinstance(member, property) or inspect.isgetsetdescriptor(member)


def parameters(member):
    """The parameters of a function, method or class."""
    if not callable(member):
        return []
    try:
        signature = inspect.signature(member)
    except ValueError:  # a class without a constructor
        return []
    return [name for name in signature.parameters if name not in {"self", "cls"}]


def section(member, title):
    found = re.search(SECTION.format(title), inspect.getdoc(member) or "")
    return found[1] if found else ""


def described(member):
    """The description of each parameter."""
    if as_of := re.search(r"Parameters(?: and errors)? as of `([\w.]+)`", inspect.getdoc(member) or ""):
        return described(ALL[as_of[1]])
    texts = {}
    for names, text in re.findall(
        r"(?m)^(\*{0,2}\w[\w, *]*)\n((?:^(?: +.*)?\n?)+)",
        section(member, "Parameters") or section(member, "Attributes"),
    ):
        texts |= {name.strip(" *"): text for name in names.split(",")}
    return texts


def annotations():
    """The annotation of each parameter in the stub, by the name of function or class."""
    found = {}

    def visit(body, prefix):
        for node in body:
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.FunctionDef):
                each = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                label = prefix.removesuffix(".") if node.name == "__new__" else prefix + node.name
                found[label] = {one.arg: ast.unparse(one.annotation) for one in each if one.annotation}

    visit(ast.parse((ROOT / "python/szilard/_core.pyi").read_text(encoding="utf-8")).body, "")
    return found


STUB = annotations()


def lacks_unit(annotation, text):
    """Whether a number with a unit is meant, and neither the text nor the docstring that it names says which."""
    return bool(MEASURED.search(annotation)) and "[" not in text and not re.match(r"\s*As (of |for )?`", text)


def stub_of(label):
    last = label.rsplit(".", 1)[-1]
    name = ".".join(part for part in label.split(".") if part not in {"boundaries", "bounds", "edge", "published"})
    return STUB.get(name) or (STUB.get(f"published_{last}") if label.startswith("published.") else None) or {}


@pytest.mark.parametrize("label", [label for label, member in ALL.items() if not is_property(member)])
def test_a_name_says_all_that_its_user_asks(label):
    member = ALL[label]
    text = inspect.getdoc(member) or ""
    first = text.split("\n\n", 1)[0]
    assert first, "no docstring"
    is_error = isinstance(member, type) and issubclass(member, BaseException)
    names = [] if is_error else parameters(member)
    texts = {} if is_error else described(member)
    assert [name for name in names if name not in texts] == [], "parameters without a description"
    assert [name for name in texts if name not in names] == [], "descriptions without a parameter"
    kinds = stub_of(label)
    bare = [name for name in names if lacks_unit(kinds.get(name, ""), texts[name])]
    assert bare == [], "parameters without a unit in brackets"
    if [name for name in names if name not in {"ax", "tokens", "folder", "model"}]:
        assert re.search(r"Raises|errors as of", text), "nothing is said of errors"
    assert ">>> " in text, "no example"


@pytest.mark.parametrize("label", [label for label, member in ALL.items() if is_property(member)])
def test_a_property_is_described_and_stands_in_an_example_of_its_class(label):
    assert inspect.getdoc(ALL[label]), "no docstring"
    owner, name = label.rsplit(".", 1)
    of_class = [member for key, member in ALL.items() if key == owner or key.startswith(f"{owner}.")]
    lines = [line for member in of_class for line in (inspect.getdoc(member) or "").splitlines()]
    examples = [line for line in lines if line.startswith((">>> ", "... "))]
    assert any(re.search(rf"\.{name}\b(?!\()", line) for line in examples), "no example shows it"


@pytest.mark.parametrize("label", [label for label, member in ALL.items() if not is_property(member)])
def test_the_errors_that_are_named_exist(label):
    for name in re.findall(r"(?m)^(\w[\w.]*)$", section(ALL[label], "Raises")):
        found = ALL.get(name.removeprefix("szilard.")) or ALL.get(f"errors.{name}") or getattr(__builtins__, name, None)
        found = found or vars(importlib.import_module("builtins")).get(name)
        assert isinstance(found, type), name
        assert issubclass(found, BaseException), name
