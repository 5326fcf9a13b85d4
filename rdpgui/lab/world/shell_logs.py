"""Logs of Session Manager's shells: the agent on the node sends them, at a shell's end or while it goes on.

What the preferences say is read when a shell begins, from the document itself, which a person may have changed since
the lab was seeded. Whether the instance's role may write there is not asked.
Source: Systems Manager User Guide, session document schema; amazon-ssm-agent, ``agent/session/shell/shell.go``.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from rdpgui.lab.model import LabError
from rdpgui.lab.world.context import HEX, Context
from rdpgui.lab.world.guests import iso
from rdpgui.lab.world.sessions import SHELL_DOCUMENT
from rdpgui.lab.world.signals import Listener

_log = logging.getLogger(__name__)
LOG_GROUP = "/lab/session-manager"
PREFIX = "shells"


def seed_shell_logs(context: Context) -> None:
    """Make what the scenario's preferences of shells name, and save them."""
    rules, seam = context.scenario.shell_log, context.seam
    if not rules.used:
        return
    bucket = f"lab-shell-logs-{seam.account_id}-{context.letters(HEX, 8)}" if rules.bucket else ""
    if bucket:
        elsewhere = {} if seam.region == "us-east-1" else {"LocationConstraint": seam.region}
        more = {"CreateBucketConfiguration": elsewhere} if elsewhere else {}
        seam.call("s3", "CreateBucket", Bucket=bucket, **more)
    if rules.log_group:
        seam.call("logs", "CreateLogGroup", logGroupName=LOG_GROUP)
    inputs = {
        "s3BucketName": bucket,
        "s3KeyPrefix": PREFIX if bucket else "",
        "s3EncryptionEnabled": False,
        "cloudWatchLogGroupName": LOG_GROUP if rules.log_group else "",
        "cloudWatchEncryptionEnabled": False,
        "cloudWatchStreamingEnabled": rules.streamed,
        "kmsKeyId": "",
        "idleSessionTimeout": "20",
    }
    content = {"schemaVersion": "1.0", "description": "LAB", "sessionType": "Standard_Stream", "inputs": inputs}
    seam.call(
        "ssm",
        "CreateDocument",
        Name=SHELL_DOCUMENT,
        DocumentType="Session",
        DocumentFormat="JSON",
        Content=json.dumps(content),
    )


@dataclass(slots=True, eq=False)
class _Shell:
    """One shell as its agent knows it.

    Attributes:
        inputs: of the preferences when it began.
        lines: of the log so far, with their times.
        streams: its stream was made.
    """

    instance_id: str
    session_id: str
    inputs: dict[str, Any] = field(default_factory=dict)
    lines: list[tuple[datetime, str]] = field(default_factory=list)
    streams: bool = False


class ShellLogs(Listener):
    """The logs of all shells. Does nothing in a scenario without preferences of shells."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._rules = context.scenario.shell_log
        self._open: dict[str, _Shell] = {}

    def shell_opened(self, instance_id: str, session_id: str) -> None:
        """The agent reads the preferences and begins to log."""
        if self._rules.used:
            shell = self._open[session_id] = _Shell(instance_id, session_id)
            self._later(0.0, partial(self._begin, shell))

    def shell_ended(self, instance_id: str, session_id: str) -> None:
        """The shell ended in order: the agent sends what is left to send."""
        shell = self._open.pop(session_id, None)
        if shell is not None:
            self._later(self._rules.upload_s, partial(self._send, shell))

    def agent_lost(self, instance_id: str, at: datetime) -> None:
        """The agent is gone, and with it what it has not sent, unless the scenario has it otherwise."""
        for shell in [one for one in self._open.values() if one.instance_id == instance_id]:
            del self._open[shell.session_id]
            if self._rules.kept_on_shutdown:
                self._later(self._rules.upload_s, partial(self._send, shell))

    def _later(self, delay_s: float, call: Any) -> None:
        self._context.slow.after(delay_s, call, "log of a shell")

    def _begin(self, shell: _Shell) -> None:
        """Runs without the world's lock, as all that is sent."""
        try:
            document = self._context.seam.call("ssm", "GetDocument", Name=SHELL_DOCUMENT, DocumentFormat="JSON")
            shell.inputs = dict(json.loads(str(document["Content"])).get("inputs") or {})
        except (LabError, ValueError) as error:
            _log.warning("the shell %s keeps no log: %s", shell.session_id, error)
        self._go_on(shell)

    def _go_on(self, shell: _Shell) -> None:
        """Somebody types another line; while the shell goes on, that is done again and again."""
        with self._context.lock:
            if self._open.get(shell.session_id) is not shell or self._context.closing.is_set():
                return
        shell.lines.append((self._context.timeline.now(), f"PS C:\\> Get-Date  # LAB, line {len(shell.lines) + 1}"))
        if self._streamed(shell):
            self._put_events(shell, shell.lines[-1:])
        self._later(self._rules.every_s, partial(self._go_on, shell))

    def _send(self, shell: _Shell) -> None:
        """Put the whole log where it goes at the end."""
        bucket, prefix = str(shell.inputs.get("s3BucketName") or ""), str(shell.inputs.get("s3KeyPrefix") or "")
        text = "".join(f"{line}\n" for _, line in shell.lines)
        if bucket:
            key = "/".join([*filter(None, prefix.split("/")), f"{shell.session_id}.log"])
            try:
                self._context.seam.s3.put(
                    bucket, key, text.encode(), metadata={"lab": "true"}, content_type="text/plain"
                )
            except LabError as error:
                _log.warning("the log of the shell %s is lost: %s", shell.session_id, error)
        if not self._streamed(shell):
            self._put_events(shell, shell.lines)

    def _streamed(self, shell: _Shell) -> bool:
        return shell.inputs.get("cloudWatchStreamingEnabled") in (True, "true")

    def _put_events(self, shell: _Shell, lines: list[tuple[datetime, str]]) -> None:
        group, seam = str(shell.inputs.get("cloudWatchLogGroupName") or ""), self._context.seam
        if not group or not lines:
            return
        events = [
            {"timestamp": int(at.timestamp() * 1000), "message": _record(shell, seam.region, at, line)}
            for at, line in lines
        ]
        names = {"logGroupName": group, "logStreamName": shell.session_id}
        try:
            if not shell.streams:
                seam.call("logs", "CreateLogStream", **names)
                shell.streams = True
            seam.call("logs", "PutLogEvents", **names, logEvents=events)
        except LabError as error:
            _log.warning("a part of the log of the shell %s is lost: %s", shell.session_id, error)


def _record(shell: _Shell, region: str, at: datetime, line: str) -> str:
    """Return a streamed record. Source: records that were seen in public."""
    return json.dumps(
        {
            "eventVersion": "1.0",
            "eventTime": iso(at),
            "awsRegion": region,
            "target": {"id": shell.instance_id},
            "sessionId": shell.session_id,
            "sessionData": [line],
        }
    )
