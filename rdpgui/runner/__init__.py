"""Use cases: watching, disrupting, running experiments. Asyncio, no toolkit and no SDK.

May import: ``core`` and the standard library's asyncio. Tasks are started by the
caller (``ui/tasks.py`` or the command line); inside, task groups own theirs.
"""
