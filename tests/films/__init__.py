"""Damaged films by the thousand: nothing crashes, nothing hangs, nothing broken is called whole.

``python -m tests.films --count 10000 --seed 1`` is the campaign; the suite runs some of each kind.
"""
