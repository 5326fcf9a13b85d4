"""The libvlc player itself: made, driven and released in one worker thread, heard in libvlc's own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from types import ModuleType
from typing import Any

from rdpgui.core.errors import RdpguiError
from rdpgui.i18n import N_
from rdpgui.ui.player.backend import RemoteMedia
from rdpgui.ui.player.vlc_memory import VlcMemory
from rdpgui.ui.player.vlc_probe import load_vlc


@dataclass(frozen=True, slots=True)
class VlcTold:
    """Who is told what libvlc says, in libvlc's threads: they may emit, and never call the player.

    Each gets the number of the order that plays. ``on_time`` also the film time and the monotonic time, seconds.
    """

    on_time: Callable[[int, float, float], None]
    on_end: Callable[[int], None]
    on_error: Callable[[int, RdpguiError], None]


class VlcWorker:
    """One media player. Every method but ``decoded_frames`` and ``live_serial`` is for the one worker thread.

    Args:
        memory: pictures are drawn there. told: who is told.

    Attributes:
        live_serial: number of the order that plays.
    """

    def __init__(self, memory: VlcMemory, told: VlcTold) -> None:
        self._memory = memory
        self._told = told
        self._vlc: ModuleType | None = None
        self._player: Any = None
        self.live_serial = 0

    @property
    def decoded_frames(self) -> int:
        """How many frames of the film libvlc decoded so far; from any thread."""
        if self._player is None or self._vlc is None:
            return 0
        media = self._player.get_media()
        if media is None:
            return 0
        found = self._vlc.MediaStats()
        known = media.get_stats(found)
        media.release()
        return int(found.decoded_video) if known else 0

    def play(self, serial: int, source: PurePath | RemoteMedia, from_s: float, rate: float) -> None:
        """Open a film anew at its start time.

        Raises:
            RdpguiError: libvlc is missing, or does not play it.
        """
        player = self._made()
        player.stop()
        self._memory.forget()
        self.live_serial = serial
        instance = player.get_instance()
        if isinstance(source, RemoteMedia):
            media = instance.media_new_location(source.url)
        else:
            media = instance.media_new_path(str(source))
        media.add_option(f":start-time={max(0.0, from_s):.3f}")
        player.set_media(media)
        media.release()
        player.set_rate(rate)
        if player.play() != 0:
            raise RdpguiError(N_("libvlc does not play {name}."), name=source.name)

    def set_rate(self, rate: float) -> None:
        """Change the speed."""
        if self._player is not None:
            self._player.set_rate(rate)

    def stop(self) -> None:
        """Play no more."""
        if self._player is not None:
            self._player.stop()
            self._memory.forget()

    def release(self) -> None:
        """Give the player back."""
        if self._player is not None:
            instance = self._player.get_instance()
            self._player.stop()
            self._player.release()
            instance.release()
            self._player = None

    def _made(self) -> Any:
        if self._player is not None:
            return self._player
        self._vlc, instance = load_vlc()
        vlc, memory = self._vlc, self._memory
        player = instance.media_player_new()
        player.video_set_callbacks(memory.lock_callback, memory.unlock_callback, memory.display_callback, None)
        player.video_set_format_callbacks(memory.format_callback, memory.cleanup_callback)
        events, kind = player.event_manager(), vlc.EventType
        events.event_attach(kind.MediaPlayerTimeChanged, self._on_time)
        for end in (kind.MediaPlayerPaused, kind.MediaPlayerEndReached):  # nothing here pauses but the end
            events.event_attach(end, self._on_end)
        events.event_attach(kind.MediaPlayerEncounteredError, self._on_error)
        self._player = player
        return player

    def _on_time(self, event: Any) -> None:
        self._told.on_time(self.live_serial, event.u.new_time / 1000, time.monotonic())

    def _on_end(self, _event: Any) -> None:
        self._told.on_end(self.live_serial)

    def _on_error(self, _event: Any) -> None:
        self._told.on_error(self.live_serial, RdpguiError(N_("libvlc cannot play this film.")))
