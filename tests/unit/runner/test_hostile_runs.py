"""What fooled a whole run: the same cases as in the journals, with the runner that has to look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import AccessDenied, AwsError, Throttled
from rdpgui.core.recording import RecordingObject
from rdpgui.core.run_events import DestinationRead, SessionSeenAgain
from rdpgui.core.session import AccessType
from rdpgui.core.settings import LAB_TIMING
from rdpgui.core.state import RunState
from rdpgui.core.verdict import CheckId, VerdictValue
from tests.helpers.fake_ports import FakeDisruptions, FakeObjects, FakeSessions
from tests.helpers.simulated_world import BUCKET, OTHER, TARGET, Behaviour
from tests.unit.runner.scenes import Scene, run_scene

D = DisruptionId
PASS, FAIL, INCONCLUSIVE = VerdictValue.PASS, VerdictValue.FAIL, VerdictValue.INCONCLUSIVE


def _cause(run: RunState, check_id: CheckId) -> str:
    assert run.verdict is not None
    return next(check.cause for check in run.verdict.checks if check.check_id is check_id)


@pytest.mark.case("V1", "V2")
@pytest.mark.parametrize("after_s", [0.0, 0.4, 0.8])
def test_that_a_window_closed_before_the_machine_obeyed_passes_nothing(after_s: float) -> None:
    def close(scene: Scene) -> None:
        scene.world.behaviour.on_action = lambda: scene.world.later(after_s, scene.world.disconnect, TARGET)

    _, run = run_scene(Behaviour(), D.OS_SHUTDOWN, timing=replace(LAB_TIMING, os_delay_s=5), prepare=close)
    assert run.verdict is not None and run.verdict.value is not PASS
    assert _cause(run, CheckId.ENDED_AFTER) == "session-ended-before"


@pytest.mark.case("V10")
@pytest.mark.parametrize("named", [True, False])
def test_that_the_first_film_that_fits_does_not_end_the_wait(named: bool) -> None:
    """A session on another instance, as long as ours; its film comes first, ours seconds later."""

    def neighbour(scene: Scene) -> None:
        scene.world.behaviour.key_names = named
        scene.world.later(0.6, scene.world.open, OTHER, AccessType.STANDARD)
        scene.world.behaviour.on_action = lambda: scene.world.later(1.0, scene.world.disconnect, OTHER)

    timing = replace(LAB_TIMING, recording_usual_s=(0.5, 5.0))
    _, run = run_scene(Behaviour(object_late_s=2.0, connect_s=0.6), timing=timing, prepare=neighbour)
    assert run.verdict is not None
    if named:
        assert run.verdict.value is PASS, run.verdict.reasons
    else:
        assert run.verdict.value is INCONCLUSIVE
        assert _cause(run, CheckId.OWN_RECORDING) in ("looks-alike", "several-candidates")


@pytest.mark.case("V17")
@pytest.mark.parametrize("error", [AccessDenied("no"), Throttled("slow"), None], ids=["denied", "throttled", "empty"])
def test_that_an_object_that_is_listed_and_cannot_be_read_is_not_missing(
    error: AwsError | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def head(port: FakeObjects, bucket: str, key: str) -> RecordingObject:
        if error is not None:
            raise error
        return RecordingObject(BUCKET, key, 0, "", port.world.clock.true_now())

    monkeypatch.setattr(FakeObjects, "head", head)
    scene, run = run_scene(Behaviour())
    assert run.verdict is not None and run.verdict.value is INCONCLUSIVE
    assert _cause(run, CheckId.OWN_RECORDING) in ("object-unreadable", "object-changed")
    read = next(event for event in scene.events if isinstance(event, DestinationRead))
    assert read.listed == 1


@pytest.mark.case("V18")
def test_that_a_session_that_two_listings_lacked_goes_on_when_it_is_listed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listing = FakeSessions.sessions
    lacked: list[int] = []

    async def sessions(port: FakeSessions, **asked: object) -> object:
        listed = await listing(port, **asked)  # type: ignore[arg-type]
        if asked["active"] and asked.get("target") and port.world.clock.monotonic() > 1.0 and len(lacked) < 2:
            lacked.append(1)
            return ()
        return listed

    monkeypatch.setattr(FakeSessions, "sessions", sessions)
    timing = replace(LAB_TIMING, steady_s=0.2)
    scene, run = run_scene(Behaviour(shutdown_screen_s=6.0), timing=timing)
    assert any(isinstance(event, SessionSeenAgain) for event in scene.events) or run.verdict is None
    assert run.verdict is None or run.verdict.value is not FAIL


@pytest.mark.case("V19")
@pytest.mark.parametrize("error", [Throttled("RequestLimitExceeded"), AccessDenied("UnauthorizedOperation")])
def test_that_a_stop_that_took_effect_and_was_answered_with_an_error_is_observed_and_not_repeated(
    error: AwsError, monkeypatch: pytest.MonkeyPatch
) -> None:
    perform = FakeDisruptions.perform

    async def stopped(port: FakeDisruptions, *asked: object, **more: object) -> None:
        await perform(port, *asked, **more)  # type: ignore[arg-type]
        raise error

    monkeypatch.setattr(FakeDisruptions, "perform", stopped)
    scene, run = run_scene(Behaviour())
    assert run.verdict is not None
    assert run.verdict.value is PASS, run.verdict.reasons
    assert sum(call.startswith("ec2:StopInstances") for call in scene.world.calls) == 1


@pytest.mark.case("V20")
def test_that_a_local_tunnel_that_was_open_lacks_no_recording() -> None:
    def tunnel(scene: Scene) -> None:
        scene.world.behaviour.object_missing = True
        scene.world._connected(TARGET, AccessType.STANDARD)
        scene.world.connections[0].tunnel = True

    _, run = run_scene(Behaviour(), D.OS_SHUTDOWN, prepare=tunnel)
    assert run.verdict is not None and run.verdict.value is INCONCLUSIVE
    assert _cause(run, CheckId.OWN_RECORDING) == "may-be-a-tunnel"


@pytest.mark.case("V20")
def test_that_the_audit_log_tells_a_remote_desktop_from_a_tunnel() -> None:
    def opened_before(scene: Scene) -> None:
        scene.world.behaviour.object_missing = True
        scene.world._connected(TARGET, AccessType.STANDARD)

    _, run = run_scene(Behaviour(), D.OS_SHUTDOWN, prepare=opened_before)
    assert run.verdict is not None and run.verdict.value is FAIL
    assert run.verdict.cause == "recording-missing"


@pytest.mark.case("H23")
def test_that_one_remote_desktop_in_the_audit_log_speaks_for_one_session() -> None:
    """A tunnel, and a colleague's remote desktop beside it: the only StartConnection is the colleague's."""

    def both(scene: Scene) -> None:
        scene.world.behaviour.object_missing = True
        for _ in range(2):
            scene.world._connected(TARGET, AccessType.STANDARD)
        scene.world.connections[0].tunnel = True

    _, run = run_scene(Behaviour(), D.OS_SHUTDOWN, prepare=both)
    assert run.verdict is not None and run.verdict.value is INCONCLUSIVE
    assert _cause(run, CheckId.OWN_RECORDING) == "may-be-a-tunnel"


@pytest.mark.case("H13")
def test_that_a_session_whose_document_is_not_told_is_a_neighbour_and_a_shell_is_none() -> None:
    def others(scene: Scene) -> None:
        for document in ("", "SSM-SessionManagerRunShell"):
            scene.world._connected(OTHER, AccessType.STANDARD)
            made = scene.world.connections[-1]
            made.session = replace(made.session, document_name=document)

    _, run = run_scene(Behaviour(), prepare=others)
    assert run.neighbours is not None
    assert [session.document_name for session in run.neighbours.sessions] == [""]


@pytest.mark.case("V14", "V15")
@pytest.mark.parametrize("step_s", [-8.0, -4.0, 2.0, 4.0])
@pytest.mark.parametrize("early_s", [0.0, 8.0])
def test_that_a_local_clock_that_is_set_meanwhile_neither_passes_nor_fails_wrongly(
    step_s: float, early_s: float
) -> None:
    def step(scene: Scene) -> None:
        def now() -> None:
            scene.world.clock.skew_s += step_s

        scene.world.later(1.8, now)

    behaviour = Behaviour(film_early_s=early_s, shutdown_screen_s=early_s + 2.0)
    _, run = run_scene(behaviour, timing=replace(LAB_TIMING, session_end_limit_s=60.0), prepare=step)
    assert run.verdict is not None
    assert run.verdict.value is not (PASS if early_s else FAIL)
