"""``rdpgui access``: listing only reads; a request is filed or decided only with its confirmation typed."""

from __future__ import annotations

import argparse
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rdpgui.app import access_command, cli
from rdpgui.app.access_listing import AccessListing
from rdpgui.core.access_requests import AccessRequest, Deed
from rdpgui.core.errors import AccessDenied, GuardRefusal, SettingsError
from rdpgui.core.ids import AccessRequestId, InstanceId
from rdpgui.core.place import Place
from tests.helpers.simulated_world import TARGET, Behaviour
from tests.helpers.virtual_time import run_virtual
from tests.unit.runner.scenes import Scene

OI = AccessRequestId("oi-0123456789ab")
LISTED = AccessRequest(OI, "PendingApproval", "arn:colleague", "Access")
WHOLE = AccessRequest(OI, "PendingApproval", "arn:colleague", "Access", None, "e-1", (("targets", TARGET),))


class Requests:
    """One request; what it carries may be hidden."""

    def __init__(self, *, hidden: bool = False) -> None:
        self.hidden = hidden
        self.done: list[tuple[object, ...]] = []
        self.looks = 0

    async def requests(self) -> tuple[AccessRequest, ...]:
        return (LISTED,)

    async def request(self, request_id: AccessRequestId) -> AccessRequest:
        self.looks += 1
        if self.hidden:
            raise AccessDenied("denied")
        return WHOLE

    async def file(self, instance_id: InstanceId, reason: str) -> AccessRequestId:
        self.done.append((instance_id, reason))
        return OI

    async def do(self, automation_id: str, deed: Deed, comment: str) -> None:
        self.done.append((automation_id, deed, comment))


def _asked(*argv: str) -> argparse.Namespace:
    return cli.build_parser().parse_args(["access", *argv])


def _run(requests: Requests, *argv: str) -> None:
    async def main() -> None:
        scene = Scene(Behaviour(lab=False))
        aws = SimpleNamespace(access_desk=requests)
        environment = SimpleNamespace(ports=scene.ports, aws=aws, place=Place())
        await access_command._do(cast(Any, environment), _asked(*argv))

    run_virtual(main())


def test_that_the_list_says_what_each_request_carries(capsys: pytest.CaptureFixture[str]) -> None:
    requests = Requests()
    _run(requests, "list")
    assert f"{OI}  PendingApproval" in (told := capsys.readouterr().out) and f"targets: {TARGET}" in told
    _run(requests, "list", "--json")
    (found,) = json.loads(capsys.readouterr().out)["requests"]
    assert (found["id"], found["targets"], found["execution"]) == (OI, [TARGET], "e-1")
    assert requests.done == []


def test_that_what_a_request_carries_is_read_once_and_may_be_hidden() -> None:
    async def main() -> None:
        listing, requests = AccessListing(), Requests()
        for _ in range(3):
            (found,) = await listing.read(requests)
            assert found.automation_id == "e-1"
        assert requests.looks == 1
        (found,) = await AccessListing().read(Requests(hidden=True))
        assert found == LISTED

    run_virtual(main())


@pytest.mark.parametrize("verb", [deed.name.lower() for deed in Deed if deed is not Deed.REVOKE])
def test_that_a_decision_needs_the_request_typed_once_more(verb: str) -> None:
    requests = Requests()
    for more in ((), ("--confirm", "oi-1")):
        with pytest.raises(GuardRefusal):
            _run(requests, verb, OI, *more)
    with pytest.raises(SettingsError):
        _run(requests, verb)
    assert requests.done == []
    _run(requests, verb, OI, "--confirm", OI, "--comment", "fine")
    assert requests.done == [("e-1", Deed[verb.upper()], "fine")]


def test_that_a_request_needs_the_instance_s_name_and_a_reason() -> None:
    requests = Requests()
    for argv in (("--reason", "why"), ("--reason", "why", "--confirm", TARGET), ("--confirm", "win-0")):
        with pytest.raises(GuardRefusal):
            _run(requests, "request", TARGET, *argv)
    assert requests.done == []
    _run(requests, "request", TARGET, "--reason", "why", "--confirm", "win-0")
    assert requests.done == [(TARGET, "why")]
