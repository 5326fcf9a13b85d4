"""Reading bucket policies for the service principal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rdpgui.aws.policy import SERVICE, PutDecision, decide_data_key, decide_put
from rdpgui.core.errors import MalformedAnswer

ACCOUNT = "123456789012"


def allow(**changes: Any) -> dict[str, Any]:
    statement = {
        "Sid": "Recording",
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::films/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    return {key: value for key, value in (statement | changes).items() if value is not None}


def deny(**changes: Any) -> dict[str, Any]:
    return allow(**({"Sid": "No", "Effect": "Deny", "Principal": "*", "Condition": None} | changes))


def decide(*statements: dict[str, Any]) -> PutDecision:
    return decide_put(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), "films", ACCOUNT)


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({}, True),
        ({"Action": ["s3:Get*", "s3:Put*"]}, True),
        ({"Action": "s3:*", "Resource": ["arn:aws:s3:::films", "arn:aws:s3:::films/*"]}, True),
        ({"Principal": {"Service": ["x.amazonaws.com", SERVICE]}}, True),
        ({"Condition": None}, True),
        ({"Condition": {"StringLike": {"aws:SourceAccount": ["1*"]}}}, True),
        ({"Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:ssm-guiconnect:*:{ACCOUNT}:*"}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "210987654321"}}}, False),
        ({"Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}}, None),
        ({"Condition": {"StringEquals": {"aws:SourceOrgID": "o-1", "aws:SourceAccount": "2"}}}, False),
        ({"Action": "s3:GetObject"}, False),
        ({"Resource": "arn:aws:s3:::films"}, False),
        ({"Resource": "arn:aws:s3:::films/only-here/*"}, False),
        ({"Resource": "arn:aws:s3:::other/*"}, False),
        ({"Principal": {"Service": "ssm.amazonaws.com"}}, False),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}, False),
        ({"Effect": "Deny"}, False),
    ],
)
def test_that_only_a_statement_that_fits_allows(changes: dict[str, Any], allowed: bool | None) -> None:
    assert decide(allow(**changes)).allowed is allowed


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": None, "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}, True),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}, True),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, False),
        (
            {"Condition": {"StringNotEquals": {"aws:x": "1"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}},
            False,
        ),
        ({"Condition": {"StringNotEquals": {"aws:SourceAccount": [ACCOUNT]}}}, False),
        ({"Principal": {"AWS": "arn:aws:iam::1:user/x"}}, False),
        ({"Principal": None, "NotPrincipal": {"Service": SERVICE}}, False),
        ({"Action": "s3:DeleteObject"}, False),
        ({"Action": None, "NotAction": "s3:Get*"}, True),
    ],
)
def test_that_a_deny_is_named_when_it_may_reach_the_service(changes: dict[str, Any], named: bool) -> None:
    assert decide(allow(), deny(**changes)) == PutDecision(True, ("No",) if named else ())


def test_that_a_single_statement_needs_no_list() -> None:
    assert decide_put(json.dumps({"Statement": allow()}), "films", ACCOUNT).allowed is True


@pytest.mark.parametrize("text", ["", "<html>", "[]", "3"])
def test_that_what_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(MalformedAnswer):
        decide_put(text, "films", ACCOUNT)


@pytest.mark.parametrize(
    ("principal", "action", "named"),
    [
        ({"Service": SERVICE}, "kms:GenerateDataKey*", True),
        ({"Service": SERVICE}, "kms:*", True),
        ({"Service": SERVICE}, "kms:Decrypt", False),
        ({"AWS": "arn:aws:iam::1:root"}, "kms:*", False),
    ],
)
def test_that_a_key_policy_must_name_the_service(principal: dict[str, str], action: str, named: bool) -> None:
    text = json.dumps({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}]})
    assert decide_data_key(text, ACCOUNT, "s3.eu-west-1.amazonaws.com") is named
