"""Builds the film panel with the parts it may not import itself."""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.media.film_watch import FilmWatch
from rdpgui.media.playback import FilmPlayback
from rdpgui.media.still_service import StillService
from rdpgui.ui.player.film_panel import FilmPanel, make_film_panel
from rdpgui.ui.tasks import TaskScope


@dataclass(frozen=True, slots=True)
class FilmParts:
    """The panel, and what is closed with it."""

    panel: FilmPanel
    stills: StillService

    async def aclose(self) -> None:
        """Stop playing and end its threads."""
        await self.panel.aclose()
        await self.stills.aclose()


def build_film_panel(scope: TaskScope, *, prefer: str) -> FilmParts:
    """Return the film panel.

    Args:
        scope: where its requests run.
        prefer: ``auto`` (libvlc, else PyAV) or ``pyav``.
    """
    stills = StillService()
    panel = make_film_panel(None, stills=stills, tasks=scope, playback=FilmPlayback, prefer=prefer, watcher=FilmWatch())
    return FilmParts(panel, stills)
