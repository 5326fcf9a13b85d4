"""What the stage needs of console pictures; the application passes it in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from rdpgui.core.film import Still
from rdpgui.core.ids import RunId
from rdpgui.core.screen import ScreenPicture
from rdpgui.core.screen_match import ScreenMatch, WantedPicture


class PicturePort(Protocol):
    """Reads console pictures off the window's thread."""

    def read(self, path: Path, on_done: Callable[[Still], None], on_failed: Callable[[str], None]) -> None:
        """Decode a picture file and hand it over; ``on_failed`` gets why not, in the reader's language."""

    def list(self, run_id: RunId, on_done: Callable[[tuple[ScreenPicture, ...]], None]) -> None:
        """Hand over the pictures that a run's folder keeps, oldest first."""

    def match(
        self, film: Path, wanted: Sequence[WantedPicture], on_done: Callable[[tuple[ScreenMatch, ...]], None]
    ) -> None:
        """Say where each picture is in a film; of a film that cannot be opened nothing is said."""


class NoPictures:
    """Stands where nothing can be read."""

    def read(self, path: Path, on_done: Callable[[Still], None], on_failed: Callable[[str], None]) -> None:
        """Read nothing."""

    def list(self, run_id: RunId, on_done: Callable[[tuple[ScreenPicture, ...]], None]) -> None:
        """List nothing."""

    def match(
        self, film: Path, wanted: Sequence[WantedPicture], on_done: Callable[[tuple[ScreenMatch, ...]], None]
    ) -> None:
        """Find nothing."""
