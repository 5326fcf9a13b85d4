"""Signature Version 4: was a request signed with the secret of the key that it names, and when.

The canonical request, the string to sign and the key derivation are botocore's
own (``botocore.auth``); here is only what the receiving side adds: reading the
claim, the clock, and the errors that each family of services answers with.
The signatures of the single chunks of ``STREAMING-AWS4-…`` uploads are not checked.

Source: AWS General Reference, Signature Version 4; S3 API, authenticating requests.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPMessage
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, quote, unquote_to_bytes, urlencode

from botocore.auth import SIGV4_TIMESTAMP, UNSIGNED_PAYLOAD, S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from rdpgui.lab.endpoint.request_body import compare_while_read
from rdpgui.lab.model import LabError

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_SCOPE: Final = re.compile(r"(?P<key>\w+)/(?P<day>\d{8})/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9.-]+)/aws4_request")
_HEX_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SKEW: Final = timedelta(minutes=15)
_MOST_EXPIRES_S: Final = 604_800
"""Source: S3 query string authentication, X-Amz-Expires."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says about its signature.

    Attributes:
        access_key_id: the key.
        region: Region in the credential scope.
        service: signing name in the credential scope.
        day: day in the credential scope (YYYYMMDD).
        signed_headers: names of the signed headers, lower case.
        signature: the signature, hexadecimal.
        signed_at: when it was signed (aware UTC).
        expires_s: how long a presigned URL lasts (seconds), None for a signature in the header.
        family: whose error codes are answered: ``s3``, ``ec2``, ``query`` or ``json``.
    """

    access_key_id: str
    region: str
    service: str
    day: str
    signed_headers: tuple[str, ...]
    signature: str
    signed_at: datetime
    expires_s: int | None
    family: str


@dataclass(frozen=True, slots=True)
class _Codes:
    """Error code and status per reason; botocore shows the code as it is."""

    unknown_key: tuple[str, int]
    mismatch: tuple[str, int]
    skewed: tuple[str, int]
    bad_token: tuple[str, int]
    old_token: tuple[str, int]


_CODES: Final[Mapping[str, _Codes]] = {
    "s3": _Codes(
        ("InvalidAccessKeyId", 403),
        ("SignatureDoesNotMatch", 403),
        ("RequestTimeTooSkewed", 403),
        ("InvalidToken", 400),
        ("ExpiredToken", 400),
    ),
    "ec2": _Codes(
        ("AuthFailure", 401),
        ("AuthFailure", 401),
        ("RequestExpired", 400),
        ("AuthFailure", 401),
        ("RequestExpired", 400),
    ),
    "query": _Codes(
        ("InvalidClientTokenId", 403),
        ("SignatureDoesNotMatch", 403),
        ("SignatureDoesNotMatch", 403),
        ("InvalidClientTokenId", 403),
        ("ExpiredToken", 403),
    ),
    "json": _Codes(
        ("UnrecognizedClientException", 400),
        ("InvalidSignatureException", 400),
        ("InvalidSignatureException", 400),
        ("UnrecognizedClientException", 400),
        ("ExpiredTokenException", 400),
    ),
}
"""Source: the services' lists of common errors; what the CLI shows for a wrong secret or clock."""

_INVALID_TEXT: Final = "The security token included in the request is invalid."
_UNKNOWN_TEXT: Final[Mapping[str, str]] = {
    "s3": "The AWS Access Key Id you provided does not exist in our records.",
    "ec2": "AWS was not able to validate the provided access credentials",
}
_MISMATCH_TEXT: Final = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)


def unknown_key(claim: Claim) -> LabError:
    """Return the error for a key that was not issued here."""
    return _error(claim, _CODES[claim.family].unknown_key, _UNKNOWN_TEXT.get(claim.family, _INVALID_TEXT))


def bad_token(claim: Claim) -> LabError:
    """Return the error for temporary credentials with a missing or wrong session token."""
    return _error(claim, _CODES[claim.family].bad_token, _INVALID_TEXT)


def old_token(claim: Claim) -> LabError:
    """Return the error for temporary credentials that have ended."""
    return _error(claim, _CODES[claim.family].old_token, "The security token included in the request is expired")


def _mismatch(claim: Claim, text: str = "") -> LabError:
    default = _UNKNOWN_TEXT["ec2"] if claim.family == "ec2" else _MISMATCH_TEXT
    return _error(claim, _CODES[claim.family].mismatch, text or default)


def _error(claim: Claim, code: tuple[str, int], text: str) -> LabError:
    # rest-json services answer these with 403; those of the json protocol with 400.
    rest = claim.family == "json" and claim.service == "ssm-guiconnect"
    return LabError(code[0], text, 403 if rest else code[1])


# -- the claim ------------------------------------------------------------------------


