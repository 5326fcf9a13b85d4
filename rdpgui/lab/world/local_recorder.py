"""The counterfactual: a recorder on the instance that it films, which dies with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from rdpgui.lab.model import RecordingStage
from rdpgui.lab.scenario import RecorderPlace
from rdpgui.lab.world.brokers import Brokers
from rdpgui.lab.world.connection import Connection
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.recordings import Recordings

_SAVE_EVERY_S = 0.5
_SAVED_AT_LEAST = timedelta(seconds=1.5)


class LocalRecorders:
    """Does nothing when the recorder is at the service."""

    def __init__(self, context: Context, brokers: Brokers, recordings: Recordings) -> None:
        self._context = context
        self._brokers = brokers
        self._recordings = recordings
        self._place = context.scenario.recording.place

    def lose(self, connections: Iterable[Connection], at: datetime) -> None:
        """An instance went down: everything that ran on it is gone."""
        if self._place is RecorderPlace.SERVICE:
            return
        for connection in connections:
            recording = connection.recording
            if recording is None or recording.final or connection.awaits_boot:
                continue
            self._brokers.over(connection, at, "connection-lost")
            recording.film = None
            if self._place is RecorderPlace.INSTANCE_PARTIAL:
                connection.awaits_boot = True
                recording.stage = RecordingStage.RECORDING
                recording.reason = "what was saved is on the instance's disk until its next boot"
            else:
                self._recordings.failed(recording, "the recorder was on the instance and ended with it")
            if connection.child is not None:
                connection.child.kill()

    def booted(self, connections: Iterable[Connection]) -> None:
        """An instance that kept films on its disk is up again: it uploads them now."""
        for connection in connections:
            if connection.awaits_boot:
                connection.awaits_boot = False
                if connection.recording is not None:
                    connection.recording.reason = "uploaded at the instance's next boot; the end was lost"
                self._drop_tail(connection)
                self._brokers.salvage(connection)

    def watch(self, connection: Connection) -> None:
        """Note how much of the film is on disk, twice a second while the connection lasts."""
        if self._place is RecorderPlace.INSTANCE_PARTIAL:
            self._note_size(connection)

    def _note_size(self, connection: Connection) -> None:
        with self._context.lock:
            if connection.ended_at is not None or self._context.closing.is_set():
                return
            path = connection.work_dir / "segments.bin"
            size = path.stat().st_size if path.exists() else 0
            connection.on_disk.append((self._context.timeline.now(), size))
            call = partial(self._note_size, connection)
            self._context.timeline.after(_SAVE_EVERY_S, call, f"size of {connection.connection_id}")

    def _drop_tail(self, connection: Connection) -> None:
        """Cut off what had not reached the instance's disk when it went down; a short film keeps its beginning."""
        limit = timedelta(seconds=self._context.scenario.recording.lost_tail_s)
        lost_from = (connection.ended_at or connection.opened_at) - limit
        begun = connection.truth["first_frame_at"] or connection.opened_at
        lost_from = max(lost_from, begun + _SAVED_AT_LEAST)
        saved = [size for at, size in connection.on_disk if at <= lost_from]
        path = connection.work_dir / "segments.bin"
        if path.exists():
            with path.open("r+b") as segments:
                segments.truncate(max(saved, default=0))
