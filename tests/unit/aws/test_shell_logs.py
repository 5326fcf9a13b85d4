"""Preferences and logs of shells, from AWS's answers over the wire; the calls themselves are in tests/contract."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.shell_logs import ShellLogs, settings_of
from rdpgui.core.errors import MalformedAnswer, NotFound
from rdpgui.core.shell_log import LogDestination, LogFound, LogKind, ShellLogSettings
from tests.contract.wire import Wire, answer

STREAM = LogDestination(LogKind.LOG_GROUP, "shells", "ann-1", True)
OBJECT = LogDestination(LogKind.S3, "logs", "shells/ann-1.log", False)
LISTED = """<ListBucketResult><Name>logs</Name><IsTruncated>false</IsTruncated><Contents>
<Key>shells/ann-1.log{more}</Key><Size>7</Size><ETag>"e"</ETag><LastModified>2026-03-04T05:06:07.000Z</LastModified></Contents></ListBucketResult>"""


def document(**inputs: object) -> ShellLogSettings:
    return settings_of({"Content": json.dumps({"sessionType": "Standard_Stream", "inputs": inputs})})


def look(destination: LogDestination | None, *answers: tuple[str, str, AWSResponse]) -> Any:
    """Ask the port, None for the preferences."""
    wire = Wire()
    for service, operation, told in answers:
        wire.add(service, operation, told)

    async def main() -> Any:
        caller = AwsCaller(wire)
        try:
            logs = ShellLogs(caller)
            return await (logs.settings() if destination is None else logs.look(destination))
        finally:
            await caller.aclose()

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("word", "value"), [(True, True), (False, False), ("true", True), (" False ", False), ("", None), (None, None)]
)
def test_that_a_flag_may_be_a_string(word: object, value: bool | None) -> None:
    found = document(cloudWatchStreamingEnabled=word, cloudWatchLogGroupName="g", s3KeyPrefix=None)
    assert (found.streamed, found.log_group, found.prefix, found.odd) == (value, "g", "", ())


def test_that_words_nobody_knows_are_shown_and_decide_nothing() -> None:
    found = document(
        cloudWatchStreamingEnabled="sometimes", s3BucketName=["a"], archive={"to": "x"}, runAsEnabled=True, kmsKeyId="k"
    )
    assert (found.streamed, found.bucket, found.session_key, found.logged) == (None, "", "k", False)
    assert found.odd == (
        ("cloudWatchStreamingEnabled", "sometimes"),
        ("s3BucketName", '["a"]'),
        ("archive", '{"to": "x"}'),
    )


def test_that_a_document_without_inputs_logs_nothing() -> None:
    assert settings_of({"Content": "{}"}) == ShellLogSettings()


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"inputs": 1}', "[" * 100_000])
def test_that_what_is_no_document_is_no_preference(content: str) -> None:
    with pytest.raises(MalformedAnswer):
        settings_of({"Content": content})


def test_that_preferences_that_were_never_saved_are_none() -> None:
    gone = answer({"__type": "InvalidDocument", "message": "does not exist"}, 400)
    assert look(None, ("ssm", "GetDocument", gone)) is None


def test_that_only_the_object_of_exactly_this_key_counts() -> None:
    longer = answer(LISTED.format(more=".part"))
    assert look(OBJECT, ("s3", "ListObjectsV2", longer)) is None
    found = look(OBJECT, ("s3", "ListObjectsV2", answer(LISTED.format(more=""))))
    assert isinstance(found, LogFound)
    assert found.size == 7


def test_that_a_bucket_or_a_group_that_is_not_there_is_not_a_log_that_is_not_there() -> None:
    no_bucket = answer("<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>", 404)
    with pytest.raises(NotFound):
        look(OBJECT, ("s3", "ListObjectsV2", no_bucket))
    no_group = answer({"__type": "ResourceNotFoundException", "message": "no such group"}, 400)
    with pytest.raises(NotFound, match="shells"):
        look(STREAM, ("logs", "DescribeLogStreams", no_group))


def test_that_empty_pages_of_events_are_turned_until_there_are_events_or_no_more_pages() -> None:
    listed = ("logs", "DescribeLogStreams", answer({"logStreams": [{"logStreamName": "ann-1"}]}))
    empty = ("logs", "GetLogEvents", answer({"events": [], "nextBackwardToken": "a"}))
    same = ("logs", "GetLogEvents", answer({"events": [], "nextBackwardToken": "a"}))
    event = {"timestamp": 1_000, "message": "secret"}
    full = (
        "logs",
        "GetLogEvents",
        answer({"events": [event, {**event, "timestamp": 3_000}], "nextBackwardToken": "b"}),
    )
    assert look(STREAM, listed, empty, same) is None
    listed = ("logs", "DescribeLogStreams", answer({"logStreams": [{"logStreamName": "ann-1"}]}))
    empty = ("logs", "GetLogEvents", answer({"events": [], "nextBackwardToken": "a"}))
    found = look(STREAM, listed, empty, full)
    assert (found.size, found.newest_at.timestamp(), found.more) == (2, 3.0, True)
    assert "secret" not in repr(found)
