"""Fixtures for all tests."""

import os
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
VOID = {"meta", "br", "hr", "img", "link", "input"}


def shared_folder() -> Path | None:
    """The folder of real logs that are not part of the project, or `None` where it is absent."""
    folder = Path(os.environ.get("SZILARD_SHARED") or ROOT.parent / "shared")
    return folder if folder.is_dir() else None


def pytest_report_header() -> str:
    """The line that says whether tests on real logs run."""
    return f"shared: {shared_folder() or 'absent; tests on real logs are skipped (set SZILARD_SHARED)'}"


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real logs that are not part of the project; skips where it is absent."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("real logs are absent: set SZILARD_SHARED to their folder, or put it at ../shared")
    return folder


class Tags(HTMLParser):
    """The elements and attributes of a page, and what is wrong with their order."""

    def __init__(self, text: str) -> None:
        """The page is read at once."""
        super().__init__()
        self.open, self.seen, self.attributes, self.faults = [], [], [], []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is left open" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes another element")


@pytest.fixture(scope="session")
def tags() -> type[Tags]:
    """The reader of pages: `tags(text)` has `faults`, `seen` and `attributes`."""
    return Tags
