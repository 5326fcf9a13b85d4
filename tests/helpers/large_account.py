"""An account of any size behind the real adapters: synthetic answers, counted, on the loop's own time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import Place
from rdpgui.aws.factory import AwsPorts, ports_of
from rdpgui.core.ports import Ports
from tests.helpers.virtual_time import EPOCH

P = ParamSpec("P")
T = TypeVar("T")
REGION = "us-east-1"
ACCOUNT = "111122223333"


def instance_id(number: int) -> str:
    return f"i-{number:017x}"


class LargeAccount:
    """Answers boto3's methods.

    Attributes:
        states: of instances, by number; what is absent is not there. active, ended: sessions.
        hybrid: nodes without an instance. hidden: sessions that no page of the whole history holds.
        sent: time and operation of each call, seconds of the loop.
    """

    def __init__(self, instances: int, sessions: int, *, active: int = 40, objects: int = 0) -> None:
        self.states = dict.fromkeys(range(instances), "running")
        self.active = [self._session(number, EPOCH, None) for number in range(active)]
        self.ended = [
            self._session(active + number, EPOCH - timedelta(minutes=2 * number + 1), EPOCH)
            for number in range(sessions)
        ]
        self.objects = objects
        self.hybrid = 0
        self.hidden: set[str] = set()
        self.sent: list[tuple[float, str]] = []
        self._region_name = REGION

    def client(self, service: str, *, mutating: bool = False, region: str = "") -> _Client:
        assert not mutating, service
        return _Client(self)

    def end(self, number: int) -> str:
        """End an active session; returns its id."""
        session = self.active.pop(number)
        self.ended.insert(0, {**session, "Status": "Terminated", "EndDate": EPOCH})
        return str(session["SessionId"])

    def most_in_a_minute(self, since_s: float) -> int:
        """Return how many calls were sent in the busiest minute after a moment."""
        times = [at_s for at_s, _operation in self.sent if at_s >= since_s]
        return max((sum(begin <= at_s < begin + 60.0 for at_s in times) for begin in times), default=0)

    def _session(self, number: int, started_at: datetime, ended_at: datetime | None) -> dict[str, Any]:
        found = {
            "SessionId": f"ann-{number:08d}",
            "Target": instance_id(number % max(1, len(self.states))),
            "Status": "Connected" if ended_at is None else "Terminated",
            "StartDate": started_at,
            "DocumentName": "AWS-StartPortForwardingSession",
            "Owner": f"arn:aws:iam::{ACCOUNT}:user/ann",
            "AccessType": "Standard",
        }
        return found if ended_at is None else {**found, "EndDate": ended_at}


class _Client:
    def __init__(self, account: LargeAccount) -> None:
        self._account = account
        self.meta = type("Meta", (), {"endpoint_url": "https://example", "region_name": REGION})

    def _sent(self, operation: str) -> None:
        self._account.sent.append((asyncio.get_running_loop().time(), operation))

    def get_caller_identity(self) -> dict[str, Any]:
        self._sent("GetCallerIdentity")
        return {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/ann", "UserId": "u"}

    def list_account_aliases(self, **_more: Any) -> dict[str, Any]:
        self._sent("ListAccountAliases")
        return {"AccountAliases": ["sandbox"], "IsTruncated": False}

    def get_connection_recording_preferences(self) -> dict[str, Any]:
        self._sent("GetConnectionRecordingPreferences")
        bucket = {"BucketName": "films", "BucketOwner": ACCOUNT}
        wanted = {"KMSKeyArn": "arn:aws:kms:us-east-1:1:key/k", "RecordingDestinations": {"S3Buckets": [bucket]}}
        return {"ConnectionRecordingPreferences": wanted}

    def describe_instances(self, **asked: Any) -> dict[str, Any]:
        self._sent("DescribeInstances")
        numbers: list[int] = sorted(self._account.states)
        if "Filters" in asked:
            wanted = set(asked["Filters"][0]["Values"])
            assert 1 <= len(wanted) <= 200
            numbers = [number for number in numbers if instance_id(number) in wanted]
        rows, more = _page(numbers, asked)
        items = [self._instance(number) for number in rows]
        return {"Reservations": [{"Instances": [item]} for item in items], **more}

    def _instance(self, number: int) -> dict[str, Any]:
        name = [{"Key": "Name", "Value": f"web-{number}"}]
        state = {"Name": self._account.states[number]}
        return {"InstanceId": instance_id(number), "State": state, "Platform": "windows", "Tags": name}

    def describe_instance_information(self, **asked: Any) -> dict[str, Any]:
        self._sent("DescribeInstanceInformation")
        numbers = [number for number, state in self._account.states.items() if state == "running"]
        if "Filters" in asked:
            wanted = set(asked["Filters"][0]["Values"])
            assert 1 <= len(wanted) <= 50
            numbers = [number for number in numbers if instance_id(number) in wanted]
        elif self._account.hybrid:
            numbers += range(10_000, 10_000 + self._account.hybrid)
        rows, more = _page(numbers, asked)
        return {
            "InstanceInformationList": [{"InstanceId": instance_id(n), "PingStatus": "Online"} for n in rows],
            **more,
        }

    def describe_sessions(self, **asked: Any) -> dict[str, Any]:
        self._sent(f"DescribeSessions {asked['State']}")
        listed = self._account.active if asked["State"] == "Active" else self._account.ended
        for wanted in asked.get("Filters", ()):
            if wanted["key"] == "Target":
                listed = [session for session in listed if session["Target"] == wanted["value"]]
            elif wanted["key"] == "InvokedAfter":
                since = datetime.fromisoformat(wanted["value"])
                listed = [session for session in listed if session["StartDate"] > since]
        if "Filters" not in asked:
            listed = [session for session in listed if session["SessionId"] not in self._account.hidden]
        rows, more = _page(listed, asked)
        return {"Sessions": rows, **more}

    def list_objects_v2(self, **asked: Any) -> dict[str, Any]:
        self._sent("ListObjectsV2")
        begin = int(asked.get("ContinuationToken", 0))
        numbers = range(begin, min(self._account.objects, begin + 1000))
        found = [{"Key": f"{n}.mp4", "Size": 1, "ETag": f'"{n}"', "LastModified": EPOCH} for n in numbers]
        more = {"NextContinuationToken": str(begin + 1000)} if begin + 1000 < self._account.objects else {}
        return {"Contents": found, "IsTruncated": bool(more), **more}


def _page(rows: list[Any], asked: dict[str, Any]) -> tuple[list[Any], dict[str, str]]:
    begin, size = int(asked.get("NextToken", 0)), int(asked["MaxResults"])
    return rows[begin : begin + size], {"NextToken": str(begin + size)} if begin + size < len(rows) else {}


class _OnTheLoop(AwsCaller):
    """Answers after a while of the loop's own time, without threads."""

    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        await asyncio.sleep(0.2)
        return work(*args, **kwargs)


def adapters_on(account: LargeAccount) -> AwsPorts:
    """Return the real adapters on an account."""
    return ports_of(_OnTheLoop(account), Place(region=REGION), REGION)


def with_account(ports: Ports, account: LargeAccount) -> Ports:
    """Return ports whose reads are the real adapters' on an account; the others stay."""
    aws = adapters_on(account)
    return replace(
        ports,
        identity=aws.identity,
        instances=aws.instances,
        sessions=aws.sessions,
        preferences=aws.preferences,
        objects=aws.objects,
    )
