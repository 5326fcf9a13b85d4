"""Several runs in a row."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.judging.claims import ClaimId, ClaimResult, judge_claims
from rdpgui.core.run import RunPlan, RunStatus
from rdpgui.core.run_events import CandidatesFound, RunStarted, SessionAttached
from rdpgui.core.session import AccessType
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.matrix import Matrix, Row, RowStatus
from rdpgui.runner.plans import assign_instances, matrix_pairs
from tests.helpers.simulated_world import OTHER, TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene


def _plans(scene: Scene) -> list[RunPlan]:
    rows = assign_instances(matrix_pairs(), [TARGET, OTHER])
    return [scene.plan(disruption, access, instance_id) for (disruption, access), instance_id in rows]


def test_that_the_matrix_has_ten_rows_with_the_controls_first() -> None:
    pairs = matrix_pairs()
    assert len(pairs) == len(set(pairs)) == 10
    assert {pair[0] for pair in pairs[:2]} == {DisruptionId.CONTROL_NONE, DisruptionId.CONTROL_DISCONNECT}


def test_that_the_whole_matrix_runs_every_kind_with_both_access_types() -> None:
    pairs = matrix_pairs(whole=True)
    assert pairs[:2] == matrix_pairs()[:2]
    assert len(pairs) == len(set(pairs)) == 9 * 2 + 2
    assert {pair[0] for pair in pairs} == set(DisruptionId)


def test_that_disruptions_take_turns_on_the_instances() -> None:
    rows = assign_instances(matrix_pairs(), [TARGET, OTHER])
    assert [instance_id for _, instance_id in rows[2:]] == [TARGET, OTHER] * 4
    with pytest.raises(ValueError, match="at least one"):
        assign_instances(matrix_pairs(), [])


def test_that_a_whole_matrix_passes_supports_the_claims_and_keeps_connections_apart() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        progress: list[tuple[int, RowStatus]] = []
        matrix = Matrix(scene.runner, scene.store, lambda number, row: progress.append((number, row.status)))
        begun = asyncio.get_running_loop().time()
        rows = await matrix.run(_plans(scene))
        took_s = asyncio.get_running_loop().time() - begun
        assert [row.as_expected for row in rows] == [True] * 10
        assert took_s < 60.0
        assert [item for item in progress if item[1] is RowStatus.RUNNING] == [
            (n, RowStatus.RUNNING) for n in range(10)
        ]
        order = [type(e).__name__ for e in scene.events if isinstance(e, SessionAttached | CandidatesFound)]
        assert order == ["SessionAttached", "CandidatesFound"] * 10
        claims = {claim.claim_id: claim.result for claim in judge_claims(scene.store.state.runs.values())}
        assert claims == {
            **dict.fromkeys((ClaimId.C1, ClaimId.C2, ClaimId.C3, ClaimId.C4, ClaimId.C5), ClaimResult.SUPPORTED),
            ClaimId.C6: ClaimResult.UNTESTED,
        }

    run_virtual(main())


def test_that_the_next_run_begins_while_the_last_instance_is_restored() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(boot_s=30.0), timing=replace(Scene(Behaviour()).timing, connect_limit_s=60.0))
        plans = [scene.plan(DisruptionId.EC2_STOP, AccessType.STANDARD, i) for i in (TARGET, OTHER)]
        rows = await Matrix(scene.runner, scene.store).run(plans)
        first, second = (row.run for row in rows)
        assert first is not None and second is not None and first.ended_at is not None
        assert second.started_at < first.ended_at

    run_virtual(main())


def test_that_two_runs_on_one_instance_never_overlap() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        plans = [scene.plan(DisruptionId.EC2_STOP), scene.plan(DisruptionId.OS_REBOOT)]
        rows = await Matrix(scene.runner, scene.store).run(plans)
        first, second = (row.run for row in rows)
        assert first is not None and second is not None and first.ended_at is not None
        assert second.started_at >= first.ended_at

    run_virtual(main())


@pytest.mark.parametrize("emergency", [False, True])
def test_that_a_stopped_matrix_aborts_its_run_and_skips_the_rest(emergency: bool) -> None:
    async def main() -> tuple[Scene, tuple[Row, ...]]:
        scene = Scene(Behaviour())
        matrix = Matrix(scene.runner, scene.store)
        desk = ArmingDesk(scene.store, scene.ports.clock, 300.0)
        scene.world.later(6.0, desk.emergency_stop if emergency else matrix.stop)
        return scene, await matrix.run(_plans(scene))

    scene, rows = run_virtual(main())
    assert [row.status for row in rows] == [RowStatus.ENDED] * 2 + [RowStatus.SKIPPED] * 8
    assert rows[1].run is not None and rows[1].run.status is RunStatus.ABORTED
    assert rows[2].error == ("emergency stop" if emergency else "stopped by hand")
    assert sum(isinstance(event, RunStarted) for event in scene.events) == 2


@pytest.mark.case("R8")
def test_that_a_matrix_that_was_stopped_before_its_first_row_begins_none() -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        matrix = Matrix(scene.runner, scene.store)
        matrix.stop("interrupted")  # while instances are looked for
        rows = await matrix.run(_plans(scene))
        assert {(row.status, row.error) for row in rows} == {(RowStatus.SKIPPED, "interrupted")}
        assert scene.store.state.runs == {}

    run_virtual(main())


def test_that_a_lost_recording_of_one_run_is_not_taken_for_the_next_one_s() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(object_late_s=14.0))
        rows = await Matrix(scene.runner, scene.store).run(_plans(scene)[:4])
        for row in rows:
            assert row.run is not None and row.run.verdict is not None
            assert not row.as_expected

    run_virtual(main())


def test_that_claims_are_refuted_by_a_recorder_on_the_instance() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(recorder_on_instance=True))
        await Matrix(scene.runner, scene.store).run(_plans(scene))
        claims = {claim.claim_id: claim for claim in judge_claims(scene.store.state.runs.values())}
        for claim_id in (ClaimId.C1, ClaimId.C3, ClaimId.C4, ClaimId.C5):
            assert claims[claim_id].result is ClaimResult.REFUTED
            assert claims[claim_id].refuting
        assert claims[ClaimId.C2].result is ClaimResult.UNTESTED

    run_virtual(main())


def test_that_claims_without_runs_are_untested() -> None:
    assert {claim.result for claim in judge_claims([])} == {ClaimResult.UNTESTED}
