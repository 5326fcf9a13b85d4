"""One remote-desktop connection: what the world knows of it, and the record it shows."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rdpgui.lab.model import ConnectionRecord, SessionRecord
from rdpgui.lab.world.children import Child
from rdpgui.lab.world.recordings import Recording

TRUTH = ("first_frame_at", "last_frame_at", "desktop_closed_at", "cut_at", "connection_ended_at", "put_at")


@dataclass(slots=True, eq=False)
class Connection:
    """One connection.

    Attributes:
        child: the broker (or the finaliser after it), while it lives.
        wanted_reason: why the service itself ended it; goes before what the broker says.
        on_disk: (when, size) of the film's segments, for the recorder that loses its tail.
        awaits_boot: the film is on the instance's disk until its next boot.
        salvaged: a finaliser was started for it.
    """

    connection_id: str
    session: SessionRecord
    opened_at: datetime
    work_dir: Path
    viewer_password: str
    recording: Recording | None = None
    child: Child | None = None
    viewer_port: int = 0
    shown: bool = False
    stalled: bool = False
    ended_at: datetime | None = None
    end_reason: str = ""
    wanted_reason: str = ""
    awaits_boot: bool = False
    salvaged: bool = False
    truth: dict[str, datetime | None] = field(default_factory=lambda: dict.fromkeys(TRUTH))
    on_disk: deque[tuple[datetime, int]] = field(default_factory=lambda: deque(maxlen=600))

    @property
    def instance_id(self) -> str:
        """The connected instance."""
        return self.session.target


def record_of(connection: Connection) -> ConnectionRecord:
    """Return the record of a connection as it is now."""
    recording = connection.recording
    truth = {**connection.truth, "put_at": recording.put_at if recording is not None else None}
    return ConnectionRecord(
        connection_id=connection.connection_id,
        session_id=connection.session.session_id,
        instance_id=connection.instance_id,
        access_type=connection.session.access_type,
        owner=connection.session.owner,
        opened_at=connection.opened_at,
        ended_at=connection.ended_at,
        end_reason=connection.end_reason,
        recorded=recording is not None,
        stage=recording.stage if recording is not None else None,
        stage_reason=recording.reason if recording is not None else "",
        stalled=connection.stalled,
        viewer_host="127.0.0.1",
        viewer_port=connection.viewer_port,
        viewer_password=connection.viewer_password,
        object_bucket=recording.preferences.bucket_name if recording is not None else "",
        object_key=recording.objects[0] if recording is not None and recording.objects else "",
        truth=truth,
    )
