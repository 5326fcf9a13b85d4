"""Views and bugs: nothing that is shown can touch a run, and a bug inside a run ends it in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from rdpgui.core import log_lines
from rdpgui.core.account_events import EmergencyStopped
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import Event
from rdpgui.core.instance import InstanceState
from rdpgui.core.log_lines import UNWORDED
from rdpgui.core.passing_events import Looked
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_events import ConnectionClosed, ConnectionOpened, IntentRecorded, PhaseEntered, RunEnded
from rdpgui.core.session import AccessType
from rdpgui.core.state import AppState, RunState
from rdpgui.core.verdict import VerdictValue
from rdpgui.runner.matrix import Matrix, RowStatus
from rdpgui.runner.recording_wait import RecordingWait
from rdpgui.runner.store import Store
from rdpgui.runner.witness import Witness
from tests.helpers.simulated_world import TARGET, Behaviour
from tests.helpers.virtual_time import EPOCH, run_virtual
from tests.unit.runner.scenes import Scene, run_scene

D = DisruptionId
Prepare = Callable[[Scene], None]


def _bugs(scene: Scene) -> list[BaseException]:
    """Collect what goes to the loop's exception handler, as the crash reporter does."""
    found: list[BaseException] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: found.append(context["exception"]))
    return found


def _with_view(view: Callable[[AppState, Event], None], bugs: list[BaseException]) -> Prepare:
    def prepare(scene: Scene) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: bugs.append(context["exception"]))
        scene.store.show(view)

    return prepare


def _raise(*_args: object, **_kwargs: object) -> Any:
    raise IndexError("a bug")


@pytest.mark.case("R1", "R2")
@pytest.mark.parametrize("disruption_id", [D.EC2_STOP, D.OS_REBOOT, D.CONTROL_NONE])
def test_that_a_view_that_always_raises_changes_nothing_of_a_run(disruption_id: DisruptionId) -> None:
    scene, run = run_scene(Behaviour(), disruption_id)
    bugs: list[BaseException] = []
    other, told = run_scene(Behaviour(), disruption_id, prepare=_with_view(_raise, bugs))
    assert [(type(e), e.at) for e in other.events] == [(type(e), e.at) for e in scene.events]
    assert (told.status, told.verdict, len(told.log)) == (run.status, run.verdict, len(run.log))
    assert len(bugs) >= len(other.events) - 1


@pytest.mark.case("R1", "R2")
@pytest.mark.parametrize("phase", list(Phase))
def test_that_an_exception_in_a_view_at_any_phase_changes_nothing(phase: Phase) -> None:
    seen: list[Event] = []

    def view(_state: AppState, event: Event) -> None:
        if isinstance(event, PhaseEntered) and event.phase is phase:
            raise IndexError("a bug")
        seen.append(event)

    bugs: list[BaseException] = []
    scene, run = run_scene(Behaviour(), prepare=_with_view(view, bugs))
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS
    assert scene.world.calls.count("ec2:StopInstances " + TARGET) == 1
    assert [type(error) for error in bugs] == [IndexError]
    assert seen == [e for e in scene.events[1:] if not (isinstance(e, PhaseEntered) and e.phase is phase)]


@pytest.mark.case("R1")
def test_that_views_are_told_after_the_runs_own_turn_in_order() -> None:
    async def main() -> None:
        store, told = Store(), []
        store.show(lambda state, event: told.append((type(event).__name__, state.emergency)))
        store.publish(EmergencyStopped(EPOCH))
        assert told == []
        await asyncio.sleep(0)
        assert told == [("EmergencyStopped", True)]

    run_virtual(main())


@pytest.mark.case("R1")
def test_that_a_view_that_was_taken_away_is_told_nothing_more() -> None:
    async def main() -> None:
        store, told = Store(), []
        remove = store.show(lambda _state, event: told.append(event))
        store.publish(EmergencyStopped(EPOCH))
        remove()
        remove()
        await asyncio.sleep(0)
        assert told == []

    run_virtual(main())


@pytest.mark.case("R1")
def test_that_a_condition_that_raises_is_the_fault_of_who_waits() -> None:
    async def main() -> None:
        store = Store()

        def condition(state: AppState) -> bool:
            return state.emergency and bool([][0])

        waiting = asyncio.create_task(store.until(condition, None))
        await asyncio.sleep(0)
        store.publish(EmergencyStopped(EPOCH))
        assert store.state.emergency
        with pytest.raises(IndexError):
            await waiting

    run_virtual(main())


