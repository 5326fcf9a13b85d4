"""A running lab endpoint for contract tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from tests.helpers.limits import limit_s

ROOT = Path(__file__).resolve().parents[2]
_SESSION = boto3.Session()


@dataclass
class Endpoint:
    """One ``python -m rdpgui.lab`` process."""

    process: subprocess.Popen[bytes]
    events: Queue[dict[str, Any]] = field(default_factory=Queue)
    ready: dict[str, Any] = field(default_factory=dict)

    def next_event(self) -> dict[str, Any]:
        """Return the next line of its stdout."""
        patience_s = limit_s(30)
        try:
            return self.events.get(timeout=patience_s)
        except Empty as error:
            raise AssertionError(f"the endpoint said nothing within {patience_s:g} s") from error

    def client(self, service: str, **config: Any) -> Any:
        """Return a boto3 client on the endpoint."""
        settings: dict[str, Any] = {
            "retries": {"mode": "standard", "total_max_attempts": 1},
            "connect_timeout": limit_s(5),
            "read_timeout": limit_s(15),
        }
        if service == "s3":
            settings["signature_version"] = "s3v4"
        return _SESSION.client(
            service,  # type: ignore[call-overload]  # the name is a parameter here
            endpoint_url=self.ready["url"],
            region_name=self.ready["region"],
            aws_access_key_id=self.ready["access_key_id"],
            aws_secret_access_key=self.ready["secret_access_key"],
            config=Config(**(settings | config)),
        )

    def control(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Call the control API; returns status and JSON."""
        parts = urlsplit(self.ready["url"])
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=limit_s(15))
        try:
            connection.request(method, path, json.dumps(body or {}), {"X-Lab-Token": self.ready["control_token"]})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def end(self) -> int:
        """Close its stdin and return its exit status."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            return self.process.wait(limit_s(15))
        finally:
            self.process.kill()
            self.process.wait()


def environment() -> dict[str, str]:
    """Return an environment for children that can import the package and has no AWS settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return clean | {"PYTHONPATH": str(ROOT)}


def start_endpoint(configuration: object) -> Endpoint:
    """Start an endpoint with one configuration line; its lines come into ``events``."""
    return start_endpoint_of("rdpgui.lab", configuration=configuration)


def start_endpoint_of(module: str, *arguments: str, configuration: object) -> Endpoint:
    """Do as ``start_endpoint`` with another module that serves the lab."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
    endpoint = Endpoint(process)

    def read() -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                endpoint.events.put(json.loads(line))

    threading.Thread(target=read, daemon=True).start()
    assert process.stdin is not None
    line = configuration if isinstance(configuration, bytes) else json.dumps(configuration).encode()
    process.stdin.write(line + b"\n")
    process.stdin.flush()
    return endpoint


@pytest.fixture(scope="module")
def lab() -> Iterator[Endpoint]:
    """The endpoint with the default scenario, seeded."""
    endpoint = start_endpoint({"scenario": "default"})
    try:
        endpoint.ready = endpoint.next_event()
        assert endpoint.ready["event"] == "ready", endpoint.ready
        assert endpoint.next_event()["event"] == "seeded"
        yield endpoint
    finally:
        endpoint.end()


@pytest.fixture
def calm(lab: Endpoint) -> Iterator[Endpoint]:
    """The endpoint, without faults before and after."""
    lab.control("DELETE", "/_lab/faults")
    yield lab
    lab.control("DELETE", "/_lab/faults")
