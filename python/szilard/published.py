"""Figures of the literature with their citations, and the calculations behind them done again."""

from szilard._core import Growth, Range, Scenario
from szilard._core import published_between as between
from szilard._core import published_calculations as calculations
from szilard._core import published_cite as cite
from szilard._core import published_fact as fact
from szilard._core import published_factor as factor
from szilard._core import published_facts as facts
from szilard._core import published_growth as growth
from szilard._core import published_keys as keys
from szilard._core import published_publication as publication
from szilard._core import published_reproduce as reproduce
from szilard._core import published_scenario as scenario
from szilard._core import published_share as share

__all__ = [
    "Growth",
    "Range",
    "Scenario",
    "between",
    "calculations",
    "cite",
    "fact",
    "factor",
    "facts",
    "growth",
    "keys",
    "publication",
    "reproduce",
    "scenario",
    "share",
]
