"""Exceptions: one for each meaning, all of them `Error`. A file that the system does not give is an `OSError`."""


class Error(Exception):
    """The base of everything that szilard raises.

    Examples
    --------
    >>> import szilard as sz
    >>> try:
    ...     sz.Quantity("29.52")  # a number is no energy
    ...     sz.Quantity("1 J") + sz.Quantity("1 W")
    ... except sz.errors.Error as error:
    ...     print(type(error).__name__)
    29.52
    UnitError
    """

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class InternalError(Error, RuntimeError):
    """A fault of szilard itself: please report it with the message.

    Examples
    --------
    >>> import szilard as sz
    >>> issubclass(sz.errors.InternalError, (sz.errors.Error, RuntimeError))
    True
    """


class UnitError(Error, ValueError):
    """A unit, a dimension, a number or an uncertainty that cannot be what was asked.

    Examples
    --------
    >>> import szilard as sz
    >>> sz.Quantity("29.52 J").to("W")
    Traceback (most recent call last):
    szilard.errors.UnitError: expected a figure in W, found a figure in J
    """


class FormatError(Error, ValueError):
    r"""A file that gives no value, with the place that says why.

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

    Examples
    --------
    >>> import szilard as sz
    >>> try:
    ...     sz.read_trace(b"no log at all\n")
    ... except sz.errors.FormatError as error:
    ...     print(error.path, error.line, error.column, error.code, error.found)
    <bytes> 1 None E_UNKNOWN_FORMAT no log at all
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

    Examples
    --------
    >>> import szilard as sz
    >>> trace = sz.trace_from_arrays([0, 10**9], [7.2, 7.2])
    >>> try:
    ...     trace.energy(device="1")
    ... except sz.errors.TraceError as error:
    ...     print(error.code, error)
    E_UNKNOWN_DEVICE E_UNKNOWN_DEVICE: found device "1"; expected one of "0"
    """


class BoundaryError(Error, ValueError):
    """Figures of different boundary or basis that were to be combined, or a chain that cannot move one.

    Examples
    --------
    >>> import szilard as sz
    >>> sz.Quantity("5 J", boundary="board") + sz.Quantity("5 J", boundary="site")
    Traceback (most recent call last):
    szilard.errors.BoundaryError: cannot add a figure at boundary board and one at site; lift one with a BoundaryChain
    """


class MissingFactor(BoundaryError):  # noqa: N818
    """A step between two boundaries without a factor.

    Examples
    --------
    >>> import szilard as sz
    >>> sz.BoundaryChain([]).lift(sz.Quantity("5 J", boundary="it"), "site")
    Traceback (most recent call last):
    szilard.errors.MissingFactor: no factor for the step it->site on the way from it to site: give pue, ...
    """


class AppliedTwice(BoundaryError):  # noqa: N818
    """A factor that is already inside the figure.

    Examples
    --------
    >>> import szilard as sz
    >>> sz.BoundaryChain([sz.Factor("pue", 1.2)]).lift(sz.Quantity("5 J", boundary="site"), "it")
    Traceback (most recent call last):
    szilard.errors.AppliedTwice: pue would be applied twice: a figure at boundary site already holds it
    """


class InformationError(_CodedError):
    """Logits, log-probabilities or counts that give no value.

    ``code`` is the stable name of the reason and ``line`` the place, where the data are at fault; else both are None.

    Examples
    --------
    >>> import szilard as sz
    >>> sz.token_entropy([[0.5, 0.5]])
    Traceback (most recent call last):
    szilard.errors.InformationError: every row lies in [0, 1] and sums to one: these are ...
    """


class LandauerError(Error, ValueError):
    """A model or a bound that cannot be computed from what is known.

    Examples
    --------
    >>> import szilard as sz
    >>> sz.landauer_limit("0 K")
    Traceback (most recent call last):
    szilard.errors.LandauerError: a bath has an absolute temperature above 0 K, found 0 K
    """


class PublishedError(Error, ValueError):
    """A publication, claim or citation that does not exist or does not evaluate.

    Examples
    --------
    >>> import szilard as sz
    >>> sz.published.fact("F9999")
    Traceback (most recent call last):
    szilard.errors.PublishedError: no fact "F9999": expected one that the library or a folder beside it carries
    """


class EdgeError(Error, ValueError):
    """A panel, battery or heat path that cannot exist or that leaves its range of validity.

    Examples
    --------
    >>> import szilard as sz
    >>> sz.edge.Battery("20 Ah")
    Traceback (most recent call last):
    szilard.errors.EdgeError: a charge of 20 Ah is no energy without the voltage of the battery
    """
