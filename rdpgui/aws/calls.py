"""The one door through which blocking SDK calls leave the event loop.

boto3 runs in a few threads: its cost is parsing, not waiting, so more threads
only make the window jerk. Two pools keep a large download from delaying the
polls. The threads are daemons: a call that hangs cannot hold up the exit.

Cancelling an awaiter releases it at once; the call itself goes on and its
result is dropped. A cancelled change therefore has an unknown outcome.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any, ParamSpec, Protocol, TypeVar

from rdpgui.aws.errors import foreign_errors, malformed, translate
from rdpgui.aws.noting import Noting
from rdpgui.aws.skew import ClockOffset
from rdpgui.core.errors import MalformedAnswer, RdpguiError, Unreachable
from rdpgui.threads import DaemonPool

P = ParamSpec("P")
T = TypeVar("T")
Answer = dict[str, Any]

CALL_THREADS = 6
TRANSFER_THREADS = 6
MALFORMED_ATTEMPTS = 3
MALFORMED_PAUSE_S = 0.2
MAX_PAGES = 2_000


class Clients(Protocol):
    """Where the caller gets its clients: ``ClientSource``, or stubbed clients in tests."""

    def client(self, service: str, *, mutating: bool = False, region: str = "") -> Any:
        """Return the shared client of a service."""


class AwsCaller:
    """Calls AWS from the event loop, and from worker threads with ``blocking``.

    Every error raised is one of ``core/errors.py``.

    Attributes:
        offset: what the answers' dates say about the clocks.
        calls: how many calls were sent, for the run log and for tests.
        explain: gives an error the words of the place: which profile it is about, and what helps.
        noting: notes from answers what is documented nowhere.
    """

    def __init__(self, clients: Clients, *, threads: int = CALL_THREADS, transfers: int = TRANSFER_THREADS) -> None:
        self.clients = clients
        self.offset = ClockOffset()
        self.noting = Noting()
        self.calls = 0
        self._sent: deque[float] = deque()
        self.explain: Callable[[RdpguiError, BaseException], RdpguiError] = _as_it_is
        self._call_pool = DaemonPool(threads, "aws-call")
        self._transfer_pool = DaemonPool(transfers, "aws-transfer")
        self._closing = threading.Event()

    async def call(self, service: str, operation: str, **params: Any) -> Answer:
        """Make one read. An answer that cannot be used is asked for again, up to three times in all.

        Args:
            service: boto3's name, for example ``ssm``.
            operation: the API's name, for example ``DescribeSessions``.
            params: members of the request.

        Raises:
            AwsError: translated by the table in ``errors.py``.
        """
        for attempt in range(1, MALFORMED_ATTEMPTS):
            try:
                return await self.run(self._once, service, operation, False, params)
            except MalformedAnswer:
                await asyncio.sleep(MALFORMED_PAUSE_S * attempt)
        return await self.run(self._once, service, operation, False, params)

    async def change(self, service: str, operation: str, **params: Any) -> Answer:
        """Make one mutating call, sent exactly once.

        Raises:
            Unreachable, MalformedAnswer: the outcome is unknown; read the state, do not call again.
            AwsError: any other error means that nothing was changed.
        """
        return await self.run(self._once, service, operation, True, params)

    async def pages(
        self, service: str, operation: str, *, ask: str = "NextToken", answer: str = "NextToken", **params: Any
    ) -> AsyncIterator[Answer]:
        """Yield the pages of a list, one call at a time, so that the window breathes and cancelling is quick.

        Args:
            service: boto3's name.
            operation: the API's name.
            ask: the request's member for the page token.
            answer: the answer's member for the page token.
            params: members of every request.

        Raises:
            MalformedAnswer: the list does not end.
        """
        token = ""
        for _ in range(MAX_PAGES):
            page = await self.call(service, operation, **params, **({ask: token} if token else {}))
            yield page
            following = page.get(answer) or ""
            if not following:
                return
            if following == token:
                break
            token = following
        raise malformed(f"{service}:{operation}", "the list of pages does not end")

    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run blocking work in the pool of calls."""
        return await self._submit(self._call_pool, lambda: work(*args, **kwargs))

    async def transfer(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run blocking work in the pool of transfers (parts of objects, checksums, files)."""
        return await self._submit(self._transfer_pool, lambda: work(*args, **kwargs))

    def blocking(self, service: str, operation: str, *, region: str = "", **params: Any) -> Answer:
        """Make one read from a worker thread; as ``call``.

        Raises:
            AwsError: as ``call``.
        """
        for attempt in range(1, MALFORMED_ATTEMPTS):
            try:
                return self._once(service, operation, False, params, region)
            except MalformedAnswer:
                self._closing.wait(MALFORMED_PAUSE_S * attempt)
        return self._once(service, operation, False, params, region)

    async def aclose(self) -> None:
        """Take no more calls and cancel the queued ones. Returns at once, also while a call hangs."""
        self._closing.set()
        self._call_pool.shutdown()
        self._transfer_pool.shutdown()

    @property
    def closing(self) -> bool:
        """Whether ``aclose`` was called; long blocking work looks at it between steps."""
        return self._closing.is_set()

    @property
    def calls_a_minute(self) -> int:
        """Return how many calls were sent within the last minute."""
        since_s = time.monotonic() - 60.0
        return sum(sent_s > since_s for sent_s in tuple(self._sent))

    def _count(self) -> None:
        """Note a call; worker threads do so at the same time."""
        self.calls += 1
        now_s = time.monotonic()
        self._sent.append(now_s)
        while self._sent and self._sent[0] <= now_s - 60.0:
            self._sent.popleft()

    async def _submit(self, pool: DaemonPool, work: Callable[[], T]) -> T:
        try:
            future = pool.submit(work)
        except RuntimeError as error:
            raise Unreachable("The connection to AWS is closed.", "Start the program again.") from error
        return await asyncio.wrap_future(future)

    def _once(self, service: str, operation: str, mutating: bool, params: Answer, region: str = "") -> Answer:
        name = f"{service}:{operation}"
        client = self.clients.client(service, mutating=mutating, region=region)
        method = getattr(client, _method_name(operation))
        self._count()
        sent_s = time.time()
        try:
            answer: Answer = method(**params)
        except foreign_errors() as error:
            self.noting.failed(name, params, error)
            url = str(client.meta.endpoint_url)
            subject = subject_of(params)
            told = translate(error, operation=name, url=url, subject=subject, change=mutating)
            raise self.explain(told, error) from error
        headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        self.offset.feed(sent_s, time.time(), headers)
        self.noting.answered(name, params, answer)
        return answer


def _as_it_is(error: RdpguiError, _cause: BaseException) -> RdpguiError:
    return error


_SUBJECTS = (
    "InstanceIds",
    "InstanceId",
    "Target",
    "SessionId",
    "CommandId",
    "AccessRequestId",
    "KeyId",
    "Bucket",
    "PolicySourceArn",
    "logGroupName",
)


def subject_of(params: Answer) -> str:
    """Return what a call is about, to be named in an error; empty when it is about nothing in particular."""
    if "Bucket" in params and "Key" in params:
        return f"s3://{params['Bucket']}/{params['Key']}"
    for member in _SUBJECTS:
        if member in params:
            value = params[member]
            return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return ""


def _method_name(operation: str) -> str:
    from botocore import xform_name

    return str(xform_name(operation))


def outcome_known(error: RdpguiError) -> bool:
    """Whether a failed change certainly changed nothing. Without an answer, or with one cut off, nobody knows."""
    return not isinstance(error, (Unreachable, MalformedAnswer))
