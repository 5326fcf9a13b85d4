"""Taking up runs after the program ended in the middle."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from rdpgui.core.errors import StorageError
from rdpgui.core.ids import RunId
from rdpgui.core.journal import read_journal
from rdpgui.core.place import Place
from rdpgui.core.run import RunStatus
from rdpgui.core.settings import LAB_TIMING, Settings
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.resume import LoadedRuns, load_runs, take_up
from rdpgui.runner.store import Store
from tests.helpers.simulated_world import ACCOUNT, REGION, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene


def _interrupted(seconds: float, *, lab: bool) -> tuple[Scene, LoadedRuns, tuple[RunState, ...]]:
    """End the program after some seconds of a run, then start it again."""

    async def main() -> tuple[Scene, LoadedRuns, tuple[RunState, ...]]:
        scene = Scene(Behaviour())
        plan = replace(scene.plan(), lab=lab)
        task = asyncio.create_task(scene.runner.run(plan, auto_arm=True))
        await asyncio.sleep(seconds)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        store = Store()
        runner = ExperimentRunner(scene.ports, store, Settings(), LAB_TIMING)
        loaded = load_runs(scene.ports.folders, store)
        return scene, loaded, await take_up(runner, loaded.open_runs)

    return run_virtual(main())


@pytest.mark.parametrize("seconds", [0.3, 1.5, 2.1])
def test_that_a_run_before_its_disruption_ends_as_interrupted(seconds: float) -> None:
    scene, _, runs = _interrupted(seconds, lab=False)
    assert [run.status for run in runs] == [RunStatus.INTERRUPTED]
    assert not any(call.startswith("ec2:StopInstances") for call in scene.world.calls)


@pytest.mark.parametrize("seconds", [2.225, 2.5, 3.2, 3.8, 4.5])
def test_that_a_run_after_its_disruption_goes_on_to_its_verdict_without_repeating_it(seconds: float) -> None:
    scene, loaded, runs = _interrupted(seconds, lab=False)
    assert len(loaded.open_runs) == 1
    assert sum(call.startswith("ec2:StopInstances") for call in scene.world.calls) <= 1
    assert runs[0].status is RunStatus.COMPLETED
    assert runs[0].verdict is not None
    assert runs[0].verdict.value is VerdictValue.PASS, [c.text() for c in runs[0].verdict.checks]
    events, _ = read_journal(scene.world.journals[runs[0].run_id])
    assert type(events[-1]).__name__ == "RunEnded"


def test_that_a_call_cut_off_before_it_took_effect_is_observed_and_not_repeated() -> None:
    scene, _, runs = _interrupted(2.215, lab=False)
    assert sum(call.startswith("ec2:StopInstances") for call in scene.world.calls) == 1
    assert [failure.outcome_known for failure in runs[0].failed] == [False]
    assert runs[0].verdict is not None
    assert runs[0].verdict.cause == "disruption-not-proven"


def test_that_a_lab_run_ends_as_interrupted_because_its_lab_is_gone() -> None:
    _, _, runs = _interrupted(3.0, lab=True)
    assert [run.status for run in runs] == [RunStatus.INTERRUPTED]


def test_that_a_journal_that_cannot_be_read_stands_beside_the_others() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        good = await scene.runner.run(scene.plan(), auto_arm=True)
        scene.world.journals["locked"] = []
        scene.world.unreadable["locked"] = StorageError("It cannot be read.", "Look at its permissions.")
        store = Store()
        loaded = load_runs(scene.ports.folders, store)
        assert tuple(store.state.runs) == (good.run_id,)
        assert [(folder.name, error.text()) for folder, error in loaded.damaged] == [
            ("locked", "It cannot be read. Look at its permissions.")
        ]

    run_virtual(main())


def test_that_history_is_shown_and_a_damaged_journal_is_named() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        good = await scene.runner.run(scene.plan(), auto_arm=True)
        bad_id = RunId("bad")
        scene.world.journals[bad_id] = [line.replace("admin", "other") for line in scene.world.journals[good.run_id]]
        store = Store()
        loaded = load_runs(scene.ports.folders, store)
        assert store.run(good.run_id) == replace(good, adopted=True)
        assert loaded.open_runs == ()
        assert [folder.name for folder, _ in loaded.damaged] == [bad_id]
        assert bad_id not in store.state.runs

    run_virtual(main())


@pytest.mark.case("L1")
@pytest.mark.parametrize("here", [Place(scenario="default"), Place(region=REGION), Place(account_id=ACCOUNT)])
def test_that_a_run_on_aws_is_taken_up_in_its_own_account_and_region_only(here: Place) -> None:
    _, loaded, _ = _interrupted(3.0, lab=False)
    assert [run.may_end_at(here) for run in loaded.open_runs] == [False]
    assert [run.may_end_at(Place(account_id=ACCOUNT, region=REGION)) for run in loaded.open_runs] == [True]


@pytest.mark.case("L1")
def test_that_a_run_of_a_lab_may_be_ended_anywhere_because_its_lab_is_gone() -> None:
    _, loaded, _ = _interrupted(3.0, lab=True)
    assert [run.may_end_at(None) for run in loaded.open_runs] == [True]
