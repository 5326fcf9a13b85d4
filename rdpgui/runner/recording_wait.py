"""Waiting for the recording, then saving and inspecting every candidate."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath

from rdpgui.core.codec import to_json
from rdpgui.core.errors import (
    AwsError,
    InspectionFailed,
    ObjectChanged,
    RecordingEncrypted,
    RecordingUnreadable,
    StorageFull,
)
from rdpgui.core.film import FilmFacts
from rdpgui.core.judging.case import case_of, match_recording
from rdpgui.core.judging.film_checks import rest_limit_s
from rdpgui.core.judging.naming import Naming, names_other_instance
from rdpgui.core.judging.own_film import MatchKind, new_objects
from rdpgui.core.judging.own_recording import LEAST_LOOKS
from rdpgui.core.objects_before import Pairs
from rdpgui.core.passing_events import Progressed
from rdpgui.core.recording import RecordingObject, RecordingPreferences
from rdpgui.core.run import Phase
from rdpgui.core.run_events import CandidatesFound, DestinationRead, FilmInspected, FilmSaved, Source
from rdpgui.core.session import SessionOrigin
from rdpgui.core.texts import N_
from rdpgui.runner.backoff import Backoff
from rdpgui.runner.neighbours import read_neighbours
from rdpgui.runner.observe import CAP_S
from rdpgui.runner.run_context import RunContext

_Identity = tuple[str, str, str, int]

_FILM = "recording"

_BY_NAME = frozenset({Naming.SESSION, Naming.KEY})
"""What names the session is the recording, whatever else is there; without a name all that is listed has to be read."""

MORE_LOOKS = 3
"""Looks beyond the least while something that is listed could not be read yet."""

LOOK_AGAIN_POLLS = 3
"""A listing that is older is not what lies there now."""

OPENED_BEFORE_S = 30.0
"""GUI Connect's StartConnection event and the session it starts are this near to each other."""

ROOM_LIMIT_S = 300.0
"""How long a run waits for a person to free disk space; what has arrived is kept meanwhile."""


