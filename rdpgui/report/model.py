"""What a report says, as texts in the reader's language; the templates only lay it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.film import FilmFacts
from rdpgui.core.film_notes import film_notes
from rdpgui.core.judging.proof import proven_disruption
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.run import RunStatus
from rdpgui.core.session import AccessType
from rdpgui.core.standing import run_then
from rdpgui.core.state import RunState
from rdpgui.core.testimony import counted_answer, has_film
from rdpgui.core.texts import C_
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue
from rdpgui.core.words import (
    CAUSES,
    SENTENCE_FIELDS,
    WORDS,
    disruption_word,
    field_member,
    field_moment,
    field_number,
    place_words,
)
from rdpgui.i18n import _, fill, in_context, named, retell

REPORT_NAME = "report.html"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of the verdict, ready to print. ``mark`` is never colour alone."""

    name: str
    mark: str
    css: str
    text: str


@dataclass(frozen=True, slots=True)
class RunReport:
    """One run, ready to print.

    Attributes:
        film, last_frame, witness: paths relative to the report, empty when there is none; the witness is the
            console screenshot.
        place: where its evidence belongs. account: of the lab, beside the place; empty on AWS, where it is the place.
        last_frame_at, witness_at: captions that say when the pictures were made.
        remark: what a person wrote on it, name and text.
        report: the run's own report, empty in that report itself.
    """

    run_id: str
    title: str
    disruption: str
    call: str
    access_type: str
    instance_id: str
    place: str
    account: str
    lab: bool
    verdict: str
    verdict_css: str
    gap: str
    painted_gap: str
    checks: tuple[CheckLine, ...]
    status: str
    statement: tuple[tuple[str, str, str], ...]
    film: str
    last_frame: str
    last_frame_at: str
    witness: str
    witness_at: str
    report: str
    facts: tuple[tuple[str, str], ...]
    confirmation: str
    remark: tuple[tuple[str, str], ...]
    log: tuple[tuple[str, str, str], ...]
    started: str


def clock(at: datetime | None) -> str:
    """Return a local wall-clock time with its zone, a dash for None."""
    if at is None:
        return "–"
    local = at.astimezone()
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} {local:%Z}"


