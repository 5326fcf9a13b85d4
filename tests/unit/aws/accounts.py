"""AWS files in a folder of the test, and an STS that answers without any network."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.credentials import SSOProvider
from botocore.session import Session
from botocore.tokens import SSOTokenProvider

from rdpgui.aws import chain

SECRET = "Sup3rS3cretKeyThatNobodyMayEverRead00000"
TOKEN = "T0kenThatNobodyMayEverRead"
VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID",
             "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ROLE_ARN",
             "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
             "AWS_CONTAINER_CREDENTIALS_FULL_URI")  # fmt: skip

ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><AssumedRoleId>A:s</AssumedRoleId><Arn>arn:aws:sts::222222222222:assumed-role/ops/s</Arn>
</AssumedRoleUser><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>
<SessionToken>{token}</SessionToken><Expiration>{until}</Expiration></Credentials></AssumeRoleResult>
</AssumeRoleResponse>"""
WRONG = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>MultiFactorAuthentication failed with invalid MFA one time pass code. </Message>
</Error><RequestId>r</RequestId></ErrorResponse>"""


class _Body:
    """What botocore reads an answer from."""

    def __init__(self, text: str) -> None:
        self._left = [text.encode()]

    def stream(self, *_args: Any, **_kwargs: Any) -> Any:
        while self._left:
            yield self._left.pop()


def answered(status: int, text: str) -> AWSResponse:
    headers: Any = HeadersDict({"content-type": "text/xml"})
    return AWSResponse("https://sts.amazonaws.com/", status, headers, _Body(text))


class Sts:
    """Assumes any role whose code is ``right``; remembers where it was asked, with which key."""

    def __init__(self, right: str = "") -> None:
        self.right = right
        self.codes: list[str] = []
        self.hosts: list[str] = []

    def answer(self, request: Any, **_kwargs: Any) -> AWSResponse:
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
        self.hosts.append(request.url)
        self.codes += parse_qs(body).get("TokenCode", [])
        if self.right and self.codes[-1:] != [self.right]:
            return answered(403, WRONG)
        return answered(200, ASSUMED.format(secret=SECRET, token=TOKEN, until=_in_an_hour()))


def _in_an_hour() -> str:
    return f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"


class Files:
    """The two files; ``write`` replaces them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.config, self.credentials = folder / "config", folder / "credentials"
        self._patch = monkeypatch
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_CONFIG_FILE", str(self.config))
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(self.credentials))
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("HOME", str(folder))
        for kind in (SSOTokenProvider, SSOProvider):  # botocore asks for the home folder when it is imported
            monkeypatch.setattr(kind, "_SSO_TOKEN_CACHE_DIR", str(folder / ".aws" / "sso" / "cache"))
        self.write()

    def write(self, config: str = "", credentials: str = "") -> None:
        for path, text in ((self.config, config), (self.credentials, credentials)):
            new = path.with_suffix(".new")
            new.write_text(text)
            new.replace(path)

    def sts(self, sts: Sts) -> None:
        """Let the clients that botocore makes itself be answered by this one."""
        self.answers("sts", sts.answer)

    def answers(self, service: str, answer: Any) -> None:
        """Let calls to a service be answered without a network, in every session made from now on."""
        made: Callable[[str], Session] = chain.new_session

        def new_session(profile: str) -> Session:
            session = made(profile)
            session.register(f"before-send.{service}", answer)
            return session

        self._patch.setattr(chain, "new_session", new_session)


def process_that_prints(folder: Path, **members: Any) -> str:
    """Return a credential_process that prints keys."""
    path = folder / "keys.json"
    path.write_text(json.dumps({"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": SECRET, **members}))
    return f"cat {path}"
