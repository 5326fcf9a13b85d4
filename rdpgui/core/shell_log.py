"""The logs of Session Manager's shells: where preferences send them, and what was found there.

A remote desktop has no such log, whatever the preferences say. The node itself sends the log of a shell: to S3 at the
session's end, to CloudWatch Logs at its end or, streamed, while it goes on.
Source: Systems Manager User Guide, session document schema; amazon-ssm-agent, ``agent/session/shell/shell.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.place import Place
from rdpgui.core.session import OVER, Session
from rdpgui.core.texts import N_

RUN_SHELL = "SSM-SessionManagerRunShell"
"""The document with the preferences of a Region, and the one that a shell is started with unless another is named."""

STREAMING_FROM = (3, 0, 284, 0)
"""The first agent that streams. Source: Systems Manager User Guide, logging session data."""


@dataclass(frozen=True, slots=True)
class ShellLogSettings:
    """The preferences of shells, as far as they are about logs. Source: ssm:GetDocument, ``inputs``.

    Attributes:
        bucket, prefix, log_group: empty for none.
        streamed: whether the group gets the log while the session goes on; None where the document does not say.
        bucket_encrypted, group_encrypted: whether nothing is sent where it would not be encrypted; None as above.
        session_key: the KMS key of the session itself, not of its log.
        odd: members, and values of members, that this program does not know, as they stand in the document.
        saved_at: of the document, None where that is not told. AWS calls it the date of its creation; whether a later
            version moves it is not documented.
    """

    bucket: str = ""
    prefix: str = ""
    log_group: str = ""
    streamed: bool | None = None
    bucket_encrypted: bool | None = None
    group_encrypted: bool | None = None
    session_key: str = ""
    odd: tuple[tuple[str, str], ...] = ()
    saved_at: datetime | None = None

    @property
    def logged(self) -> bool:
        """Whether logs go anywhere."""
        return bool(self.bucket or self.log_group)


@dataclass(frozen=True, slots=True)
class ShellSettingsSeen:
    """What a look at the preferences of shells found; it says nothing of another place, nor of another time.

    Attributes:
        at: when it was answered (local).
        settings: None where they were never saved, and where they could not be read.
        error: why they could not be read, in English; empty: they were.
    """

    at: datetime
    place: Place
    settings: ShellLogSettings | None
    error: str = ""


def where_shells_log(settings: ShellLogSettings | None) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return in one sentence where logs of shells go: an English message id and its fields.

    ``settings``: None: never saved.
    """
    if settings is None:
        return N_("No log of a shell is kept: the preferences of shells were never saved in this Region."), ()
    where = {"bucket": f"s3://{settings.bucket}/{settings.prefix}", "group": settings.log_group}
    match (bool(settings.bucket), bool(settings.log_group), settings.streamed):
        case (False, False, _):
            text = N_("No log of a shell is kept: the preferences name neither a bucket nor a log group.")
        case (True, False, _):
            text = N_("Shells log to {bucket} at their end.")
        case (False, True, True):
            text = N_("Shells log to the group {group} while they go on (streamed).")
        case (False, True, False):
            text = N_("Shells log to the group {group} at their end (not streamed).")
        case (False, True, _):
            text = N_("Shells log to the group {group}; the preferences do not say whether streamed.")
        case (True, True, True):
            text = N_("Shells log to {bucket} at their end, and to the group {group} while they go on (streamed).")
        case (True, True, False):
            text = N_("Shells log to {bucket} and to the group {group} at their end (not streamed).")
        case _:
            text = N_("Shells log to {bucket} at their end, and to {group}; whether streamed is not said.")
    return text, tuple((name, value) for name, value in where.items() if f"{{{name}}}" in text)


class LogKind(StrEnum):
    """Where a log can go."""

    S3 = "s3"
    LOG_GROUP = "log-group"


@dataclass(frozen=True, slots=True)
class LogDestination:
    """Where the log of one session is to be found.

    Attributes:
        where: the bucket, or the log group.
        name: the object's key, or the stream's name. Source: amazon-ssm-agent (``<prefix>/<SessionId>.log``; the id).
        streamed: whether it is sent while the session goes on; None where that is not known.
    """

    kind: LogKind
    where: str
    name: str
    streamed: bool | None

    @property
    def text(self) -> str:
        """Return both in one word."""
        return f"s3://{self.where}/{self.name}" if self.kind is LogKind.S3 else f"{self.where}:{self.name}"


def destinations(settings: ShellLogSettings, session_id: SessionId, agent_version: str) -> tuple[LogDestination, ...]:
    """Return where the log of a session goes by these preferences.

    Args:
        settings: as they were when it began.
        session_id: of a shell.
        agent_version: of its node, empty where it was not read. One that is too old for streaming sends at the end.
    """
    found = []
    if settings.bucket:
        parts = [part for part in settings.prefix.split("/") if part]
        found.append(LogDestination(LogKind.S3, settings.bucket, "/".join((*parts, f"{session_id}.log")), False))
    if settings.log_group:
        streamed = settings.streamed and can_stream(agent_version)
        found.append(LogDestination(LogKind.LOG_GROUP, settings.log_group, session_id, streamed))
    return tuple(found)