class RecordingWait:
    """Lists the bucket until a film that certainly is the session's was inspected, or the limit passed.

    A film that merely fits ends nothing: it may be another session's, and the own one may still come. A limit that
    passed while nobody looked is none: a full number of looks is made, and what was listed is read. The lab's recorder
    shares this machine's processor, so there the limit counts in pauses between looks, too: where looks take long, the
    film does.
    """

    def __init__(self, run: RunContext) -> None:
        self._run = run
        self._backoff = Backoff(run.timing.poll_run_s, CAP_S)
        self._seen: tuple[_Identity, ...] = ()
        self._examined: tuple[_Identity, ...] = ()
        self._saved: dict[_Identity, PurePath] = {}
        self._room_until_mono_s = 0.0
        self._rest_until_mono_s: float | None = None
        self._tries = 0

    async def until_found(self) -> bool:
        """Wait; returns whether a fitting film is there. A full disk is waited for and the download goes on.

        Raises:
            StorageFull: not even the journal can be written. StorageError: the film cannot be kept.
        """
        run = self._run
        now = run.now()
        waited_s = case_of(run.state).clock.passed_s(run.state.first_left_at or now, now)
        left_s = max(0.0, run.plan.recording_limit_s - waited_s)
        deadline_mono_s = run.ports.clock.monotonic() + left_s
        paused_s = 0.0 if run.plan.lab else left_s
        while True:
            pause_s = await self._look()
            if await self._found() and not self._rest_may_come():
                return True
            run.state_recording()
            over = run.ports.clock.monotonic() >= max(deadline_mono_s, self._room_until_mono_s)
            over = over and paused_s > left_s - run.timing.poll_run_s / 2
            if over and self._looked_enough() and not self._rest_may_come():
                return False
            await run.ports.clock.sleep(pause_s)
            paused_s += pause_s

    async def once_more(self) -> bool:
        """Look again when time has passed since the last look; returns whether a fitting film is there.

        What came after the limit, while the run waited for something else, lies there when it is judged.
        """
        run = self._run
        read_at = run.listing_read_at
        lately = read_at is not None and (run.now() - read_at).total_seconds() <= (
            LOOK_AGAIN_POLLS * run.timing.poll_run_s
        )
        if lately and not self._rest_may_come():
            return False
        self._tries = 0
        return await self.until_found()

    def _rest_may_come(self) -> bool:
        """Whether the film ends before its session, and a second object with the rest may still be put.

        It is awaited once, and no longer where the destination cannot be listed: then nothing is said of the rest.
        """
        run = self._run
        case = case_of(run.state)
        if case.gap is None or case.own is None or case.own.saved is None or run.listing_read_at is None:
            return False
        limit_s, now_mono_s = rest_limit_s(run.plan.recording_limit_s), run.ports.clock.monotonic()
        if case.gap.interval.low_s <= run.plan.tolerance_s:
            return False
        if self._rest_until_mono_s is None:
            self._rest_until_mono_s = now_mono_s + limit_s + LOOK_AGAIN_POLLS * run.timing.poll_run_s
        awaited_s = case.clock.passed_s(case.own.saved.at, run.listing_read_at)
        return awaited_s < limit_s and now_mono_s < self._rest_until_mono_s

    async def _found(self) -> bool:
        """Whether the recording is there and certainly this session's."""
        match = match_recording(self._run.state)
        if match.misfit == "neighbours-unknown":
            await read_neighbours(self._run)
            match = match_recording(self._run.state)
        told_apart = match.naming in _BY_NAME or self._seen == self._examined
        return match.kind is MatchKind.ONE and match.misfit == "" and told_apart

    def _looked_enough(self) -> bool:
        """Whether the destination was looked at as often as it takes, and what it lists was read."""
        read = not self._seen or self._seen == self._examined
        return self._tries >= (LEAST_LOOKS if read else LEAST_LOOKS + MORE_LOOKS)

    async def _look(self) -> float:
        """List once and examine what is new and stable; returns the pause in seconds."""
        run = self._run
        self._tries += 1
        try:
            fresh = await list_new(run)
            listed = tuple(item.identity for item in fresh)
            # Each by itself: where many sessions end, there is always another object that is new.
            stable = tuple(item for item in fresh if item.identity in self._seen)
            identities = tuple(item.identity for item in stable)
            if stable and identities != self._examined:
                run.unread = "object-unreadable"
                await self._examine(stable)
                self._examined, run.unread, self._room_until_mono_s = identities, "", 0.0
            self._seen = listed
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
        items = tuple([await self._head(item) for item in fresh])
        if run.state.phase is Phase.PROCESSING:
            run.enter(Phase.VERIFYING)
        run.emit(CandidatesFound(run.now(), run.plan.run_id, items))
        run.state_recording()
        saved = {film.key for film in run.state.saved}
        for item in items:
            if item.key in saved and item.identity in self._examined:
                continue
            if item.identity not in self._saved or run.state.read_of(item.key).saved is None:
                self._saved[item.identity] = await save(run, item)
            await examine(run, item, self._saved[item.identity])

    async def _head(self, listed: RecordingObject) -> RecordingObject:
        """Read one object's head; one that is of other bytes than the listing's says nothing of them.

        Raises:
            ObjectChanged: it was replaced since it was listed, or the answer was empty.
        """
        head = await self._run.ports.objects.head(listed.bucket, listed.key)
        if (head.etag, head.size_bytes) != (listed.etag, listed.size_bytes):
            raise ObjectChanged(N_("{key} is listed with other bytes than it answers with."), key=listed.key)
        return head


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
    # Off the loop: of a hundred thousand objects this takes longer than a frame.
    told = partial(_told_of, baseline.object_keys, listing, session.started_at)
    run.listing_error, fresh = await run.ports.folders.pen.run(told)
    run.listing_read_at = run.now()
    run.looked(Source.OBJECTS, run.timing.poll_run_s)
    run.looks, run.listed = run.looks + 1, len(fresh)
    return fresh


def _told_of(
    known: Pairs, listing: tuple[RecordingObject, ...], since: datetime
) -> tuple[str, tuple[RecordingObject, ...]]:
    return _unreadable(known, listing), new_objects(known, listing, since)


def _unreadable(known: Pairs, listing: tuple[RecordingObject, ...]) -> str:
    """Return what of a listing cannot be read; one such object may be the recording, so nothing is missing then."""
    before = {key for key, _etag in known}
    flawed = next((item for item in listing if item.flaws and item.key not in before), None)
    return "" if flawed is None else f"{flawed.key}: {', '.join(flawed.flaws)}"


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
        facts = await run.films.facts(_sha256_of(run, target), partial(_inspect_twice, run, target))
    except (InspectionFailed, RecordingEncrypted) as error:
        # Nothing is known of the film, so nothing is said of it: the checks that need it are not made.
        run.note("warning", N_("{key} could not be inspected: {error}"), key=item.key, error=error.text())
        return
    except RecordingUnreadable as error:
        run.emit(FilmInspected(run.now(), run.plan.run_id, item.key, None, "", error.text()))
        return
    shown = ""
    if not names_other_instance(run.state, facts):  # of another lane's film nobody looks at the last frame
        shown = await _last_frame(run, target, picture)
    await _write_facts(run, suffix, facts)
    run.emit(FilmInspected(run.now(), run.plan.run_id, item.key, facts, shown, ""))


