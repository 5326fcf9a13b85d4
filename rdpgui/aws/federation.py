"""A sign-in token for the console, from the credentials in use.

The keys go into the body of a POST, never into an address: addresses are written into logs of proxies.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.errors import foreign_errors
from rdpgui.core.access import CredentialKind
from rdpgui.core.errors import RdpguiError
from rdpgui.core.federation import (
    BROWSER_HAS_IT,
    ENDPOINTS,
    LONG_LIVED,
    NO_ANSWER,
    NO_ENDPOINT,
    REFUSED,
    SAME,
    ConsoleSignIn,
    partition_of,
    plainly,
)

LIMIT_S = 8.0
"""A person waits for the browser: after that it opens without."""
_TIMEOUT_S = 5
_LONGEST_BYTES = 65_536
_OK = 200


class FederatedSignIn:
    """Implements ``ConsoleSignInPort``. Source: the federation endpoint's ``getSigninToken``.

    Args:
        caller: whose threads wait for the answer, and who says who calls.
        holder: what every client of the place signs with.
        kind: says what kind of credentials that is now.
        profile: whose proxy and certificates are used, empty for the environment's.
        endpoints: by partition.
        limit_s: after that the browser opens without a token.
    """

    def __init__(
        self,
        caller: AwsCaller,
        holder: Any,
        kind: Callable[[], CredentialKind],
        profile: str = "",
        *,
        endpoints: Mapping[str, str] = ENDPOINTS,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._caller = caller
        self._holder = holder
        self._kind = kind
        self._profile = profile
        self._endpoints = endpoints
        self._limit_s = limit_s

    async def sign_in(self) -> ConsoleSignIn:
        """Return a token, or why there is none. ``SessionDuration`` is left out: so the credentials' own end counts."""
        if self._kind() is CredentialKind.LOGIN:
            return plainly(BROWSER_HAS_IT)
        try:
            return await asyncio.wait_for(self._asked(), self._limit_s)
        except (RdpguiError, TimeoutError):
            return plainly(NO_ANSWER)

    async def _asked(self) -> ConsoleSignIn:
        _, arn = parse.account(await self._caller.call("sts", "GetCallerIdentity"))
        partition = partition_of(arn)
        if not partition:
            return plainly(LONG_LIVED)
        endpoint = self._endpoints.get(partition, "")
        if not endpoint:
            return plainly(NO_ENDPOINT)
        return await self._caller.run(self._fetch, endpoint, arn)

    def _fetch(self, endpoint: str, arn: str) -> ConsoleSignIn:
        """Ask once. Blocking; the exceptions of the network say nothing that a person could use here."""
        try:
            frozen = self._holder.get_frozen_credentials()
            if not frozen.token:
                return plainly(LONG_LIVED)
            status, body = self._post(endpoint, frozen)
        except foreign_errors():
            return plainly(NO_ANSWER)
        token = _token_of(body) if status == _OK else ""
        return ConsoleSignIn(arn, SAME, endpoint, token) if token else plainly(REFUSED)

    def _post(self, endpoint: str, frozen: Any) -> tuple[int, bytes]:
        from botocore.awsrequest import AWSRequest
        from botocore.httpsession import URLLib3Session
        from botocore.utils import get_environ_proxies

        from rdpgui.aws import chain

        session = {"sessionId": frozen.access_key, "sessionKey": frozen.secret_key, "sessionToken": frozen.token}
        bundle = chain.new_session(self._profile).get_config_variable("ca_bundle")
        http = URLLib3Session(verify=bundle or True, proxies=get_environ_proxies(endpoint), timeout=_TIMEOUT_S)
        request = AWSRequest(
            method="POST",
            url=endpoint,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            data=urlencode({"Action": "getSigninToken", "Session": json.dumps(session)}),
        )
        try:
            answer = http.send(request.prepare())
            return int(answer.status_code), bytes(answer.content)
        finally:
            http.close()


def _token_of(body: bytes) -> str:
    """Return the token of an answer, empty when there is none in it."""
    if len(body) > _LONGEST_BYTES:
        return ""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    token = answer.get("SigninToken") if isinstance(answer, dict) else None
    return token if isinstance(token, str) else ""
