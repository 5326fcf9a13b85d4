"""``rdpgui doctor``: the preflight of one instance on a terminal, for a person or as JSON. It only reads."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from rdpgui.app import settings_store
from rdpgui.app.inspect_command import say_what_is_not_followed
from rdpgui.app.paths import user_paths
from rdpgui.app.set_up_files import with_paths
from rdpgui.app.terminal import say, say_json
from rdpgui.aws.factory import connect_signed_in
from rdpgui.core.ids import InstanceId
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.session import AccessType
from rdpgui.i18n import N_, _
from rdpgui.report.model import sentence

EXIT_ALL_HOLD = 0
EXIT_BLOCKED = 1
EXIT_LOOK = 3
"""Nothing is known to stand in the way, but something does not hold or could not be checked. 2 is an error's."""

_WORDS = {
    "pass": N_("pass"),
    "block": N_("block"),
    "warn": N_("warn"),
    "info": N_("info"),
    "not-checked": N_("not checked"),
}
_BY_ORDER = frozenset({"may-reboot", "may-stop", "rdp-port", "psreadline"})
"""Known by an order only, which a look never gives: that they are not checked here needs no look."""
_NO_LOOK = _BY_ORDER | {"shell-logs"}
"""No recording hangs on where logs of shells go."""
_NOT_HELD = {Severity.BLOCK: "block", Severity.WARN: "warn", Severity.INFO: "info"}


def result_of(check: PreflightCheck) -> str:
    """Return ``pass``, ``block``, ``warn``, ``info`` or ``not-checked``."""
    if check.held is None:
        return "not-checked"
    return "pass" if check.held else _NOT_HELD[check.severity]


def status_of(checks: Sequence[PreflightCheck]) -> int:
    """Return the exit status: what stands in the way counts more than what could not be checked."""
    results = {result_of(check) for check in checks if check.held is not None or check.check_id not in _NO_LOOK}
    if "block" in results:
        return EXIT_BLOCKED
    return EXIT_LOOK if results - {"pass", "info"} else EXIT_ALL_HOLD


def to_json(checks: Sequence[PreflightCheck]) -> dict[str, object]:
    """Return the checks for a program; sentences are English."""
    return {"checks": [_to_json(check) for check in checks]}


def _to_json(check: PreflightCheck) -> dict[str, object]:
    found: dict[str, object] = {
        "id": check.check_id,
        "result": result_of(check),
        "evidence": check.shown(),
        "remedy": f"{check.remedy.format(**dict(check.fields))} {check.helps.format(file=check.file)}".strip(),
        "source": check.source,
    }
    more = {"policy": check.policy, "cli": check.cli}
    return found | {name: text for name, text in more.items() if text}


def told(checks: Sequence[PreflightCheck]) -> list[str]:
    """Return the lines for a person; those that need a look come first."""
    lines = []
    for check in sorted(checks, key=_rank):
        remedy = sentence(check.remedy, check.fields) if check.remedy else ""
        lines.append(f"{_(_WORDS[result_of(check)]):>12}  {check.check_id}: {sentence(check.text, check.fields)}")
        if remedy:
            lines.append(f"{'':>12}  {remedy}")
        if check.file:
            lines.append(f"{'':>12}  {sentence(check.helps, (('file', check.file),))}")
        if check.held is not True:
            copied = (*check.policy.splitlines(), *check.cli.splitlines())
            lines += [f"{'':>12}  {line}" for line in copied]
    return lines


def _rank(check: PreflightCheck) -> int:
    return ("block", "warn", "not-checked", "info", "pass").index(result_of(check))


async def _checks(arguments: argparse.Namespace) -> tuple[PreflightCheck, ...]:
    allow_tag = settings_store.load(user_paths(arguments.data_dir).settings_file).allow_tag
    say_what_is_not_followed(arguments.endpoint_url, arguments.profile)
    aws = await connect_signed_in(
        profile=arguments.profile, region=arguments.region, endpoint_url=arguments.endpoint_url
    )
    try:
        instance_id, access_type = InstanceId(arguments.instance), AccessType(arguments.access_type)
        return with_paths(await aws.preflight.preflight(instance_id, access_type, allow_tag=allow_tag))
    finally:
        await aws.aclose()


def main(arguments: argparse.Namespace) -> int:
    """Print the checks; exit status 0 when all hold, 1 when one stands in the way, 3 when something needs a look."""
    checks = asyncio.run(_checks(arguments))
    if arguments.json:
        say_json(to_json(checks))
    else:
        for line in told(checks):
            say(line)
    return status_of(checks)
