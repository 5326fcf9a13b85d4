"""Taking up runs after the program ended in the middle."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Any

import pytest

from rdpgui.core.errors import JournalDamaged, JournalHeld, RdpguiError
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.instance import InstanceState
from rdpgui.core.journal import ChainEnd, read_journal, seal
from rdpgui.core.judged_anew import judge_journal
from rdpgui.core.people_events import RunRemarked
from rdpgui.core.place import Place
from rdpgui.core.ports import OpenedConnection
from rdpgui.core.remark import Remark
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_events import VerdictReached
from rdpgui.core.session import AccessType
from rdpgui.core.settings import LAB_TIMING, Settings
from rdpgui.core.state import AppState, RunState
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.resume import ReadRun, read_run, take_up
from rdpgui.runner.store import Store
from tests.helpers.fake_ports import FakeFolders, FakeJournal, FakeOpener
from tests.helpers.simulated_world import ACCOUNT, OTHER, REGION, TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene


async def _cut(scene: Scene, seconds: float, *, lab: bool = True, instance_id: InstanceId = TARGET) -> RunId:
    """Let the program end some seconds after a run began."""
    plan = replace(scene.plan(instance_id=instance_id), lab=lab)
    task = asyncio.create_task(scene.runner.run(plan, auto_arm=True))
    await asyncio.sleep(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    return plan.run_id


def _interrupted(seconds: float, *, lab: bool) -> tuple[Scene, ReadRun, tuple[RunState, ...]]:
    """End the program after some seconds of a run, then start it again."""

    async def main() -> tuple[Scene, ReadRun, tuple[RunState, ...]]:
        scene = Scene(Behaviour())
        run_id = await _cut(scene, seconds, lab=lab)
        runner = ExperimentRunner(scene.ports, Store(), Settings(), LAB_TIMING)
        left = read_run(scene.ports.folders, run_id)
        return scene, left, await take_up(runner, [left])

    return run_virtual(main())


@pytest.mark.parametrize("seconds", [0.3, 1.5, 2.1])
def test_that_a_run_before_its_disruption_ends_as_interrupted(seconds: float) -> None:
    scene, _, runs = _interrupted(seconds, lab=False)
    assert [run.status for run in runs] == [RunStatus.INTERRUPTED]
    assert not any(call.startswith("ec2:StopInstances") for call in scene.world.calls)


@pytest.mark.parametrize("seconds", [2.235, 2.5, 3.2, 3.8, 4.5])
def test_that_a_run_after_its_disruption_goes_on_to_its_verdict_without_repeating_it(seconds: float) -> None:
    scene, left, runs = _interrupted(seconds, lab=False)
    assert left.state.active
    assert sum(call.startswith("ec2:StopInstances") for call in scene.world.calls) <= 1
    assert runs[0].status is RunStatus.COMPLETED
    assert runs[0].verdict is not None
    assert runs[0].verdict.value is VerdictValue.PASS, [c.text() for c in runs[0].verdict.checks]
    events, _ = read_journal(scene.world.journals[runs[0].run_id])
    assert type(events[-1]).__name__ == "RunEnded"


@pytest.mark.case("R8")
def test_that_a_run_that_was_killed_after_its_verdict_is_restored_and_not_judged_again() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(object_late_s=600.0))
        plan = replace(scene.plan(), lab=False)
        task = asyncio.create_task(scene.runner.run(plan, auto_arm=True))
        await scene.store.until(partial(_is_in, plan.run_id, Phase.RESTORING), None)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(700.0)  # the film has come meanwhile
        runner = ExperimentRunner(scene.ports, Store(), Settings(), LAB_TIMING)
        listed = sum(call.startswith("s3:ListObjects") for call in scene.world.calls)
        (run,) = await take_up(runner, [read_run(scene.ports.folders, plan.run_id)])
        events, _ = read_journal(scene.world.journals[plan.run_id])
        assert run.status is RunStatus.COMPLETED
        assert sum(isinstance(event, VerdictReached) for event in events) == 1
        assert sum(call.startswith("s3:ListObjects") for call in scene.world.calls) == listed
        assert scene.world.machines[TARGET].item.state is InstanceState.RUNNING
        assert judge_journal(scene.world.journals[plan.run_id]).holds

    run_virtual(main())


def _is_in(run_id: RunId, phase: Phase, state: AppState) -> bool:
    return run_id in state.runs and state.runs[run_id].phase is phase


@pytest.mark.case("H2")
def test_that_a_run_whose_order_was_refused_waits_for_nobody_elses_shutdown() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(denied=True))
        plan = replace(scene.plan(), lab=False)
        task = asyncio.create_task(scene.runner.run(plan, auto_arm=True))
        await scene.store.until(partial(_is_refused, plan.run_id), None)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        scene.world.behaviour = Behaviour()
        runner = ExperimentRunner(scene.ports, Store(), Settings(), LAB_TIMING)
        (run,) = await take_up(runner, [read_run(scene.ports.folders, plan.run_id)])
        assert run.status is RunStatus.FAILED
        assert run.entered_at(Phase.ENDING) is None
        assert run.verdict is not None and run.verdict.value is VerdictValue.INCONCLUSIVE

    run_virtual(main())


def _is_refused(run_id: RunId, state: AppState) -> bool:
    return run_id in state.runs and any(f.outcome_known for f in state.runs[run_id].failed)


def test_that_a_call_cut_off_before_it_took_effect_is_observed_and_not_repeated() -> None:
    scene, _, runs = _interrupted(2.225, lab=False)
    assert sum(call.startswith("ec2:StopInstances") for call in scene.world.calls) == 1
    assert [failure.outcome_known for failure in runs[0].failed] == [False]
    assert runs[0].verdict is not None
    assert runs[0].verdict.cause == "disruption-not-proven"


def test_that_a_lab_run_ends_as_interrupted_because_its_lab_is_gone() -> None:
    _, _, runs = _interrupted(3.0, lab=True)
    assert [run.status for run in runs] == [RunStatus.INTERRUPTED]


def test_that_the_journal_of_another_run_is_not_taken_for_it() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        good = await scene.runner.run(scene.plan(), auto_arm=True)
        assert read_run(scene.ports.folders, good.run_id).state == good
        scene.world.journals["copy"] = scene.world.journals[good.run_id]
        with pytest.raises(JournalDamaged, match="does not begin"):
            read_run(scene.ports.folders, RunId("copy"))

    run_virtual(main())


@pytest.mark.case("R8")
@pytest.mark.parametrize("lab", [True, False])
def test_that_a_line_added_since_a_run_was_read_breaks_no_chain(lab: bool) -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        run_id = await _cut(scene, 1.5, lab=lab)
        left = read_run(scene.ports.folders, run_id)
        remarked = RunRemarked(scene.world.clock.now(), run_id, Remark(note="seen"), "ana")
        scene.world.journals[run_id].append(seal(left.end, remarked)[0])
        runner = ExperimentRunner(scene.ports, Store(), Settings(), LAB_TIMING)
        (run,) = await take_up(runner, [left])
        again = read_run(scene.ports.folders, run_id)
        assert run.status is RunStatus.INTERRUPTED and remarked in again.events and not again.state.is_open

    run_virtual(main())


@pytest.mark.case("R8")
def test_that_a_run_that_goes_on_in_another_program_is_left_to_it_and_the_others_are_taken_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        ids = [await _cut(scene, 1.5, instance_id=one) for one in (TARGET, OTHER)]
        reopen = FakeFolders.reopen

        def held(folders: FakeFolders, folder: PurePath) -> FakeJournal:
            if folder.name == ids[0]:
                raise JournalHeld("It is being written by another rdpgui.")
            return reopen(folders, folder)

        monkeypatch.setattr(FakeFolders, "reopen", held)
        store = Store()
        runner = ExperimentRunner(scene.ports, store, Settings(), LAB_TIMING)
        runs = [read_run(scene.ports.folders, run_id) for run_id in ids]
        assert [run.run_id for run in await take_up(runner, runs)] == [ids[1]]
        assert ids[0] not in store.state.runs

    run_virtual(main())


@pytest.mark.case("R8")
def test_that_a_bug_in_one_run_that_is_taken_up_cuts_off_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        bugs: list[dict[str, Any]] = []
        scene = Scene(Behaviour(lab=False))
        bad, good = [await _cut(scene, 1.5, lab=False, instance_id=one) for one in (TARGET, OTHER)]
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: bugs.append(context))
        resume = ExperimentRunner.resume

        async def broken(runner: ExperimentRunner, folder: PurePath, state: RunState, end: ChainEnd) -> RunState:
            if state.run_id == bad:
                raise IndexError("a bug")
            return await resume(runner, folder, state, end)

        monkeypatch.setattr(ExperimentRunner, "resume", broken)
        store = Store()
        runner = ExperimentRunner(scene.ports, store, Settings(), LAB_TIMING)
        with pytest.raises(RdpguiError, match="a bug"):
            await take_up(runner, [read_run(scene.ports.folders, run_id) for run_id in (bad, good)])
        assert not store.state.runs[good].is_open
        assert [type(bug["exception"]) for bug in bugs] == [IndexError]

    run_virtual(main())


@pytest.mark.case("R8")
@pytest.mark.parametrize("seconds", [0.95, 1.5, 2.1])
def test_that_a_run_killed_before_its_intent_leaves_no_connection_open(seconds: float) -> None:
    scene, _, runs = _interrupted(seconds, lab=False)
    assert [run.status for run in runs] == [RunStatus.INTERRUPTED]
    assert [connection.ended_at is not None for connection in scene.world.connections] == [True]
    assert not any(call.startswith("ec2:StopInstances") for call in scene.world.calls)


@pytest.mark.case("R8")
def test_that_a_connection_that_was_there_before_the_run_stays_open() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        scene.world.open(TARGET, AccessType.STANDARD)
        await asyncio.sleep(1.0)
        run_id = await _cut(scene, 1.5)
        runner = ExperimentRunner(scene.ports, Store(), Settings(), LAB_TIMING)
        (run,) = await take_up(runner, [read_run(scene.ports.folders, run_id)])
        assert run.status is RunStatus.INTERRUPTED
        assert [connection.ended_at for connection in scene.world.connections] == [None]

    run_virtual(main())


@pytest.mark.case("R8")
def test_that_a_connection_that_only_the_person_can_close_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = FakeOpener.open

    async def by_person(*args: Any, **named: Any) -> OpenedConnection:
        return replace(await opened(*args, **named), by_person=True, link="https://console.example/")

    monkeypatch.setattr(FakeOpener, "open", by_person)
    scene, _, runs = _interrupted(1.5, lab=False)
    assert [connection.ended_at for connection in scene.world.connections] == [None]
    own = scene.world.connections[0].session
    told = [dict(line.fields) for line in runs[0].log if "still open" in line.text]
    assert told == [{"session": own.session_id, "owner": own.owner}]


@pytest.mark.case("R8")
@pytest.mark.parametrize("seconds", [0.95, 1.5, 3.0])
def test_that_a_lab_that_is_gone_took_its_connection_with_it(seconds: float) -> None:
    scene, _, runs = _interrupted(seconds, lab=True)
    assert [run.status for run in runs] == [RunStatus.INTERRUPTED]
    assert runs[0].reason == "the program ended, and its lab with it"
    assert "close" not in scene.world.calls


@pytest.mark.case("L1")
@pytest.mark.parametrize(
    "here",
    [Place(scenario="default"), Place(region=REGION), Place(account_id=ACCOUNT), Place("", ACCOUNT, REGION, "stack:1")],
)
def test_that_a_run_on_aws_is_taken_up_in_its_own_account_and_region_only(here: Place) -> None:
    _, left, _ = _interrupted(3.0, lab=False)
    assert not left.may_end_at(here)
    assert left.may_end_at(Place(account_id=ACCOUNT, region=REGION))


@pytest.mark.case("L1")
def test_that_a_run_of_a_lab_may_be_ended_anywhere_because_its_lab_is_gone() -> None:
    _, left, _ = _interrupted(3.0, lab=True)
    assert left.may_end_at(None)
