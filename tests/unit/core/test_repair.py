"""A repair is a value: the one call that makes it, the one that takes it back, and whether it still stands."""

from __future__ import annotations

import json

import pytest

from rdpgui.core.repair import KEY_TAG, Repair, RepairKind, encryption_value

K = RepairKind
KEY = "arn:aws:kms:us-east-1:111122223333:key/k"
POLICY = '{"Version":"2012-10-17","Statement":[]}'
SPACED = '{ "Statement": [ ],\n "Version": "2012-10-17" }'
AES = encryption_value("AES256")

CALLS = {
    K.KEY_TAG: (KEY, "true", "kms", "TagResource"),
    K.KEY_POLICY: (KEY, POLICY, "kms", "PutKeyPolicy"),
    K.BUCKET_POLICY: ("films", POLICY, "s3", "PutBucketPolicy"),
    K.BUCKET_OWNERSHIP: ("films", "BucketOwnerEnforced", "s3", "PutBucketOwnershipControls"),
    K.BUCKET_ENCRYPTION: ("films", AES, "s3", "PutBucketEncryption"),
    K.SHUTDOWN_BEHAVIOUR: ("i-0aaaaaaaaaaaaaaaa", "stop", "ec2", "ModifyInstanceAttribute"),
}
"""Source: the API references of KMS, S3 and EC2."""

REMOVALS = {
    K.KEY_TAG: ("kms", "UntagResource"),
    K.BUCKET_POLICY: ("s3", "DeleteBucketPolicy"),
    K.BUCKET_OWNERSHIP: ("s3", "DeleteBucketOwnershipControls"),
    K.BUCKET_ENCRYPTION: ("s3", "DeleteBucketEncryption"),
}


@pytest.mark.parametrize("kind", list(K))
def test_that_a_change_is_one_call_that_names_its_subject_and_value(kind: RepairKind) -> None:
    subject, value, service, operation = CALLS[kind]
    repair = Repair(kind, subject, None, value)
    call = repair.call()
    assert (call.service, call.operation) == (service, operation)
    assert subject in call.members.values()
    said = json.dumps(dict(call.members))
    assert (json.loads(value) in call.members.values()) if kind is K.BUCKET_ENCRYPTION else json.dumps(value) in said
    assert repair.name
    assert repair.undo() == Repair(kind, subject, value, None)
    assert repair.undo().undo() == repair


@pytest.mark.parametrize("kind", list(K))
def test_that_what_was_not_there_before_is_removed_again_and_what_is_always_set_never_is(kind: RepairKind) -> None:
    subject, value, _service, _operation = CALLS[kind]
    undo = Repair(kind, subject, None, value).undo()
    if kind in REMOVALS:
        call = undo.call()
        assert (call.service, call.operation) == REMOVALS[kind]
        assert subject in call.members.values()
        assert value not in json.dumps(dict(call.members))
    else:
        with pytest.raises(ValueError, match="always set"):
            undo.call()


def test_that_the_tag_that_is_taken_away_is_that_tag_only() -> None:
    assert Repair(K.KEY_TAG, KEY, "true", None).call().members == {"KeyId": KEY, "TagKeys": [KEY_TAG]}
    assert Repair(K.KEY_TAG, KEY, None, "true").call().members["Tags"] == [{"TagKey": KEY_TAG, "TagValue": "true"}]


@pytest.mark.parametrize(
    ("kind", "before", "now", "stands"),
    [
        (K.BUCKET_POLICY, POLICY, POLICY, True),
        (K.BUCKET_POLICY, POLICY, SPACED, True),  # AWS gives policies back in another form
        (K.KEY_POLICY, POLICY, SPACED, True),
        (K.BUCKET_POLICY, POLICY, POLICY.replace("[]", "[1]"), False),
        (K.BUCKET_POLICY, POLICY, None, False),
        (K.BUCKET_POLICY, None, POLICY, False),
        (K.BUCKET_POLICY, None, None, True),
        (K.BUCKET_POLICY, "no json", "no json", True),
        (K.BUCKET_POLICY, "no json", "no JSON", False),  # what cannot be read is not the same as anything else
        (K.BUCKET_POLICY, POLICY, "no json", False),
        (K.BUCKET_POLICY, "null", " null", True),
        (K.BUCKET_POLICY, '{"a":1}', '{"a":true}', False),  # equal in Python, not for AWS
        (K.BUCKET_POLICY, '{"a":[0]}', '{"a":[false]}', False),
        (K.KEY_TAG, "true", "true", True),
        (K.KEY_TAG, "true", "True", False),
        (K.KEY_TAG, "1", "1.0", False),  # no JSON: a tag is its text
        (K.BUCKET_POLICY, "[" * 100_000, "[" * 100_000 + " ", False),
    ],
)
def test_that_a_repair_stands_as_long_as_nobody_changed_what_it_was_made_for(
    kind: RepairKind, before: str | None, now: str | None, stands: bool
) -> None:
    assert Repair(kind, "films", before, "x").stands(now) is stands


@pytest.mark.parametrize(
    ("repair", "lines"),
    [
        (Repair(K.KEY_TAG, KEY, None, "true"), ("+true",)),
        (Repair(K.KEY_TAG, KEY, "true", None), ("-true",)),
        (Repair(K.KEY_TAG, KEY, "false", "true"), ("-false", "+true")),
        (Repair(K.BUCKET_OWNERSHIP, "films", "a", "a"), ()),
        (Repair(K.BUCKET_POLICY, "films", "no json", '{"a":1}'), ("-no json", "+{", '+  "a": 1', "+}")),
        (
            Repair(K.BUCKET_POLICY, "films", '{"a":1,"b":2}', '{"a":1,"b":3}'),
            (" {", '   "a": 1,', '-  "b": 2', '+  "b": 3', " }"),
        ),
        (Repair(K.BUCKET_POLICY, "films", POLICY, SPACED), ("+two",)),
    ],
)
def test_that_what_changes_is_told_line_by_line(repair: Repair, lines: tuple[str, ...]) -> None:
    if repair.after == SPACED:  # the order of keys is shown as it is written: a person compares texts
        assert {line[1:].strip(" ,") for line in repair.diff()} >= {'"Version": "2012-10-17"', '"Statement": []'}
        return
    assert repair.diff() == lines


def test_that_the_whole_of_a_long_policy_is_shown_around_one_change() -> None:
    old = {f"k{number}": number for number in range(50)}
    diff = Repair(K.BUCKET_POLICY, "films", json.dumps(old), json.dumps({**old, "k25": "x"})).diff()
    assert len(diff) == 50 + 2 + 1
    assert [line for line in diff if not line.startswith(" ")] == ['-  "k25": 25,', '+  "k25": "x",']
