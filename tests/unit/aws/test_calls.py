"""The caller and the guard, against a server that answers badly."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import pytest_asyncio

from rdpgui.aws import calls
from rdpgui.aws.calls import outcome_known, subject_of
from rdpgui.aws.factory import AwsPorts, connect
from rdpgui.core.errors import (
    AccessDenied,
    CredentialsExpired,
    MalformedAnswer,
    NotOffered,
    RdpguiError,
    SettingsError,
    Throttled,
    Unreachable,
)
from rdpgui.core.kinds.kind import GuestScript
from rdpgui.threads import DaemonPool
from tests.helpers.limits import limit_s
from tests.helpers.waiting import wait_for
from tests.unit.aws.samples import INSTANCE, KEYS, QUICK

pytestmark = pytest.mark.asyncio

HTML = b"<!DOCTYPE html><html><body>Welcome to the hotel</body></html>"
SESSIONS = b'{"Sessions": []}'
EMPTY_EC2 = b"<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>"


class Answers:
    """What the server says. ``script`` maps the request's number to (status, body, announced length, type)."""

    def __init__(self) -> None:
        self.script: Callable[[int], tuple[int, bytes, int, str]] = lambda number: json_answer(SESSIONS)
        self.requests = 0
        self.url = ""
        self.before: Callable[[], None] = lambda: None
        self.ended = threading.Event()


def json_answer(body: bytes, status: int = 200, announced: int | None = None) -> tuple[int, bytes, int, str]:
    return status, body, len(body) if announced is None else announced, "application/x-amz-json-1.1"


def html_answer(status: int, kind: str = "text/html") -> tuple[int, bytes, int, str]:
    return status, HTML, len(HTML), kind


@pytest.fixture
def answers() -> Iterator[Answers]:
    told = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.requests += 1
            told.before()
            status, body, announced, kind = told.script(told.requests)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(announced))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the tests look at the client."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *args: None  # type: ignore[method-assign] # a client that went away is expected
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    yield told
    told.ended.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest_asyncio.fixture
async def ports(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AwsPorts]:
    monkeypatch.setattr(calls, "MALFORMED_PAUSE_S", 0.0)
    made = await connect(endpoint_url=answers.url, region="us-east-1", lab_keys=KEYS, pace=QUICK)
    yield made
    await made.aclose()


async def test_that_a_good_answer_passes_the_guard(answers: Answers, ports: AwsPorts) -> None:
    assert await ports.sessions.sessions(active=True) == ()
    assert answers.requests == 1


@pytest.mark.parametrize(
    "answer",
    [
        json_answer(SESSIONS[:8], announced=len(SESSIONS)),
        json_answer(b'{"Sessions": [', announced=14),
        json_answer(b"[]"),
        json_answer(b""),
        html_answer(200),
        html_answer(200, "application/x-amz-json-1.1"),
    ],
    ids=["cut", "cut-json", "list", "empty", "html", "html-in-disguise"],
)
async def test_that_a_bad_answer_is_never_an_empty_list(
    answers: Answers, ports: AwsPorts, answer: tuple[int, bytes, int, str]
) -> None:
    answers.script = lambda number: answer
    with pytest.raises(MalformedAnswer, match="ssm:DescribeSessions"):
        await ports.sessions.sessions(active=True)
    assert answers.requests == calls.MALFORMED_ATTEMPTS


@pytest.mark.parametrize("kind", ["text/html", "text/xml"])
async def test_that_an_html_page_is_no_empty_list_in_xml_services_either(
    answers: Answers, ports: AwsPorts, kind: str
) -> None:
    answers.script = lambda number: html_answer(200, kind)
    with pytest.raises(MalformedAnswer):
        await ports.instances.instances()


async def test_that_cut_xml_is_refused(answers: Answers, ports: AwsPorts) -> None:
    answers.script = lambda number: (200, EMPTY_EC2[:40], 40, "text/xml")
    with pytest.raises(MalformedAnswer):
        await ports.instances.instances()


