"""The lab's front with real boto3 clients but no socket: requests go straight into ``Front.handle``."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionClosedError

from rdpgui.lab.control import Control
from rdpgui.lab.faults import FaultBook
from rdpgui.lab.front import Front
from rdpgui.lab.gate import Gate, IssuedKey, KeyRing
from rdpgui.lab.seam import MotoSeam
from rdpgui.lab.wire_faults import Ending, Reply
from tests.helpers.fake_world import FakeWorld

URL = "http://127.0.0.1:4599"
TOKEN = "control-token"
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
    """A front over a fake world, and boto3 clients that speak to it."""

    seam: MotoSeam
    world: FakeWorld
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


def make_bench(seam: MotoSeam) -> Bench:
    """Return a front with a fresh fake world; moto's own state is the process's."""
    world, faults, keys = FakeWorld(seam), FaultBook(seed=1), KeyRing(seam.account_id)
    gate = Gate(keys, TOKEN)
    gate.host = urlsplit(URL).netloc
    front = Front(gate=gate, control=Control(world, faults), world=world, seam=seam, faults=faults)
    return Bench(seam, world, faults, keys, front, keys.issue_user("lab-admin"))
