"""The lab's front over a world without processes, with real boto3 clients but no socket."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionClosedError

from rdpgui.lab.endpoint.control import Control
from rdpgui.lab.endpoint.front import Front
from rdpgui.lab.endpoint.gate import Gate, IssuedKey, KeyRing
from rdpgui.lab.endpoint.wire_faults import Ending, Reply
from rdpgui.lab.faults import FaultBook
from rdpgui.lab.model import PowerState
from rdpgui.lab.moto.seam import MotoSeam
from rdpgui.lab.scenario import InstanceSpec, JitRules, Variants
from rdpgui.lab.world.machine import Machine
from rdpgui.lab.world.power import PowerFacts
from rdpgui.lab.world.world import World
from tests.helpers.world_kit import FakeChild, Played, scenario_of

URL = "http://127.0.0.1:4599"
TOKEN = "control-token"
NOW = datetime(2026, 3, 4, 5, 6, 7, 250_000, tzinfo=UTC)
# One session: each keeps its own copy of the service models.
_SESSION = boto3.Session()


class _Raw(io.BytesIO):
    """What urllib3's response offers to botocore."""

    def stream(self, amt: int = 65_536, decode_content: bool | None = None) -> Iterator[bytes]:
        while piece := self.read(amt):
            yield piece


def environ_of(method: str, url: str, headers: Mapping[str, Any], body: bytes = b"") -> dict[str, Any]:
    """Return the WSGI environment of a request from this machine."""
    parts = urlsplit(url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path, "latin-1") or "/",
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "4599",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc,
        "CONTENT_LENGTH": str(len(body)),
        "RAW_URI": f"{parts.path}?{parts.query}" if parts.query else parts.path,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        text = value.decode() if isinstance(value, bytes) else str(value)
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = text
    return environ


def signed_headers(
    key: IssuedKey, service: str, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> dict[str, str]:
    """Return the headers with a signature of now, as botocore would make it."""
    request = AWSRequest(method=method, url=url, headers=dict(headers or {}), data=body)
    request.context["client_config"] = None
    credentials = Credentials(key.access_key_id, key.secret_access_key, key.session_token or None)
    (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, "us-east-1").add_auth(request)
    return dict(request.headers.items())


@dataclass
class Bench:
    """A front over a world without processes and with time that stands still, and boto3 clients that speak to it."""

    seam: MotoSeam
    world: World
    played: Played
    faults: FaultBook
    keys: KeyRing
    front: Front
    key: IssuedKey
    replies: list[Reply] = field(default_factory=list)

    def send(self, method: str, path: str, headers: Mapping[str, Any], body: bytes = b"") -> Reply:
        """Send one request as it is."""
        reply = self.front.handle(environ_of(method, URL + path, headers, body))
        self.replies.append(reply)
        return reply

    def send_signed(
        self, service: str, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Reply:
        """Send one request with a signature of now."""
        return self.send(method, path, signed_headers(self.key, service, method, URL + path, headers, body), body)

    def control(self, method: str, path: str, body: object = None, token: str = TOKEN) -> tuple[int, Any]:
        """Call the control API; returns status and JSON."""
        text = b"" if body is None else json.dumps(body).encode()
        reply = self.send(method, path, {"X-Lab-Token": token, "Content-Type": "application/json"}, text)
        return reply.answer.status, json.loads(reply.answer.body)

    def client(self, service: str, *, key: IssuedKey | None = None, region: str = "us-east-1") -> Any:
        """Return a boto3 client whose requests go into the front."""
        used = key or self.key
        client = _SESSION.client(
            service,  # type: ignore[call-overload]  # the name is a parameter here
            endpoint_url=URL,
            region_name=region,
            aws_access_key_id=used.access_key_id,
            aws_secret_access_key=used.secret_access_key,
            aws_session_token=used.session_token or None,
            config=Config(retries={"mode": "standard", "total_max_attempts": 1}, signature_version=_signature(service)),
        )
        client.meta.events.register("before-send", self._deliver)
        return client

    def up(self, *instance_ids: str) -> None:
        """Boot the guests of running instances and let their agents come online."""
        for instance_id in instance_ids:
            self.world.instances.power_on(instance_id)
            self.played.up(instance_id)

    def set_power(self, instance_id: str, state: PowerState) -> None:
        """Bring an instance into a state, whatever it was in before."""
        machine = self.world.instances.machine(instance_id)
        machine.power = PowerFacts(state, NOW)
        self.world.instances.add(machine)

    def guest(self, instance_id: str) -> FakeChild:
        """The newest guest of an instance."""
        return self.played.guests(instance_id)[-1]

    def _deliver(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        given: Any = request.body or b""
        body = given.read() if hasattr(given, "read") else given
        data = body.encode() if isinstance(body, str) else bytes(body)
        reply = self.front.handle(environ_of(request.method or "", request.url or "", dict(request.headers), data))
        self.replies.append(reply)
        if reply.ending == Ending.CUT:
            raise ConnectionClosedError(endpoint_url=URL)
        answer = reply.answer
        headers = HTTPHeaders.from_pairs(answer.headers)
        return AWSResponse(request.url or "", answer.status, headers, _Raw(answer.body))


def _signature(service: str) -> str | None:
    return "s3v4" if service == "s3" else None


def make_bench(
    seam: MotoSeam,
    folder: Path,
    fleet: Sequence[str],
    *,
    jit: JitRules | None = None,
    variants: Variants | None = None,
) -> Bench:
    """Return a front over an unseeded world of running instances without guests; moto's own state is the process's."""
    faults, keys, played = FaultBook(seed=1), KeyRing(seam.account_id), Played(NOW)
    specs = tuple(InstanceSpec(f"web-{number}") for number in range(len(fleet)))
    world = World(
        scenario_of(specs, jit=jit, variants=variants),
        state_dir=folder,
        seam=seam,
        faults=faults,
        language="en",
        spawner=played.spawner,
        timeline=played.timeline,
    )
    for instance_id, spec in zip(fleet, specs, strict=True):
        world.instances.add(Machine(instance_id, spec, PowerFacts(PowerState.RUNNING, NOW)))
    gate = Gate(keys, TOKEN)
    gate.host = urlsplit(URL).netloc
    front = Front(gate=gate, control=Control(world, faults), world=world, seam=seam, faults=faults)
    return Bench(seam, world, played, faults, keys, front, keys.issue_user("lab-admin"))
