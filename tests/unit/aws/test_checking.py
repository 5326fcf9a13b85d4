"""A check that was denied says which action and which file of policies gives it, unless none of them would help."""

from __future__ import annotations

import asyncio
import json

from rdpgui.aws.checking import Checked, Finding, Question, answer
from rdpgui.aws.denials import denied
from rdpgui.aws.preflight import _worded
from rdpgui.core.cli import CliPlace
from rdpgui.core.errors import RdpguiError, Unreachable
from rdpgui.core.preflight import Severity

WHO = "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: "


def _answered(error: RdpguiError) -> Checked:
    async def ask() -> Finding:
        raise error

    return asyncio.run(answer(Question("bucket-policy", Severity.BLOCK, "s3:GetBucketPolicy", "Allow it.", ask)))


def test_that_a_denied_read_names_its_statement_and_the_policy_that_has_it() -> None:
    message = f"{WHO}s3:GetBucketPolicy because no identity-based policy allows the s3:GetBucketPolicy action"
    check = _worded(_answered(denied("s3:GetBucketPolicy", "AccessDenied", message)), CliPlace())
    assert check.held is None and check.file == "iam/observe.json"
    assert json.loads(check.policy) == {"Effect": "Allow", "Action": ["s3:GetBucketPolicy"], "Resource": "*"}


def test_that_no_policy_is_named_where_an_organization_forbids_it_or_nobody_answered() -> None:
    scp = f"{WHO}s3:GetBucketPolicy with an explicit deny in a service control policy"
    for error in (denied("s3:GetBucketPolicy", "AccessDenied", scp), Unreachable("No answer.")):
        check = _worded(_answered(error), CliPlace())
        assert check.held is None and (check.file, check.policy) == ("", "")
