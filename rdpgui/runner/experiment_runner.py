"""One run, from preflight to restoring. ``_phases`` shows the order on one screen."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from operator import attrgetter
from pathlib import PurePath

from rdpgui import __version__
from rdpgui.core.account_events import EmergencyStopped
from rdpgui.core.disruption import DisruptionId, Effect
from rdpgui.core.errors import RdpguiError, SessionEndedEarly, StorageError, StorageFull
from rdpgui.core.events import Event
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.journal import ChainEnd, end_of
from rdpgui.core.judging.judge import judge
from rdpgui.core.judging.onset import earliest_delay_s
from rdpgui.core.judging.proof import proof_is_complete
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.place import Place, endpoint_of
from rdpgui.core.ports import Ports
from rdpgui.core.run import Phase, RunPlan, RunStatus
from rdpgui.core.run_events import RunEnded, RunStarted, VerdictReached
from rdpgui.core.session import Session
from rdpgui.core.settings import Settings, Timing
from rdpgui.core.state import RESTORE_ACTION, AppState, RunState
from rdpgui.core.texts import N_
from rdpgui.runner.beginnings import Beginnings
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.connecting import close, close_left_open, close_quietly, connect, left_open
from rdpgui.runner.disrupt import SETTLE_LOOKS, Outcome, disrupt, may_act, refused
from rdpgui.runner.known_films import KnownFilms
from rdpgui.runner.neighbours import read_neighbours
from rdpgui.runner.noting import note_answers
from rdpgui.runner.recording_wait import RecordingWait, read_destination
from rdpgui.runner.restoring import restore
from rdpgui.runner.run_context import RunContext
from rdpgui.runner.run_line import RunLine
from rdpgui.runner.store import Store
from rdpgui.runner.target import read_target, sample_offset, take_baseline
from rdpgui.runner.watching import Watching, is_usable, watching

EMERGENCY = N_("emergency stop")
BY_HAND = N_("aborted by hand")


class ExperimentRunner:
    """Runs experiments; several may go on at the same time.

    ``run`` is awaited in a task of the caller; cancelling that task leaves a journal without its end,
    which ``resume`` takes up at the next start.

    Attributes:
        settings: read at the start of each run; may be replaced.
        restores: whether what an aborted run halted is started again; not where the lab ends a moment later.
    """

    def __init__(self, ports: Ports, store: Store, settings: Settings, timing: Timing) -> None:
        self.settings = settings
        self.restores = True
        self._ports = ports
        self._store = store
        self._timing = timing
        self._films = KnownFilms()
        self._beginnings = Beginnings()
        self._bodies: dict[RunId, tuple[RunContext, asyncio.Task[None]]] = {}
        self._unsubscribe = store.subscribe(self._on_event)

    def close(self) -> None:
        """Stop listening to the emergency stop. Runs under way belong to the caller's tasks."""
        self._unsubscribe()

    @property
    def running(self) -> bool:
        """Whether a run is under way."""
        return bool(self._bodies or self._beginnings)

    @property
    def taken(self) -> frozenset[InstanceId]:
        """Instances on which a run begins or is under way."""
        return self._beginnings.taken(self._store.state)

    def abort(self, run_id: RunId | None = None, reason: str = BY_HAND, *, keep_connection: bool = False) -> None:
        """End one run, or all, as aborted. What was begun is restored unless the emergency stop is latched.

        ``keep_connection`` leaves the connection open for the run that takes its place.
        """
        self._beginnings.abort(run_id, reason)
        for known_id, (run, body) in tuple(self._bodies.items()):
            if run_id in (None, known_id) and not run.abort_reason:
                if keep_connection:
                    run.opened = None
                run.abort_reason = reason
                body.cancel()

    def line_of(self, run_id: RunId) -> RunLine | None:
        """Return what writes the journal of a run under way, None for a run that has ended."""
        known = self._bodies.get(run_id)
        return known[0].line if known is not None else None

    async def run(
        self, plan: RunPlan, by_hand: bool = False, *, attended: bool = False, auto_arm: bool = False
    ) -> RunState:
        """Run one experiment to its end and return the run.

        Args:
            plan: what to do; its run id names the folder.
            by_hand: a person disrupts from inside the session; the run only observes.
            attended: also show the desktop (lab console) or the browser (AWS).
            auto_arm: the caller has the person's consent (or it is the lab): arm the target right before acting.

        Raises:
            GuardRefusal, AwsError: the instance has a run, or the caller could not be read, so nothing was begun.
            StorageFull, StorageError: the run's folder could not be made, so nothing was begun.
        """
        plan = replace(plan, by_hand=plan.by_hand or by_hand)
        with self._beginnings.of(plan, self._store.state):
            here = self._store.state.place
            who = await self._ports.identity.identity()
            place = here if who.lab else Place("", who.account_id, who.region, endpoint_of(who.endpoint_url))
            folder, journal = self._ports.folders.create(plan.run_id)
            line = RunLine(journal, self._ports.folders.pen, self._store)
            run = self._context(plan, line, folder)
            run.attended, run.auto_arm, run.armed_s = attended, auto_arm, self.settings.armed_s
            try:
                run.emit(RunStarted(run.now(), plan.run_id, plan, who.account_id, who.region, __version__, place))
                await self._supervise(run, self._phases(run))
            finally:
                await line.aclose()
            return run.state

    async def resume(self, folder: PurePath, state: RunState, end: ChainEnd) -> RunState:
        """Take up a run whose journal has no end; the disruption is never repeated.

        When the disruption was issued it goes on to wait for the recording, else it ends as interrupted.

        Args:
            folder: of the run.
            state: as its journal tells it.
            end: where the next line was hooked in when it was read.

        Returns:
            The run as it ended.

        Raises:
            StorageError: its journal cannot be written; with JournalHeld the run goes on in another program.
        """
        folders = self._ports.folders
        journal = folders.reopen(folder)  # from here on nobody else writes it; a line may have been added meanwhile
        end = max(end, end_of(tuple(folders.lines(folder))), key=attrgetter("seq"))
        line = RunLine(journal, folders.pen, self._store, end)
        self._store.adopt(state)
        run = self._context(state.plan, line, folder)
        try:
            if state.disruption_intent is None or state.attached is None or state.plan.lab:
                await self._end_interrupted(run)
            else:
                run.opened = left_open(run)
                self._store.carry_on(state.run_id)
                await self._supervise(run, self._resumed(run))
        finally:
            await line.aclose()
        return run.state

    def _context(self, plan: RunPlan, line: RunLine, folder: PurePath) -> RunContext:
        return RunContext(plan, self._ports, self._store, self._timing, line, folder, films=self._films)

    async def _end_interrupted(self, run: RunContext) -> None:
        """End a run that its program left before the disruption; nothing that it opened stays open."""
        opened, reason, problem = left_open(run), N_("the program ended"), ""
        if run.plan.lab:  # a lab dies with its program, and every connection with the lab
            reason = N_("the program ended, and its lab with it")
        elif opened is not None:
            _, problem = await self._outcome(run, close_left_open(run, opened))
        await run.keep(RunEnded(run.now(), run.plan.run_id, RunStatus.INTERRUPTED, _joined(reason, problem)))

    # -- the phases -----------------------------------------------------------

    async def _phases(self, run: RunContext) -> None:
        run.enter(Phase.PREFLIGHT)
        await take_baseline(run, allow_tag=self.settings.allow_tag)
        async with watching(run) as watch:
            watch.target()
            booting = watch.boot_once() if _needs_boot_time(run.plan) else None
            run.enter(Phase.CONNECTING)
            run.opened = await connect(run)
            watch.session(_session_of(run))
            watch.neighbours()
            run.enter(Phase.STEADY)
            run.state_recording()
            await _hold_steady(run)
            if booting is not None:
                await asyncio.wait([booting], timeout=run.plan.session_end_limit_s)
            if not run.plan.lab:  # who came meanwhile and has left when it is judged may be in neither list then
                watch.neighbours()
            run.enter(Phase.DISRUPTING)
            outcome = await self._disrupt(run)
            await self._after_disruption(run, watch, outcome)

    async def _resumed(self, run: RunContext) -> None:
        await sample_offset(run)
        async with watching(run) as watch:
            watch.target()
            if run.state.verdict is not None:  # what came after it is no evidence, so it is not written again
                if _was_refused(run.state):
                    raise refused(run)
                await self._after_verdict(run)
                return
            if run.state.left is None or run.state.left.session.ended_at is None:
                watch.session(_session_of(run))
            # What others do after a refusal is none of the run's: it is not waited for.
            outcome = Outcome.REFUSED if _was_refused(run.state) else Outcome.UNKNOWN
            await self._after_disruption(run, watch, outcome)

    async def _after_disruption(self, run: RunContext, watch: Watching, outcome: Outcome) -> None:
        if outcome is Outcome.REFUSED:
            await self._judge(run)
            raise refused(run)
        if DISRUPTIONS[run.plan.disruption_id].effect is not Effect.NONE:
            watch.witness()
        if _needs_boot_time(run.plan):
            watch.boot()
        run.enter(Phase.ENDING)
        limit_s = run.plan.person_limit_s if _by_person(run) else run.plan.session_end_limit_s
        if await run.until(_has_left, limit_s):
            run.opened = None
            run.enter(Phase.PROCESSING)
            run.state_recording()
            asking = watch.denials()
            recording = RecordingWait(run)
            await recording.until_found()
            asking.cancel()
            run.state_recording()
            await run.until(partial(_is_explained, run), run.plan.session_end_limit_s)
            await recording.once_more()
        else:
            run.note("warning", N_("The session did not end within {limit} s."), limit=f"{limit_s:.0f}")
        await self._judge(run)
        await self._after_verdict(run)

    async def _after_verdict(self, run: RunContext) -> None:
        if run.opened is not None:  # the disruption did not end it, so the run does: nothing that it opened stays open
            await close_left_open(run, run.opened)
        run.enter(Phase.RESTORING)
        await restore(run)

    async def _disrupt(self, run: RunContext) -> Outcome:
        if run.plan.by_hand:
            run.note("info", N_("Restart or shut down the instance from inside the session now."))
            return Outcome.ACCEPTED
        if run.plan.disruption_id is DisruptionId.CONTROL_NONE:
            if run.opened is None or run.opened.by_person:
                run.note("info", N_("Close the connection now."))
            else:
                await close(run, run.opened)
            return Outcome.ACCEPTED
        facts = await read_target(run, allow_tag=self.settings.allow_tag)
        with run.ordering():  # the guards say why when it is not armed
            return await disrupt(run, facts)

    async def _judge(self, run: RunContext) -> None:
        if run.state.phase is not Phase.VERIFYING:
            run.enter(Phase.VERIFYING)
        await sample_offset(run)
        await read_neighbours(run)
        await read_destination(run)
        run.end_watch()
        note_answers(run)
        run.emit(VerdictReached(run.now(), run.plan.run_id, judge(run.state)))
        run.state_recording()

    # -- life of a run ----------------------------------------------------------

    async def _supervise(self, run: RunContext, phases: Coroutine[object, object, None]) -> None:
        """Run the phases in a task that ``abort`` can cancel, and end the run whatever happens."""
        status, reason = await self._outcome(run, phases)
        if status is not RunStatus.COMPLETED and not self._store.state.emergency:
            _, problem = await self._outcome(run, self._clean_up(run))
            reason = _joined(reason, problem)
        ended = RunEnded(run.now(), run.plan.run_id, status, reason)
        try:
            note_answers(run)
            run.enter(Phase.DONE)
            await run.keep(ended)
        except (StorageFull, StorageError) as error:
            # The journal cannot take its last line; the screen still has to say that the run is over, and why.
            self._store.publish(replace(ended, status=RunStatus.FAILED, reason=_joined(reason, error.text())))

    async def _outcome(self, run: RunContext, work: Coroutine[object, object, None]) -> tuple[RunStatus, str]:
        why = self._beginnings.over(run.plan.run_id)
        if why:
            work.close()
            return RunStatus.ABORTED, why
        run.abort_reason = ""
        body = asyncio.create_task(work, name=f"phases of {run.plan.run_id}")
        self._bodies[run.plan.run_id] = (run, body)
        run.line.on_broken = body.cancel  # nothing may be done off the record
        try:
            await body
        except asyncio.CancelledError:
            if run.abort_reason:
                return RunStatus.ABORTED, run.abort_reason
            if run.line.error is not None:
                return RunStatus.FAILED, run.line.error.text()
            raise
        except RdpguiError as error:
            return RunStatus.FAILED, error.text()
        except Exception as error:  # noqa: BLE001 - a run ends with its reason and its clean-up, whatever went wrong
            return RunStatus.FAILED, report_bug(error, body.get_name()).text()
        finally:
            run.line.on_broken = None
            del self._bodies[run.plan.run_id]
        return RunStatus.COMPLETED, ""

    async def _clean_up(self, run: RunContext) -> None:
        """After an abort or a failure: end what the run opened and restore what it halted."""
        if run.opened is not None and run.state.left is None:
            await close_quietly(run, run.opened)
        if run.state.disruption_intent is None or DISRUPTIONS[run.plan.disruption_id].effect is not Effect.HALT:
            return
        if not self.restores:
            run.note("info", N_("The instance stays as it is; restoring is switched off."))
            return
        run.enter(Phase.RESTORING)
        async with watching(run) as watch:
            watch.target()
            if may_act(run.state):  # what was ordered a moment ago may not have been seen yet
                looks_s = SETTLE_LOOKS * run.timing.poll_run_s
                await run.until(_has_changed, earliest_delay_s(run.plan) + looks_s)
            await restore(run)

    def _on_event(self, state: AppState, event: Event) -> None:
        if isinstance(event, EmergencyStopped):
            self.abort(reason=EMERGENCY)


