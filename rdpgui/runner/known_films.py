"""Films that were inspected once: the same bytes are the same film, whichever run asks.

Runs side by side find each other's recordings in the destination, and each has to look at all of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from rdpgui.core.film import FilmFacts

KEPT = 32
"""Films whose facts are kept: more than lanes leave while one run waits; facts are some kilobytes."""


class KnownFilms:
    """Facts by the SHA-256 of a film's bytes; one inspection at a time for each. Failures are not kept."""

    def __init__(self) -> None:
        self._facts: dict[str, FilmFacts] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def facts(self, sha256: str, inspect: Callable[[], Awaitable[FilmFacts]]) -> FilmFacts:
        """Return the facts of a film; who comes first has it inspected.

        Raises:
            RdpguiError: what the inspection raises.
        """
        lock = self._asking.setdefault(sha256, asyncio.Lock())
        try:
            async with lock:
                known = self._facts.pop(sha256, None)
                self._facts[sha256] = facts = known if known is not None else await inspect()
        finally:
            if not lock.locked():
                self._asking.pop(sha256, None)
        while len(self._facts) > KEPT:
            del self._facts[next(iter(self._facts))]
        return facts
