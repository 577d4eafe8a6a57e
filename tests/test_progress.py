"""The bar of long work: on a terminal, in a notebook, and silent where nobody looks."""

import io
import sys
from types import SimpleNamespace

import pytest
import szilard as sz
from szilard import _progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Shown:
    def __init__(self, text):
        self.texts = [text]

    def update(self, text):
        self.texts.append(text)


@pytest.fixture
def notebook(monkeypatch):
    """A kernel whose displays are kept."""
    displays = []

    def display(text, *, display_id):
        assert display_id
        displays.append(Shown(text))
        return displays[-1]

    module = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=object()))
    monkeypatch.setitem(sys.modules, "IPython", module)
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(HTML=str, display=display))
    return displays


def test_a_terminal_has_a_line_that_is_taken_away(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    bar = _progress.shown(None)
    bar(25_000_000, 100_000_000)
    assert sys.stderr.getvalue() == "\r 25 % of 100 MB"
    bar.end()
    assert sys.stderr.getvalue().split("\r")[-2:] == [" " * 15, ""]


def test_a_notebook_has_a_bar_that_is_taken_away(notebook):
    bar = _progress.shown(None)
    bar(25_000_000, 100_000_000)
    bar(50_000_000, 100_000_000)
    bar.end()
    (shown,) = notebook
    assert shown.texts[0] == '<progress value="25000000" max="100000000"></progress>  25 % of 100 MB'
    assert " 50 %" in shown.texts[1]
    assert shown.texts[2] == ""


def test_work_that_is_over_at_once_shows_nothing(notebook, monkeypatch):
    bar = _progress.shown(None)
    bar(5, 5)
    bar.end()
    assert notebook == []
    monkeypatch.setattr(sys, "stderr", Terminal())
    line = _progress.Bar()
    line(5, 5)
    line.end()
    assert sys.stderr.getvalue() == ""


def test_a_pipe_has_nothing(monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", None)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert _progress.shown(None) is None
    assert _progress.shown(False) is None
    assert isinstance(_progress.shown(True), _progress.Bar)


def test_a_function_of_ones_own_is_called(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "stderr", Terminal())
    log = tmp_path / "log.csv"
    log.write_text("time [s],power [W]\n" + "".join(f"{second},5\n" for second in range(1000)))
    assert sz.energy(log, progress=lambda *_: None).energy.value == pytest.approx(999 * 5)
    assert sys.stderr.getvalue() == ""
