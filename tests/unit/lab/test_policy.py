"""The judge of resource policies."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.lab.world.policy import Decision, Effect, Request, decide

SERVICE = "ssm-guiconnect.amazonaws.com"
PUT = Request(
    "Service",
    SERVICE,
    "s3:PutObject",
    "arn:aws:s3:::films/a.mp4",
    context={
        "aws:sourceaccount": ("111122223333",),
        "aws:sourceorgid": ("o-1",),
        "aws:sourcearn": ("arn:aws:x:r:1:c/2",),
    },
)
ALLOW: dict[str, object] = {
    "Sid": "ConnectionRecording",
    "Effect": "Allow",
    "Principal": {"Service": [SERVICE]},
    "Action": "s3:PutObject",
    "Resource": ["arn:aws:s3:::films", "arn:aws:s3:::films/*"],
    "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
}


def judged(*statements: Mapping[str, object], request: Request = PUT) -> Effect:
    return decide(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), request).effect


def test_that_the_documented_bucket_policy_lets_the_service_put() -> None:
    text = json.dumps({"Statement": [ALLOW]})
    assert decide(text, PUT) == Decision(Effect.ALLOWED, "ConnectionRecording")


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"Statement": "x"}', '{"Statement": null}'])
def test_that_no_policy_or_an_unreadable_one_allows_nothing(text: str | None) -> None:
    assert decide(text, PUT).effect is Effect.IMPLICIT_DENY


@pytest.mark.parametrize(
    "change",
    [
        {"Principal": {"Service": "ec2.amazonaws.com"}},
        {"Principal": {"AWS": SERVICE}},
        {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}},
        {"Action": "s3:GetObject"},
        {"Action": ["s3:Put"]},
        {"NotAction": "s3:Put*", "Action": None},
        {"Resource": "arn:aws:s3:::films"},
        {"Resource": "arn:aws:s3:::film?/b*"},
        {"Resource": "arn:aws:s3:::FILMS/*"},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "999999999999"}}},
        {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"StringLike": {"aws:SourceAccount": "11?"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:*"}}},
        {"Condition": {"Null": {"aws:SourceAccount": "true"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333", "aws:SourceOrgID": "o-2"}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}},
        {"Condition": {"StringEquals": []}},
        {"Condition": "none"},
        {"Effect": "allow"},
    ],
)
def test_that_one_wrong_part_takes_the_permission_away(change: dict[str, object]) -> None:
    statement = {name: value for name, value in {**ALLOW, **change}.items() if value is not None}
    assert judged(statement) is Effect.IMPLICIT_DENY


@pytest.mark.parametrize(
    "change",
    [
        {"Principal": "*"},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"Service": SERVICE}},
        {"Action": "S3:putobject"},
        {"Action": ["s3:Get*", "s3:Pu?Object"]},
        {"Action": "*"},
        {"NotAction": "s3:Get*", "Action": None},
        {"NotResource": "arn:aws:s3:::other/*", "Resource": None},
        {"Condition": {"StringLike": {"aws:SourceAccount": "1111*"}}},
        {"Condition": {"StringEquals": {"AWS:sourceaccount": ["x", "111122223333"]}}},
        {"Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}},
        {"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:x:*:*:c/*"}}},
        {"Condition": {"Null": {"aws:SourceVpce": True, "aws:SourceAccount": "false"}}},
        {"Condition": None},
    ],
)
def test_that_equal_ways_to_write_the_permission_are_understood(change: dict[str, object]) -> None:
    statement = {name: value for name, value in {**ALLOW, **change}.items() if value is not None}
    assert judged(statement) is Effect.ALLOWED


@pytest.mark.parametrize(
    "deny",
    [
        {"Principal": "*", "Action": "*", "Resource": "*"},
        {"NotPrincipal": {"AWS": "arn:aws:iam::1:root"}, "Action": "s3:*", "Resource": "*"},
        {
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:SourceVpce": "v"}},
        },
        {"Principal": "*", "Action": "s3:PutObject", "Resource": "*", "Condition": {"Null": {"s3:x-amz-acl": "true"}}},
        {
            "Principal": "*",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": "1.1.1.1"}},
        },
    ],
)
def test_that_an_explicit_deny_wins_wherever_it_stands(deny: dict[str, object]) -> None:
    statement = {"Effect": "Deny", **deny}
    assert judged(ALLOW, statement) is Effect.EXPLICIT_DENY
    assert judged(statement, ALLOW) is Effect.EXPLICIT_DENY


def test_that_a_deny_for_others_does_not_concern_the_service() -> None:
    deny = {"Effect": "Deny", "NotPrincipal": {"Service": SERVICE}, "Action": "s3:*", "Resource": "*"}
    assert judged(ALLOW, deny) is Effect.ALLOWED


def test_that_an_account_stands_for_its_principals() -> None:
    arn = "arn:aws:iam::111122223333:user/lab-admin"
    request = Request("AWS", arn, "kms:Decrypt", "key", account_id="111122223333")
    for name in (arn, "111122223333", "arn:aws:iam::111122223333:root"):
        allow = {"Effect": "Allow", "Principal": {"AWS": name}, "Action": "kms:*", "Resource": "*"}
        assert judged(allow, request=request) is Effect.ALLOWED
    other: dict[str, object] = {"Effect": "Allow", "Principal": {"AWS": "999"}, "Action": "kms:*", "Resource": "*"}
    assert judged(other, request=request) is Effect.IMPLICIT_DENY


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "Effect": st.sampled_from(["Allow", "Deny"]) | JSON,
            "Principal": st.just("*") | JSON,
            "Action": st.just("*") | JSON,
            "Resource": st.just("*") | JSON,
            "Condition": JSON,
        },
    )
)
def test_that_a_malformed_statement_is_judged_and_never_outruns_a_deny(statement: dict[str, object]) -> None:
    assert judged(statement) in set(Effect)
    deny: dict[str, object] = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    assert judged(statement, deny) is Effect.EXPLICIT_DENY
