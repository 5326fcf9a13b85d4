"""The one place that touches moto: its start, its calls, and the few of its objects that the lab reads and writes.

moto is bound to its version here. May import: lab.model, lab.answer, moto, botocore.
"""