async def test_that_a_read_is_repeated_after_a_bad_answer(answers: Answers, ports: AwsPorts) -> None:
    answers.script = lambda number: json_answer(SESSIONS) if number == 3 else html_answer(200)
    assert await ports.sessions.sessions(active=True) == ()
    assert answers.requests == 3


@pytest.mark.parametrize(
    "answer", [html_answer(200), json_answer(b'{"__type": "ThrottlingException"}', 400), html_answer(503)]
)
async def test_that_a_change_is_sent_once_whatever_comes_back(
    answers: Answers, ports: AwsPorts, answer: tuple[int, bytes, int, str]
) -> None:
    answers.script = lambda number: answer
    with pytest.raises(RdpguiError):
        await ports.disruptions.perform(GuestScript(("exit 0",)), INSTANCE)
    assert answers.requests == 1


@pytest.mark.parametrize(
    ("answer", "kind", "known"),
    [
        (json_answer(b'{"__type": "AccessDeniedException", "message": "no"}', 400), AccessDenied, True),
        (json_answer(b'{"__type": "ThrottlingException"}', 400), Throttled, True),
        (json_answer(b'{"__type": "ExpiredTokenException"}', 400), CredentialsExpired, True),
        (json_answer(b'{"__type": "UnknownOperationException"}', 400), NotOffered, True),
        (json_answer(b'{"__type": "InternalServerError"}', 500), Unreachable, False),
        (json_answer(b'{"__type": "NeverSeen"}', 500), Unreachable, False),
        (html_answer(500), Unreachable, False),
        (html_answer(503), Unreachable, False),
        (html_answer(200), MalformedAnswer, False),
    ],
)
async def test_that_each_failure_says_whether_a_change_may_have_happened(
    answers: Answers, ports: AwsPorts, answer: tuple[int, bytes, int, str], kind: type[RdpguiError], known: bool
) -> None:
    answers.script = lambda number: answer
    with pytest.raises(kind) as caught:
        await ports.disruptions.perform(GuestScript(("exit 0",)), INSTANCE)
    assert outcome_known(caught.value) is known
    assert caught.value.remedy


async def test_that_an_error_page_for_an_operation_means_not_offered(answers: Answers, ports: AwsPorts) -> None:
    answers.script = lambda number: html_answer(500)
    with pytest.raises(NotOffered, match="ssm:DescribeSessions"):
        await ports.sessions.sessions(active=True)


@pytest.mark.parametrize(
    ("status", "kind"), [(500, NotOffered), (503, Unreachable), (403, MalformedAnswer), (302, MalformedAnswer)]
)
async def test_that_an_error_page_of_an_xml_service_is_judged_by_its_status(
    answers: Answers, ports: AwsPorts, status: int, kind: type[RdpguiError]
) -> None:
    answers.script = lambda number: (status, HTML[:-14], len(HTML) - 14, "text/html")
    with pytest.raises(kind):
        await ports.instances.instances()


async def test_that_a_refused_connection_names_the_address(answers: Answers) -> None:
    made = await connect(endpoint_url="http://127.0.0.1:9", region="us-east-1", lab_keys=KEYS, pace=QUICK)
    with pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:9"):
        await made.sessions.sessions(active=True)
    await made.aclose()


async def test_that_cancelling_releases_the_awaiter_while_the_call_hangs(answers: Answers, ports: AwsPorts) -> None:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang() -> None:
        loop.call_soon_threadsafe(asked.set)
        answers.ended.wait(limit_s(20))

    answers.before = hang
    task = asyncio.create_task(ports.sessions.sessions(active=True))
    await asyncio.wait_for(asked.wait(), limit_s(10))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await ports.aclose()
    with pytest.raises(Unreachable, match="closed"):
        await ports.sessions.sessions(active=True)
    assert not answers.ended.is_set()


async def test_that_a_hanging_call_does_not_hold_up_the_exit() -> None:
    program = (
        "import threading\n"
        "from rdpgui.threads import DaemonPool\n"
        "pool = DaemonPool(2, 'p')\n"
        "started = threading.Event()\n"
        "pool.submit(lambda: (started.set(), threading.Event().wait(600)))\n"
        "started.wait()\n"
        "pool.shutdown()\n"
    )
    ended = await asyncio.create_subprocess_exec(
        sys.executable, "-X", "dev", "-W", "error", "-c", program, stderr=subprocess.PIPE
    )
    _, errors = await asyncio.wait_for(ended.communicate(), limit_s(60))
    assert (ended.returncode, errors) == (0, b"")


