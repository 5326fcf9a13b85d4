"""``rdpgui judge``: the verdict derived again from a journal alone, and whether the one written then still holds."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rdpgui.app.run_folders import JOURNAL_NAME, journal_lines
from rdpgui.app.terminal import say, say_json
from rdpgui.core.errors import SettingsError
from rdpgui.core.journal import read_journal, rebuild
from rdpgui.core.judging.judge import judge
from rdpgui.core.state import RunState
from rdpgui.core.verdict import CheckResult, Verdict
from rdpgui.i18n import _, fill

EXIT_HOLDS = 0
EXIT_HOLDS_NOT = 1


def main(arguments: argparse.Namespace) -> int:
    """Print the verdict; exit status 0 when the written one holds, 1 when not, or when none was written."""
    run = _run_of(arguments.target)
    found = judged_again(run)
    if arguments.json:
        say_json(found)
    else:
        _tell(found)
    return EXIT_HOLDS if found["holds"] else EXIT_HOLDS_NOT


def judged_again(run: RunState) -> dict[str, Any]:
    """Return the verdict, its checks, the one written then, and whether that still holds.

    The sentences are in the language in use; results and causes are the journal's words.
    """
    verdict = judge(run)
    written = run.verdict
    checks = [
        {
            "id": check.check_id.value,
            "result": check.result.value,
            "cause": check.cause,
            "text": fill(check.reason, {"zone": "UTC", **dict(check.fields)}),
        }
        for check in verdict.checks
    ]
    return {
        "verdict": verdict.value.value,
        "checks": checks,
        "written": written.value.value if written is not None else None,
        "holds": _holds(verdict, written),
        "lacking": lacking(run),
    }


def lacking(run: RunState) -> list[str]:
    """Return what this journal does not hold and a verdict rests on: it is not known, never "nothing there"."""
    known = {
        "clock-samples": bool(run.clock_samples),
        "other-sessions": run.neighbours is not None,
        "destination": run.destination is not None,
    }
    return [name for name, there in known.items() if not there]


def _holds(verdict: Verdict, written: Verdict | None) -> bool:
    return written is not None and written.value is verdict.value


def _run_of(target: str) -> RunState:
    """Return the run of a journal, or of the folder it lies in.

    Raises:
        SettingsError: there is no journal. JournalDamaged, StorageError: it cannot be trusted, or read.
    """
    path = Path(target)
    path = path / JOURNAL_NAME if path.is_dir() else path
    if not path.is_file():
        raise SettingsError("{path} is no journal.", "Give a run folder, or its journal.jsonl.", path=path)
    events, _end = read_journal(journal_lines(path))
    run = rebuild(events)
    if run is None:
        raise SettingsError("{path} is no journal.", "Give a run folder, or its journal.jsonl.", path=path)
    return run


def _tell(found: dict[str, Any]) -> None:
    say(fill(_("Verdict: {verdict}."), {"verdict": found["verdict"]}))
    marks = {CheckResult.HELD.value: "+", CheckResult.CONTRADICTED.value: "-", CheckResult.NOT_MADE.value: "?"}
    for check in found["checks"]:
        say(f"  {marks[check['result']]} {check['id']:<18} {check['text']}")
    if found["lacking"]:
        say(fill(_("This journal does not hold: {what}."), {"what": ", ".join(found["lacking"])}))
    if found["written"] is None:
        say(_("No verdict was written."))
    elif found["holds"]:
        say(_("The verdict that was written holds."))
    else:
        say(fill(_("The verdict that was written does not hold: {written}."), {"written": found["written"]}))
