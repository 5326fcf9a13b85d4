"""Signing in to SSO by a device code, with botocore's own client and into the SDKs' own token cache.

Source: RFC 8628; OIDC API of IAM Identity Center (RegisterClient, StartDeviceAuthorization, CreateToken).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from rdpgui.aws.sso_cache import token_file
from rdpgui.core.errors import CredentialsExpired, StorageError
from rdpgui.core.sign_in import SignInStep
from rdpgui.files import write_whole

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
DEFAULT_SCOPES = "sso:account:access"
SLOWER_S = 5.0
"""By how much longer is waited between two questions, once AWS asks for it. Source: RFC 8628, section 3.5."""
SHORTEST_S = 0.02
LOST_IN_A_ROW = 6
"""Questions without an answer, one after another, after which the network is said to be what is missing."""
PRIVATE_FOLDER_MODE = 0o700


def start_url_of(section: Mapping[str, Any], sso_sessions: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a sign-in needs: of the profile's ``sso-session``, of a legacy profile its own."""
    name = str(section.get("sso_session", ""))
    found: Mapping[str, Any] = sso_sessions.get(name, {}) if name else section
    return found


def sign_in_by_device(
    session: Any,
    section: Mapping[str, Any],
    told: Callable[[SignInStep], None],
    given_up: threading.Event,
) -> None:
    """Let a person approve a code in the browser, then write the token where every SDK looks for it. Blocking.

    Args:
        session: a botocore session.
        section: the profile that a person signs in to.
        told: called with the code and the address.
        given_up: set when nobody waits any longer.

    Raises:
        CredentialsExpired: it was refused, given up, or the code expired.
        ClientError, BotoCoreError: botocore's.
    """
    portal = start_url_of(section, session.full_config.get("sso_sessions", {}))
    client = _client(session, str(portal.get("sso_region", "")))
    registered = _registered(client, section, portal)
    began = client.start_device_authorization(
        clientId=registered["clientId"],
        clientSecret=registered["clientSecret"],
        startUrl=str(portal.get("sso_start_url", "")),
    )
    until = datetime.now(UTC) + timedelta(seconds=float(began["expiresIn"]))
    told(SignInStep(began["userCode"], began.get("verificationUriComplete") or began["verificationUri"], until))
    asking = _client(session, str(portal.get("sso_region", "")), retries={"total_max_attempts": 1})  # asked again here
    token = _token(asking, registered, began, until, given_up)
    _write(section, portal, registered, token)


def _client(session: Any, region: str, **more: Any) -> Any:
    from botocore import UNSIGNED
    from botocore.config import Config

    return session.create_client("sso-oidc", region_name=region, config=Config(signature_version=UNSIGNED, **more))


def _registered(client: Any, section: Mapping[str, Any], portal: Mapping[str, Any]) -> Mapping[str, Any]:
    wanted: dict[str, Any] = {"clientName": "rdpgui", "clientType": "public"}
    if section.get("sso_session"):  # only with scopes a token comes that the SDK can renew
        scopes = str(portal.get("sso_registration_scopes") or DEFAULT_SCOPES)
        wanted["scopes"] = [scope.strip() for scope in scopes.split(",")]
    found: Mapping[str, Any] = client.register_client(**wanted)
    return found


def _token(
    client: Any, registered: Mapping[str, Any], began: Mapping[str, Any], until: datetime, given_up: threading.Event
) -> Mapping[str, Any]:
    from botocore.exceptions import ConnectionError as NoConnection
    from botocore.exceptions import HTTPClientError

    pause_s, failures = max(float(began.get("interval", SLOWER_S)), SHORTEST_S), 0
    while not given_up.wait(pause_s):
        if datetime.now(UTC) > until:
            raise CredentialsExpired("The code has expired.", "Press Sign in for another one.")
        try:
            found: Mapping[str, Any] = client.create_token(
                clientId=registered["clientId"],
                clientSecret=registered["clientSecret"],
                grantType=GRANT,
                deviceCode=began["deviceCode"],
            )
        except client.exceptions.AuthorizationPendingException:
            failures = 0
            continue
        except client.exceptions.SlowDownException:
            pause_s += SLOWER_S
            continue
        except (NoConnection, HTTPClientError, client.exceptions.InternalServerException) as error:
            failures = _after_failure(failures, error)
            continue
        except client.exceptions.ExpiredTokenException as error:
            raise CredentialsExpired("The code has expired.", "Press Sign in for another one.") from error
        except client.exceptions.AccessDeniedException as error:
            raise CredentialsExpired(
                "The sign-in was refused in the browser.", "Press Sign in to try again."
            ) from error
        return found
    raise CredentialsExpired("Signing in was given up.", "Press Retry.")


def _after_failure(failures: int, error: Exception) -> int:
    """Count a question that got no answer: one that is lost ends no sign-in, many in a row do.

    Raises:
        BotoCoreError, ClientError: it was the last one.
    """
    if failures + 1 >= LOST_IN_A_ROW:
        raise error
    return failures + 1


def _write(
    section: Mapping[str, Any], portal: Mapping[str, Any], registered: Mapping[str, Any], token: Mapping[str, Any]
) -> None:
    """Write a token as botocore and the CLI do (0600): whole or not at all.

    Raises:
        StorageError: it cannot be written.
    """
    path = token_file(section)
    if path is None:
        return
    content = {
        "startUrl": portal.get("sso_start_url"),
        "region": portal.get("sso_region"),
        "accessToken": token["accessToken"],
        "expiresAt": _stamp(datetime.now(UTC) + timedelta(seconds=float(token["expiresIn"]))),
    }
    if section.get("sso_session"):
        ends = datetime.fromtimestamp(float(registered.get("clientSecretExpiresAt", 0)), UTC)
        content |= {"clientId": registered["clientId"], "clientSecret": registered["clientSecret"]}
        content |= {"registrationExpiresAt": _stamp(ends)}
        if token.get("refreshToken"):
            content["refreshToken"] = token["refreshToken"]
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER_MODE, parents=True, exist_ok=True)
        write_whole(path, json.dumps(content).encode())
    except OSError as error:
        raise StorageError("{path} cannot be written: {reason}.", "Give yourself the right to write it.", path=path,
                           reason=error.strerror) from error  # fmt: skip


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
