"""Rows of the history and of the matrix: one run each."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import RunId
from rdpgui.core.place import place_from_key
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.session import AccessType
from rdpgui.core.standing import status_then
from rdpgui.core.state import RunState
from rdpgui.core.verdict import Interval, VerdictValue
from rdpgui.i18n import N_, _, language, retell
from rdpgui.ui import formats, labels
from rdpgui.ui.models.cells import Column
from rdpgui.ui.models.keyed import KeyedTableModel
from rdpgui.ui.tokens import Tone

_ANY = RunSummary(RunId(""), datetime(2000, 1, 1, tzinfo=UTC))
"""A run of which only the kind counts."""


def result_word(run: RunState) -> str:
    """Return the verdict, else the phase of a running run, else how it ended."""
    if run.verdict is not None:
        return labels.word(run.verdict.value)
    if run.is_open and not run.active:
        return _("Unfinished")  # "running" is said only of what goes on here
    return labels.word(run.phase) if run.active else labels.word(run.status)


def result_tone(run: RunState) -> Tone:
    """Return the tone of ``result_word``."""
    if run.verdict is None and run.is_open and not run.active:
        return Tone.IDLE
    return labels.tone(run.verdict.value) if run.verdict is not None else labels.tone(run.status)


def gap_text(run: RunState) -> str:
    """Return the shutdown gap, a dash without one."""
    gap = run.verdict.gap if run.verdict else None
    return formats.ABSENT if gap is None else formats.interval(gap)


def status_text(run: RunState) -> str:
    """Return the recording status as last stated."""
    return formats.ABSENT if run.statement is None else labels.word(run.statement.status)


def film_length(run: RunState) -> str:
    """Return the length of the film."""
    facts = next((item.facts for item in reversed(run.inspected) if item.facts is not None), None)
    return formats.ABSENT if facts is None else formats.seconds(facts.duration_s)


def _key(line: RunSummary) -> RunId:
    return line.run_id


def _started(line: RunSummary) -> str:
    return formats.day_clock(line.started_at)


def _started_key(line: RunSummary) -> tuple[datetime, str]:
    return line.started_at, line.run_id


def _disruption(line: RunSummary) -> str:
    return line.run_id if line.damage else labels.line_name(line)


def _access(line: RunSummary) -> str:
    return formats.ABSENT if line.damage else labels.access_words(line.access, line.planned_access)


def _target(line: RunSummary) -> str:
    return line.name or line.instance_id or formats.ABSENT


def _result(line: RunSummary) -> str:
    if line.damage:
        return _("cannot be read")
    if line.verdict is not None:
        return labels.word(line.verdict)
    if line.is_open:
        return labels.word(line.phase)
    return labels.word(line.status) if line.ended_at is not None else _("Unfinished")


def _result_tone(line: RunSummary) -> Tone:
    if line.damage:
        return Tone.WARN
    if line.verdict is None and line.ended_at is None and not line.is_open:
        return Tone.IDLE
    return labels.tone(line.verdict if line.verdict is not None else line.status)


def _result_key(line: RunSummary) -> tuple[int, float]:
    """Return what "failures first" sorts by: what failed, what could not be decided, what has no verdict, the rest."""
    if line.damage:
        return 1, -line.started_at.timestamp()
    ranks = {VerdictValue.FAIL: 0, VerdictValue.INCONCLUSIVE: 1, None: 2, VerdictValue.PASS: 3}
    return ranks[line.verdict], -line.started_at.timestamp()


def _said(line: RunSummary) -> str:
    return " · ".join(word for word in (line.tester, line.ticket) if word) or formats.ABSENT


def _said_tip(line: RunSummary) -> str:
    return "\n".join(word for word in (line.tester, line.ticket, line.note) if word)


def _result_tip(line: RunSummary) -> str:
    return retell(line.damage) if line.damage else _result(line)


def _gap(line: RunSummary) -> str:
    if line.gap_low_s is None or line.gap_high_s is None:
        return formats.ABSENT
    return formats.interval(Interval(line.gap_low_s, line.gap_high_s))


def _gap_key(line: RunSummary) -> float:
    middle_s = line.gap_middle_s
    return float("inf") if middle_s is None else middle_s


def _film(line: RunSummary) -> str:
    return formats.ABSENT if line.film_s is None else formats.seconds(line.film_s)


def _film_key(line: RunSummary) -> float:
    return -1.0 if line.film_s is None else line.film_s


def _status(line: RunSummary) -> str:
    if line.recording is None:
        return formats.ABSENT
    if line.film_gone:
        return _("Film gone")
    return labels.word(line.recording if line.is_open else status_then(line.recording))


def _status_tip(line: RunSummary) -> str:
    return _("It was verified then; the film is no longer here.") if line.film_gone else _status(line)


def _status_tone(line: RunSummary) -> Tone | None:
    return Tone.WARN if line.film_gone else None


def _place(line: RunSummary) -> str:
    return formats.ABSENT if line.damage else labels.place_name(place_from_key(line.place), lab=line.lab)


def _place_tone(line: RunSummary) -> Tone | None:
    return Tone.LAB if line.lab else None


def _search_text(line: RunSummary) -> str:
    if line.damage:
        return "\n".join((line.run_id, line.damage, _result(line)))
    ended = line.ended_at is not None
    common = _common_words(
        line.disruption, line.by_hand, line.observed, line.access, line.planned_access, line.verdict, line.status,
        line.phase, ended, line.place, line.lab, language(),
    )  # fmt: skip
    day = f"{line.started_at.astimezone():%Y-%m-%d}"
    said = f"{line.tester}\n{line.ticket}\n{line.note}\n" if line.tester or line.ticket or line.note else ""
    return f"{line.run_id}\n{line.name}\n{line.instance_id}\n{line.reason}\n{day}\n{said}{common}"


@lru_cache(maxsize=2_000)
def _common_words(
    disruption: DisruptionId, by_hand: bool, observed: DisruptionId | None, access: AccessType, planned: AccessType,
    verdict: VerdictValue | None, status: RunStatus, phase: Phase, ended: bool, place: str, lab: bool, _language: str,
) -> str:  # fmt: skip
    """Return what thousands of runs have in common with others: made once for each kind of them."""
    line = _ANY._replace(
        disruption=disruption, by_hand=by_hand, observed=observed, access=access, planned_access=planned,
        verdict=verdict, status=status, phase=phase, ended_at=_ANY.started_at if ended else None, place=place, lab=lab,
    )  # fmt: skip
    words = [disruption.value, access.value, place, status.value, verdict.value if verdict is not None else ""]
    return "\n".join([*words, _disruption(line), _access(line), _result(line), _place(line)])


def unfinished(line: RunSummary) -> RunSummary:
    """Return the line of a run that has no end and that nobody carries on."""
    return line._replace(status=RunStatus.INTERRUPTED)


def history_model() -> KeyedTableModel[RunSummary]:
    """Return the model of the history table."""
    columns = (
        Column(N_("Started"), _started, _started_key, mono=True),
        Column(N_("Disruption"), _disruption),
        Column(N_("Access"), _access),
        Column(N_("Instance"), _target),
        Column(N_("Verdict"), _result, _result_key, tone=_result_tone, tooltip=_result_tip),
        Column(N_("Shutdown gap"), _gap, _gap_key),
        Column(N_("Film"), _film, _film_key),
        Column(N_("Recording"), _status, tone=_status_tone, tooltip=_status_tip),
        Column(N_("Tester · ticket"), _said, tooltip=_said_tip),
        Column(N_("Place"), _place, tone=_place_tone),
    )
    return KeyedTableModel(columns, _key, _search_text)
