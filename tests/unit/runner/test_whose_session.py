"""On AWS a session whose owner does not tell who opened it is somebody's own only on proof; else the run asks."""

from __future__ import annotations

import shlex
from dataclasses import replace
from functools import partial

import pytest

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import Event
from rdpgui.core.ids import AccessRequestId, InstanceId, SessionId
from rdpgui.core.people_events import SessionAnswered, SessionQuestioned
from rdpgui.core.ports import OpenedConnection
from rdpgui.core.run import RunPlan, RunStatus
from rdpgui.core.run_events import IntentRecorded
from rdpgui.core.session import AccessType
from rdpgui.core.state import AppState, RunState
from rdpgui.core.strangers import is_anothers
from rdpgui.runner.experiment_runner import ExperimentRunner
from tests.helpers.fake_ports import FakeOpener
from tests.helpers.simulated_world import ACCOUNT, REGION, TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

ME = "arn:aws:sts::111122223333:assumed-role/Ops/me"
SIGNED = "arn:aws:sts::111122223333:assumed-role/SSM-JustInTimeAccessTokenRole/"
JIT = AccessType.JUST_IN_TIME
SIGNERS = [f"{SIGNED}colleague", f"{SIGNED}me", SIGNED, "", "arn:aws:sts::111122223333:assumed-role/OtherToken/me"]


def _scene(me: str = ME) -> Scene:
    """An account in which nobody is connected, and nobody will be unless a test says so."""
    scene = Scene(Behaviour(lab=False, never_connects=True))
    scene.store.publish(IdentityObserved(scene.world.clock.now(), ACCOUNT, me, REGION, "", "", False))
    return scene


def _comes(scene: Scene, owner: str, access: AccessType = JIT, name: str = "") -> None:
    """Somebody connects now."""
    scene.world._connected(TARGET, access)
    connection = scene.world.connections[-1]
    session_id = SessionId(name) if name else connection.session.session_id
    connection.session = replace(connection.session, owner=owner, session_id=session_id)


def _answers(scene: Scene, *own: bool, after_s: float = 2.0) -> None:
    """A person answers one question after the other; who is asked no more says no more."""
    said = list(own)

    def on_event(state: AppState, event: Event) -> None:
        if isinstance(event, SessionQuestioned) and said:
            scene.world.later(after_s, partial(_say, scene, event, said.pop(0)))

    scene.store.subscribe(on_event)


def _say(scene: Scene, asked: SessionQuestioned, own: bool) -> None:
    line = scene.runner.line_of(asked.run_id)
    if line is not None:
        session = asked.session
        line.emit(SessionAnswered(scene.world.clock.now(), asked.run_id, session.session_id, session.owner, own, "ann"))


def _plan(scene: Scene, *, by_hand: bool = False) -> RunPlan:
    return replace(scene.plan(DisruptionId.EC2_REBOOT, JIT), connect_limit_s=120.0, by_hand=by_hand)


def _asked(scene: Scene) -> list[SessionQuestioned]:
    return [event for event in scene.events if isinstance(event, SessionQuestioned)]


def _is_untouched(scene: Scene, run: RunState) -> bool:
    ordered = any(isinstance(event, IntentRecorded) for event in scene.events)
    return run.status is RunStatus.FAILED and run.attached is None and not ordered


@pytest.mark.case("P6")
@pytest.mark.parametrize("owner", SIGNERS)
@pytest.mark.parametrize("by_hand", [False, True])
def test_that_a_session_that_anybody_may_have_opened_is_not_taken_without_a_yes(owner: str, by_hand: bool) -> None:
    async def main() -> None:
        scene = _scene()
        scene.world.later(5.0, _comes, scene, owner)
        run = await scene.runner.run(_plan(scene, by_hand=by_hand), auto_arm=True)
        assert _is_untouched(scene, run)
        assert [asked.session.owner for asked in _asked(scene)] == [owner], "asked once, its owner named"
        assert scene.world.connections[0].session.session_id in run.reason

    run_virtual(main())