def sentence(template: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return a sentence of ours with its values as words and its moments as local clock times."""
    shown = {"zone": f"{datetime.now(UTC).astimezone():%Z}"}
    for name, value in fields:
        moment = field_moment(value)
        if moment is not None:
            local = moment.astimezone()
            shown |= {name: f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}", "zone": f"{local:%Z}"}
        else:
            shown[name] = _field_word(name, value)
    return fill(template, shown)


def _field_word(name: str, value: str) -> str:
    if name == "cause" and value in CAUSES:
        return _(CAUSES[value])
    if name in SENTENCE_FIELDS:
        return retell(value)
    member = field_member(name, value)
    if member is None:
        return field_number(name, value) or value
    return in_context(WORDS[type(member), value])


def disruption_name(disruption_id: DisruptionId) -> str:
    """Return the name of a disruption in the reader's language."""
    return _(disruption_word(disruption_id))


def _run_name(run: RunState, done: DisruptionId | None) -> str:
    """Return what a run did; for a disruption by hand what the person was seen to do."""
    if done is None:
        return _("By hand")
    name = disruption_name(done)
    return _("{disruption} (by hand)").format(disruption=name) if run.plan.by_hand else name


def access_name(access_type: AccessType) -> str:
    """Return the name of an access type in the reader's language."""
    names = {AccessType.STANDARD: _("Standard"), AccessType.JUST_IN_TIME: _("Just-in-time")}
    return names.get(access_type, access_type.value)


def run_access(run: RunState) -> str:
    """Return how the run's session was allowed; a plan that was not kept is said."""
    if run.access_type is run.plan.access_type:
        return access_name(run.access_type)
    observed, planned = access_name(run.access_type), access_name(run.plan.access_type)
    return _("{observed} (planned: {planned})").format(observed=observed, planned=planned)


def run_place(run: RunState) -> str:
    """Return what the place of a run is called."""
    return fill(*place_words(run.place, lab=run.plan.lab))


def verdict_name(value: VerdictValue | None) -> str:
    """Return the word for a verdict in the reader's language."""
    if value is None:
        return _("no verdict")
    return {
        VerdictValue.PASS: _("PASS"),
        VerdictValue.FAIL: _("FAIL"),
        VerdictValue.INCONCLUSIVE: _("INCONCLUSIVE"),
    }[value]


def check_name(check_id: CheckId) -> str:
    """Return the name of a check in the reader's language: the window's."""
    return in_context(WORDS[CheckId, check_id.value])


def check_line(check: Check) -> CheckLine:
    """Return one check ready to print."""
    mark = {CheckResult.HELD: "✓", CheckResult.CONTRADICTED: "✗", CheckResult.NOT_MADE: "?"}[check.result]
    return CheckLine(check_name(check.check_id), mark, check.result.value, sentence(check.reason, check.fields))


def gap_text(run: RunState) -> str:
    """Return the shutdown gap with its bounds, a dash when it could not be bounded."""
    gap = run.verdict.gap if run.verdict else None
    if gap is None:
        return "–"
    middle_s = round(gap.middle_s, 2) + 0.0  # never "-0.00"
    return _("{middle:.2f} s (±{half:.2f})").format(middle=middle_s, half=gap.half_width_s)


def facts_lines(facts: FilmFacts) -> tuple[tuple[str, str], ...]:
    """Return the film's facts as name and value."""
    return (
        (_("Container and codec"), f"{facts.container}, {facts.codec}"),
        (_("Picture"), f"{facts.width} × {facts.height}"),
        (_("Size"), _("{bytes:,} bytes").format(bytes=facts.size_bytes)),
        (_("Duration"), _("{seconds:.3f} s").format(seconds=facts.duration_s)),
        (_("Frames"), str(facts.frame_count) if facts.frame_count is not None else "–"),
        (_("Last frame at"), _("{seconds:.3f} s").format(seconds=facts.last_frame_pts_s)),
        (_("Recorded from (container)"), clock(facts.created_at)),
        (_("Truncated"), in_context(C_("fact", "yes") if facts.truncated else C_("fact", "no"))),
        (_("Damaged"), in_context(C_("fact", "yes") if facts.damaged else C_("fact", "no"))),
        (_("To be known of it"), "; ".join(sentence(*note) for note in film_notes(facts)) or "–"),
        (_("Recorder's note"), facts.comment or "–"),
    )


def run_report(run: RunState, *, folder: str = "") -> RunReport:
    """Build the report of one run.

    Args:
        run: the run, rebuilt from its journal.
        folder: prefix for the paths of film and stills, relative to where the report is written.
    """
    run = run_then(run)  # nobody looks after a paper: nothing in it is told in the present
    name = _run_name(run, proven_disruption(run) if run.plan.by_hand else run.plan.disruption_id)
    inspected = next((i for i in reversed(run.inspected) if i.facts is not None), None)
    verdict = run.verdict
    return RunReport(
        run_id=run.run_id,
        title=f"{name} × {run_access(run)}",
        disruption=name,
        call=_("inside the session") if run.plan.by_hand else DISRUPTIONS[run.plan.disruption_id].call,
        access_type=run_access(run),
        instance_id=run.plan.instance_id,
        place=run_place(run),
        account=f"{run.account_id} · {run.region}" if run.plan.lab else "",
        lab=run.plan.lab,
        verdict=verdict_name(verdict.value if verdict else None),
        verdict_css=verdict.value.value if verdict else "inconclusive",
        gap=gap_text(run),
        painted_gap=_painted_gap_text(verdict),
        checks=tuple(check_line(check) for check in verdict.checks) if verdict else (),
        status=run_status(run),
        statement=_statement_lines(run),
        film=_below(folder, run.saved[-1].path if run.saved else ""),
        last_frame=_below(folder, inspected.last_frame if inspected else ""),
        last_frame_at=_last_frame_caption(inspected.facts) if inspected and inspected.facts else "",
        witness=_below(folder, run.witness.path if run.witness else ""),
        witness_at=_witness_caption(run),
        report=_below(folder, REPORT_NAME) if folder else "",
        facts=facts_lines(inspected.facts) if inspected and inspected.facts else (),
        confirmation=_confirmation(run),
        remark=_remark_lines(run),
        log=tuple((clock(line.at), line.level, sentence(line.text, line.fields)) for line in run.log),
        started=clock(run.started_at),
    )


def _painted_gap_text(verdict: Verdict | None) -> str:
    if verdict is None or verdict.painted_gap_s is None:
        return "–"
    return _("{seconds:.3f} s").format(seconds=verdict.painted_gap_s)


def run_status(run: RunState) -> str:
    """Return how the run ended, with the reason when there is one."""
    if run.is_open:
        at = _("not over when this was written; last seen at {time}").format(time=clock(run.last_at or run.started_at))
        return at
    words = {
        RunStatus.COMPLETED: _("completed"),
        RunStatus.FAILED: _("failed"),
        RunStatus.ABORTED: _("aborted"),
        RunStatus.INTERRUPTED: _("interrupted"),
    }
    return named(words[run.status], retell(run.reason)) if run.reason else words[run.status]


def _below(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder and path else path


def _last_frame_caption(facts: FilmFacts) -> str:
    at = _("{seconds:.3f} s into the film").format(seconds=facts.last_frame_pts_s)
    if facts.shape.text():
        at = f"{at} · {_('pixels as stored')}"
    return at if facts.painted_at is None else f"{at} · {clock(facts.painted_at)}"


def _witness_caption(run: RunState) -> str:
    if run.witness is None:
        return ""
    return _("taken between {begin} and {end}").format(
        begin=clock(run.witness.taken_not_before_at), end=clock(run.witness.at)
    )


def _statement_lines(run: RunState) -> tuple[tuple[str, str, str], ...]:
    statement = run.statement
    if statement is None:
        return ()
    return tuple((clock(e.observed_at), e.source, sentence(e.text, e.fields)) for e in statement.evidence)


def _remark_lines(run: RunState) -> tuple[tuple[str, str], ...]:
    """Return what a person wrote on the run, as far as something was."""
    written = run.remark
    lines = ((_("Tester"), written.tester), (_("Ticket"), written.ticket), (_("Note"), written.note))
    return tuple((name, text) for name, text in lines if text)


def _confirmation(run: RunState) -> str:
    confirmation = counted_answer(run)
    if confirmation is None:
        return _("not asked") if has_film(run) else _("none: there is no film to look at")
    seen = _("{by} sees the shutdown ({at})") if confirmation.seen else _("{by} does not see the shutdown ({at})")
    said = seen.format(by=confirmation.by, at=clock(confirmation.at))
    if confirmation.film_s is None:
        return said
    frame = _("on the picture at {seconds:.3f} s of {film}").format(seconds=confirmation.film_s, film=confirmation.film)
    return f"{said} · {frame}"


def sorted_for_table(runs: Sequence[RunState]) -> list[RunState]:
    """Return runs in the order of the article's table: by disruption, then access type, then time."""
    order, access = list(DISRUPTIONS), list(AccessType)

    def place(run: RunState) -> tuple[int, int, datetime]:
        kind = run.access_type
        return (
            order.index(run.plan.disruption_id),
            access.index(kind) if kind in access else len(access),
            run.started_at,
        )

    return sorted(runs, key=place)
