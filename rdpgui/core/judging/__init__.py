"""Judging a run by its evidence: session end, film place, the six checks, recording status, timeline, claims. Pure."""