@pytest.mark.case("R1")
@pytest.mark.parametrize("part", ["_run_words", "_evidence_words", "_account_words"])
def test_that_a_log_line_that_cannot_be_made_changes_nothing_and_is_said(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, good = run_scene(Behaviour())
    monkeypatch.setattr(log_lines, part, _raise)
    _, run = run_scene(Behaviour())
    assert (run.status, run.verdict) == (good.status, good.verdict)
    assert any(line.text == UNWORDED and line.level == "error" for line in run.log)


@pytest.mark.case("R2")
def test_that_a_bug_after_the_disruption_ends_the_run_as_failed_with_its_clean_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(RecordingWait, "until_found", _raise)
    bugs: list[BaseException] = []
    scene, run = run_scene(Behaviour(), prepare=_with_view(lambda _state, _event: None, bugs))
    assert run.status is RunStatus.FAILED
    assert "IndexError: a bug" in run.reason
    assert run.reason in scene.world.journals[run.run_id][-1]
    assert [type(error) for error in bugs] == [IndexError]
    assert scene.world.machines[TARGET].item.state is InstanceState.RUNNING  # started again


@pytest.mark.case("R2")
@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.DONE])
def test_that_a_bug_at_any_phase_ends_the_run_and_what_it_opened(phase: Phase, monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(scene: Scene) -> None:
        _bugs(scene)
        real = scene.store.publish
        hit: list[Phase] = []

        def publish(event: Event) -> None:
            real(event)
            if isinstance(event, PhaseEntered) and event.phase is phase and not hit:
                hit.append(phase)
                raise IndexError("a bug")

        monkeypatch.setattr(scene.store, "publish", publish)

    scene, run = run_scene(Behaviour(), prepare=prepare)
    assert run.status is RunStatus.FAILED
    assert "IndexError" in run.reason
    assert not run.active
    assert scene.world.machines[TARGET].item.state is InstanceState.RUNNING
    ends = [type(e) for e in scene.events if isinstance(e, ConnectionOpened | ConnectionClosed | RunEnded)]
    assert ends in ([RunEnded], [ConnectionOpened, ConnectionClosed, RunEnded]) or run.left is not None
    assert ends[-1] is RunEnded


@pytest.mark.case("R1")
def test_that_a_bug_in_a_picture_beside_the_run_changes_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Witness, "_take", _raise)
    bugs: list[BaseException] = []
    _, run = run_scene(Behaviour(), prepare=_with_view(lambda _state, _event: None, bugs))
    assert run.status is RunStatus.COMPLETED
    assert run.verdict is not None and run.verdict.value is VerdictValue.PASS
    assert [type(error) for error in bugs] == [IndexError]


@pytest.mark.case("R1", "R2")
def test_that_a_bug_in_one_row_and_in_the_progress_ends_no_other_row(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        scene = Scene(Behaviour())
        bugs = _bugs(scene)
        real, begun = scene.runner.run, []

        async def run(plan: Any, **kwargs: Any) -> RunState:
            begun.append(plan)
            if len(begun) == 1:
                _raise()
            return await real(plan, **kwargs)

        monkeypatch.setattr(scene.runner, "run", run)
        matrix = Matrix(scene.runner, scene.store, _raise)
        plans = [scene.plan(D.EC2_STOP), scene.plan(D.OS_REBOOT, AccessType.JUST_IN_TIME)]
        rows = await matrix.run(plans)
        assert [row.status for row in rows] == [RowStatus.ENDED, RowStatus.ENDED]
        assert "IndexError" in rows[0].error
        assert rows[1].as_expected
        assert len(bugs) >= 3

    run_virtual(main())


@pytest.mark.case("R1")
def test_that_an_intent_that_was_published_is_followed_by_its_call() -> None:
    def view(_state: AppState, event: Event) -> None:
        if isinstance(event, IntentRecorded):
            raise IndexError("a bug")

    bugs: list[BaseException] = []
    scene, run = run_scene(Behaviour(), prepare=_with_view(view, bugs))
    stops = [call for call in scene.world.calls if call.startswith("ec2:StopInstances")]
    assert len(stops) == 1
    assert run.status is RunStatus.COMPLETED
    assert [e for e in scene.events if isinstance(e, Looked)]
    assert len(bugs) == 2  # the intents of the disruption and of restoring
