"""Looks at every picture of long films, in a child process of its own that gives way to all other work.

That process is started for the first such film and ended after each: hours of decoding keep no memory here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from rdpgui.core.film import FilmFacts


class FilmWatch:
    """One film at a time; cancelling a request ends its process."""

    async def watch(self, path: PurePath, on_progress: Callable[[float], None]) -> FilmFacts:
        """Return the facts of a local film with every picture looked at.

        Args:
            path: the film.
            on_progress: is told the share of them that was looked at, 0-1.

        Raises:
            RecordingUnreadable: with the reason.
        """
        from rdpgui.media.film_port import WATCH_LIMIT_S, FilmInspector

        inspector = FilmInspector(limit_s=WATCH_LIMIT_S)
        try:
            return await inspector.watch(path, on_progress)
        finally:
            await inspector.aclose()