def _was_refused(run: RunState) -> bool:
    """Whether its disruption was refused, so that it can only end as failed."""
    return not may_act(run) and bool(run.failed) and run.failed[-1].action != RESTORE_ACTION


async def _hold_steady(run: RunContext) -> None:
    """Observe the undisturbed connection."""
    if await run.until(_has_left, run.plan.steady_s):
        raise SessionEndedEarly(
            N_("Session {session} ended before the disruption."),
            N_("Open the connection again and keep it open until the disruption."),
            session=_session_of(run).session_id,
        )


def _needs_boot_time(plan: RunPlan) -> bool:
    return plan.by_hand or DISRUPTIONS[plan.disruption_id].effect is not Effect.HALT


def _by_person(run: RunContext) -> bool:
    """Whether the wait is for a person: a disruption by hand, or a connection only a person can close."""
    closes = run.plan.disruption_id is DisruptionId.CONTROL_NONE
    return run.plan.by_hand or (closes and (run.opened is None or run.opened.by_person))


def _session_of(run: RunContext) -> Session:
    session = run.state.session
    assert session is not None  # noqa: S101  (connect attaches one or raises)
    return session


def _has_left(run: RunState) -> bool:
    return run.left is not None


def _has_changed(run: RunState) -> bool:
    return bool(run.instance_changes)


def _is_explained(run: RunContext, state: RunState) -> bool:
    """Whether EndDate and proof are there, or can no longer come: unarmed, a restart by hand shows no boot time."""
    ended = state.left is not None and state.left.session.ended_at is not None
    is_back = len(state.connection_changes) > 1 and is_usable(run)
    return ended and (proof_is_complete(state) or (state.plan.by_hand and is_back and not run.may_command()))


def _joined(reason: str, more: str) -> str:
    """Return both reasons; a full disk, met again at each step of the end, is said once."""
    return reason if more in reason else f"{reason} {more}".strip()
