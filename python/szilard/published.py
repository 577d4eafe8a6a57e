"""Figures of the literature with their citations, and the calculations behind them done again."""

from szilard._core import published_calculations as calculations
from szilard._core import published_cite as cite
from szilard._core import published_fact as fact
from szilard._core import published_facts as facts
from szilard._core import published_keys as keys
from szilard._core import published_publication as publication
from szilard._core import published_reproduce as reproduce

__all__ = ["calculations", "cite", "fact", "facts", "keys", "publication", "reproduce"]
