"""From a run, as it was known at one moment, to what each step of the presentation says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.judging.case import case_of
from rdpgui.core.judging.timeline import film_placement
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.recording import RecordingStatus
from rdpgui.core.run import Phase
from rdpgui.core.state import RunState
from rdpgui.core.verdict import CheckId, CheckResult, Verdict, VerdictValue
from rdpgui.i18n import N_, _, named, retell
from rdpgui.ui import formats, labels
from rdpgui.ui.models.runs import result_word
from rdpgui.ui.show.scene import Fact, Figure, Scene, Step
from rdpgui.ui.stage.phase_strip import StepIs, steps_of
from rdpgui.ui.tokens import Tone

NAMES = {
    Step.QUESTION: N_("The question"),
    Step.PLAN: N_("What we do"),
    Step.LIVE: N_("What happens"),
    Step.FILM: N_("The film"),
    Step.VERDICT: N_("The verdict"),
}
_NOW = {
    Phase.PREFLIGHT: N_("First we look whether everything is ready."),
    Phase.CONNECTING: N_("A person connects to the server."),
    Phase.STEADY: N_("The session is on."),
    Phase.DISRUPTING: N_("Now it happens."),
    Phase.ENDING: N_("Will the session end by it?"),
    Phase.PROCESSING: N_("Does a recording come?"),
    Phase.VERIFYING: N_("Nothing new has come. What is there is judged."),
    Phase.RESTORING: N_("The server is brought back as it was."),
    Phase.DONE: N_("The run is over."),
}
_MARKS = {CheckResult.HELD: "check", CheckResult.CONTRADICTED: "cross", CheckResult.NOT_MADE: "question"}
_TONES = {StepIs.BEHIND: (Tone.OK, "check"), StepIs.NOW: (Tone.INFO, "play"), StepIs.AHEAD: (Tone.IDLE, "idle")}
LOG_LINES = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of.

    Attributes:
        run: as known at ``at``; None when there is none. whole: all that is known of it.
        name: of its instance. replayed: it is over and shown once more. film: there is one to be seen.
    """

    run: RunState | None
    whole: RunState | None
    at: datetime
    name: str = ""
    lab: bool = False
    replayed: bool = False
    film: bool = False


def scene_of(step: Step, told: Told) -> Scene:
    """Return what a step shows."""
    match step:
        case Step.QUESTION:
            return _question(told)
        case Step.PLAN:
            return _plan(told)
        case Step.LIVE:
            return _live(told)
        case Step.FILM:
            return _film(told)
        case Step.VERDICT:
            return _verdict(told)


def _kicker(step: Step) -> str:
    return f"{step + 1} / {len(Step)}   {_(NAMES[step])}"


def _subject(told: Told) -> str:
    run = told.whole
    if run is None:
        return ""
    shown = f"{told.name} · {labels.run_name(run)}"
    if not told.replayed:
        return _("{run} · live").format(run=shown)
    return _("{run} · replay of {time}").format(run=shown, time=formats.day_clock(run.started_at)[:16])


def _question(told: Told) -> Scene:
    lead = _(
        "A person works on a Windows server. AWS Systems Manager records the session. "
        "In the middle of it the server restarts or stops."
    )
    facts = (
        Fact("question", Tone.INFO, _("Is there a recording at all?")),
        Fact("question", Tone.INFO, _("Does it reach to the very end, with the shutdown on it?")),
        Fact("question", Tone.INFO, _("Is it of this session, whole and readable?")),
    )
    title = _("Does the recording survive when the server goes down?")
    return Scene(Step.QUESTION, _kicker(Step.QUESTION), _subject(told), told.lab, title, lead, facts=facts)


def _plan(told: Told) -> Scene:
    run = told.whole
    if run is None:
        none = _("Choose a run in the history, or let one run in the lab.")
        return Scene(Step.PLAN, _kicker(Step.PLAN), "", told.lab, _("There is no run to show yet."), none)
    kind = DISRUPTIONS[run.plan.disruption_id]
    bucket = run.baseline.preferences.bucket if run.baseline is not None else ""
    where = _("From the bucket {bucket}.").format(bucket=bucket) if bucket else ""
    steady = _("For {n} s it is only watched: is everything as it should be?").format(n=f"{run.plan.steady_s:g}")
    steps = (
        (
            _("Connect to {name}").format(name=told.name),
            _("A recorded session, {access}.").format(access=labels.access_name(run)),
        ),
        (_("Look first"), steady),
        (labels.run_name(run), labels.consequence(kind)),
        (_("Fetch the recording"), where or _("Only a new one, and only this session's.")),
        (_("Judge it by six checks"), _("Bytes, session, end of the film and last frame. No check, no PASS.")),
    )
    facts = tuple(Fact(str(n), Tone.INFO, text, note) for n, (text, note) in enumerate(steps, 1))
    title = _("We do it, and look: {disruption}.").format(disruption=labels.run_name(run))
    return Scene(Step.PLAN, _kicker(Step.PLAN), _subject(told), told.lab, title, facts=facts)


