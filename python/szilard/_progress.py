"""How far long work is, on standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Bar:
    """A line that is written over again; no mode of the terminal is changed."""

    def __init__(self) -> None:
        self.width = 0

    def __call__(self, done: int, whole: int) -> None:
        """Write how much is done."""
        line = f"{100 * done // max(whole, 1):3} % of {whole / 1e6:.0f} MB"
        sys.stderr.write(f"\r{line}")
        sys.stderr.flush()
        self.width = len(line)

    def end(self) -> None:
        """Take the line away."""
        if self.width:
            sys.stderr.write(f"\r{' ' * self.width}\r")
            sys.stderr.flush()


def shown(progress: Callable[[int, int], object] | bool | None) -> Callable[[int, int], object] | None:
    """What is called with the bytes done and all bytes: the caller's own function, a bar, or nothing."""
    if callable(progress):
        return progress
    if progress is None:
        progress = sys.stderr is not None and sys.stderr.isatty()
    return Bar() if progress else None
