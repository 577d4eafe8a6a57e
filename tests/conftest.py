"""Fixtures for all tests."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


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
