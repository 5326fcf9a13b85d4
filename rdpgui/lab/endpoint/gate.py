"""The gate: who may speak to the endpoint at all.

A loopback port is open to every program of the machine and, through a browser,
to every web page. So: loopback peer, exact Host, nothing that only a browser
sends, and a signature made with a secret that this lab issued. Refusals look like AWS's.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from rdpgui.lab.endpoint import signature
from rdpgui.lab.endpoint.request_body import read_body
from rdpgui.lab.model import LabError

if TYPE_CHECKING:
    from rdpgui.lab.endpoint.signature import Claim


@dataclass(frozen=True, slots=True)
class Principal:
    """Who signed a call.

    Attributes:
        arn: the caller's ARN, as GetCallerIdentity gives it.
        user_id: unique id (AIDA… or AROA…:session).
        name: user or role-session name.
        kind: ``IAMUser``, ``AssumedRole`` or ``FederatedUser``, as CloudTrail names it.
    """

    arn: str
    user_id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """An access key of the lab."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    principal: Principal
    expires_at: datetime | None


class KeyRing:
    """The access keys that this lab issued. Safe to use from several threads."""

    def __init__(self, account_id: str) -> None:
        self._account_id = account_id
        self._lock = threading.Lock()
        self._keys: dict[str, IssuedKey] = {}

    def issue_user(self, name: str) -> IssuedKey:
        """Issue a key of an IAM user that lasts as long as the lab."""
        principal = Principal(f"arn:aws:iam::{self._account_id}:user/{name}", _unique_id("AIDA"), name, "IAMUser")
        return self._keep("AKIA", principal, "", None)

    def issue_role(self, role: str, session_name: str, lasts: timedelta) -> IssuedKey:
        """Issue temporary credentials of an assumed role."""
        arn = f"arn:aws:sts::{self._account_id}:assumed-role/{role}/{session_name}"
        principal = Principal(arn, f"{_unique_id('AROA')}:{session_name}", session_name, "AssumedRole")
        return self._keep("ASIA", principal, secrets.token_urlsafe(96), datetime.now(UTC) + lasts)

    def issue_session(self, principal: Principal, lasts: timedelta) -> IssuedKey:
        """Issue temporary credentials of somebody."""
        return self._keep("ASIA", principal, secrets.token_urlsafe(96), datetime.now(UTC) + lasts)

    def find(self, access_key_id: str) -> IssuedKey | None:
        """Return the key, None when the lab did not issue it."""
        with self._lock:
            return self._keys.get(access_key_id)

    def _keep(self, prefix: str, principal: Principal, token: str, expires_at: datetime | None) -> IssuedKey:
        key = IssuedKey(_unique_id(prefix), secrets.token_urlsafe(30), token, principal, expires_at)
        with self._lock:
            self._keys[key.access_key_id] = key
        return key


def _unique_id(prefix: str) -> str:
    return prefix + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))


@dataclass(frozen=True, slots=True)
class Credential:
    """The credential scope of a signed call.

    Attributes:
        key: the issued key.
        region: Region in the scope.
        service: signing name in the scope.
    """

    key: IssuedKey
    region: str
    service: str


class Gate:
    """Decides whether a request is let in."""

    def __init__(self, keys: KeyRing, control_token: str) -> None:
        self.keys = keys
        self._control_token = control_token
        self.host = ""
        """The exact Host header, set when the port is known."""

    def check_peer(self, environ: Mapping[str, str]) -> None:
        """Refuse what does not come from a program on this machine.

        Raises:
            LabError: AccessDenied, 403.
        """
        if environ.get("REMOTE_ADDR") != "127.0.0.1":
            raise _denied("The lab answers on the loopback interface only.")
        if not self.host or environ.get("HTTP_HOST") != self.host:
            raise _denied(f"The Host header must be {self.host}.")
        # Every browser sends one of these with requests that a page can cause; no SDK does.
        if "HTTP_ORIGIN" in environ or "HTTP_SEC_FETCH_SITE" in environ:
            raise _denied("The lab does not answer web pages.")

    def check_control(self, environ: Mapping[str, str]) -> None:
        """Refuse control calls without the token. Raises LabError AccessDenied, 403."""
        given = environ.get("HTTP_X_LAB_TOKEN", "")
        if not hmac.compare_digest(given.encode(), self._control_token.encode()):
            raise _denied("The control token is missing or wrong.")

    def check_signed(self, environ: dict[str, Any], now: datetime) -> Credential:
        """Return the credential scope of a request that was signed with the secret of its key.

        Args:
            environ: the WSGI environment; ``wsgi.input`` is replaced by what can be read again (S3: by what is
                compared with its declared hash while it is read).
            now: the present time.

        Raises:
            LabError: what the service answers to a missing, wrong, late or tampered signature, to a key that this lab
                did not issue, and to temporary keys without their token or past their end.
        """
        claim = signature.read_claim(environ)
        key = self.keys.find(claim.access_key_id)
        if key is None:
            raise signature.unknown_key(claim)
        signature.check_time(claim, now)
        body = None if claim.service == "s3" else read_body(environ)
        signature.check_signature(claim, environ, key.secret_access_key, body)
        _check_temporary(claim, key, environ, now)
        return Credential(key, claim.region, claim.service)


def _check_temporary(claim: Claim, key: IssuedKey, environ: Mapping[str, Any], now: datetime) -> None:
    if key.expires_at is None:
        return
    query = parse_qs(str(environ.get("QUERY_STRING", "")))
    given = str(environ.get("HTTP_X_AMZ_SECURITY_TOKEN") or query.get("X-Amz-Security-Token", [""])[0])
    if not hmac.compare_digest(given.encode(), key.session_token.encode()):
        raise signature.bad_token(claim)
    if now >= key.expires_at:
        raise signature.old_token(claim)


def _denied(message: str) -> LabError:
    return LabError("AccessDenied", message, 403)
