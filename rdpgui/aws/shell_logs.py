"""Logs of Session Manager's shells: the preferences, and what is there of a log. What a log says is not read out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rdpgui.aws import parse, parse_s3
from rdpgui.aws.calls import Answer, AwsCaller
from rdpgui.aws.errors import malformed
from rdpgui.core.errors import NotFound
from rdpgui.core.shell_log import RUN_SHELL, LogDestination, LogFound, LogKind, ShellLogSettings

MOST_PAGES = 20
"""A page of events may be empty though there are more. Source: CloudWatch Logs, GetLogEvents."""
EVENTS = 100
"""Events of one page: that there are some is what counts, not how many."""

_FLAGS = {
    "cloudWatchStreamingEnabled": "streamed",
    "s3EncryptionEnabled": "bucket_encrypted",
    "cloudWatchEncryptionEnabled": "group_encrypted",
}
_TEXTS = {
    "s3BucketName": "bucket",
    "s3KeyPrefix": "prefix",
    "cloudWatchLogGroupName": "log_group",
    "kmsKeyId": "session_key",
}
_OF_NO_LOG = frozenset({"runAsEnabled", "runAsDefaultUser", "idleSessionTimeout", "maxSessionDuration", "shellProfile"})
_WORDS = {"true": True, "false": False}
_SHOWN = 200
"""Characters of a value that nobody knows."""


class ShellLogs:
    """Implements ``ShellLogPort``."""

    def __init__(self, caller: AwsCaller) -> None:
        self._caller = caller

    async def settings(self) -> ShellLogSettings | None:
        """Return the preferences; None when the document was never saved (InvalidDocument).

        Raises:
            AwsError: they cannot be read, or are not what such a document holds.
        """
        try:
            answer = await self._caller.call("ssm", "GetDocument", Name=RUN_SHELL, DocumentFormat="JSON")
        except NotFound:
            return None
        return settings_of(answer)

    async def look(self, destination: LogDestination) -> LogFound | None:
        """Return what is there of a log, None for nothing.

        Raises:
            AwsError: it cannot be said, for example because there is no such bucket or group.
        """
        if destination.kind is LogKind.S3:
            return await self._object(destination)
        return await self._stream(destination)

    async def _object(self, destination: LogDestination) -> LogFound | None:
        """List the bucket rather than ask for the object: without ListBucket, S3 denies what is not there."""
        bucket, key = destination.where, destination.name
        page = await self._caller.call("s3", "ListObjectsV2", Bucket=bucket, Prefix=key)
        found = next((one for one in parse_s3.listed_objects(page, bucket) if one.key == key), None)
        return None if found is None or found.flaws else LogFound(found.size_bytes, found.modified_at)

    async def _stream(self, destination: LogDestination) -> LogFound | None:
        """Look for the stream, then for its newest events: times of a stream itself may be an hour old."""
        group, name = destination.where, destination.name
        page = await self._caller.call("logs", "DescribeLogStreams", logGroupName=group, logStreamNamePrefix=name)
        listed = parse.need(page, "logStreams", "logs:DescribeLogStreams")
        if not any(isinstance(one, Mapping) and one.get("logStreamName") == name for one in listed):
            return None
        token = ""
        for _ in range(MOST_PAGES):
            after: Answer = {"nextToken": token} if token else {}
            page = await self._caller.call(
                "logs",
                "GetLogEvents",
                logGroupName=group,
                logStreamName=name,
                startFromHead=False,
                limit=EVENTS,
                **after,
            )
            events = parse.need(page, "events", "logs:GetLogEvents")
            following = str(page.get("nextBackwardToken") or "")
            if events:
                return LogFound(len(events), _newest(events), more=following not in ("", token))
            if following in ("", token):
                return None
            token = following
        raise malformed("logs:GetLogEvents", "the list of pages does not end")


def _newest(events: list[Answer]) -> datetime | None:
    stamps = [event["timestamp"] for event in events if isinstance(event.get("timestamp"), int)]
    return datetime.fromtimestamp(max(stamps) / 1000, UTC) if stamps else None


def settings_of(answer: Answer) -> ShellLogSettings:
    """Source: ssm:GetDocument. A word that is not known is kept as such, and decides nothing.

    Raises:
        MalformedAnswer: it is not a document of preferences.
    """
    operation = "ssm:GetDocument"
    try:
        content = json.loads(str(parse.need(answer, "Content", operation)))
    except (ValueError, RecursionError) as error:
        raise malformed(operation, "Content is not JSON") from error
    inputs = content.get("inputs", {}) if isinstance(content, dict) else None
    if not isinstance(inputs, dict):
        raise malformed(operation, "inputs is not an object")
    known: dict[str, Any] = {"saved_at": parse.utc(answer.get("CreatedDate"))}
    odd: list[tuple[str, str]] = []
    for name, value in inputs.items():
        if name in _FLAGS:
            known[_FLAGS[name]] = _flag(value)
            odd += [(name, _shown(value))] if _flag(value) is None and value not in (None, "") else []
        elif name in _TEXTS and isinstance(value, str | None):
            known[_TEXTS[name]] = (value or "").strip()
        elif name not in _OF_NO_LOG:
            odd.append((name, _shown(value)))
    return ShellLogSettings(odd=tuple(odd), **known)


def _flag(value: object) -> bool | None:
    """Return a flag, also one that somebody wrote as a string; None for no flag at all."""
    if isinstance(value, bool):
        return value
    return _WORDS.get(value.strip().lower()) if isinstance(value, str) else None


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text[:_SHOWN]