def read_claim(environ: Mapping[str, Any]) -> Claim:
    """Return what a request says about its signature.

    Args:
        environ: the WSGI environment.

    Raises:
        LabError: MissingAuthenticationToken, AccessDenied, InvalidArgument, AuthorizationHeaderMalformed,
            AuthorizationQueryParametersError.
    """
    header = str(environ.get("HTTP_AUTHORIZATION", ""))
    query = parse_qs(str(environ.get("QUERY_STRING", "")), keep_blank_values=True)
    presigned = "X-Amz-Credential" in query
    if not header and not presigned:
        raise LabError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
    if header and presigned:
        raise LabError("InvalidArgument", "Only one auth mechanism allowed", 400)
    return _claim_of_query(environ, query) if presigned else _claim_of_header(environ, header)


def _claim_of_header(environ: Mapping[str, Any], header: str) -> Claim:
    algorithm, _, rest = header.partition(" ")
    parts = dict(item.strip().partition("=")[::2] for item in rest.split(","))
    scope = _SCOPE.fullmatch(parts.get("Credential", ""))
    if algorithm != _ALGORITHM or scope is None:
        raise LabError("AccessDenied", "The request must be signed with AWS Signature Version 4.", 403)
    text = str(environ.get("HTTP_X_AMZ_DATE", ""))
    signed_at = _time(text) if text else _http_date(str(environ.get("HTTP_DATE", "")))
    if signed_at is None or not parts.get("SignedHeaders") or not parts.get("Signature"):
        text = "Authorization header requires 'SignedHeaders', 'Signature' and a valid X-Amz-Date or Date header."
        raise LabError("AuthorizationHeaderMalformed", text, 400)
    return _claim(environ, scope, parts["SignedHeaders"], parts["Signature"], signed_at, None)


def _claim_of_query(environ: Mapping[str, Any], query: Mapping[str, list[str]]) -> Claim:
    def first(name: str) -> str:
        return query.get(f"X-Amz-{name}", [""])[0]

    scope = _SCOPE.fullmatch(first("Credential"))
    if scope is None or first("Algorithm") != _ALGORITHM:
        raise LabError("AuthorizationQueryParametersError", "X-Amz-Algorithm or X-Amz-Credential is wrong.", 400)
    signed_at, expires = _time(first("Date")), first("Expires")
    if signed_at is None or not first("SignedHeaders") or not first("Signature"):
        raise LabError("AuthorizationQueryParametersError", "X-Amz-Date, SignedHeaders, Signature needed.", 400)
    if not expires.isascii() or not expires.isdigit() or not 0 < int(expires) <= _MOST_EXPIRES_S:
        raise LabError("AuthorizationQueryParametersError", "X-Amz-Expires must be from 1 to 604800 seconds.", 400)
    return _claim(environ, scope, first("SignedHeaders"), first("Signature"), signed_at, int(expires))


def _claim(
    environ: Mapping[str, Any],
    scope: re.Match[str],
    names: str,
    signature: str,
    signed_at: datetime,
    expires_s: int | None,
) -> Claim:
    form = str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")
    service = scope["service"]
    plain = "query" if form or "Action=" in str(environ.get("QUERY_STRING", "")) else "json"
    return Claim(
        access_key_id=scope["key"],
        region=scope["region"],
        service=service,
        day=scope["day"],
        signed_headers=tuple(sorted(name.strip().lower() for name in names.split(";"))),
        signature=signature,
        signed_at=signed_at,
        expires_s=expires_s,
        family=service if service in ("s3", "ec2") else plain,
    )


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, SIGV4_TIMESTAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


# -- the clock ------------------------------------------------------------------------


def check_time(claim: Claim, now: datetime) -> None:
    """Refuse a signature that is too old, has ended, or comes from the future.

    Raises:
        LabError: AccessDenied (a presigned URL of S3), RequestTimeTooSkewed, RequestExpired, SignatureDoesNotMatch,
            InvalidSignatureException.
    """
    lasts = _SKEW if claim.expires_s is None else timedelta(seconds=claim.expires_s)
    late, early = now >= claim.signed_at + lasts, claim.signed_at > now + _SKEW
    if not late and not early:
        return
    if claim.family == "s3" and claim.expires_s is not None:
        raise LabError("AccessDenied", "Request has expired" if late else "Request is not yet valid", 403)
    raise _error(claim, _CODES[claim.family].skewed, _skew_text(claim, now, late=late))


def _skew_text(claim: Claim, now: datetime, *, late: bool) -> str:
    if claim.family == "s3":
        return "The difference between the request time and the current time is too large."
    if claim.family == "ec2":
        return "Request has expired." if late else "Request is not yet valid."
    signed, limit = (at.strftime(SIGV4_TIMESTAMP) for at in (claim.signed_at, now - _SKEW if late else now + _SKEW))
    if late:
        return f"Signature expired: {signed} is now earlier than {limit}"
    return f"Signature not yet current: {signed} is still later than {limit}"


