"""How far long work is: a line on a terminal, a bar in a notebook, and nothing where nobody looks."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Bar:
    """A line on standard error that is written over again; no mode of the terminal is changed."""

    def __init__(self) -> None:
        self.width = 0

    def __call__(self, done: int, whole: int) -> None:
        """Write how much is done; work that is over at once shows nothing."""
        if self.width or done < whole:
            line = _words(done, whole)
            sys.stderr.write(f"\r{line}")
            sys.stderr.flush()
            self.width = len(line)

    def end(self) -> None:
        """Take the line away."""
        if self.width:
            sys.stderr.write(f"\r{' ' * self.width}\r")
            sys.stderr.flush()


class NotebookBar:
    """A bar below the cell, in the colours of the page."""

    def __init__(self) -> None:
        self.shown: Any = None

    def __call__(self, done: int, whole: int) -> None:
        """Show how much is done; work that is over at once shows nothing."""
        kit = import_module("IPython.display")
        bar = kit.HTML(f'<progress value="{done}" max="{max(whole, 1)}"></progress> {_words(done, whole)}')
        if self.shown is not None:
            self.shown.update(bar)
        elif done < whole:
            self.shown = kit.display(bar, display_id=True)

    def end(self) -> None:
        """Take the bar away."""
        if self.shown is not None:
            self.shown.update(import_module("IPython.display").HTML(""))


def _words(done: int, whole: int) -> str:
    return f"{100 * done // max(whole, 1):3} % of {whole / 1e6:.0f} MB"


def _in_notebook() -> bool:
    """Whether this is the kernel of a notebook, which shows what is displayed."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel")


def shown(progress: Callable[[int, int], object] | bool | None) -> Callable[[int, int], object] | None:
    """What is called with the bytes done and all bytes: the caller's own function, a bar, or nothing."""
    if callable(progress):
        return progress
    if progress is False:
        return None
    if _in_notebook():
        return NotebookBar()
    if progress or (sys.stderr is not None and sys.stderr.isatty()):
        return Bar()
    return None
