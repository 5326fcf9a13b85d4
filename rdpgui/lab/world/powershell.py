"""Reading of PowerShell scripts, as far as the lab acts on them. Pure.

The lab runs no PowerShell. It recognises the few statements with which an
administrator restarts, shuts down or looks at a server, and says so for
everything else instead of pretending.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """What a statement does."""

    RESTART = "restart"
    SHUTDOWN = "shutdown"
    ABORT = "abort"
    AGENT_STOP = "agent-stop"
    AGENT_RESTART = "agent-restart"
    AGENT_START = "agent-start"
    USERS = "users"
    BOOT_TIME = "boot-time"
    UPTIME = "uptime"
    HOST_NAME = "host-name"
    SERVICE = "service"
    PRINT = "print"
    SLEEP = "sleep"
    DETACHED = "detached"
    EXIT = "exit"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Attributes:
        number: delay in seconds, or exit status.
        waits: the command itself ends with the system (``Restart-Computer``), so that its result comes late or never.
        text: what is printed, the script that a process of its own runs, or the statement's source.
    """

    verb: Verb
    number: float = 0.0
    waits: bool = False
    text: str = ""


_SHUTDOWN = re.compile(r"^(?:&\s*)?\"?(?:[\w:\\%$.]*\\)?shutdown(?:\.exe)?\"?\s+(?P<arguments>.*)$", re.IGNORECASE)
_EXIT = re.compile(r"^exit(?:\s+(-?\d+))?$", re.IGNORECASE)
_SLEEP = re.compile(r"^start-sleep\s+(?:-s(?:econds)?\s+)?(\d+(?:\.\d+)?)$", re.IGNORECASE)
_PRINT = re.compile(r"^(?:write-(?:output|host)|echo)\s+(.*)$", re.IGNORECASE)
_DETACHED = re.compile(
    r"^invoke-cimmethod\b.*\bwin32_process\b.*\bcommandline\s*=\s*'[^']*-command\s+\"(?P<script>[^'\"]*)\"'",
    re.IGNORECASE,
)
"""A process that WMI starts, so that it outlives the agent."""
_PATTERNS: tuple[tuple[re.Pattern[str], Verb, bool], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), verb, waits)
    for pattern, verb, waits in (
        (r"^restart-computer\b", Verb.RESTART, True),
        (r"^stop-computer\b", Verb.SHUTDOWN, True),
        (r"^(stop-service|sc(\.exe)? stop|net stop)\b.*amazonssmagent", Verb.AGENT_STOP, False),
        (r"^restart-service\b.*amazonssmagent", Verb.AGENT_RESTART, False),
        (r"^(start-service|sc(\.exe)? start|net start)\b.*amazonssmagent", Verb.AGENT_START, False),
        (r"^stop-process\b.*ssm-session-worker", Verb.NOTHING, False),  # here they end with their agent
        (r"^(quser|query user|qwinsta)(\.exe)?\b", Verb.USERS, False),
        (r"lastbootuptime", Verb.BOOT_TIME, False),
        (r"systemuptime", Verb.UPTIME, False),
        (r"^(hostname(\.exe)?|\$env:computername)$", Verb.HOST_NAME, False),
        (r"^\(?\s*get-service\b.*(termservice|amazonssmagent)", Verb.SERVICE, False),
        (r"^(#|\$ErrorActionPreference\b|\$ProgressPreference\b|set-strictmode\b)", Verb.NOTHING, False),
    )
)


def read_script(commands: Iterable[str]) -> list[Statement]:
    """Split a script into statements and recognise each.

    Args:
        commands: the lines of the ``commands`` parameter; each may hold several lines or ``;``.
    """
    sources = (part.strip() for line in commands for part in _split(line))
    return [_statement(source) for source in sources if source]


def _split(text: str) -> list[str]:
    """Split at line ends and at semicolons outside quotes."""
    parts, quote, start = [], "", 0
    for index, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character in ";\n":
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _statement(source: str) -> Statement:
    shutdown = _SHUTDOWN.match(source)
    if shutdown:
        return _shutdown(shutdown["arguments"], source)
    match = _EXIT.match(source)
    if match:
        return Statement(Verb.EXIT, number=float(match[1] or 0), text=source)
    match = _DETACHED.match(source)
    if match:
        return Statement(Verb.DETACHED, text=match["script"])
    match = _SLEEP.match(source)
    if match:
        return Statement(Verb.SLEEP, number=float(match[1]), text=source)
    for pattern, verb, waits in _PATTERNS:
        if pattern.search(source):
            return Statement(verb, waits=waits, text=source)
    match = _PRINT.match(source)
    if match:
        return Statement(Verb.PRINT, text=match[1].strip().strip("\"'"))
    return Statement(Verb.UNKNOWN, text=source)


def _shutdown(arguments: str, source: str) -> Statement:
    """Read the options of ``shutdown.exe``; without ``/t`` it waits 30 seconds. Source: shutdown /?"""
    options = re.sub(r"\"[^\"]*\"|'[^']*'", "", arguments.lower())
    if re.search(r"(^|\s)[/-]a\b", options):
        return Statement(Verb.ABORT, text=source)
    delay = re.search(r"[/-]t\s+(\d+)", options)
    number = float(delay[1]) if delay else 30.0
    if re.search(r"(^|\s)[/-][rg]\b", options):
        return Statement(Verb.RESTART, number=number, text=source)
    if re.search(r"(^|\s)[/-]s\b", options):
        return Statement(Verb.SHUTDOWN, number=number, text=source)
    if re.search(r"(^|\s)[/-]p\b", options):
        return Statement(Verb.SHUTDOWN, text=source)
    return Statement(Verb.UNKNOWN, text=source)
