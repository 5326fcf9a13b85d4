"""One run: the exact order of its events, what stops it, and what it never does twice."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.account_events import EmergencyStopped
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import (
    AccessDenied,
    AwsError,
    CredentialsExpired,
    NotFound,
    Refused,
    Throttled,
    Unreachable,
)
from rdpgui.core.events import Event
from rdpgui.core.instance import InstanceProtection, InstanceState
from rdpgui.core.journal import read_journal, rebuild
from rdpgui.core.judging.proof import proven_disruption
from rdpgui.core.recording import RecordingStatus
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_events import ActionFailed, IntentRecorded, PhaseEntered, RunEnded, SessionAttached, StatusStated
from rdpgui.core.session import AccessType
from rdpgui.core.state import AppState, RunState
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner.arming_desk import ArmingDesk
from tests.helpers.simulated_world import TARGET, Behaviour
from tests.helpers.virtual_time import VirtualLoop, run_virtual
from tests.unit.runner.scenes import Scene, run_scene

D = DisruptionId
MUTATING = (
    "ec2:StopInstances",
    "ec2:RebootInstances",
    "ec2:SendDiagnosticInterrupt",
    "ssm:SendCommand i-",
    "ssm:TerminateSession",
)


def _mutating(scene: Scene) -> list[str]:
    return [call for call in scene.world.calls if call.startswith(MUTATING)]


def test_that_a_stop_leaves_exactly_these_events_in_this_order() -> None:
    scene, run = run_scene(Behaviour())
    assert scene.names()[1:] == [
        "RunStarted",
        "PhaseEntered",  # preflight
        "BaselineTaken",
        "ClockSampled",
        "PhaseEntered",  # connecting
        "ConnectionOpened",
        "SessionAttached",
        "PhaseEntered",  # steady
        "StatusStated",  # recording
        "NeighboursRead",
        "PhaseEntered",  # disrupting
        "Armed",
        "NoteAdded",  # about to rehearse
        "IntentRecorded",
        "ActionAccepted",
        "Disarmed",
        "PhaseEntered",  # ending
        "InstanceChanged",  # stopping
        "SessionLeftActive",  # terminating
        "PhaseEntered",  # processing
        "StatusStated",  # processing
        "SessionLeftActive",  # with EndDate
        "ConnectionChanged",  # notconnected
        "WitnessSaved",
        "InstanceChanged",  # stopped
        "PhaseEntered",  # verifying
        "CandidatesFound",
        "StatusStated",  # finished
        "Progressed",
        "FilmSaved",
        "FilmInspected",
        "StatusStated",  # verified
        "ClockSampled",
        "NeighboursRead",
        "DestinationRead",
        "VerdictReached",
        "PhaseEntered",  # restoring
        "IntentRecorded",
        "ActionAccepted",
        "InstanceChanged",  # pending
        "ConnectionChanged",  # connected
        "InstanceChanged",  # running
        "PhaseEntered",  # done
        "RunEnded",
    ]
    phases = [event.phase for event in scene.events if isinstance(event, PhaseEntered)]
    assert phases == list(Phase)
    statuses = [event.statement.status for event in scene.events if isinstance(event, StatusStated)]
    S = RecordingStatus
    assert statuses == [S.RECORDING, S.PROCESSING, S.FINISHED, S.VERIFIED]
    assert scene.world.machines[TARGET].item.state is InstanceState.RUNNING
    assert run.status is RunStatus.COMPLETED


def test_that_the_same_world_gives_the_same_events() -> None:
    first, second = (run_scene(Behaviour(), D.OS_REBOOT)[0].names() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("disruption_id", list(DisruptionId))
def test_that_the_journal_alone_rebuilds_the_run(disruption_id: DisruptionId) -> None:
    scene, run = run_scene(Behaviour(), disruption_id, AccessType.JUST_IN_TIME)
    events, _ = read_journal(scene.world.journals[run.run_id])
    assert rebuild(events) == run
    assert "Progressed" not in {type(event).__name__ for event in events}


@pytest.mark.parametrize("disruption_id", [d for d in DisruptionId if d is not D.CONTROL_NONE])
def test_that_the_intent_is_in_the_journal_before_the_call(disruption_id: DisruptionId) -> None:
    seen: list[str] = []

    def prepare(scene: Scene) -> None:
        def at_the_call() -> None:
            lines = next(iter(scene.world.journals.values()))
            seen.extend(json.loads(line)["event"]["event"] for line in lines)

        scene.world.behaviour.on_action = at_the_call

    scene, _ = run_scene(Behaviour(), disruption_id, prepare=prepare)
    if disruption_id is not D.CONTROL_DISCONNECT:
        assert seen[-1] == "IntentRecorded"
    assert len(_mutating(scene)) == 1


def test_that_a_full_disk_before_the_intent_prevents_the_call() -> None:
    scene, run = run_scene(Behaviour(disk_full_after_lines=7))
    assert _mutating(scene) == []
    assert run.status is RunStatus.FAILED
    assert run.reason.count("disk is full") == 1


@pytest.mark.parametrize("lines", range(1, 34))
def test_that_a_full_disk_at_any_line_ends_the_run_with_the_reason(lines: int) -> None:
    _, run = run_scene(Behaviour(disk_full_after_lines=lines))
    assert not run.active
    if run.status is not RunStatus.COMPLETED:
        assert run.reason.count("disk is full") == 1


def test_that_a_call_without_an_answer_is_never_repeated() -> None:
    scene, run = run_scene(Behaviour(answer_lost=True))
    assert len(_mutating(scene)) == 1
    failure = next(event for event in scene.events if isinstance(event, ActionFailed))
    assert not failure.outcome_known
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS


@pytest.mark.case("V19")
@pytest.mark.parametrize("error", [Unreachable("No answer."), Throttled("Slowly."), AccessDenied("No.")])
@pytest.mark.parametrize(("stated_s", "restored"), [(0.0, True), (-30.0, False), (60.0, False), (None, False)])
def test_that_what_a_call_halted_is_started_again_whatever_it_was_answered(
    error: AwsError, stated_s: float | None, restored: bool
) -> None:
    def prepare(scene: Scene) -> None:
        def on_action() -> None:
            machine, now = scene.world.machines[TARGET], scene.world.clock.true_now()
            if stated_s is not None and machine.item.state is InstanceState.RUNNING:
                reason = f"User initiated ({now + timedelta(seconds=stated_s):%Y-%m-%d %H:%M:%S} GMT)"
                machine.item = replace(machine.item, state_transition_reason=reason)

        scene.world.behaviour.on_action = on_action

    scene, run = run_scene(Behaviour(answer_error=error), prepare=prepare)
    assert [call for call in _mutating(scene) if "Stop" in call] == [f"ec2:StopInstances {TARGET}"]
    assert run.verdict is not None
    assert (f"ec2:StartInstances {TARGET}" in scene.world.calls) == restored
    expected = InstanceState.RUNNING if restored else InstanceState.STOPPED
    assert scene.world.machines[TARGET].item.state is expected


@pytest.mark.parametrize(
    "error",
    [NotFound("There is no such instance."), CredentialsExpired("The credentials expired."), AccessDenied("No.")],
)
def test_that_a_rehearsal_that_would_fail_for_the_call_too_prevents_it(error: AwsError) -> None:
    scene, run = run_scene(Behaviour(rehearsal_error=error))
    assert _mutating(scene) == []
    assert not any(isinstance(event, IntentRecorded) for event in scene.events)
    assert run.status is RunStatus.FAILED
    assert error.text() in run.reason


@pytest.mark.parametrize("error", [Throttled("Slowly."), Unreachable("No answer."), Refused("Not now.")])
def test_that_a_rehearsal_that_says_neither_leaves_it_to_the_call(error: AwsError) -> None:
    scene, run = run_scene(Behaviour(rehearsal_error=error))
    assert len(_mutating(scene)) == 1
    assert run.status is RunStatus.COMPLETED


def test_that_a_rehearsal_that_says_no_prevents_the_call() -> None:
    scene, run = run_scene(Behaviour(rehearsal=False))
    assert _mutating(scene) == []
    assert not any(isinstance(event, IntentRecorded) for event in scene.events)
    assert run.status is RunStatus.FAILED


def test_that_a_denied_run_fails_closes_its_connection_and_says_why() -> None:
    scene, run = run_scene(Behaviour(denied=True))
    assert run.status is RunStatus.FAILED
    assert "ec2:StopInstances" in run.reason
    assert "close" in scene.world.calls
    assert scene.world.machines[TARGET].item.state is InstanceState.RUNNING


def test_that_a_guard_refuses_before_anything_is_opened() -> None:
    def prepare(scene: Scene) -> None:
        scene.world.protection = InstanceProtection("terminate", False)

    scene, run = run_scene(Behaviour(), D.OS_SHUTDOWN, prepare=prepare)
    assert run.status is RunStatus.FAILED
    assert "would terminate" in run.reason
    assert scene.world.connections == []


def test_that_nothing_is_disrupted_without_arming() -> None:
    async def main() -> tuple[Scene, RunState]:
        scene = Scene(Behaviour())
        return scene, await scene.runner.run(scene.plan())

    scene, run = run_virtual(main())
    assert _mutating(scene) == []
    assert "not armed" in run.reason


@pytest.mark.parametrize("answer", ["Rejected", "Expired", "Revoked", "Pending"])
def test_that_access_that_is_not_granted_ends_the_run(answer: str) -> None:
    scene, run = run_scene(Behaviour(approval=answer), access=AccessType.JUST_IN_TIME)
    assert run.status is RunStatus.FAILED
    assert "Access request oi-1" in run.reason
    assert scene.world.connections == []


def test_that_a_connection_that_never_comes_ends_the_run_within_its_limit() -> None:
    scene, run = run_scene(Behaviour(never_connects=True))
    assert run.status is RunStatus.FAILED
    assert "No remote-desktop session" in run.reason
    assert run.ended_at is not None
    assert (run.ended_at - run.started_at).total_seconds() < 25.0
    assert "close" in scene.world.calls


def test_that_an_open_session_is_used_instead_of_a_second_one() -> None:
    async def prepare(scene: Scene) -> None:
        scene.world.open(TARGET, AccessType.STANDARD)
        await asyncio.sleep(1.0)

    scene, run = run_scene(Behaviour(), prepare=prepare)
    assert not any(call.startswith("open") for call in scene.world.calls)
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS


def test_that_a_session_that_ends_in_the_steady_phase_prevents_the_disruption() -> None:
    def prepare(scene: Scene) -> None:
        scene.world.later(1.2, scene.world.disconnect, TARGET)

    scene, run = run_scene(Behaviour(), prepare=prepare)
    assert _mutating(scene) == []
    assert "ended before the disruption" in run.reason


@pytest.mark.parametrize("seconds", [0.005, 0.3, 1.0, 2.205, 2.3, 3.0, 4.6, 4.815, 5.5])
@pytest.mark.parametrize("emergency", [False, True])
def test_that_abort_and_emergency_stop_end_a_run_in_any_phase(seconds: float, emergency: bool) -> None:
    async def main() -> tuple[Scene, RunState]:
        scene = Scene(Behaviour())
        desk = ArmingDesk(scene.store, scene.ports.clock, 300.0)
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(scene.runner.run(scene.plan(), auto_arm=True))
        await asyncio.sleep(0.011)
        loop.call_later(seconds, desk.emergency_stop if emergency else scene.runner.abort)
        return scene, await task

    scene, run = run_virtual(main())
    assert run.status is RunStatus.ABORTED
    assert isinstance(scene.events[-1], RunEnded)
    assert len(_mutating(scene)) <= 1
    starts = [call for call in scene.world.calls if call.startswith("ec2:StartInstances")]
    if emergency:
        assert run.reason == "emergency stop"
        assert "close" not in scene.world.calls
        assert starts == [] or scene.names().index("EmergencyStopped") > scene.names().index("VerdictReached")
        aborted_at = next(i for i, event in enumerate(scene.events) if isinstance(event, EmergencyStopped))
        assert not any(isinstance(event, IntentRecorded) for event in scene.events[aborted_at:])
    else:
        assert scene.world.machines[TARGET].item.state is InstanceState.RUNNING or not starts


def test_that_an_abort_after_a_halt_starts_the_instance_again() -> None:
    async def main() -> Scene:
        scene = Scene(Behaviour())
        task = asyncio.create_task(scene.runner.run(scene.plan(), auto_arm=True))
        await asyncio.sleep(3.0)
        scene.runner.abort()
        await task
        return scene

    scene = run_virtual(main())
    assert scene.world.calls.count(f"ec2:StartInstances {TARGET}") == 1
    assert scene.world.machines[TARGET].item.state is InstanceState.RUNNING


def test_that_cancelling_the_caller_s_task_leaves_the_journal_open_for_the_next_start() -> None:
    async def main() -> Scene:
        scene = Scene(Behaviour())
        task = asyncio.create_task(scene.runner.run(scene.plan(), auto_arm=True))
        await asyncio.sleep(3.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return scene

    scene = run_virtual(main())
    assert "RunEnded" not in scene.names()
    assert not any(call.startswith("ec2:StartInstances") for call in scene.world.calls)


@pytest.mark.parametrize(("restart", "what"), [(True, D.OS_REBOOT), (False, D.OS_SHUTDOWN)])
def test_that_a_shutdown_by_hand_is_noticed_and_judged(restart: bool, what: DisruptionId) -> None:
    code = "" if restart else "Client.InstanceInitiatedShutdown"

    async def main() -> tuple[Scene, RunState]:
        scene = Scene(Behaviour())

        def by_hand() -> None:
            scene.world.shut_down(TARGET, restart=restart, code=code)

        scene.world.later(6.0, by_hand)
        ArmingDesk(scene.store, scene.ports.clock, 300.0).arm(TARGET)  # the boot time is read by Run Command
        return scene, await scene.runner.run(scene.plan(D.OS_REBOOT), by_hand=True)

    scene, run = run_virtual(main())
    assert _mutating(scene) == []
    assert proven_disruption(run) is what
    assert run.verdict is not None
    assert run.verdict.value is VerdictValue.PASS, [c.text() for c in run.verdict.checks]
    # What a person shut down is a person's to start.
    state = scene.world.machines[TARGET].item.state
    assert state is (InstanceState.RUNNING if restart else InstanceState.STOPPED)


def test_that_a_disconnection_by_hand_proves_no_disruption() -> None:
    async def main() -> RunState:
        scene = Scene(Behaviour())
        scene.world.later(6.0, scene.world.disconnect, TARGET)
        return await scene.runner.run(scene.plan(D.OS_REBOOT), by_hand=True)

    run = run_virtual(main())
    assert run.verdict is not None
    assert run.verdict.value is VerdictValue.INCONCLUSIVE


def test_that_a_recording_that_is_late_but_not_overdue_is_waited_for() -> None:
    scene, run = run_scene(Behaviour(object_late_s=6.0))
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS
    stated = [e.statement.status for e in scene.events if isinstance(e, StatusStated)]
    assert RecordingStatus.OVERDUE not in stated


def test_that_a_run_without_identity_begins_nothing() -> None:
    async def main() -> Scene:
        scene = Scene(Behaviour())

        async def refuse() -> None:
            raise AccessDenied("No.")

        scene.ports.identity.identity = refuse  # type: ignore[method-assign,assignment]  # one call that fails
        with pytest.raises(AccessDenied):
            await scene.runner.run(scene.plan())
        return scene

    scene = run_virtual(main())
    assert scene.world.journals == {}
    assert not any(isinstance(event, SessionAttached) for event in scene.events)


@pytest.mark.case("V16")
@pytest.mark.parametrize("asleep_s", [30.0, 7200.0])
def test_that_a_limit_that_passed_while_the_program_stood_still_is_none(asleep_s: float) -> None:
    """It is stopped, or the lid is closed, right after the order: whatever happened meanwhile is looked at."""

    async def main() -> tuple[Scene, RunState]:
        scene, loop = Scene(Behaviour()), asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)

        def stand_still() -> None:
            loop.virtual_s += asleep_s

        def on_event(_state: AppState, event: Event) -> None:
            if isinstance(event, PhaseEntered) and event.phase is Phase.ENDING:
                loop.call_later(0.05, stand_still)

        scene.store.subscribe(on_event)
        return scene, await scene.runner.run(scene.plan(), auto_arm=True)

    scene, run = run_virtual(main())
    assert run.left is not None
    assert run.destination is not None and run.destination.looks
    assert run.candidates
    assert not [line for line in run.log if "did not end" in line.text]
    assert scene.world.machines[TARGET].item.state is InstanceState.RUNNING