async def test_that_importing_the_room_does_not_import_the_sdk() -> None:
    program = (
        "import sys, rdpgui.aws.factory\n"
        "print([name for name in ('boto3', 'botocore', 'urllib3') if name in sys.modules])\n"
    )
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=subprocess.PIPE)
    out, _ = await asyncio.wait_for(ended.communicate(), limit_s(60))
    assert out.strip() == b"[]"


async def test_that_forty_parallel_calls_share_one_client(answers: Answers, ports: AwsPorts) -> None:
    found = await asyncio.gather(*(ports.sessions.sessions(active=True) for _ in range(40)))
    assert found == [()] * 40
    assert ports.caller.clients.client("ssm") is ports.caller.clients.client("ssm")
    assert ports.caller.clients.client("ssm") is not ports.caller.clients.client("ssm", mutating=True)


async def test_that_the_lab_is_reached_whatever_the_environment_says(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "does-not-exist")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    made = await connect(endpoint_url=answers.url, region="us-east-1", lab_keys=KEYS, pace=QUICK)
    assert await made.sessions.sessions(active=True) == ()
    for service in ("ec2", "ssm", "ssm-guiconnect", "s3", "kms", "iam", "sts", "cloudtrail"):
        assert made.caller.clients.client(service).meta.endpoint_url == answers.url
    await made.aclose()


async def test_that_an_endpoint_in_the_environment_does_not_divert_calls_to_aws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    made = await connect(region="eu-west-1")
    assert made.caller.clients.client("ec2").meta.endpoint_url == "https://ec2.eu-west-1.amazonaws.com"
    assert made.endpoint_url == ""
    await made.aclose()


@pytest.mark.parametrize("wrong", ["profile", "region", "endpoint"])
async def test_that_settings_that_cannot_be_used_are_named(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    with pytest.raises((SettingsError, CredentialsExpired)) as caught:
        if wrong == "profile":
            await connect(profile="nobody", region="us-east-1")
        elif wrong == "region":
            await connect()
        else:
            made = await connect(region="us-east-1", endpoint_url="nonsense", lab_keys=KEYS)
            await made.sessions.sessions(active=True)
    assert caught.value.remedy


async def test_that_keys_are_not_shown() -> None:
    assert KEYS.secret_access_key not in repr(KEYS)


async def test_that_an_error_names_what_the_call_was_about() -> None:
    assert subject_of({"Bucket": "b", "Key": "k"}) == "s3://b/k"
    assert subject_of({"InstanceIds": ["i-1", "i-2"]}) == "i-1, i-2"
    assert subject_of({"MaxResults": 5}) == ""


async def test_that_the_pool_uses_no_more_threads_than_it_may() -> None:
    pool = DaemonPool(3, "few")
    gate = threading.Event()
    running: list[str] = []
    lock = threading.Lock()

    def work() -> None:
        with lock:
            running.append(threading.current_thread().name)
        gate.wait(limit_s(10))

    futures = [pool.submit(work) for _ in range(10)]
    wait_for(lambda: len(running) == 3)
    queued = [future for future in futures if not future.running()]
    pool.shutdown()
    assert all(future.cancelled() for future in queued)
    gate.set()
    wait_for(lambda: sum(future.done() for future in futures) == 10)
    assert len(running) == 3
    with pytest.raises(RuntimeError):
        pool.submit(work)


async def test_that_the_clock_offset_is_bounded_by_the_date_header(answers: Answers, ports: AwsPorts) -> None:
    body = (
        b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account><Arn>a</Arn>"
        b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
    answers.script = lambda number: (200, body, len(body), "text/xml")
    low_s, high_s = await ports.identity.clock_offset_s()
    assert low_s <= 0.0 <= high_s
    assert answers.requests >= 2
