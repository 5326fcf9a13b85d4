"""The lab of the campaign, and what it knows of orders, connections and machines: the service's own records."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contract.conftest import Endpoint, start_endpoint_of
from tests.helpers.limits import limit_s

MUTATING = frozenset({"StopInstances", "RebootInstances", "SendDiagnosticInterrupt"})
_READY_S = 60.0


@dataclass(frozen=True, slots=True)
class Orders:
    """What the service was told to do to one instance: EC2's disrupting calls, and scripts that are no look."""

    calls: tuple[str, ...]
    scripts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.calls) + len(self.scripts)


class Service:
    """A lab with records.

    Args:
        folder: for its records.
    """

    def __init__(self, folder: Path) -> None:
        self._scripts = folder / "scripts.jsonl"
        self._scripts.touch()
        configuration = {"scenario": "default", "language": "en", "port": 0}
        self._lab: Endpoint = start_endpoint_of("tests.kills.lab", str(self._scripts), configuration=configuration)
        self._lab.ready = self._event("ready")
        self._event("seeded")
        self._trail, self._ec2 = self._lab.client("cloudtrail"), self._lab.client("ec2")
        self._ssm = self._lab.client("ssm")

    def _event(self, name: str) -> dict[str, Any]:
        while True:
            event = self._lab.next_event()
            if event.get("event") == name:
                return event

    @property
    def address(self) -> dict[str, Any]:
        """Return where it is, as the lab said."""
        return self._lab.ready

    def instances(self) -> list[str]:
        """Return the running, tagged instances."""
        pages = self._ec2.describe_instances()["Reservations"]
        found = [item for page in pages for item in page["Instances"]]
        tagged = [i for i in found if {"Key": "rdpgui:disruptable", "Value": "true"} in i.get("Tags", [])]
        return [i["InstanceId"] for i in tagged if i["State"]["Name"] == "running"]

    def orders(self, instance: str) -> Orders:
        """Return all disrupting orders that an instance was ever given."""
        calls = []
        for page in self._trail.get_paginator("lookup_events").paginate(
            LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": instance}]
        ):
            for event in page["Events"]:
                record = json.loads(event["CloudTrailEvent"])
                rehearsed = "DryRun" in event["CloudTrailEvent"]
                if event["EventName"] in MUTATING and not rehearsed and "errorCode" not in record:
                    calls.append(event["EventName"])
        sent = [json.loads(line) for line in self._scripts.read_text(encoding="utf-8").splitlines()]
        scripts = [" ".join(item["commands"]) for item in sent if instance in item["instances"]]
        return Orders(tuple(calls), tuple(text for text in scripts if _disrupts(text)))

    def open_connections(self, instance: str) -> list[str]:
        """Return the connections to an instance that are not over."""
        _status, found = self._lab.control("GET", "/_lab/connections")
        return [c["connection_id"] for c in found if c["instance_id"] == instance and not c.get("ended_at")]

    def make_usable(self, instance: str) -> None:
        """Close what is open, and wait until the instance can be used; what is stopped is started."""
        for connection in self.open_connections(instance):
            self._lab.control("DELETE", f"/_lab/connections/{connection}")
        until_mono_s = time.monotonic() + limit_s(_READY_S)
        while not self._is_usable(instance):
            if time.monotonic() > until_mono_s:
                raise TimeoutError(f"{instance} cannot be used again")
            time.sleep(0.3)

    def _is_usable(self, instance: str) -> bool:
        found = self._ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
        if found["State"]["Name"] == "stopped":
            self._ec2.start_instances(InstanceIds=[instance])
        asked = [{"Key": "InstanceIds", "Values": [instance]}]
        nodes = self._ssm.describe_instance_information(Filters=asked)["InstanceInformationList"]
        state: bool = found["State"]["Name"] == "running"
        return state and [n["PingStatus"] for n in nodes] == ["Online"]

    def end(self) -> None:
        """End the lab."""
        self._lab.end()


def _disrupts(script: str) -> bool:
    """Whether a script does anything to the machine or its agent: a look at the boot time does not."""
    return "shutdown" in script.lower() or "stop-service" in script.lower() or "restart-service" in script.lower()