@pytest.mark.parametrize("name", ["me-0a1b", "my name-0a1b", "$(reboot)-0a1b", "it's; ls-0a1b"])
def test_that_the_line_to_agree_with_can_be_pasted_whatever_the_session_s_id_holds(name: str) -> None:
    async def main() -> None:
        scene = _scene()
        scene.world.later(5.0, _comes, scene, "", JIT, name)
        run = await scene.runner.run(_plan(scene), auto_arm=True)
        assert _is_untouched(scene, run)
        assert f"Session {name} of" in run.reason, "it is named as it is"
        line = run.reason.partition("on the command line: ")[2].removesuffix(").")
        assert shlex.split(line) == ["--mine", name]

    run_virtual(main())


@pytest.mark.case("P6")
@pytest.mark.parametrize("owner", SIGNERS)
def test_that_a_session_is_taken_on_a_yes(owner: str) -> None:
    async def main() -> None:
        scene = _scene()
        scene.world.later(5.0, _comes, scene, owner)
        _answers(scene, True)
        run = await scene.runner.run(_plan(scene), auto_arm=True)
        assert run.status is RunStatus.COMPLETED and run.accepted
        assert not is_anothers(scene.store.state, run.attached.session), "told once, known from then on"  # type: ignore[union-attr]

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_a_colleague_s_session_with_just_in_time_access_is_not_taken_for_the_one_s_own() -> None:
    """It comes while the person clicks in the console; the role signs both."""

    async def main() -> None:
        scene = _scene()
        _answers(scene, False, True)
        scene.world.later(5.0, _comes, scene, f"{SIGNED}x")
        scene.world.later(20.0, scene.world.disconnect, TARGET)
        scene.world.later(40.0, _comes, scene, f"{SIGNED}x")
        run = await scene.runner.run(_plan(scene), auto_arm=True)
        assert run.attached is not None and run.status is RunStatus.COMPLETED
        assert run.attached.session.session_id == scene.world.connections[1].session.session_id
        assert len(_asked(scene)) == 2

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_the_colleague_who_is_still_there_is_not_cut_off_with_the_own_session() -> None:
    async def main() -> None:
        scene = _scene()
        _answers(scene, False, True)
        scene.world.later(5.0, _comes, scene, f"{SIGNED}colleague")
        scene.world.later(40.0, _comes, scene, f"{SIGNED}me")
        run = await scene.runner.run(_plan(scene), auto_arm=True)
        assert run.attached is not None and run.attached.session.owner == f"{SIGNED}me"
        assert run.status is RunStatus.FAILED and run.intents == ()
        assert f"{SIGNED}colleague is connected to {TARGET}" in run.reason

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_who_calls_as_the_signing_role_is_not_everybody_whom_it_signs_for() -> None:
    async def main() -> None:
        scene = _scene(me=f"{SIGNED}shared")
        scene.world.later(5.0, _comes, scene, f"{SIGNED}shared")
        run = await scene.runner.run(_plan(scene), auto_arm=True)
        assert _is_untouched(scene, run) and len(_asked(scene)) == 1

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_whom_a_run_by_hand_only_watched_is_somebody_else_s_for_the_next_run() -> None:
    """A run that observes whoever is there, and one that cut somebody off on a yes, prove nothing of them."""

    async def main() -> None:
        scene = _scene()
        colleague = "arn:aws:sts::111122223333:assumed-role/Ops/colleague"
        _comes(scene, colleague, AccessType.STANDARD)
        session_id = scene.world.connections[0].session.session_id
        plan = replace(scene.plan(DisruptionId.CONTROL_NONE), connect_limit_s=60.0, agreed=(session_id,))
        scene.world.later(30.0, scene.runner.abort)
        watched = await scene.runner.run(plan, auto_arm=True)
        assert watched.attached is not None and watched.attached.session.owner == colleague
        run = await scene.runner.run(scene.plan(DisruptionId.EC2_REBOOT), auto_arm=True)
        assert _is_untouched(scene, run) and f"{colleague} is connected" in run.reason

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_the_own_session_is_used_rather_than_one_that_may_be_cut_off() -> None:
    async def main() -> None:
        scene = _scene()
        _comes(scene, ME, AccessType.STANDARD)
        await scene.world.clock.sleep(1.0)
        _comes(scene, "arn:aws:sts::111122223333:assumed-role/Ops/colleague", AccessType.STANDARD)
        agreed = (scene.world.connections[1].session.session_id,)
        run = await scene.runner.run(replace(scene.plan(DisruptionId.EC2_REBOOT), agreed=agreed), auto_arm=True)
        assert run.attached is not None and run.attached.session.owner == ME
        assert run.status is RunStatus.COMPLETED

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_by_hand_a_colleague_s_open_session_is_not_the_one_that_is_watched() -> None:
    async def main() -> None:
        scene = _scene()
        _comes(scene, "arn:aws:sts::111122223333:assumed-role/Ops/colleague", AccessType.STANDARD)
        plan = replace(scene.plan(DisruptionId.OS_REBOOT), connect_limit_s=60.0, by_hand=True)
        scene.world.later(20.0, _comes, scene, ME, AccessType.STANDARD)
        scene.world.later(40.0, scene.runner.abort)
        run = await scene.runner.run(plan)
        assert scene.world.opened, "the own connection is asked for"
        assert run.attached is not None and run.attached.session.owner == ME

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_in_the_lab_the_session_is_the_one_that_opening_told() -> None:
    async def main() -> None:
        scene = Scene(Behaviour(lab=True))
        opener = _Told(scene)
        runner = ExperimentRunner(replace(scene.ports, opener=opener), scene.store, scene.settings, scene.timing)
        run = await runner.run(scene.plan(DisruptionId.EC2_REBOOT), auto_arm=True)
        assert run.attached is not None and run.attached.session.session_id == opener.told
        assert run.status is RunStatus.COMPLETED

    run_virtual(main())


