"""The browser is signed in as the same principal where that is possible; else it is said why not, in one sentence."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import Credentials

from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import LabKeys
from rdpgui.aws.factory import connect
from rdpgui.aws.federation import FederatedSignIn
from rdpgui.aws.holder import Holder
from rdpgui.core import federation
from rdpgui.core.access import CredentialKind
from rdpgui.core.federation import ENDPOINTS, ConsoleSignIn, partition_of
from tests.helpers.limits import limit_s

ROLE = "arn:aws:sts::111122223333:assumed-role/Ops/me"
SECRETS = ("SECRET-KEY-1", "SESSION-TOKEN-1", "SIGNIN-TOKEN-1")


class Endpoint(HTTPServer):
    """A federation endpoint on loopback."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.status, self.body = 200, b'{"SigninToken": "SIGNIN-TOKEN-1"}'
        self.held = threading.Event()
        self.held.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/federation"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, parse_qs(body)))
        self.server.held.wait(limit_s(20))
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    for name in ("HTTP_PROXY", "http_proxy", "AWS_PROFILE", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    server = Endpoint()
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    serving.start()
    yield server
    server.held.set()
    server.shutdown()
    serving.join(limit_s(10))
    server.server_close()


class _Sts:
    """Says who calls, without a network."""

    class meta:
        endpoint_url = "https://sts.amazonaws.com"

    def __init__(self, arn: str) -> None:
        self.arn = arn

    def client(self, _service: str, *, mutating: bool = False, region: str = "") -> Any:
        assert not mutating
        return self

    def get_caller_identity(self) -> dict[str, Any]:
        return {"Account": "111122223333", "Arn": self.arn}


def _ask(
    endpoint: str,
    *,
    arn: str = ROLE,
    token: str | None = "SESSION-TOKEN-1",
    kind: CredentialKind = CredentialKind.ASSUME_ROLE,
    within_s: float | None = None,
) -> ConsoleSignIn:
    async def main() -> ConsoleSignIn:
        caller, holder = AwsCaller(_Sts(arn)), Holder()
        holder.fill(Credentials("ASIAEXAMPLE", "SECRET-KEY-1", token))
        ends = dict.fromkeys(ENDPOINTS, endpoint)
        limit = limit_s(20) if within_s is None else within_s
        try:
            return await FederatedSignIn(caller, holder, lambda: kind, endpoints=ends, limit_s=limit).sign_in()
        finally:
            await caller.aclose()

    return asyncio.run(main())


def test_that_a_role_is_taken_along_by_a_post_whose_address_holds_no_key(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    found = _ask(endpoint.url)
    ((path, form),) = endpoint.asked
    assert (path, form["Action"], sorted(form)) == ("/federation", ["getSigninToken"], ["Action", "Session"])
    keys = {"sessionId": "ASIAEXAMPLE", "sessionKey": "SECRET-KEY-1", "sessionToken": "SESSION-TOKEN-1"}
    assert json.loads(form["Session"][0]) == keys
    page = "https://eu-west-1.console.aws.amazon.com/systems-manager/x?region=eu-west-1&nodeIds=i-1"
    query = parse_qs(urlsplit(found.url(page)).query)
    assert (query["Destination"], query["SigninToken"], query["Action"]) == ([page], ["SIGNIN-TOKEN-1"], ["login"])
    assert (found.principal, found.remark) == (ROLE, federation.SAME)
    assert [word for word in SECRETS if word in repr(found) or word in caplog.text] == []


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::111122223333:user/me",  # with the token of GetSessionToken
        "arn:aws:iam::111122223333:root",
    ],
)
def test_that_a_user_is_not_taken_along_and_no_key_is_sent(endpoint: Endpoint, arn: str) -> None:
    found = _ask(endpoint.url, arn=arn)
    assert (found.url("https://x"), found.remark, endpoint.asked) == ("", federation.LONG_LIVED, [])


def test_that_long_lived_keys_are_never_sent(endpoint: Endpoint) -> None:
    assert (_ask(endpoint.url, token=None).remark, endpoint.asked) == (federation.LONG_LIVED, [])


def test_that_aws_login_leaves_it_to_the_browser(endpoint: Endpoint) -> None:
    found = _ask(endpoint.url, kind=CredentialKind.LOGIN)
    assert (found.remark, endpoint.asked) == (federation.BROWSER_HAS_IT, [])


@pytest.mark.parametrize("partition", ["aws-iso", "aws-iso-b", "aws-eusc"])
def test_that_a_partition_without_a_known_address_gets_no_key(endpoint: Endpoint, partition: str) -> None:
    found = _ask(endpoint.url, arn=ROLE.replace("arn:aws:", f"arn:{partition}:"))
    assert (found.remark, endpoint.asked) == (federation.NO_ENDPOINT, [])


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b"Invalid credentials parameter"),
        (302, b""),
        (200, b"<html>down</html>"),
        (200, b"[]"),
        (200, b'{"SigninToken": 7}'),
        (200, b'{"SigninToken": "' + b"x" * 70_000 + b'"}'),
    ],
)
def test_that_an_answer_without_a_token_opens_the_plain_page(endpoint: Endpoint, status: int, body: bytes) -> None:
    endpoint.status, endpoint.body = status, body
    found = _ask(endpoint.url)
    assert (found.url("https://x"), found.remark, found.principal) == ("", federation.REFUSED, "")
    assert len(endpoint.asked) == 1


def test_that_an_endpoint_that_hangs_is_not_waited_for(endpoint: Endpoint) -> None:
    endpoint.held.clear()
    assert _ask(endpoint.url, within_s=0.2).remark == federation.NO_ANSWER


def test_that_nobody_there_opens_the_plain_page(endpoint: Endpoint) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as gone:
        url = f"http://127.0.0.1:{gone.server_port}/federation"
    assert _ask(url).remark == federation.NO_ANSWER


@pytest.mark.parametrize(
    ("arn", "partition"),
    [
        (ROLE, "aws"),
        ("arn:aws-cn:sts::111122223333:assumed-role/a/b", "aws-cn"),
        ("arn:aws-us-gov:sts::111122223333:federated-user/b", "aws-us-gov"),
        ("arn:aws:iam::111122223333:user/assumed-role/x/y", ""),
        ("", ""),
    ],
)
def test_that_the_partition_is_the_callers(arn: str, partition: str) -> None:
    assert partition_of(arn) == partition


def test_that_keys_for_another_endpoint_and_the_lab_never_go_to_a_sign_in_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET-KEY-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)

    async def main() -> None:
        for url, keys, there in (
            ("", None, True),
            ("http://127.0.0.1:4566", None, False),
            ("http://127.0.0.1:4566", LabKeys("a", "b"), False),
        ):
            ports = await connect(region="eu-west-1", endpoint_url=url, lab_keys=keys)
            assert (ports.console is not None) is there
            await ports.aclose()

    asyncio.run(main())
