"""Waiting for the recording, then saving and inspecting every candidate."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from pathlib import PurePath

from rdpgui.core.codec import to_json
from rdpgui.core.errors import AwsError, InspectionFailed, ObjectChanged, RecordingUnreadable, StorageFull
from rdpgui.core.film import FilmFacts
from rdpgui.core.judging.own_film import MatchKind, match_recording, new_objects
from rdpgui.core.judging.own_recording import Destination
from rdpgui.core.recording import RecordingObject
from rdpgui.core.run import Phase
from rdpgui.core.run_events import CandidatesFound, FilmInspected, FilmSaved, Progressed, Source
from rdpgui.core.texts import N_
from rdpgui.runner.backoff import Backoff
from rdpgui.runner.observe import CAP_S
from rdpgui.runner.run_context import RunContext

_Identity = tuple[str, str, str, int]

_FILM = "recording"

ROOM_LIMIT_S = 300.0
"""How long a run waits for a person to free disk space; what has arrived is kept meanwhile."""


class RecordingWait:
    """Lists the bucket until a film that fits the session was saved and inspected, or the limit passed."""

    def __init__(self, run: RunContext) -> None:
        self._run = run
        self._backoff = Backoff(run.timing.poll_run_s, CAP_S)
        self._seen: tuple[_Identity, ...] = ()
        self._examined: tuple[_Identity, ...] = ()
        self._saved: dict[_Identity, PurePath] = {}
        self._room_until_mono_s = 0.0

    async def until_found(self) -> bool:
        """Wait; returns whether a fitting film is there. A full disk is waited for and the download goes on.

        Raises:
            StorageFull: not even the journal can be written. StorageError: the film cannot be kept.
        """
        run = self._run
        waited_s = (run.now() - (run.state.first_left_at or run.now())).total_seconds()
        deadline_mono_s = run.ports.clock.monotonic() + max(0.0, run.plan.recording_limit_s - waited_s)
        while True:
            pause_s = await self._look()
            if match_recording(run.state).kind is MatchKind.ONE and match_recording(run.state).misfit == "":
                return True
            run.state_recording()
            if run.ports.clock.monotonic() >= max(deadline_mono_s, self._room_until_mono_s):
                return False
            await run.ports.clock.sleep(pause_s)

    async def _look(self) -> float:
        """List once and examine what is new and stable; returns the pause in seconds."""
        run = self._run
        try:
            fresh = await list_new(run)
            stable = tuple(item.identity for item in fresh)
            if fresh and stable == self._seen and stable != self._examined:
                run.unread = "object-unreadable"
                await self._examine(fresh)
                self._examined, run.unread, self._room_until_mono_s = stable, "", 0.0
            self._seen = stable
        except ObjectChanged as error:
            run.note("warning", N_("The object changed while it was read: {error}"), error=error.text())
            self._seen, run.unread = (), "object-changed"
        except StorageFull:
            self._wait_for_room()
            return self._backoff.next_s()
        except AwsError as error:
            if self._backoff.failures == 0:
                run.note("warning", N_("Reading {topic} failed: {error}"), topic="objects", error=error.text())
            return self._backoff.next_s()
        self._backoff.reset()
        return run.timing.poll_run_s

    def _wait_for_room(self) -> None:
        """Tell the person once, and wait longer: only a person can make room."""
        run = self._run
        run.unread = "disk-full"
        if self._room_until_mono_s:
            return
        self._room_until_mono_s = run.ports.clock.monotonic() + ROOM_LIMIT_S
        text = N_("The disk is full: the recording cannot be saved. Free some space; the run goes on by itself.")
        run.note("error", text)

    async def _examine(self, fresh: tuple[RecordingObject, ...]) -> None:
        run = self._run
        items = tuple([await run.ports.objects.head(item.bucket, item.key) for item in fresh])
        if run.state.phase is Phase.PROCESSING:
            run.enter(Phase.VERIFYING)
        run.emit(CandidatesFound(run.now(), run.plan.run_id, items))
        run.state_recording()
        saved = {film.key for film in run.state.saved}
        for item in items:
            if item.key in saved and item.identity in self._examined:
                continue
            if item.identity not in self._saved:
                self._saved[item.identity] = await save(run, item)
            await examine(run, item, self._saved[item.identity])


async def list_new(run: RunContext) -> tuple[RecordingObject, ...]:
    """List the bucket and return the objects that can be the run's recording.

    Raises:
        AwsError: the bucket could not be listed.
    """
    baseline, session = run.state.baseline, run.state.session
    if baseline is None or session is None:
        return ()
    try:
        listing = await run.ports.objects.objects(baseline.preferences.bucket)
    except AwsError as error:
        run.listing_error = error.text()
        raise
    run.listing_error, run.listing_read_at = "", run.now()
    run.looked(Source.OBJECTS, run.timing.poll_run_s)
    return new_objects(baseline.object_keys, listing, session.started_at)


async def save(run: RunContext, item: RecordingObject) -> PurePath:
    """Download one candidate and return where it is.

    Raises:
        AwsError, StorageFull, StorageError: it could not be saved.
    """
    number = len(run.state.saved) + 1
    target = run.folder / f"{_FILM}{'' if number == 1 else f'-{number}'}.mp4"
    saved = await run.ports.objects.download(item, target, partial(_progressed, run))
    run.emit(
        FilmSaved(
            run.now(),
            run.plan.run_id,
            item.key,
            target.name,
            saved.sha256,
            saved.checksum,
            saved.checksum_matched,
        )
    )
    return target


async def examine(run: RunContext, item: RecordingObject, target: PurePath) -> None:
    """Inspect one candidate that was saved, and decode its last frame.

    Raises:
        StorageFull, StorageError: what was found could not be kept.
    """
    suffix = target.stem.removeprefix(_FILM)
    picture = run.folder / f"last-frame{suffix}.png"
    try:
        facts = await _inspect_twice(run, target)
    except InspectionFailed as error:
        # Nothing is known of the film, so nothing is said of it: the checks that need it are not made.
        run.note("warning", N_("{key} could not be inspected: {error}"), key=item.key, error=error.text())
        return
    except RecordingUnreadable as error:
        run.emit(FilmInspected(run.now(), run.plan.run_id, item.key, None, "", error.text()))
        return
    shown = picture.name
    try:
        await run.ports.films.last_frame(target, picture)
    except RecordingUnreadable as error:
        run.note("warning", N_("The last frame could not be decoded: {error}"), error=error.text())
        shown = ""
    _write_facts(run, suffix, facts)
    run.emit(FilmInspected(run.now(), run.plan.run_id, item.key, facts, shown, ""))


async def _inspect_twice(run: RunContext, target: PurePath) -> FilmFacts:
    """Inspect; an inspector that ended is replaced, and its successor gets one more try."""
    try:
        return await run.ports.films.inspect(target)
    except InspectionFailed:
        return await run.ports.films.inspect(target)


async def read_destination(run: RunContext) -> Destination:
    """Return the health of the recording destination, for the verdict on a missing recording."""
    baseline = run.state.baseline
    if baseline is None:
        return Destination(readable=False, unchanged=False)
    try:
        unchanged = await run.ports.preferences.preferences() == baseline.preferences
    except AwsError as error:
        run.note("warning", N_("Reading {topic} failed: {error}"), topic="preferences", error=error.text())
        return Destination(readable=False, unchanged=False, unread=run.unread)
    read_at: datetime | None = None if run.listing_error else run.listing_read_at
    return Destination(read_at is not None, unchanged, read_at, run.unread, run.denials)


def _progressed(run: RunContext, done: int, total: int) -> None:
    run.emit(Progressed(run.now(), run.plan.run_id, "download", done, total))


def _write_facts(run: RunContext, suffix: str, facts: FilmFacts) -> None:
    text = json.dumps(to_json(facts), indent=2)
    run.ports.folders.write_bytes(run.folder / f"facts{suffix}.json", text.encode())
