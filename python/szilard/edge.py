"""Inference at the edge: sun in, battery between, heat out."""

from szilard._core import Battery, SolarArray, ThermalNode, exergy_factor, stream_exergy_factor

__all__ = ["Battery", "SolarArray", "ThermalNode", "exergy_factor", "stream_exergy_factor"]