def can_stream(agent_version: str) -> bool | None:
    """Whether an agent of this version streams, None where the version cannot be read."""
    numbers = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)\.(\d+)", agent_version)
    return None if numbers is None else tuple(map(int, numbers.groups())) >= STREAMING_FROM


@dataclass(frozen=True, slots=True)
class LogFound:
    """A log that is there, at least in part. What it says is never kept.

    Attributes:
        size: bytes of the object, or events of the stream that were counted.
        newest_at: when the object was last written, or the time of the newest event.
        more: there are more events than were counted.
    """

    size: int
    newest_at: datetime | None
    more: bool = False


class Finding(StrEnum):
    """What is known of a log at a destination. That it is not there is said after the last look only."""

    THERE = "there"
    NOT_THERE = "not-there"
    UNREADABLE = "unreadable"
    NOT_LOOKED = "not-looked"


@dataclass(frozen=True, slots=True)
class LogLooks:
    """The looks at one destination.

    Attributes:
        wanted: looks that have to be answered before a log that was not found counts as not there.
        answered, failed: looks that were, and were not.
        since_at, until_at: of the first and the last look, by the local clock.
        error: why the last one that failed did.
    """

    destination: LogDestination
    wanted: int
    answered: int = 0
    failed: int = 0
    since_at: datetime | None = None
    until_at: datetime | None = None
    found: LogFound | None = None
    error: str = ""

    @property
    def finding(self) -> Finding:
        """Return what is known so far."""
        if self.found is not None:
            return Finding.THERE
        if self.answered >= self.wanted:
            return Finding.NOT_THERE
        return Finding.UNREADABLE if self.answered + self.failed >= self.wanted else Finding.NOT_LOOKED

    @property
    def over_s(self) -> float:
        """Return the time from the first look to the last one, seconds."""
        if self.since_at is None or self.until_at is None:
            return 0.0
        return (self.until_at - self.since_at).total_seconds()

    def and_look(self, at: datetime, found: LogFound | None = None, error: str = "") -> LogLooks:
        """Return them with one more look; ``error``: it was not answered, for this reason."""
        return replace(
            self,
            answered=self.answered + (not error),
            failed=self.failed + bool(error),
            since_at=self.since_at or at,
            until_at=at,
            found=found or self.found,
            error=error or self.error,
        )


@dataclass(frozen=True, slots=True)
class ShellEnd:
    """How a shell ended, and what became of its instance. Local times are of looks, the others AWS's own.

    Attributes:
        active_at: when the last look that listed it as active was begun (local). None: none did.
        gone_at: when the first look that did not was answered (local). None: it still goes on.
        ended_at: EndDate of the history, None where there is none.
        status: as last listed.
        down_at: when the first look was answered that found the instance going down, or down (local); None: none did.
        state, reason: of the instance as last read.
        stop_ordered_at: when EC2 was told to stop it, by EC2's word, whole seconds; None where it does not say.
    """

    active_at: datetime | None = None
    gone_at: datetime | None = None
    ended_at: datetime | None = None
    status: str = ""
    down_at: datetime | None = None
    state: str = ""
    reason: str = ""
    stop_ordered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ShellContrast:
    """One shell, how it ended, and what was found of its log.

    Attributes:
        agent_version: of the node while it was seen, empty where it was not read.
    """

    session_id: SessionId
    target: InstanceId
    started_at: datetime
    settings: ShellLogSettings
    agent_version: str
    end: ShellEnd
    looked: tuple[LogLooks, ...]


@dataclass(frozen=True, slots=True)
class ShellContrastMade:
    """A shell's log was looked for; in the place's own journal. Evidence of this place and of no other."""

    at: datetime
    place: Place
    contrast: ShellContrast


class ShellLogPort(Protocol):
    """Preferences and logs of shells, read-only."""

    async def settings(self) -> ShellLogSettings | None:
        """Return the preferences, None when they were never saved: then nothing is logged. Source: ssm:GetDocument."""

    async def look(self, destination: LogDestination) -> LogFound | None:
        """Return what is there of a log, None for nothing. Source: S3; CloudWatch Logs.

        Raises:
            AwsError: it cannot be said; a bucket or a group that does not exist is such a reason.
        """


def shells(sessions: Iterable[Session]) -> tuple[Session, ...]:
    """Return the shells among sessions that go on and follow the Region's preferences; no remote desktop is one."""
    going_on = (one for one in sessions if one.status not in OVER)
    return tuple(one for one in going_on if one.document_name == RUN_SHELL and not one.flaws)
