"""Turns of the loop: views are told by the next one."""

from __future__ import annotations

import asyncio


async def views_told() -> None:
    """Wait until every view was told what has been published so far."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)
