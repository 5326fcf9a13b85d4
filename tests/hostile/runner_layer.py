"""The layer ``runner``: the real runner and the real rules in a living world, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import Event
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.journal import read_journal, rebuild
from rdpgui.core.people_events import SessionAnswered, SessionQuestioned, VisuallyConfirmed
from rdpgui.core.run import Phase, RunPlan
from rdpgui.core.run_events import PhaseEntered, VerdictReached
from rdpgui.core.settings import Settings, Timing
from rdpgui.core.state import AppState, RunState
from rdpgui.core.verdict import VisualConfirmation
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.resume import read_run
from rdpgui.runner.store import Store
from tests.helpers.virtual_time import VirtualLoop, run_virtual
from tests.hostile.course import Course
from tests.hostile.history import TARGET_ID
from tests.hostile.living import Living
from tests.hostile.living_ports import REGION, Folders, ports_in
from tests.hostile.moments import NEVER
from tests.hostile.sightings import CALLER, RUN
from tests.hostile.surroundings import ACCOUNT
from tests.hostile.world import World

CONNECT_LIMIT_S = 900.0
ANSWERS_S = 4.0
"""The person reads the question, looks at the browser, and tells the truth."""
LOOKS_UP_S = 0.5
"""What a moment hangs on may come, or change, at any time."""


@dataclass
class _Life:
    """One life of the program in a living world."""

    living: Living
    folders: Folders
    over: asyncio.Event = field(default_factory=asyncio.Event)
    judged_s: float = NEVER

    def __post_init__(self) -> None:
        world, born_s = self.living.world, self.living.true_s()
        self.store = Store()
        self.store.subscribe(self._on_event)
        ports = ports_in(self.living, self.folders, born_s)
        lab = world.plan.lab
        self.store.publish(IdentityObserved(self.living.local(), ACCOUNT, CALLER, REGION, "", "", lab))
        self.runner = ExperimentRunner(ports, self.store, Settings(), _timing(world))

    def _on_event(self, state: AppState, event: Event) -> None:
        plan = self.living.world.plan
        by_person = plan.by_hand or (plan.disruption_id is DisruptionId.CONTROL_NONE and not plan.lab)
        if by_person and isinstance(event, PhaseEntered) and event.phase is Phase.DISRUPTING:
            self.living.begin_disruption()
        if isinstance(event, SessionQuestioned):
            asyncio.get_running_loop().call_later(ANSWERS_S, self._answer, event)
        if isinstance(event, VerdictReached):
            self.judged_s = self.living.true_s()
            self.over.set()

    def _answer(self, asked: SessionQuestioned) -> None:
        line, session = self.runner.line_of(RUN), asked.session
        if line is not None:
            own = session.session_id == self.living.history.own.session_id
            line.emit(SessionAnswered(self.living.local(), RUN, session.session_id, session.owner, own, "ann"))


def live_through(world: World) -> Course | None:
    """Run through a world with the real runner; None when the run ended without a verdict."""
    return run_virtual(_live(world))


async def _live(world: World) -> Course | None:
    living, folders = Living(world), Folders()
    life = _Life(living, folders)
    plan = _plan(living)
    work = asyncio.create_task(life.runner.run(plan, auto_arm=True))
    sleeper = asyncio.create_task(_sleep(living))
    if world.program.off is not None:
        await _either(work, _killed(living))
        if not life.over.is_set() and not work.done():
            await _end(life, work)
            await asyncio.sleep(world.program.off[1])
            life = _Life(living, folders)
            read = read_run(folders, RUN)
            work = asyncio.create_task(life.runner.resume(read.folder, read.state, read.end))
    await _either(work, life.over.wait())
    await _end(life, work)
    sleeper.cancel()
    await asyncio.gather(sleeper, return_exceptions=True)
    if not life.over.is_set():
        return None
    return _course(living, folders, life.judged_s)


async def _sleep(living: Living) -> None:
    """Put the program's machine to sleep when its time has come: nothing runs, and the world goes on."""
    suspend, loop = living.world.program.suspend, asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    while suspend is not None:
        left_s = living.moment(suspend.moment) - living.true_s()
        if left_s <= 0:
            living.slept_s += 0.0 if suspend.counted else suspend.for_s
            loop.virtual_s += suspend.for_s
            return
        await asyncio.sleep(min(left_s, LOOKS_UP_S))


async def _killed(living: Living) -> None:
    """Wait until the program is killed."""
    off = living.world.program.off
    assert off is not None
    await living.begun.wait()
    await asyncio.sleep(max(0.0, living.moment(off[0]) - living.true_s()))


async def _either(work: asyncio.Task[RunState], other: Coroutine[object, object, object]) -> None:
    """Wait for the run's end or for something else, whichever is first."""
    waiting = asyncio.create_task(other)
    await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def _end(life: _Life, work: asyncio.Task[RunState]) -> None:
    work.cancel()
    results = await asyncio.gather(work, return_exceptions=True)
    life.runner.close()
    for result in results:
        if isinstance(result, Exception):
            raise result


def _course(living: Living, folders: Folders, judged_s: float) -> Course:
    events, _ = read_journal(folders.lines(folders.folder_of(RUN)))
    run = rebuild(events)
    assert run is not None
    films = {item.key: item.film for item in living.history.objects if item.film is not None}
    shown = [films[item.key] for item in run.candidates if item.key in films]
    plan = living.world.plan
    if not (living.world.program.confirms and plan.shows_shutdown and len(shown) == 1):
        return Course(living.history, events, judged_s, living.asked_s)
    sees = shown[0].shutdown and not shown[0].spec.black
    told = VisuallyConfirmed(events[-1].at, RUN, VisualConfirmation(sees, "ann", events[-1].at))
    return Course(living.history, (*events, told), judged_s, living.asked_s)


def _plan(living: Living) -> RunPlan:
    plan = living.world.plan
    return RunPlan(
        RUN,
        plan.disruption_id,
        plan.access,
        InstanceId(TARGET_ID),
        plan.steady_s,
        plan.os_delay_s,
        plan.tolerance_s,
        plan.end_limit_s,
        plan.recording_limit_s,
        CONNECT_LIMIT_S,
        False,
        living.local(),
        plan.lab,
        plan.by_hand,
        plan.person_limit_s,
        agreed=tuple(SessionId(life.session_id) for life in living.history.others),  # else the run would not begin
    )


def _timing(world: World) -> Timing:
    plan = world.plan
    return Timing(
        poll_idle_s=10.0,
        poll_run_s=plan.poll_s,
        steady_s=plan.steady_s,
        os_delay_s=plan.os_delay_s,
        connect_limit_s=CONNECT_LIMIT_S,
        session_end_limit_s=plan.end_limit_s,
        recording_usual_s=(plan.recording_limit_s / 30, plan.recording_limit_s / 3),
        overdue_factor=3.0,
        tolerance_s=plan.tolerance_s,
    )
