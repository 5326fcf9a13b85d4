"""A run's line in the history, straight from its journal: the chain is checked, no event is built.

Ten times as quick as reading the events, so that the index of thousands of runs can be made anew while one waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from sys import intern  # thousands of runs share a few words
from typing import Any

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import JournalDamaged
from rdpgui.core.ids import AccountId, InstanceId, Region, RunId, SessionId
from rdpgui.core.journal import ChainEnd, link_of, read_journal, rebuild, unsealed
from rdpgui.core.judging.summary import summarise
from rdpgui.core.moments import moment_of
from rdpgui.core.place import Place
from rdpgui.core.recording import Basis, RecordingStatus
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.session import AccessType
from rdpgui.core.texts import N_
from rdpgui.core.verdict import CheckResult, VerdictValue

Json = Mapping[str, Any]
"""What a journal says of an event; its shape is looked at where it is used."""


@dataclass(slots=True)
class _Seen:
    """What the lines so far have told; ``made`` becomes the summary."""

    run_id: str = ""
    made: dict[str, Any] = field(default_factory=dict)
    end_reason: str = ""
    cause: str = ""


def scan_journal(lines: Sequence[str], folder_name: str) -> RunSummary:
    """Return the line of the history of a journal. What a run by hand did is only known from its events.

    Args:
        lines: complete lines.
        folder_name: of the run's folder, which carries its id.

    Raises:
        JournalDamaged: the chain is broken, it does not begin with a run's start, or it is another run's.
    """
    end, seen = ChainEnd(), _Seen()
    for line in lines:
        event = unsealed(line, end)
        try:
            _take(seen, event)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise _unfit(N_("line {line} has another shape than this version writes"), line=end.seq + 1) from error
        end = ChainEnd(end.seq + 1, link_of(line))
    if "started_at" not in seen.made:
        raise _unfit(N_("it does not begin with the start of a run") if lines else N_("it is empty"))
    if seen.run_id != folder_name:
        raise _unfit(N_("it belongs to the run {run}, whose folder has that name"), run=seen.run_id)
    made = RunSummary(RunId(seen.run_id), **seen.made)
    if made.by_hand:
        return read_summary(lines)
    return made._replace(reason=intern(seen.cause or seen.end_reason), observed=made.disruption)


def read_summary(lines: Sequence[str]) -> RunSummary:
    """Return the line of the history from the events of a journal, with what it says about the claims.

    Raises:
        JournalDamaged: see ``core.journal.read_journal``.
    """
    events, _end = read_journal(lines)
    run = rebuild(events)
    if run is None:
        raise _unfit(N_("it does not begin with the start of a run"))
    return summarise(run)


def _take(seen: _Seen, event: Any) -> None:
    name = event["event"]
    if name == "RunStarted" and not seen.made:
        seen.run_id = str(event["run_id"])
        seen.made.update(_started(event))
    elif seen.made and name in _TAKEN and event["run_id"] == seen.run_id:
        _TAKEN[name](seen, event)


def _started(event: Json) -> dict[str, Any]:
    plan, place = event["plan"], event.get("place")
    if place is not None:
        region, endpoint = Region(place["region"]), place.get("endpoint", "")
        key = Place(place["scenario"], AccountId(place["account_id"]), region, endpoint).key
    elif plan["lab"]:
        key = ""
    else:
        key = Place(account_id=AccountId(event["account_id"]), region=Region(event["region"])).key
    return {
        "started_at": _at(event),
        "status": RunStatus.RUNNING,
        "place": intern(key),
        "lab": bool(plan["lab"]),
        "instance_id": InstanceId(intern(plan["instance_id"])),
        "disruption": DisruptionId(plan["disruption_id"]),
        "access": AccessType(plan["access_type"]),
        "planned_access": AccessType(plan["access_type"]),
        "by_hand": bool(plan.get("by_hand", False)),
    }


def _phase(seen: _Seen, event: Json) -> None:
    seen.made["phase"] = Phase(event["phase"])


def _baseline(seen: _Seen, event: Json) -> None:
    seen.made["name"] = intern(event["instance"]["name"])


def _attached(seen: _Seen, event: Json) -> None:
    _session(seen, event)
    seen.made["access"] = AccessType(event["session"]["access_type"])


def _session(seen: _Seen, event: Json) -> None:
    seen.made["session_id"] = SessionId(event["session"]["session_id"])


def _statement(seen: _Seen, event: Json) -> None:
    statement = event["statement"]
    seen.made.update(recording=RecordingStatus(statement["status"]), basis=Basis(statement["basis"]))


def _film(seen: _Seen, event: Json) -> None:
    if event["facts"] is not None:
        seen.made["film_s"] = float(event["facts"]["duration_s"])


def _verdict(seen: _Seen, event: Json) -> None:
    verdict = event["verdict"]
    gap = verdict.get("gap")
    causes = [
        check.get("cause", "")
        for result in (CheckResult.CONTRADICTED, CheckResult.NOT_MADE)
        for check in verdict["checks"]
        if check["result"] == result
    ]
    seen.cause = str(causes[0]) if causes else ""
    seen.made.update(
        verdict=VerdictValue(verdict["value"]),
        gap_low_s=float(gap["low_s"]) if gap else None,
        gap_high_s=float(gap["high_s"]) if gap else None,
    )


def _archived(seen: _Seen, event: Json) -> None:
    seen.made["archived"] = bool(event["away"])


def _remarked(seen: _Seen, event: Json) -> None:
    remark = event["remark"]
    for name in ("tester", "ticket", "note"):
        seen.made[name] = intern(str(remark.get(name, "")))


def _ended(seen: _Seen, event: Json) -> None:
    seen.end_reason = str(event["reason"])
    seen.made.update(status=RunStatus(event["status"]), ended_at=_at(event))


_TAKEN: dict[str, Callable[[_Seen, Json], None]] = {
    "PhaseEntered": _phase,
    "BaselineTaken": _baseline,
    "SessionAttached": _attached,
    "SessionLeftActive": _session,
    "StatusStated": _statement,
    "FilmInspected": _film,
    "VerdictReached": _verdict,
    "RunArchived": _archived,
    "RunRemarked": _remarked,
    "RunEnded": _ended,
}


def _at(event: Json) -> datetime:
    return moment_of(event["at"])


def _unfit(reason: str, **fields: object) -> JournalDamaged:
    return JournalDamaged(
        N_("The journal cannot be trusted: {reason}."),
        N_("Take it from a backup or from the evidence pack."),
        reason=reason.format(**fields),
    )
