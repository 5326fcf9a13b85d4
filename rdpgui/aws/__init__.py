"""Adapters: the ports of ``core`` implemented with boto3.

The only home of boto3 and botocore in the program. Blocking SDK calls leave
the event loop only in ``calls.py``; no dict of the SDK gets past ``parse.py``.
boto3 is imported when the first session is made, never before the first paint.
May import: ``core``, ``files``, boto3, botocore, awscrt (checksums) and the standard library.
"""