async def _last_frame(run: RunContext, target: PurePath, picture: PurePath) -> str:
    """Save the last frame and return its name, empty when it cannot be decoded."""
    try:
        await run.ports.films.last_frame(target, picture)
    except RecordingUnreadable as error:
        run.note("warning", N_("The last frame could not be decoded: {error}"), error=error.text())
        return ""
    return picture.name


def _sha256_of(run: RunContext, target: PurePath) -> str:
    return next(film.sha256 for film in reversed(run.state.saved) if film.path == target.name)


async def _inspect_twice(run: RunContext, target: PurePath) -> FilmFacts:
    """Inspect; an inspector that ended is replaced, and its successor gets one more try."""
    try:
        return await run.ports.films.inspect(target)
    except InspectionFailed:
        return await run.ports.films.inspect(target)


async def read_destination(run: RunContext) -> None:
    """Read and journal the health of the recording destination; the verdict rests on it, also when derived again."""
    baseline, run_id = run.state.baseline, run.plan.run_id
    if baseline is None:
        run.emit(DestinationRead(run.now(), run_id, readable=False, unchanged=False))
        return
    try:
        unchanged = await run.ports.preferences.preferences() == baseline.preferences
    except AwsError as error:
        run.note("warning", N_("Reading {topic} failed: {error}"), topic="preferences", error=error.text())
        run.emit(DestinationRead(run.now(), run_id, readable=False, unchanged=False, unread=run.unread))
        return
    listed_at = None if run.listing_error else run.listing_read_at
    found = bool(run.state.candidates)
    run.emit(
        DestinationRead(
            run.now(),
            run_id,
            listed_at is not None,
            unchanged,
            listed_at,
            run.looks,
            run.listed,
            run.unread,
            run.denials,
            await _bucket_key(run, baseline.preferences) if found else None,
            SessionOrigin.UNKNOWN if found else await _origin(run),
        )
    )


async def _bucket_key(run: RunContext, preferences: RecordingPreferences) -> str | None:
    """Return the bucket's default key, where an object uses another one than the preferences name."""
    if all(item.kms_key in ("", preferences.kms_key_arn) for item in run.state.candidates):
        return None
    try:
        return await run.ports.objects.default_key(preferences.bucket)
    except AwsError as error:
        run.note("warning", N_("Reading {topic} failed: {error}"), topic="encryption", error=error.text())
        return None


async def _origin(run: RunContext) -> SessionOrigin:
    """Ask the audit log whether GUI Connect opened a session whose recording is missing: a local tunnel has none.

    Source: CloudTrail, StartConnection of GUI Connect (its sample names instance and connection, and no session).
    """
    attached = run.state.attached
    if attached is None or attached.origin is SessionOrigin.PROGRAM:
        return SessionOrigin.UNKNOWN
    started_at = attached.session.started_at
    since = started_at - timedelta(seconds=OPENED_BEFORE_S)
    try:
        opened = await run.ports.audit.connections(run.plan.instance_id, since)
    except AwsError as error:
        run.note("warning", N_("Reading {topic} failed: {error}"), topic="audit", error=error.text())
        return SessionOrigin.UNKNOWN
    near = [at for at in opened if _are_near(at, started_at)]
    # The event names no session: each speaks for one, and a neighbour's may be the only one there is.
    others = run.state.neighbours
    if others is None or not others.complete:
        return SessionOrigin.UNKNOWN
    here = [s for s in others.sessions if s.target == run.plan.instance_id]
    claimed = [s for s in here if any(_are_near(at, s.started_at) for at in near)]
    return SessionOrigin.CONSOLE_EVENT if len(near) > len(claimed) else SessionOrigin.UNKNOWN


def _are_near(opened_at: datetime, started_at: datetime) -> bool:
    return abs((opened_at - started_at).total_seconds()) <= OPENED_BEFORE_S


def _progressed(run: RunContext, done: int, total: int) -> None:
    run.emit(Progressed(run.now(), run.plan.run_id, "download", done, total))


async def _write_facts(run: RunContext, suffix: str, facts: FilmFacts) -> None:
    text = json.dumps(to_json(facts), indent=2)
    await run.write_bytes(run.folder / f"facts{suffix}.json", text.encode())
