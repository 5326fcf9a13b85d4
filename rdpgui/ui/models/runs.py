"""Rows of the history and of the matrix: one run each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.ids import RunId
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from rdpgui.i18n import N_, _
from rdpgui.ui import formats, labels
from rdpgui.ui.models.keyed import Column, KeyedTableModel
from rdpgui.ui.theme import Tone


@dataclass(frozen=True, slots=True)
class RunRow:
    """One line of the history."""

    run: RunState
    target_name: str


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


def _key(row: RunRow) -> RunId:
    return row.run.run_id


def _started(row: RunRow) -> str:
    return formats.day_clock(row.run.started_at)


def _started_key(row: RunRow) -> datetime:
    return row.run.started_at


def _disruption(row: RunRow) -> str:
    return labels.run_name(row.run)


def _access(row: RunRow) -> str:
    return labels.access_name(row.run)


def _target(row: RunRow) -> str:
    return row.target_name


def _result(row: RunRow) -> str:
    return result_word(row.run)


def _result_tone(row: RunRow) -> Tone:
    return result_tone(row.run)


def _gap(row: RunRow) -> str:
    return gap_text(row.run)


def _gap_key(row: RunRow) -> float:
    gap = row.run.verdict.gap if row.run.verdict else None
    return float("inf") if gap is None else gap.middle_s


def _film(row: RunRow) -> str:
    return film_length(row.run)


def _status(row: RunRow) -> str:
    return status_text(row.run)


def _place(row: RunRow) -> str:
    return labels.run_place(row.run)


def _place_tone(row: RunRow) -> Tone | None:
    return Tone.LAB if row.run.plan.lab else None


def _search_text(row: RunRow) -> str:
    run = row.run
    verdict = run.verdict.value.value if run.verdict else ""
    words = (
        run.run_id,
        row.target_name,
        run.plan.instance_id,
        run.plan.disruption_id.value,
        run.access_type.value,
        run.place.key if run.place is not None else "",
    )
    return "\n".join((*words, verdict, _disruption(row), _result(row), run.status.value, _place(row)))


def history_model() -> KeyedTableModel[RunRow]:
    """Return the model of the history table."""
    columns = (
        Column(N_("Started"), _started, _started_key, mono=True),
        Column(N_("Disruption"), _disruption),
        Column(N_("Access"), _access),
        Column(N_("Instance"), _target),
        Column(N_("Verdict"), _result, tone=_result_tone),
        Column(N_("Shutdown gap"), _gap, _gap_key),
        Column(N_("Film"), _film),
        Column(N_("Recording"), _status),
        Column(N_("Place"), _place, tone=_place_tone),
    )
    return KeyedTableModel(columns, _key, _search_text)


def is_pass(run: RunState) -> bool:
    """Whether the verdict is PASS."""
    return run.verdict is not None and run.verdict.value is VerdictValue.PASS
