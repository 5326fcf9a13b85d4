"""Kinds of disruption: each one object, with everything that is said and done because of it.

Imports the facts of ``core`` (run, instance, clocks, verdict) and nothing of ``core/judging``, which reads the kinds.
"""