class _Told(FakeOpener):
    """Opens as the second, while somebody else of the lab connects as the first."""

    told = SessionId("admin-1")

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.world)

    async def open(
        self, instance_id: InstanceId, access_type: AccessType, *, request_id: AccessRequestId | None, attended: bool
    ) -> OpenedConnection:
        self.world._connected(instance_id, access_type)
        opened = await super().open(instance_id, access_type, request_id=request_id, attended=attended)
        return replace(opened, session_id=self.told)


@pytest.mark.case("P6")
@pytest.mark.parametrize("open_before", [False, True])
def test_that_without_a_window_a_session_is_taken_at_the_word_given_before(open_before: bool) -> None:
    """By its id, whoever signs it; the word is journalled, with who gave it."""

    async def main() -> None:
        scene = _scene()
        if open_before:
            _comes(scene, f"{SIGNED}x", JIT, "me-0a1b")
        else:
            scene.world.later(5.0, _comes, scene, f"{SIGNED}x", JIT, "me-0a1b")
        plan = replace(_plan(scene), mine=("me-0a1b",), said_by="ann")
        run = await scene.runner.run(plan, auto_arm=True)
        assert run.status is RunStatus.COMPLETED and run.accepted, run.reason
        (said,) = run.answers
        assert (said.session_id, said.owner, said.own, said.by) == ("me-0a1b", f"{SIGNED}x", True, "ann")
        assert _asked(scene) == []

    run_virtual(main())


BROWSER = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Ops_0/ann"


@pytest.mark.case("P6")
def test_that_who_signs_in_elsewhere_than_in_the_terminal_is_known_by_the_owner_they_named() -> None:
    async def main() -> None:
        scene = _scene()
        plan = replace(scene.plan(DisruptionId.EC2_REBOOT), mine=(BROWSER,), said_by="ann", connect_limit_s=120.0)
        scene.world.later(5.0, _comes, scene, f"{BROWSER}e", AccessType.STANDARD)
        scene.world.later(20.0, scene.world.disconnect, TARGET)
        scene.world.later(40.0, _comes, scene, BROWSER, AccessType.STANDARD)
        run = await scene.runner.run(plan, auto_arm=True)
        assert run.status is RunStatus.COMPLETED, run.reason
        assert run.attached is not None and run.attached.session.owner == BROWSER, "owners are compared whole"

    run_virtual(main())


@pytest.mark.case("P6")
def test_that_an_owner_named_as_one_s_own_takes_in_nobody_else() -> None:
    async def main() -> None:
        for owner, access in ((SIGNED, JIT), (BROWSER, JIT), (f"{BROWSER}e", AccessType.STANDARD)):
            scene = _scene()
            plan = replace(_plan(scene), mine=(BROWSER, SIGNED), said_by="ann")
            scene.world.later(5.0, _comes, scene, owner, access)
            run = await scene.runner.run(replace(plan, access_type=access), auto_arm=True)
            assert _is_untouched(scene, run) and run.answers == (), (owner, access)

    run_virtual(main())
