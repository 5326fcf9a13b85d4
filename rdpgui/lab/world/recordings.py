"""From a broker's film to an object in the bucket: Recording, Processing, Finished, or one of the errors.

::

    Recording ──► Processing ──► Finished
                    │    ▲
                    ▼    │ retried, waiting twice as long each time
              ProcessingError ──► Failed

Source: Systems Manager User Guide (the five words; ProcessingError is retried, Failed is final).
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from rdpgui.lab.faults import FaultKind
from rdpgui.lab.model import LabError, Preferences, RecordingStage
from rdpgui.lab.world.children import Message
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.destination import Destination, Grant
from rdpgui.lab.world.objects import TAMPERING, StoredObject, object_key, objects_of

_log = logging.getLogger(__name__)
_FINAL = frozenset({RecordingStage.FINISHED, RecordingStage.FAILED})
_LONGEST_RETRY_S = 900.0
_FOREIGN_LIMIT_S = 30.0
_FILMS_KEPT = 4


@dataclass(slots=True, eq=False)
class Recording:
    """One connection's recording.

    Attributes:
        stage: None until the first frame is encoded.
        over_at: when the connection ended.
        film: the finished mp4; None until the recorder or the finaliser is done.
        normal: the recorder finished the film itself.
        late_s: how much later than usual the service puts it.
        lost: the service never puts it, and says nothing.
        tries: refused attempts to put the object.
        objects: keys that were put, the first one is the recording's.
    """

    connection_id: str
    instance_id: str
    preferences: Preferences
    grant: Grant
    work_dir: Path
    stage: RecordingStage | None = None
    reason: str = ""
    over_at: datetime | None = None
    film: Path | None = None
    normal: bool = True
    late_s: float = 0.0
    lost: bool = False
    tries: int = 0
    object_key: str = ""
    put_at: datetime | None = None
    objects: list[str] = field(default_factory=list)

    @property
    def final(self) -> bool:
        """Nothing more will happen to it."""
        return self.stage in _FINAL


class Recordings:
    """What the service does with films."""

    def __init__(self, context: Context, destination: Destination) -> None:
        self._context = context
        self._destination = destination
        self._films: deque[tuple[str, Path]] = deque()

    def begun(self, recording: Recording) -> None:
        """The first frame is encoded."""
        if recording.stage is None:
            recording.stage = RecordingStage.RECORDING

    def over(self, recording: Recording, at: datetime) -> None:
        """The connection has ended."""
        recording.over_at = at
        if recording.stage in (None, RecordingStage.RECORDING):
            recording.stage = RecordingStage.PROCESSING

    def processed(self, recording: Recording, message: Message) -> None:
        """The recorder or the finaliser has made the film: put it when Processing has taken its time."""
        if recording.final or recording.film is not None:
            return
        context = self._context
        recording.film = Path(str(message.get("path", "")))
        recording.normal = message.get("normal") is True
        now = context.timeline.now()
        recording.stage = RecordingStage.PROCESSING
        late = context.faults.take(FaultKind.OBJECT_LATE, recording.instance_id)
        ready_at = (recording.over_at or now) + timedelta(seconds=context.scenario.timings.processing_s)
        wait_s = (ready_at - now).total_seconds() + (late.seconds if late is not None else 0.0) + recording.late_s
        self._plan(recording, wait_s)

    def failed(self, recording: Recording, reason: str) -> None:
        """Nothing can be made of the recording."""
        if not recording.final:
            recording.stage, recording.reason = RecordingStage.FAILED, reason
            self._clean(recording)

    def retry(self, recording: Recording, reason: str, again: Callable[[], None] | None = None) -> None:
        """Note a ProcessingError and try again later; after the scenario's limit it is Failed.

        Args:
            recording: the recording.
            reason: what was refused.
            again: what is tried again; the default is the upload.
        """
        context = self._context
        recording.tries += 1
        recording.reason = reason
        if recording.tries > context.scenario.recording.retry_limit:
            self.failed(recording, reason)
            return
        recording.stage = RecordingStage.PROCESSING_ERROR
        wait_s = min(context.scenario.timings.retry_first_s * 2 ** (recording.tries - 1), _LONGEST_RETRY_S)
        if again is None:
            self._plan(recording, wait_s)
        else:
            context.slow.after(wait_s, again, f"retry for {recording.connection_id}")

    def _plan(self, recording: Recording, wait_s: float) -> None:
        call = partial(self._upload, recording)
        self._context.slow.after(wait_s, call, f"upload for {recording.connection_id}")

    def _upload(self, recording: Recording) -> None:
        """Put the object as the service principal. Runs without the world's lock: it may take long."""
        context = self._context
        if recording.final or recording.film is None or context.closing.is_set():
            # Without a film: it was lost with its instance after this upload had been planned.
            return
        if not recording.object_key:
            recording.object_key = object_key(
                context.scenario.variants.key_style, context.chance, recording.connection_id, context.timeline.now()
            )
        refusal = self._destination.refusal(
            recording.preferences, recording.connection_id, recording.object_key, recording.instance_id
        )
        if refusal:
            with context.lock:
                self.retry(recording, refusal)
            return
        try:
            for stored in self._objects(recording):
                context.seam.s3.put(
                    recording.preferences.bucket_name,
                    stored.key,
                    stored.body,
                    metadata=stored.metadata,
                    content_type=stored.content_type,
                )
                recording.put_at = context.timeline.now()
                recording.objects.append(stored.key)
        except (LabError, OSError, subprocess.SubprocessError) as error:
            with context.lock:
                self.retry(recording, str(error))
            return
        with context.lock:
            recording.stage = RecordingStage.FINISHED
            if recording.put_at is not None and recording.tries:
                recording.reason = f"after {recording.tries} refused attempts"
            self._clean(recording)

    def _objects(self, recording: Recording) -> list[StoredObject]:
        """Return what is put, faults applied."""
        context = self._context
        if recording.lost:
            recording.reason = "lost by the service"
            return []
        faults = [kind for kind in TAMPERING if context.faults.take(kind, recording.instance_id) is not None]
        if faults:
            recording.reason = ", ".join(f"fault {kind}" for kind in faults)
        if recording.film is None:
            raise OSError("the film is missing")
        foreign = self._foreign(recording) if FaultKind.OBJECT_FOREIGN in faults else b""
        return objects_of(
            recording.object_key,
            recording.film.read_bytes(),
            normal=recording.normal,
            count=context.scenario.variants.objects_per_connection,
            faults=faults,
            foreign=foreign,
        )

    def _foreign(self, recording: Recording) -> bytes:
        """Return another connection's film, or one of nobody's."""
        with self._context.lock:
            others = [path for instance_id, path in self._films if instance_id != recording.instance_id]
            others += [path for instance_id, path in self._films if instance_id == recording.instance_id]
        for path in others:
            if path.is_file():
                return path.read_bytes()
        return made_film(recording.work_dir / "foreign.mp4")

    def _clean(self, recording: Recording) -> None:
        """Keep the last few films for ``object-foreign``; everything else of old connections goes."""
        self._destination.retire(recording.preferences, recording.grant)
        if recording.film is None:
            shutil.rmtree(recording.work_dir, ignore_errors=True)
            return
        self._films.appendleft((recording.instance_id, recording.film))
        while len(self._films) > _FILMS_KEPT:
            shutil.rmtree(self._films.pop()[1].parent, ignore_errors=True)


def made_film(path: Path, *choice: str) -> bytes:
    """Have a film of nobody's written by a process of its own, and return it.

    Args:
        path: where it is written.
        choice: what it shows and its length in seconds. Source: ``world/foreign.py``.

    Raises:
        OSError, SubprocessError: it was not written.
    """
    subprocess.run(
        [sys.executable, "-m", "rdpgui.lab.world.foreign", str(path), *choice],
        check=False,
        timeout=_FOREIGN_LIMIT_S,
        stdin=subprocess.DEVNULL,
    )
    return path.read_bytes()
