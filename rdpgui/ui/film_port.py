"""What the window needs of the film panel; ``ui/player`` implements it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import SignalInstance

from rdpgui.core.film import FilmFacts

Marker = tuple[datetime, str, str]
"""Instant, text, kind."""


class FilmView(Protocol):
    """A widget that plays one film on the wall clock."""

    @property
    def position_changed(self) -> SignalInstance:
        """Emits seconds from the film's start."""

    def show_film(self, path: Path, facts: FilmFacts, *, starts_at: datetime | None, lab: bool) -> None:
        """Open a film."""

    def set_markers(self, markers: list[Marker]) -> None:
        """Show events on the seek bar."""

    def seek_wall(self, at: datetime) -> None:
        """Go to an instant."""

    def seek_end(self) -> None:
        """Go to the last frame."""

    def clear(self) -> None:
        """Show no film."""
