"""Distributions as pictures: painted by Qt alone, on screen and into files."""
