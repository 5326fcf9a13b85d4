"""Preflight of the Region's shells: where their logs go. It is told, and nothing is wrong with any answer.

A remote desktop has no such log, so no recording hangs on it; claim C6 does.
"""

from __future__ import annotations

from functools import partial

from rdpgui.aws.checking import Finding, Question
from rdpgui.aws.shell_logs import ShellLogs
from rdpgui.core.cli import ApiCall
from rdpgui.core.preflight import Severity
from rdpgui.core.shell_log import RUN_SHELL, where_shells_log


def questions(logs: ShellLogs) -> list[Question]:
    """Return the one question."""
    look = ApiCall("ssm", "GetDocument", {"Name": RUN_SHELL, "DocumentFormat": "JSON"})
    told = partial(_where, logs)
    return [Question("shell-logs", Severity.INFO, "ssm:GetDocument", "", told, look=look)]


async def _where(logs: ShellLogs) -> Finding:
    text, fields = where_shells_log(await logs.settings())
    return Finding(True, text, fields)
