"""A reader of power logs in plain Python: slow, exact, and written from the rules and not from szilard's code.

The rules are those of tests/corpus/README.md and docs/formats.md. Numbers are fractions of the printed digits; nothing
is rounded before the end. `outcome` says what the bytes of a log give: energies by device, or the code of the refusal.
"""

from .outcome import outcome as outcome
