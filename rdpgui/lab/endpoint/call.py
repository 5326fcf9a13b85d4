"""One call: which operation of which service, by whom, in which protocol."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, parse_qsl, urlencode

from rdpgui.lab.endpoint.request_body import read_body

if TYPE_CHECKING:
    from rdpgui.lab.endpoint.gate import Credential

_PATH_SERVICES: Final = frozenset({"ssm-guiconnect"})
"""rest-json services of the lab whose operations are POST /<OperationName>."""

_BUCKET_PARTS: Final[Mapping[str, str]] = {
    "accelerate": "BucketAccelerateConfiguration",
    "acl": "BucketAcl",
    "cors": "BucketCors",
    "encryption": "BucketEncryption",
    "lifecycle": "BucketLifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "notification": "BucketNotificationConfiguration",
    "object-lock": "ObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "PublicAccessBlock",
    "replication": "BucketReplication",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
_OBJECT_PARTS: Final[Mapping[str, str]] = {
    "acl": "ObjectAcl",
    "attributes": "ObjectAttributes",
    "legal-hold": "ObjectLegalHold",
    "retention": "ObjectRetention",
    "tagging": "ObjectTagging",
    "torrent": "ObjectTorrent",
}
_VERBS: Final[Mapping[str, str]] = {"GET": "Get", "PUT": "Put", "DELETE": "Delete", "HEAD": "Head", "POST": "Post"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the operations see it.

    Attributes:
        service: signing name.
        region: Region of the credential scope.
        operation: operation name; empty when only moto can tell.
        protocol: ``json``, ``rest-json``, ``query``, ``ec2`` or ``rest-xml``.
        credential: who signed.
        request_id: id of the request.
        at: when it came in (aware UTC).
        body: the body; empty for S3, whose bodies stay in ``environ``.
        host: the endpoint's own host and port.
        path: the path, decoded.
        method: HTTP method.
        query: the query string's parameters.
        user_agent: the client's words about itself.
    """

    service: str
    region: str
    operation: str
    protocol: str
    credential: Credential
    request_id: str
    at: datetime
    body: bytes
    host: str
    path: str
    method: str
    query: Mapping[str, list[str]]
    user_agent: str


def identify(environ: dict[str, Any], credential: Credential, at: datetime) -> Call:
    """Return the call that a request is; its body, read here, is put back for moto.

    Args:
        environ: WSGI environment; ``wsgi.input`` is replaced.
        credential: the credential scope.
        at: when it came in.

    Raises:
        LabError: RequestEntityTooLarge.
    """
    service = credential.service
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    path = environ.get("PATH_INFO", "/").encode("latin-1", "replace").decode("utf-8", "replace")
    method = environ["REQUEST_METHOD"]
    body = b"" if service == "s3" else read_body(environ)
    protocol, operation = _operation(environ, service, query, path, method, body)
    return Call(
        service=service,
        region=credential.region,
        operation=operation,
        protocol=protocol,
        credential=credential,
        request_id=str(uuid.uuid4()),
        at=at,
        body=body or (_unsigned_query(environ) if protocol in ("query", "ec2") else b""),
        host=environ.get("HTTP_HOST", ""),
        path=path,
        method=method,
        query=query,
        user_agent=environ.get("HTTP_USER_AGENT", ""),
    )


def _unsigned_query(environ: Mapping[str, Any]) -> bytes:
    """Return the parameters of a call in its address, without those of a signature in it."""
    pairs = parse_qsl(str(environ.get("QUERY_STRING", "")), keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if not name.startswith("X-Amz-")]).encode()


def _operation(
    environ: Mapping[str, Any], service: str, query: Mapping[str, list[str]], path: str, method: str, body: bytes
) -> tuple[str, str]:
    if service == "s3":
        return "rest-xml", s3_operation(method, path, query, copies="HTTP_X_AMZ_COPY_SOURCE" in environ)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return "json", target.rpartition(".")[2]
    form = str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")
    action = parse_qs(body.decode("utf-8", "replace")).get("Action") if form else query.get("Action")
    if action:
        return ("ec2" if service == "ec2" else "query"), action[0]
    return "rest-json", path.strip("/") if service in _PATH_SERVICES and method == "POST" else ""


def s3_operation(method: str, path: str, query: Mapping[str, list[str]], *, copies: bool = False) -> str:
    """Return the S3 operation that a path-style request means, empty when it is none the lab knows.

    Args:
        method: HTTP method.
        path: decoded path, ``/bucket/key``.
        query: parameters of the query string.
        copies: the request names a copy source.
    """
    bucket, _, key = path.lstrip("/").partition("/")
    verb = _VERBS.get(method, "")
    if not bucket:
        return "ListBuckets" if method == "GET" else ""
    for part, noun in (_OBJECT_PARTS if key else _BUCKET_PARTS).items():
        if part in query:
            return verb + noun
    return _s3_object(method, query, copies) if key else _s3_bucket(method, query)


def _s3_bucket(method: str, query: Mapping[str, list[str]]) -> str:
    if method == "GET":
        if "versions" in query:
            return "ListObjectVersions"
        if "uploads" in query:
            return "ListMultipartUploads"
        return "ListObjectsV2" if query.get("list-type") == ["2"] else "ListObjects"
    if method == "POST":
        return "DeleteObjects" if "delete" in query else ""
    return {"HEAD": "HeadBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}.get(method, "")


def _s3_object(method: str, query: Mapping[str, list[str]], copies: bool) -> str:
    parts = "uploadId" in query
    if method == "POST":
        return "CompleteMultipartUpload" if parts else "CreateMultipartUpload" if "uploads" in query else ""
    if method == "PUT":
        return ("UploadPartCopy" if copies else "UploadPart") if parts else ("CopyObject" if copies else "PutObject")
    names = {"GET": ("GetObject", "ListParts"), "DELETE": ("DeleteObject", "AbortMultipartUpload")}
    return names.get(method, ("HeadObject" if method == "HEAD" else "",) * 2)[parts]
