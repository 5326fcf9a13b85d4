"""Pollers of a run: what brackets a change, and what a failure does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePath

import pytest

from rdpgui.core.errors import Throttled
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.run_events import (
    BootTimeRead,
    ConnectionChanged,
    InstanceChanged,
    NoteAdded,
    RunStarted,
    SessionLeftActive,
    Source,
    SourceUnread,
)
from rdpgui.core.session import AccessType
from rdpgui.core.settings import LAB_TIMING
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.observe import BootWatch, ConnectionWatch, InstanceWatch, SessionWatch, poll
from rdpgui.runner.run_context import RunContext
from rdpgui.runner.run_line import RunLine
from tests.helpers.simulated_world import ACCOUNT, REGION, TARGET, Behaviour
from tests.helpers.virtual_time import EPOCH, FakeClock, run_virtual
from tests.unit.runner.scenes import Scene


def _context(scene: Scene) -> RunContext:
    plan = scene.plan()
    _, journal = scene.ports.folders.create(plan.run_id)
    line = RunLine(journal, scene.ports.folders.pen, scene.store)
    line.emit(RunStarted(scene.world.clock.now(), plan.run_id, plan, ACCOUNT, REGION, "0"))
    return RunContext(plan, scene.ports, scene.store, LAB_TIMING, line, PurePath("runs"))


Once = Callable[[datetime], Awaitable[bool]]


async def _polled(scene: Scene, once: Once) -> datetime:
    """Poll once with a slow answer; returns when the poll began."""
    begun_at = scene.world.clock.now()
    await once(begun_at)
    return begun_at


def test_that_a_change_happened_after_the_last_old_poll_began_and_before_the_new_one_ended() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(latency_s=2.0))
        run = _context(scene)
        state = InstanceWatch(run, InstanceState.RUNNING, "", EPOCH, None)
        agent = ConnectionWatch(run, ConnectionStatus.CONNECTED, EPOCH)
        begun = [await _polled(scene, state.once), await _polled(scene, agent.once)]
        assert not any(isinstance(e, InstanceChanged | ConnectionChanged) for e in scene.events)
        scene.world.set_state(TARGET, InstanceState.STOPPING, "Client.UserInitiatedShutdown")
        scene.world.machines[TARGET].connected = False
        await state.once(scene.world.clock.now())
        await agent.once(scene.world.clock.now())
        changes = [e for e in scene.events if isinstance(e, InstanceChanged | ConnectionChanged)]
        assert [change.not_before_at for change in changes] == begun
        assert changes[-1].at == scene.world.clock.now()

    run_virtual(main())


def test_that_a_session_was_last_active_when_the_last_poll_that_saw_it_began() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(latency_s=2.0, connect_s=0.0, history_delay_s=5.0))
        run = _context(scene)
        scene.world.open(TARGET, AccessType.STANDARD)
        await asyncio.sleep(0.1)
        watch = SessionWatch(run, scene.world.connections[0].session, EPOCH)
        begun_at = await _polled(scene, watch.once)
        scene.world.disconnect(TARGET)
        assert await watch.once(scene.world.clock.now())
        while await watch.once(scene.world.clock.now()):
            pass
        left = [e for e in scene.events if isinstance(e, SessionLeftActive)]
        assert [e.last_active_at for e in left] == [begun_at] * 2
        assert [e.session.ended_at is None for e in left] == [True, False]
        assert not any(e.session.active for e in left)

    run_virtual(main())


def test_that_failures_in_a_row_are_noted_once_and_polling_goes_on() -> None:
    async def main() -> list[NoteAdded]:
        scene = Scene(Behaviour())
        run = _context(scene)
        answers = iter([True, False, False, False, True, False, None])

        async def once(begun_at: datetime) -> bool:
            answer = next(answers)
            if answer is False:
                raise Throttled("AWS asks for fewer calls.")
            return answer is not None

        await poll(run, "instance", once)
        return [e for e in scene.events if isinstance(e, NoteAdded)]

    notes = run_virtual(main())
    assert len(notes) == 2
    assert dict(notes[0].fields) == {"topic": "instance", "error": "AWS asks for fewer calls."}


def test_that_the_journal_says_for_how_long_nobody_saw_a_source() -> None:
    async def main() -> tuple[list[SourceUnread], list[datetime]]:
        scene = Scene(Behaviour())
        run = _context(scene)
        answers, begun = iter([True, True, False, False, True, False, None, False]), list[datetime]()

        async def once(begun_at: datetime) -> bool:
            begun.append(begun_at)
            answer = next(answers)
            await asyncio.sleep(0.1)
            if answer is False:
                raise Throttled("AWS asks for fewer calls.")
            return answer is not None

        await poll(run, "connection", once, source=Source.CONNECTION)
        run.failing[Source.SESSION] = EPOCH
        run.end_watch()
        return [e for e in scene.events if isinstance(e, SourceUnread)], begun

    gaps, begun = run_virtual(main())
    assert [gap.source for gap in gaps] == [Source.CONNECTION, Source.CONNECTION, Source.SESSION]
    told = zip(gaps, (begun[1], begun[4], EPOCH), strict=True)
    # The waits are drawn by chance, and the local and the monotonic clock of one moment differ by its last digit.
    assert all(abs(gap.since_at - good_at) < timedelta(milliseconds=1) for gap, good_at in told)
    assert gaps[0].at > begun[4]


class _Asleep(FakeClock):
    """The machine sleeps once, in the second wait; where ``stands`` is set monotonic time does not go on."""

    def __init__(self, stands: bool) -> None:
        super().__init__()
        self.stands, self.waits = stands, 0

    def monotonic(self) -> float:
        mono_s = super().monotonic()
        return mono_s - 300.0 if self.stands and self.waits > 1 else mono_s

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=FakeClock.monotonic(self))

    async def sleep(self, seconds: float) -> None:
        self.waits += 1
        await asyncio.sleep(300.0 + seconds if self.waits == 2 else seconds)


async def _gaps_of(scene: Scene, *answers_s: float) -> tuple[list[SourceUnread], list[datetime]]:
    """Poll with answers that all are good and take so long; returns what is told, and when the polls began."""
    run, begun, waits = _context(scene), list[datetime](), iter(answers_s)

    async def once(begun_at: datetime) -> bool:
        begun.append(begun_at)
        await asyncio.sleep(next(waits))
        return len(begun) < len(answers_s)

    await poll(run, "connection", once, source=Source.CONNECTION)
    return [e for e in scene.events if isinstance(e, SourceUnread)], begun


@pytest.mark.case("V18")
@pytest.mark.parametrize("stands", [True, False])
def test_that_nobody_saw_what_happened_while_the_machine_slept(stands: bool) -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        scene.ports = replace(scene.ports, clock=_Asleep(stands))
        gaps, begun = await _gaps_of(scene, 0.1, 0.1, 0.1, 0.1)
        assert [(gap.source, gap.since_at) for gap in gaps] == [(Source.CONNECTION, begun[1])]
        assert gaps[0].at > begun[2]

    run_virtual(main())


@pytest.mark.case("V18")
def test_that_a_good_answer_that_was_long_in_coming_leaves_a_time_in_which_nobody_looked() -> None:
    async def main() -> None:
        gaps, begun = await _gaps_of(Scene(Behaviour()), 0.1, 40.0, 0.1, 0.1)
        assert [gap.since_at for gap in gaps] == [begun[0], begun[1]]  # it may be as old as its question

    run_virtual(main())


@pytest.mark.case("V18")
def test_that_a_busy_machine_still_looks() -> None:
    async def main() -> None:
        gaps, _ = await _gaps_of(Scene(Behaviour()), 0.1, 2.0, 2.0, 0.1, 2.0, 0.1)
        assert gaps == []

    run_virtual(main())


@pytest.mark.case("V18")
def test_that_a_verdict_is_not_given_on_looks_that_have_not_come_back() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        run = _context(scene)

        async def once(begun_at: datetime) -> bool:
            await asyncio.sleep(0.1 if begun_at < EPOCH + timedelta(seconds=1) else 600.0)
            return True

        polling = asyncio.create_task(poll(run, "connection", once, source=Source.CONNECTION))
        await asyncio.sleep(60.0)
        run.end_watch()
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        gaps = [e for e in scene.events if isinstance(e, SourceUnread)]
        assert [gap.source for gap in gaps] == [Source.CONNECTION]
        assert gaps[0].since_at < EPOCH + timedelta(seconds=2)

    run_virtual(main())


@pytest.mark.parametrize("known_before", [True, False])
def test_that_the_boot_time_is_read_until_it_is_another_one(known_before: bool) -> None:
    async def main() -> Scene:
        scene = Scene(Behaviour())
        run = _context(scene)
        boot_at = scene.world.machines[TARGET].boot_at
        if known_before:
            run.emit(BootTimeRead(run.now(), run.plan.run_id, boot_at))
        run.emit(ConnectionChanged(run.now(), run.plan.run_id, ConnectionStatus.CONNECTED, None))
        scene.world.later(3.0, scene.world._booted, TARGET)  # after the first reading, before the second
        ArmingDesk(scene.store, scene.ports.clock, 300.0).arm(TARGET)
        watch = BootWatch(run)
        async with asyncio.timeout(20):
            await poll(run, "boot time", watch.once)
        return scene

    scene = run_virtual(main())
    reads = [e.boot_at for e in scene.events if isinstance(e, BootTimeRead)]
    assert reads[-1] > EPOCH
    assert len(set(reads)) == (2 if known_before else len(reads))


def test_that_an_unreachable_agent_is_not_asked() -> None:
    async def main() -> list[str]:
        scene = Scene(Behaviour())
        run = _context(scene)
        run.emit(ConnectionChanged(run.now(), run.plan.run_id, ConnectionStatus.NOT_CONNECTED, None))
        assert await BootWatch(run).once(run.now())
        return scene.world.calls

    assert run_virtual(main()) == []


@pytest.mark.case("P11")
def test_that_a_state_nobody_understands_is_not_a_change_and_not_a_look() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        run = _context(scene)
        machine = scene.world.machines[TARGET]
        machine.item = replace(machine.item, state=InstanceState("melting"))
        watch = InstanceWatch(run, InstanceState.RUNNING, "", run.now(), None)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(20):
                await poll(run, "instance", watch.once, source=Source.INSTANCE)
        assert [line.shown() for line in run.state.log if "melting" in line.shown()] != []
        assert run.state.instance_changes == ()
        assert (run.plan.run_id, Source.INSTANCE) not in scene.store.state.run_looks

    run_virtual(main())


@pytest.mark.case("H21")
def test_that_a_start_that_nobody_saw_is_told_by_its_launch_time_and_once() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        run = _context(scene)
        machine = scene.world.machines[TARGET]
        before, later = scene.world.clock.now() - timedelta(hours=1), scene.world.clock.now()
        watch = InstanceWatch(run, InstanceState.RUNNING, "", EPOCH, before)
        for launched_at in (before, None, later, later, None):  # an answer without it says nothing
            machine.item = replace(machine.item, launched_at=launched_at)
            await watch.once(scene.world.clock.now())
        changes = [event for event in scene.events if isinstance(event, InstanceChanged)]
        assert [(change.state, change.launched_at) for change in changes] == [(InstanceState.RUNNING, later)]

    run_virtual(main())
