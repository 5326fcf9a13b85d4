"""Builds the film panel with the parts it may not import itself."""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.ui.film_port import FilmView
from rdpgui.ui.panels.film_place import FilmPlace
from rdpgui.ui.tasks import TaskScope


@dataclass(frozen=True, slots=True)
class FilmParts:
    """The panel and what has to be started and closed with it."""

    panel: FilmView

    async def start(self) -> None:
        """Load what the player needs, after the first paint."""

    async def aclose(self) -> None:
        """Stop playing and end its threads."""


def build_film_panel(scope: TaskScope, *, prefer: str) -> FilmParts:
    """Return the film panel."""
    return FilmParts(FilmPlace())
