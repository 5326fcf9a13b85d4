"""What the stage needs of console pictures; the application passes it in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from rdpgui.core.film import Still


class PicturePort(Protocol):
    """Reads console pictures off the window's thread."""

    def read(self, path: Path, on_done: Callable[[Still], None], on_failed: Callable[[str], None]) -> None:
        """Decode a picture file and hand it over; ``on_failed`` gets why not, in the reader's language."""


class NoPictures:
    """Stands where nothing can be read."""

    def read(self, path: Path, on_done: Callable[[Still], None], on_failed: Callable[[str], None]) -> None:
        """Read nothing."""
