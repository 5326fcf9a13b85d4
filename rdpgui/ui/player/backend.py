"""What makes a film move: the one protocol of libvlc and PyAV."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Protocol

from PySide6.QtCore import QObject, SignalInstance

from rdpgui.core.errors import RdpguiError
from rdpgui.core.ports import RangeReader


class BackendMissing(RdpguiError):
    """A backend cannot be used on this machine at all; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class RemoteMedia:
    """An object that a backend plays.

    Attributes:
        url: presigned, empty for a backend that needs none; a secret while it lasts.
        reader: ranged reads of the same object version.
    """

    name: str
    reader: RangeReader
    url: str = field(default="", repr=False)


class Backend(Protocol):
    """Plays one film at a time. Every method returns at once; signals come in the thread of the user interface.

    Standing still is not its business: what is paused is stopped, and exact stills are shown instead.
    """

    name: str
    needs_url: bool
    """Whether it plays objects from a URL; else it reads ranges."""

    @property
    def decoded_frames(self) -> int:
        """How many frames were decoded so far, shown or not; the way from a key frame to the start counts, too."""

    @property
    def film_s(self) -> float | None:
        """Film time of this moment, never beyond the next picture's; None where only pictures' times are known."""

    @property
    def picture(self) -> SignalInstance:
        """Emits a ``QImage`` to show now, and its film time in seconds; the image is its receiver's."""

    @property
    def ended(self) -> SignalInstance:
        """Emitted after the last frame that the backend can show."""

    @property
    def failed(self) -> SignalInstance:
        """Emits an ``RdpguiError``: what went wrong and what helps."""

    def open(self, source: PurePath | RemoteMedia, width: int, height: int) -> None:
        """Take a film; nothing is shown before ``play``. Width and height in visible pixels."""

    def play(self, from_s: float, rate: float) -> None:
        """Play from a film time at a speed, 1.0 being the film's own."""

    def seek(self, to_s: float) -> None:
        """Go on from another film time while it plays."""

    def set_rate(self, rate: float) -> None:
        """Change the speed while it plays."""

    def stop(self) -> None:
        """Show nothing more; no picture comes after this."""

    def close(self) -> Future[None]:
        """End for good; the future is done when its threads have ended."""


class Playback(Protocol):
    """The decoder thread behind the PyAV backend; ``rdpgui.media.playback.FilmPlayback`` is one.

    Attributes:
        decoded_frames: how many frames were decoded so far; may be read from any thread.
    """

    decoded_frames: int

    def film_s(self) -> float:
        """Return the film time of this moment, never beyond the next picture's; from any thread."""

    def play(self, number: int, from_s: float, rate: float) -> None:
        """Show the frame at a film time, then go on; ``number`` comes back with every callback."""

    def set_rate(self, rate: float) -> None:
        """Change the speed."""

    def stop(self) -> None:
        """Show no more frames."""

    def close(self) -> Future[None]:
        """End the thread; the future is done when it has ended."""


PictureCallback = Callable[[int, float, int, int, bytes], None]
"""Order number, seconds, width, height, and width x height x 4 bytes BGRX; called from the decoder's thread."""
PlaybackFactory = Callable[
    [PurePath | RangeReader, PictureCallback, Callable[[int], None], Callable[[int, RdpguiError], None], str], Playback
]
"""Path or ranged reads, on picture, on end, on failure, name."""
BackendFactory = Callable[[QObject], Backend]
"""Makes a backend as the child of an object: what has no parent may be collected, and destroyed, in a worker thread."""
