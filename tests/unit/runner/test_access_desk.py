"""Access requests by hand: armed, journalled before the call, made once, as the request stands at that moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from rdpgui.core.access_requests import AccessRequest, Deed, refusal_of
from rdpgui.core.account_events import Armed, EmergencyStopped, HandActionEnded, HandActionIntended
from rdpgui.core.errors import GuardRefusal, Refused
from rdpgui.core.ids import AccessRequestId, InstanceId
from rdpgui.runner.access_desk import AccessDesk
from tests.helpers.simulated_world import ACCOUNT, OTHER, REGION, TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

OI = AccessRequestId("oi-0123456789ab")


class Requests:
    """One request, and what was done."""

    def __init__(self, request: AccessRequest) -> None:
        self.request_there = request
        self.done: list[tuple[object, ...]] = []
        self.error: Refused | None = None

    async def requests(self) -> tuple[AccessRequest, ...]:
        return (self.request_there,)

    async def request(self, request_id: AccessRequestId) -> AccessRequest:
        return self.request_there

    async def file(self, instance_id: InstanceId, reason: str) -> AccessRequestId:
        self.done.append((instance_id, reason))
        return OI

    async def do(self, automation_id: str, deed: Deed, comment: str) -> None:
        self.done.append((automation_id, deed, comment))
        if self.error is not None:
            raise self.error


def _request(status: str = "PendingApproval", target: str = TARGET, execution: str = "e-1") -> AccessRequest:
    said = (("accessrequest.targets", target),) if target else ()
    return AccessRequest(OI, status, "arn:colleague", "Access", None, execution, said)


def _desk(
    requests: Requests, armed: InstanceId | None = TARGET, *, confirmed: bool = False
) -> tuple[Scene, AccessDesk]:
    scene = Scene(Behaviour(lab=False))
    if armed is not None:
        now = scene.world.clock.now()
        scene.store.publish(Armed(now, ACCOUNT, REGION, armed, now.replace(hour=23)))
    return scene, AccessDesk(scene.ports, requests, scene.store, by="ann", confirmed=confirmed)


def _refused(requests: Requests, armed: InstanceId | None, call: Callable[[AccessDesk], Awaitable[object]]) -> str:
    async def main() -> str:
        scene, desk = _desk(requests, armed)
        with pytest.raises(GuardRefusal) as caught:
            await call(desk)
        assert requests.done == [] and not [e for e in scene.events if isinstance(e, HandActionIntended)]
        return caught.value.text()

    return run_virtual(main())


def _approve(desk: AccessDesk) -> Awaitable[object]:
    return desk.do(OI, Deed.APPROVE)


@pytest.mark.parametrize("deed", list(Deed))
def test_that_a_deed_is_journalled_before_its_call_and_with_its_end(deed: Deed) -> None:
    async def main() -> None:
        requests = Requests(_request("Approved" if deed is Deed.REVOKE else "PendingApproval"))
        scene, desk = _desk(requests)
        await desk.do(OI, deed, " fine ")
        assert requests.done == [("e-1", deed, "fine")]
        told = [e for e in scene.events if isinstance(e, HandActionIntended | HandActionEnded)]
        assert [(e.action, e.target) for e in told] == [(f"{deed.action} {deed.value} {OI}", TARGET)] * 2
        assert len(scene.world.actions) == 2

    run_virtual(main())


def test_that_a_request_is_filed_with_the_person_s_reason() -> None:
    async def main() -> None:
        requests = Requests(_request())
        scene, desk = _desk(requests)
        assert await desk.file(TARGET, " ticket 7 ") == OI
        assert requests.done == [(TARGET, "ticket 7")]
        assert [e.action for e in scene.events if isinstance(e, HandActionIntended)] == ["ssm:StartAccessRequest"]

    run_virtual(main())


def test_that_nothing_is_asked_or_decided_unarmed_or_for_another_instance() -> None:
    for armed in (None, OTHER):
        _refused(Requests(_request()), armed, lambda desk: desk.file(TARGET, "why"))
        _refused(Requests(_request()), armed, _approve)
    _refused(Requests(_request(target="")), None, _approve)


@pytest.mark.parametrize(
    ("request_there", "words"),
    [
        (_request("Approved"), "not pending"),
        (_request("SomethingNew"), "not pending"),
        (_request(execution=""), "does not say which execution"),
    ],
)
def test_that_what_no_longer_stands_so_is_not_decided(request_there: AccessRequest, words: str) -> None:
    assert words in _refused(Requests(request_there), TARGET, _approve)
    _refused(Requests(request_there), TARGET, lambda desk: desk.file(TARGET, "x" * 257))
    _refused(Requests(request_there), TARGET, lambda desk: desk.file(TARGET, "  "))


def test_that_where_aws_names_no_node_any_armed_one_of_the_place_will_do() -> None:
    async def main() -> None:
        requests = Requests(_request(target=""))
        _scene, desk = _desk(requests, OTHER)
        await desk.do(OI, Deed.REJECT)
        assert requests.done == [("e-1", Deed.REJECT, "")]

    run_virtual(main())


def test_that_the_emergency_stop_holds_for_what_was_confirmed_on_the_command_line_too() -> None:
    async def main() -> None:
        requests = Requests(_request())
        scene, desk = _desk(requests, None, confirmed=True)
        await desk.do(OI, Deed.APPROVE)
        assert len(requests.done) == 1
        scene.store.publish(EmergencyStopped(scene.world.clock.now()))
        with pytest.raises(GuardRefusal):
            await desk.do(OI, Deed.APPROVE)
        assert len(requests.done) == 1

    run_virtual(main())


def test_that_a_refusal_of_aws_stands_in_the_journal_and_nothing_is_repeated() -> None:
    async def main() -> None:
        requests = Requests(_request())
        requests.error = Refused("AWS refused it.")
        scene, desk = _desk(requests)
        with pytest.raises(Refused):
            await desk.do(OI, Deed.APPROVE)
        (ended,) = [e for e in scene.events if isinstance(e, HandActionEnded)]
        assert ended.error == "AWS refused it." and ended.outcome_known and len(requests.done) == 1

    run_virtual(main())


def test_that_only_a_known_word_allows_anything() -> None:
    for status in ("", "Revoked", "Expired", "New"):
        assert all(refusal_of(replace(_request(), status=status), deed) for deed in Deed)