def _live(told: Told) -> Scene:
    run, kicker = told.run, _kicker(Step.LIVE)
    if run is None:
        why = _("Nothing has happened yet.")
        return Scene(Step.LIVE, kicker, "", told.lab, why, pictured=True, instead=_("No picture yet"))
    facts = []
    for step in steps_of(run, told.at):
        tone, mark = _TONES[step.where]
        facts.append(Fact(mark, tone, step.name, step.note, strong=step.where is StepIs.NOW))
    if run.statement is not None:
        status = run.statement.status
        said = f"{labels.word(status)} ({labels.word(run.statement.basis)})"
        facts.append(Fact(labels.tone(status).value, labels.tone(status), _("Recording"), said))
    lines = [f"{formats.clock(line.at)}  {labels.sentence(line.text, line.fields)}" for line in run.log[-LOG_LINES:]]
    over = run.left is not None and run.phase in (Phase.PROCESSING, Phase.VERIFYING)
    title = labels.doing(run) if run.plan.by_hand and run.phase is Phase.DISRUPTING else _now(run)
    return Scene(
        Step.LIVE,
        kicker,
        _subject(told),
        told.lab,
        title,
        facts=tuple(facts),
        log=tuple(lines),
        pictured=True,
        instead=_("No picture yet"),
        waits=labels.word(run.phase) if over else "",
    )


def _now(run: RunState) -> str:
    """Return what happens, no more than there is evidence for."""
    statement = run.statement
    if run.phase is Phase.STEADY and statement is not None and statement.status is RecordingStatus.RECORDING:
        return _("The session is on. By all signs it is recorded.")
    if run.phase is Phase.PROCESSING and run.left is not None:
        return _("The session is over. Does a recording come?")
    if run.phase is Phase.VERIFYING and run.candidates:
        return _("A recording has come. Is it whole, and this session's?")
    return _(_NOW[run.phase])


def _film_says(verdict: Verdict | None) -> str:
    if verdict is not None and verdict.value is VerdictValue.PASS:
        return _("The film reaches to the end of the session.")
    if verdict is not None and verdict.value is VerdictValue.FAIL and verdict.about_the_film:
        return _("The film does not show what it has to show.")
    if verdict is not None and verdict.value is VerdictValue.INCONCLUSIVE and verdict.about_the_film:
        return _("Whether the film is whole cannot be said.")
    return _("This is the film, to its last frame.")


def _answer(run: RunState, verdict: Verdict) -> str:
    """Return the answer to the question, or why this run gives none."""
    control = DISRUPTIONS[run.plan.disruption_id].is_control
    match verdict.value:
        case VerdictValue.PASS if control:
            return _("The control holds: with nothing disrupted the recording is whole.")
        case VerdictValue.PASS:
            return _("Yes: the recording survived.")
        case VerdictValue.FAIL if not verdict.about_the_film:
            return _("No answer: the run did not go as it has to.")
        case VerdictValue.FAIL if control:
            return _("The control fails: the recording is not whole although nothing was disrupted.")
        case VerdictValue.FAIL:
            return _("No: the recording did not survive as it should.")
        case VerdictValue.INCONCLUSIVE:
            return _("It cannot be said: evidence is missing.")


def _film(told: Told) -> Scene:
    run, kicker = told.whole, _kicker(Step.FILM)
    verdict = told.run.verdict if told.run is not None else None
    if run is None or not told.film:
        over = run is not None and not run.is_open
        title = _("There is no film that can be shown.") if over else _("The film is not here yet.")
        none = _("This run left no film.") if over else _("It comes when the session is over.")
        return Scene(Step.FILM, kicker, _subject(told), told.lab, title, pictured=True, instead=none)
    title = _film_says(verdict)
    case, figures = case_of(run), []
    if case.end is not None:
        figures.append(Figure(_("The session ended at"), formats.clock(case.end.range.high_at, decimals=1)))
    placed = film_placement(run)
    if placed is not None:
        figures.append(Figure(_("The film ends at"), formats.clock(placed.wall_at(placed.duration_s), decimals=1)))
    figures += _gap(told.run) if told.run is not None else []
    return Scene(
        Step.FILM,
        kicker,
        _subject(told),
        told.lab,
        title,
        figures=tuple(figures),
        pictured=True,
        instead=_("Opening the film …"),
    )


def _gap(run: RunState) -> list[Figure]:
    verdict = run.verdict
    if verdict is None:
        return []
    title = _("From the end of the film to the end of the session")
    if verdict.gap is None:
        return [Figure(title, _("not bounded"))]
    value = formats.seconds(round(verdict.gap.middle_s, 2) + 0.0, decimals=2)
    return [Figure(title, value, f"± {formats.seconds(verdict.gap.half_width_s, decimals=2)}")]


def _verdict(told: Told) -> Scene:
    run, kicker = told.run, _kicker(Step.VERDICT)
    if run is None or run.verdict is None:
        whole = told.whole
        over = whole is not None and not whole.is_open and whole.verdict is None
        title = _("The run ended without a verdict.") if over else _("There is no verdict yet.")
        lead = retell(whole.reason) if over and whole is not None else _("It comes when the film has been looked at.")
        word = result_word(whole) if over and whole is not None else "…"
        return Scene(Step.VERDICT, kicker, _subject(told), told.lab, title, lead, word=word)
    verdict = run.verdict
    checks = {check.check_id: check for check in verdict.checks}
    facts = []
    for check_id in CheckId:
        check = checks.get(check_id)
        result = check.result if check is not None else CheckResult.NOT_MADE
        reason = labels.sentence(check.reason, check.fields) if check is not None else ""
        name = labels.word(check_id)
        if result is not CheckResult.HELD:
            name = named(name, labels.word(result))
        facts.append(Fact(_MARKS[result], labels.tone(result), name, reason))
    return Scene(
        Step.VERDICT,
        kicker,
        _subject(told),
        told.lab,
        _answer(run, verdict),
        word=labels.word(verdict.value),
        tone=labels.tone(verdict.value),
        figures=tuple(_gap(run)),
        facts=tuple(facts),
        pictured=told.film,
        caption=_("Last frame"),
    )
