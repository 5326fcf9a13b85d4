"""The domain: facts, rules, events, verdicts and ports.

Pure: no I/O, no clock, no logging, no third-party package. Times come in as
aware UTC datetimes. May import: the pure part of the standard library.
"""
