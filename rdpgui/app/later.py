"""What the first picture does not need is imported on a thread while the window is already there."""

from __future__ import annotations

import asyncio
from importlib import import_module

AFTER_FIRST_PAINT = ("rdpgui.app.session", "rdpgui.app.environment")
"""Runner, AWS, inspection and report: with boto3 and numpy about as long as the whole window."""


async def import_later(*names: str) -> None:
    """Import modules without holding up the loop; a plain import of them costs nothing afterwards.

    Raises:
        ImportError: a module or something it needs is missing.
    """
    from rdpgui.aws.calls import DaemonPool

    pool = DaemonPool(1, "import")
    try:
        for name in names or AFTER_FIRST_PAINT:
            await asyncio.wrap_future(pool.submit(import_module, name))
    finally:
        pool.shutdown()
