"""The profiles of the AWS files with what is remembered of each, read off the loop."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from rdpgui.app.place_memory import read_places
from rdpgui.aws.profiles import profiles
from rdpgui.core.access import ProfileLine
from rdpgui.threads import DaemonPool


async def known_profiles(places_file: Path) -> tuple[ProfileLine, ...]:
    """Return every profile; those that were used last first.

    Raises:
        SettingsError: a file cannot be read.
    """
    pool = DaemonPool(1, "profiles")
    try:
        return await asyncio.wrap_future(pool.submit(_known_profiles, places_file))
    finally:
        pool.shutdown()


def _known_profiles(places_file: Path) -> tuple[ProfileLine, ...]:
    remembered = read_places(places_file)
    lines = []
    for line in profiles():
        seen = remembered.get(line.name)
        lines.append(line if seen is None else replace(line, account=seen.account, used_at=seen.used_at))
    return tuple(lines)
