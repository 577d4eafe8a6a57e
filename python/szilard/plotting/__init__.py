"""Figures: matplotlib is imported when the first one is drawn. Each takes `ax` and returns (figure, axes)."""

from szilard.plotting.blind_spot import blind_spot as blind_spot
from szilard.plotting.budget import budget as budget
from szilard.plotting.chain import chain as chain
from szilard.plotting.comparison import comparison as comparison
from szilard.plotting.cooling import cooling as cooling
from szilard.plotting.cost_of_thought import cost_of_thought as cost_of_thought
from szilard.plotting.devices import devices as devices
from szilard.plotting.divergence import divergence as divergence
from szilard.plotting.draws import draws as draws
from szilard.plotting.entropy_band import entropy_band as entropy_band
from szilard.plotting.entropy_strip import entropy_strip as entropy_strip
from szilard.plotting.galton_board import galton_board as galton_board
from szilard.plotting.ladder import ladder as ladder
from szilard.plotting.phase_costs import phase_costs as phase_costs
from szilard.plotting.requests import requests as requests
from szilard.plotting.sankey import sankey as sankey
from szilard.plotting.save import save as save
from szilard.plotting.scenario import scenario as scenario
from szilard.plotting.solar_day import solar_day as solar_day
from szilard.plotting.stored_types import stored_types as stored_types
from szilard.plotting.surprisal import surprisal as surprisal
from szilard.plotting.sweep import sweep as sweep
from szilard.plotting.timeline import timeline as timeline
from szilard.plotting.trace import trace as trace
from szilard.plotting.verdicts import verdicts as verdicts
from szilard.plotting.zoom import zoom as zoom
