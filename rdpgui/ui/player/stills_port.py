"""What the player needs of exact stills; ``rdpgui.media.still_service`` has it, the application passes it in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Protocol

from rdpgui.core.film import Still
from rdpgui.core.ports import RangeReader


class FilmStills(Protocol):
    """Exact frames of one opened film. Requests queue."""

    @property
    def frame_count(self) -> int:
        """Frames listed in the film's index."""

    async def at_time(self, at_s: float) -> Still:
        """Return the frame shown at a film time, seconds from the first frame. Raises RecordingUnreadable."""

    async def at_index(self, index: int) -> Still:
        """Return a frame by number from 0. Raises RecordingUnreadable."""

    async def last(self) -> Still:
        """Return the last frame that decodes. Raises RecordingUnreadable."""

    async def thumbnail(self, at_s: float, width_px: int) -> Still:
        """Return the frame shown at a film time, made small. Raises RecordingUnreadable."""

    async def key_thumbnails(self, count: int, width_px: int) -> tuple[Still, ...]:
        """Return up to ``count`` small pictures of key frames, spread evenly. Raises RecordingUnreadable."""

    async def close(self) -> None:
        """Close the film."""


class StillsPort(Protocol):
    """Opens films for exact stills."""

    async def open(self, source: PurePath | RangeReader, *, name: str = "") -> FilmStills:
        """Open a film: a local one, or an object by ranged reads. Raises RecordingUnreadable, AwsError."""

    async def save_png(self, path: PurePath, still: Still, text: Mapping[str, str]) -> None:
        """Write a still as PNG with text in its metadata. Raises StorageFull, StorageError."""
