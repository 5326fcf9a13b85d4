"""AWS by its real host names, on this machine: a proxy that ends TLS, and behind it another process that knows AWS.

A client is given ``HTTPS_PROXY`` and the certificate of a throw-away authority, and nothing else: it makes its own
URLs, signs with the keys of its own profiles, and goes through every door that it goes through on AWS. What is behind
is a lab with keys of its own; each request is signed anew for it. ``rules`` answer in its place.
"""

from __future__ import annotations

import json
import re
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rdpgui.app.lab_process import LabAddress
from tests.helpers.limits import limit_s

_SCOPE = re.compile(r"(?P<key>\w+)/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request")
_BUCKET = re.compile(r"(?P<bucket>[a-z0-9.-]+)\.s3[.-][a-z0-9.-]*amazonaws\.com")
_OWN = {"authorization", "host", "content-length", "connection", "expect", "x-amz-date", "x-amz-security-token",
        "x-amz-content-sha256", "proxy-connection", "accept-encoding"}  # fmt: skip
_ONE_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. ``key`` signed it, empty for an unsigned one; ``bearer`` is the token of a person who signed in."""

    host: str
    service: str
    region: str
    operation: str
    key: str
    body: bytes
    bearer: str = ""


Rule = Callable[[Asked], tuple[int, str, bytes] | None]
"""Answers with status, type and body, or lets the request through."""


def expired(asked: Asked) -> tuple[int, str, bytes]:
    """Return what each family of services says of keys that are no longer good."""
    told = "The security token included in the request is expired"
    if asked.service == "ec2":
        error = f"<Errors><Error><Code>RequestExpired</Code><Message>{told}</Message></Error></Errors>"
        return _xml(401, f"<Response>{error}<RequestID>r</RequestID></Response>")
    if asked.service == "s3":
        return _xml(400, f"<Error><Code>ExpiredToken</Code><Message>{told}</Message></Error>")
    if asked.service in ("sts", "iam"):
        error = f"<Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>{told}</Message></Error>"
        return _xml(403, f"<ErrorResponse>{error}</ErrorResponse>")
    text = json.dumps({"__type": "ExpiredTokenException", "message": told})
    return 400, "application/x-amz-json-1.1", text.encode()


def _xml(status: int, text: str) -> tuple[int, str, bytes]:
    return status, "text/xml", text.encode()


@dataclass
class ForeignAws:
    """The proxy. Use it as a context; its threads end with it.

    Attributes:
        behind: the lab that answers. folder: where the authority's certificate is written.
        keys: the access key ids that are good, each as long as it is in here.
        rules: asked in turn before the lab is. asked: every request so far.
    """

    behind: LabAddress
    folder: Path
    keys: set[str] = field(default_factory=set)
    rules: list[Rule] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def __enter__(self) -> ForeignAws:
        self._authority = _Authority(self.folder)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"aws": self}))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="foreign aws").start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """What a client needs to get here."""
        return {
            "HTTPS_PROXY": f"http://127.0.0.1:{self._server.server_address[1]}",
            "AWS_CA_BUNDLE": str(self._authority.file),
            "NO_PROXY": "",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def context_of(self, host: str) -> ssl.SSLContext:
        """Return what a server of that name shows."""
        return self._authority.context_of(host)

    def answer(self, asked: Asked) -> tuple[int, str, bytes] | None:
        """Return what is answered here; None: the lab is asked."""
        self.asked.append(asked)
        for rule in self.rules:
            found = rule(asked)
            if found is not None:
                return found
        return None if asked.key in self.keys else expired(asked)


class Portal:
    """IAM Identity Center: a person approves a code, and a token gives keys that are good for as long as it is.

    Attributes:
        approved: whether the person has approved the newest code.
    """

    def __init__(self, aws: ForeignAws) -> None:
        self._aws = aws
        self._tokens = 0
        self._good = ""
        self.approved = False

    def end(self) -> None:
        """End the sign-in: neither its token nor its keys are good any longer."""
        self._good, self.approved = "", False
        self._aws.keys.discard(f"ASIASSO{self._tokens}")

    def __call__(self, asked: Asked) -> tuple[int, str, bytes] | None:
        """Answer what is asked of the portal; as a rule of ``ForeignAws``."""
        path = asked.operation.split(" ")[-1]
        if asked.host.startswith("oidc."):
            return self._oidc(path)
        return self._keys(asked.bearer) if asked.host.startswith("portal.sso.") else None

    def _oidc(self, path: str) -> tuple[int, str, bytes]:
        if path == "/client/register":
            return _json(200, clientId="c", clientSecret="s", clientSecretExpiresAt=4_102_444_800)
        if path == "/device_authorization":
            uri = "https://corp.example/device"
            return _json(200, deviceCode="d", userCode="ABCD-EFGH", verificationUri=uri, expiresIn=600, interval=1)
        if not self.approved:
            return _json(400, __type="AuthorizationPendingException", error="authorization_pending")
        self._tokens += 1
        self._good = f"token-{self._tokens}"
        self._aws.keys.add(f"ASIASSO{self._tokens}")
        return _json(200, accessToken=self._good, tokenType="Bearer", expiresIn=3600)

    def _keys(self, bearer: str) -> tuple[int, str, bytes]:
        if not self._good or bearer != self._good:
            return _json(401, __type="UnauthorizedException", message="Session token not found or invalid")
        ends = int((datetime.now(UTC) + timedelta(hours=1)).timestamp() * 1000)
        key = f"ASIASSO{self._tokens}"
        found = {"accessKeyId": key, "secretAccessKey": "s", "sessionToken": "t", "expiration": ends}
        return _json(200, roleCredentials=found)


def _json(status: int, **members: Any) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps(members).encode()


class _Authority:
    """Signs certificates for every name."""

    def __init__(self, folder: Path) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests only")])
        own = self._certificate(self._name, self._key, None)
        self._folder = folder
        self.file = folder / "authority.pem"
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()

    def context_of(self, host: str) -> ssl.SSLContext:
        """Return what a server of that name shows."""
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._made(host)
            return self._contexts[host]

    def _made(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])]), key, host)
        file = self._folder / f"server-{len(self._contexts)}.pem"
        plain = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(plain + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _certificate(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, host: str | None) -> x509.Certificate:
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - timedelta(days=1),
            not_valid_after=now + timedelta(days=1),
        )
        # All that a strict check wants to see, as Python does from 3.13 on.
        signs = host is None
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (x509.BasicConstraints(ca=signs, path_length=None), True),
            (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
            (x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), False),
            (_usage(signs=signs), True),
        ]
        if host is not None:
            extensions.append((x509.SubjectAlternativeName([x509.DNSName(host)]), False))
        for extension, critical in extensions:
            made = made.add_extension(extension, critical=critical)
        return made.sign(self._key, hashes.SHA256())


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client: a tunnel is asked for, and every request in it is answered here."""

    aws: ClassVar[ForeignAws]
    protocol_version = "HTTP/1.1"
    _host = ""

    def do_CONNECT(self) -> None:
        self._host = self.path.rpartition(":")[0]
        self.send_response(200)
        self.end_headers()
        try:
            self.connection = self.aws.context_of(self._host).wrap_socket(self.connection, server_side=True)
        except (OSError, ssl.SSLError):
            self.close_connection = True
            return
        self.connection.settimeout(limit_s(60.0))
        self.rfile = self.connection.makefile("rb", -1)
        self.wfile = self.connection.makefile("wb", 0)
        self.close_connection = False

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = self._asked(body)
        answer = self.aws.answer(asked)
        if answer is not None:
            status, kind, text = answer
            self._send(status, [("Content-Type", kind)], text)
            return
        self._send(*self._forwarded(asked))

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _any

    def _asked(self, body: bytes) -> Asked:
        query = parse_qs(urlsplit(self.path).query)
        claim = _SCOPE.search(self.headers.get("Authorization") or "") or _SCOPE.search(
            (query.get("X-Amz-Credential") or [""])[0]
        )
        service, region, key = (claim["service"], claim["region"], claim["key"]) if claim else ("", "", "")
        named = (self.headers.get("X-Amz-Target") or "").rpartition(".")[2]
        form = parse_qs(body.decode("latin-1")) if not named and self.command == "POST" else {}
        operation = named or (form.get("Action") or [f"{self.command} {urlsplit(self.path).path}"])[0]
        bearer = self.headers.get("x-amz-sso_bearer_token") or ""
        return Asked(self._host, service, region, operation, key, body, bearer)

    def _forwarded(self, asked: Asked) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return the lab's answer to a request that is signed anew for it."""
        behind, path = self.aws.behind, self.path
        bucket = _BUCKET.fullmatch(self._host) if asked.service == "s3" else None
        if bucket is not None:
            path = f"/{bucket['bucket']}{path}"
        parts = urlsplit(path)
        query = [(n, v) for n, v in parse_qsl(parts.query, keep_blank_values=True) if not n.startswith("X-Amz-")]
        url = f"{behind.url}{parts.path}" + (f"?{urlencode(query)}" if query else "")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
        request = AWSRequest(self.command, url, headers=headers, data=asked.body)
        signer = S3SigV4Auth if asked.service == "s3" else SigV4Auth
        keys = Credentials(behind.access_key_id, behind.secret_access_key)
        signer(keys, asked.service, asked.region).add_auth(request)
        lab = urlsplit(behind.url)
        connection = HTTPConnection(lab.hostname or "", lab.port, timeout=limit_s(30.0))
        try:
            target = urlsplit(str(request.url))
            whole = f"{target.path}?{target.query}" if target.query else target.path
            connection.request(self.command, whole, body=asked.body, headers=dict(request.headers.items()))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        length = next((value for name, value in headers if name.lower() == "content-length"), str(len(body)))
        for name, value in headers:
            if name.lower() not in _ONE_HOP and value:
                self.send_header(name, value)
        self.send_header("Content-Length", length if self.command == "HEAD" else str(len(body)))
        if not any(name.lower() == "date" for name, _value in headers):
            self.send_header("Date", self.date_time_string())
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def finish(self) -> None:
        """Close what a tunnel was wrapped in, too: the server knows the bare socket only."""
        super().finish()
        self.connection.close()

    def log_message(self, *_args: Any) -> None:
        """Nothing: tests look at what was asked."""
