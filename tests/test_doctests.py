"""The examples in the documentation that is written in Rust, run as Python shows it."""

import doctest
import importlib
import inspect
import sys

import pytest

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def examples():
    # --doctest-modules collects Python files only; the compiled module is searched here, member by member.
    core = importlib.import_module("szilard._core")
    finder = doctest.DocTestFinder(exclude_empty=True)
    seen = set()
    for name in sorted(vars(core)):
        if name.startswith("__") or id(member := getattr(core, name)) in seen:
            continue
        seen.add(id(member))
        members = {name: member}
        if isinstance(member, type):  # methods are found through their class, attributes are not
            attributes = {key: value for key, value in vars(member).items() if inspect.isgetsetdescriptor(value)}
            members |= {f"{name}.{key}": value for key, value in attributes.items() if not key.startswith("_")}
        for label, value in members.items():
            yield from finder.find(value, label, module=False, globs={"__name__": "__main__"})


def pytest_generate_tests(metafunc):
    if "example" in metafunc.fixturenames:
        found = [example for example in examples() if example.examples]
        metafunc.parametrize("example", found, ids=lambda example: example.name)


def test_example(example: doctest.DocTest):
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(example)
    if pictures := sys.modules.get("matplotlib.pyplot"):
        pictures.close("all")
    assert runner.summarize(verbose=False).failed == 0


def test_there_are_examples():
    if not any(example.examples for example in examples()):
        pytest.fail("no documentation in szilard._core has an example")
