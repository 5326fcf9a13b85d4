"""The libvlc player, driven without libvlc: what is asked of it, in which order, and what it is heard to say."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.core.errors import RdpguiError
from rdpgui.ui.player import vlc_worker
from rdpgui.ui.player.backend import RemoteMedia
from rdpgui.ui.player.vlc_memory import VlcMemory
from rdpgui.ui.player.vlc_worker import VlcTold, VlcWorker


class _Vlc:
    """Library, instance, player, media and events in one; keeps what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.handlers: dict[str, Any] = {}
        self.result = 0
        self.EventType = SimpleNamespace(
            MediaPlayerTimeChanged="time",
            MediaPlayerPaused="paused",
            MediaPlayerEndReached="end",
            MediaPlayerEncounteredError="error",
        )

    def event_attach(self, kind: str, handler: Any) -> None:
        self.handlers[kind] = handler

    def play(self) -> int:
        self.asked.append(("play",))
        return self.result

    def MediaStats(self) -> SimpleNamespace:
        return SimpleNamespace(decoded_video=41)

    def get_stats(self, found: SimpleNamespace) -> bool:
        found.decoded_video += 1
        return True

    def __getattr__(self, name: str) -> Any:
        def note(*arguments: Any) -> _Vlc:
            if name not in ("get_instance", "event_manager", "get_media", "media_player_new"):
                self.asked.append((name, *arguments))
            return self

        return note


@pytest.fixture
def vlc(monkeypatch: pytest.MonkeyPatch) -> _Vlc:
    vlc = _Vlc()
    monkeypatch.setattr(vlc_worker, "load_vlc", lambda: (vlc, vlc))
    return vlc


def _worker() -> tuple[VlcWorker, list[tuple[Any, ...]]]:
    heard: list[tuple[Any, ...]] = []

    def note(*arguments: Any) -> None:
        heard.append(arguments)

    return VlcWorker(VlcMemory(lambda: None), VlcTold(note, note, note)), heard


def _since_callbacks(vlc: _Vlc) -> list[tuple[Any, ...]]:
    return [asked for asked in vlc.asked if "callbacks" not in asked[0]]


def test_that_nothing_is_loaded_before_the_first_play(vlc: _Vlc) -> None:
    worker, _heard = _worker()
    worker.stop()
    worker.set_rate(2.0)
    worker.release()
    assert (vlc.asked, worker.decoded_frames) == ([], 0)


def test_that_every_play_opens_the_film_anew_at_its_start_time(vlc: _Vlc) -> None:
    worker, _heard = _worker()
    worker.play(7, Path("film.mp4"), 2.5, 2.0)
    begun = [asked[0] for asked in _since_callbacks(vlc)]
    assert begun == ["stop", "media_new_path", "add_option", "set_media", "release", "set_rate", "play"]
    assert ("add_option", ":start-time=2.500") in vlc.asked
    assert worker.decoded_frames == 42
    reader: Any = None
    worker.play(8, RemoteMedia("film.mp4", reader, "https://signed"), -1.0, 1.0)
    assert ("media_new_location", "https://signed") in vlc.asked
    assert ("add_option", ":start-time=0.000") in vlc.asked


def test_that_what_libvlc_says_is_told_with_the_number_of_the_order(vlc: _Vlc) -> None:
    worker, heard = _worker()
    worker.play(7, Path("film.mp4"), 0.0, 1.0)
    vlc.handlers["time"](SimpleNamespace(u=SimpleNamespace(new_time=1500)))
    vlc.handlers["end"](None)
    vlc.handlers["paused"](None)
    vlc.handlers["error"](None)
    assert [told[0] for told in heard] == [7, 7, 7, 7]
    assert heard[0][1] == 1.5
    assert isinstance(heard[3][1], RdpguiError)


def test_that_a_film_that_is_not_played_is_named(vlc: _Vlc) -> None:
    worker, _heard = _worker()
    vlc.result = -1
    with pytest.raises(RdpguiError) as failure:
        worker.play(1, Path("odd.mp4"), 0.0, 1.0)
    assert "odd.mp4" in failure.value.text()
    worker.release()
    assert [asked[0] for asked in vlc.asked[-3:]] == ["stop", "release", "release"]
    assert worker.decoded_frames == 0
