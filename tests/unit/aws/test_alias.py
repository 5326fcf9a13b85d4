"""The account's alias: nice to have, waited for briefly, and never given up after one slow answer."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rdpgui.aws import sts
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import Place
from rdpgui.aws.sign_in import SignIn
from rdpgui.aws.sts import StsIdentity
from rdpgui.core.access import Access
from rdpgui.core.errors import AccessDenied, AwsError, Throttled

pytestmark = pytest.mark.asyncio


class _Aliases:
    """Answers who calls at once, and the account's alias as told: an answer, an error, or never (None)."""

    def __init__(self, *aliases: dict[str, list[str]] | AwsError | None) -> None:
        self.left = list(aliases)

    async def call(self, service: str, _operation: str) -> Any:
        if service == "sts":
            return {"Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/me", "UserId": "u"}
        answer = self.left.pop(0)
        if isinstance(answer, AwsError):
            raise answer
        if answer is None:
            await asyncio.Event().wait()
        return answer


SLOW, ALIAS = None, {"AccountAliases": ["sandbox"]}
DENIED, THROTTLED = AccessDenied("Not permitted.", "Ask."), Throttled("Slower.", "Wait.")


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((SLOW, ALIAS), ["", "sandbox", "sandbox"]),
        ((THROTTLED, {"AccountAliases": []}), ["", "", ""]),
        ((DENIED,), ["", "", ""]),
        ((SLOW, SLOW, THROTTLED), ["", "", "", ""]),
    ],
)
async def test_that_the_alias_is_asked_for_until_there_is_an_answer_but_not_for_ever(
    answers: tuple[Any, ...], told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sts, "ALIAS_LIMIT_S", 0.01)
    aliases = _Aliases(*answers)
    port = StsIdentity(cast(AwsCaller, aliases), Place(), "us-east-1", cast(SignIn, SimpleNamespace(access=Access())))
    found = [(await port.identity()).access for _ in told]
    assert [access.alias for access in found if access is not None] == told
    assert aliases.left == []


async def test_that_who_is_cancelled_while_the_alias_is_asked_for_ends() -> None:
    sign_in = cast(SignIn, SimpleNamespace(access=Access()))
    port = StsIdentity(cast(AwsCaller, _Aliases(SLOW)), Place(), "us-east-1", sign_in)
    asking = asyncio.ensure_future(port.identity())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
