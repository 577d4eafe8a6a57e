"""Exceptions: one for each meaning, all of them `Error`. A file that the system does not give is an `OSError`."""


class Error(Exception):
    """The base of everything that szilard raises."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class InternalError(Error, RuntimeError):
    """A fault of szilard itself: please report it with the message."""


class UnitError(Error, ValueError):
    """A unit, a dimension, a number or an uncertainty that cannot be what was asked."""


class FormatError(Error, ValueError):
    """A file that gives no value, with the place that says why.

    Attributes
    ----------
    path
        The file, or ``<bytes>``.
    line
        The line, counted from 1; 0 where the file as a whole is meant; a path or row where there are no lines.
    column
        The column, counted from 1, or None where no cell is meant.
    code
        The stable name of the reason, as ``E_NO_POWER``.
    found
        What was found, safe for a terminal.
    expected
        What was expected.
    """

    def __init__(
        self,
        message: str,
        path: str = "",
        line: int | str = 0,
        column: int | None = None,
        code: str = "",
        found: str = "",
        expected: str = "",
    ) -> None:
        super().__init__(message, path, line, column, code, found, expected)
        self.path, self.line, self.column = path, line, column
        self.code, self.found, self.expected = code, found, expected


class _CodedError(Error, ValueError):
    """A reason with a stable name and, where there is one, a place."""

    def __init__(self, message: str, code: str | None = None, line: int | str | None = None) -> None:
        super().__init__(message, code, line)
        self.code, self.line = code, line


class TraceError(_CodedError):
    """A trace or token log that gives no energy: an empty window, an unknown device, clocks that do not meet.

    ``code`` is the stable name of the reason and ``line`` the line it is about, or None.
    """


class BoundaryError(Error, ValueError):
    """Figures of different boundary or basis that were to be combined, or a chain that cannot move one."""


class MissingFactor(BoundaryError):  # noqa: N818
    """A step between two boundaries without a factor."""


class AppliedTwice(BoundaryError):  # noqa: N818
    """A factor that is already inside the figure."""


class InformationError(_CodedError):
    """Logits, log-probabilities or counts that give no value.

    ``code`` is the stable name of the reason and ``line`` the place, where the data are at fault; else both are None.
    """


class LandauerError(Error, ValueError):
    """A model or a bound that cannot be computed from what is known."""


class PublishedError(Error, ValueError):
    """A publication, claim or citation that does not exist or does not evaluate."""


class EdgeError(Error, ValueError):
    """A panel, battery or heat path that cannot exist or that leaves its range of validity."""
