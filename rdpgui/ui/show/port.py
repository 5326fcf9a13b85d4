"""What the presentation needs of films; ``ui.player.still_desk.StillDesk`` is one, the application passes it in."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import SignalInstance


class FrameDesk(Protocol):
    """Exact frames of one film, the newest wish first."""

    @property
    def shown(self) -> SignalInstance:
        """Emits a ``core.film.Still`` that was wished for."""

    @property
    def still_failed(self) -> SignalInstance:
        """Emits an ``RdpguiError``: a frame cannot be read."""

    @property
    def open_failed(self) -> SignalInstance:
        """Emits an ``RdpguiError``: the film cannot be opened."""

    @property
    def opened_film(self) -> object:
        """The film that is open or being opened, None after ``clear``."""

    def open(self, source: Path, /) -> None:
        """Open a film; wishes from before are forgotten, later ones wait for it."""

    def at_time(self, at_s: float) -> None:
        """Wish for the frame at a film time."""

    def last(self) -> None:
        """Wish for the last frame that decodes."""

    def clear(self) -> None:
        """Close the film."""
