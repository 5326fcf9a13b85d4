"""The composition root: arguments, settings, the event loop, wiring, exit. No rules.

May import: every room except ``lab``, which it starts as processes; the only home of qasync.
"""