# -- the signature --------------------------------------------------------------------


class _Receiver(SigV4Auth):
    """botocore's signer, kept to exactly the headers and the payload that the client says it signed."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPMessage:
        """Return the headers of the request: there are only the signed ones."""
        headers: HTTPMessage = request.headers
        return headers

    def payload(self, request: AWSRequest) -> str:
        """Return the payload's hash, or the word that stands for it."""
        return str(request.context["payload"])


class _S3Receiver(_Receiver, S3SigV4Auth):
    """The same for S3, whose paths are encoded once and never normalised."""


def check_signature(claim: Claim, environ: dict[str, Any], secret: str, body: bytes | None) -> None:
    """Refuse a request that was not signed as it came in.

    Args:
        claim: what it says about its signature.
        environ: the WSGI environment; the body of an S3 upload is wrapped so that it is compared with its declared
            hash while it is read.
        secret: the secret of the key.
        body: the body, None for S3, whose declared hash is what is signed.

    Raises:
        LabError: SignatureDoesNotMatch, InvalidSignatureException, AuthFailure, AccessDenied, InvalidRequest.
    """
    _check_all_signed(claim, environ)
    payload = _s3_payload(claim, environ) if body is None else _plain_payload(claim, environ, body)
    if claim.day != claim.signed_at.strftime("%Y%m%d"):
        raise _mismatch(claim, "Date in Credential scope does not match YYYYMMDD from the date of the request.")
    signer = (_S3Receiver if claim.service == "s3" else _Receiver)(
        Credentials(claim.access_key_id, secret), claim.service, claim.region
    )
    request = _request(claim, environ)
    request.context.update(timestamp=claim.signed_at.strftime(SIGV4_TIMESTAMP), payload=payload)
    expected = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
        raise _mismatch(claim)
    if body is None and _HEX_SHA256.fullmatch(payload):
        compare_while_read(environ, payload)


def _check_all_signed(claim: Claim, environ: Mapping[str, Any]) -> None:
    """Refuse headers that change what a call means but are not covered. Source: SigV4, SignedHeaders."""
    sent = {name[5:].lower().replace("_", "-") for name in environ if name.startswith("HTTP_X_AMZ_")}
    open_ = sorted((sent | {"host"}) - set(claim.signed_headers))
    if not open_:
        return
    if claim.family == "s3":
        text = f"There were headers present in the request which were not signed: {', '.join(open_)}"
        raise LabError("AccessDenied", text, 403)
    raise _mismatch(claim, f"'{open_[0]}' must be a 'SignedHeader' in the AWS Authorization.")


def _plain_payload(claim: Claim, environ: Mapping[str, Any], body: bytes) -> str:
    found = hashlib.sha256(body).hexdigest()
    # botocore's canonical request takes the declared hash, so it has to be the true one.
    if environ.get("HTTP_X_AMZ_CONTENT_SHA256", found) != found:
        raise _mismatch(claim, "The payload is not the one that was signed.")
    return found


def _s3_payload(claim: Claim, environ: Mapping[str, Any]) -> str:
    declared = str(environ.get("HTTP_X_AMZ_CONTENT_SHA256", ""))
    if declared:
        return declared
    if claim.expires_s is None:
        text = "Missing required header for this request: x-amz-content-sha256"
        raise LabError("InvalidRequest", text, 400)
    return UNSIGNED_PAYLOAD


def _request(claim: Claim, environ: Mapping[str, Any]) -> AWSRequest:
    """Return the request as its sender signed it."""
    path = str(environ.get("RAW_URI", "")).partition("?")[0]
    if claim.service == "s3":
        # AWS takes a path in any encoding and signs it in one.
        path = quote(unquote_to_bytes(path.encode("latin-1", "replace")), safe="/~")
    pairs = parse_qsl(str(environ.get("QUERY_STRING", "")), keep_blank_values=True)
    unsigned = "X-Amz-Signature" if claim.expires_s is not None else None
    query = urlencode([pair for pair in pairs if pair[0] != unsigned], quote_via=quote, safe="-_.~")
    return AWSRequest(
        method=str(environ["REQUEST_METHOD"]),
        url=f"http://{environ.get('HTTP_HOST', '')}{path}?{query}",
        headers={name: _header(environ, name) for name in claim.signed_headers},
    )


def _header(environ: Mapping[str, Any], name: str) -> str:
    key = name.upper().replace("-", "_")
    value = str(environ.get(key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}", ""))
    # WSGI gives the bytes of a header as Latin-1; they are signed as UTF-8.
    return value.encode("latin-1", "replace").decode("utf-8", "replace")
