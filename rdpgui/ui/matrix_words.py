"""What a finished matrix found, in a sentence or two."""

from __future__ import annotations

from collections.abc import Collection

from rdpgui.core.kinds.registry import CONTROLS
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from rdpgui.i18n import _, joined
from rdpgui.ui import labels
from rdpgui.ui.tokens import Tone

_NAMED = 4


def matrix_finding(runs: Collection[RunState]) -> tuple[str, Tone]:
    """Return what runs say together, and its tone. The controls come first: without them the others prove nothing."""
    controls = [run for run in runs if run.plan.disruption_id in CONTROLS]
    others = [run for run in runs if run.plan.disruption_id not in CONTROLS]
    broken = [run for run in controls if _value(run) is not VerdictValue.PASS]
    if broken:
        text = _("A control did not end as it should ({names}): what the others say proves nothing.")
        return text.format(names=_names(broken)), Tone.WARN
    lost = [run for run in others if _lost(run)]
    astray = [run for run in others if _value(run) is VerdictValue.FAIL and not _lost(run)]
    open_ones = [run for run in others if _value(run) not in (VerdictValue.FAIL, VerdictValue.PASS)]
    kept = len(others) - len(lost) - len(astray) - len(open_ones)
    parts = [_("The recording survived {kept} of {n} disruptions.").format(kept=kept, n=len(others))]
    told = [run.verdict for run in others if run.verdict is not None and run.verdict.value is VerdictValue.PASS]
    gaps = [verdict.gap.high_s for verdict in told if verdict.gap is not None]
    if lost:
        parts.append(_("It did not survive: {names}.").format(names=_names(lost)))
    elif gaps:
        parts.append(_("Its film ended at most {seconds} s before the session.").format(seconds=f"{max(gaps):.2f}"))
    if astray:
        parts.append(_("No answer, the run did not go as it has to: {names}.").format(names=_names(astray)))
    if open_ones:
        parts.append(_("Not decided: {names}.").format(names=_names(open_ones)))
    if controls:
        parts.append(_("The controls ended as they should."))
    tone = Tone.BAD if lost else Tone.WARN if astray or open_ones else Tone.OK
    return joined(*parts), tone


def _value(run: RunState) -> VerdictValue | None:
    return run.verdict.value if run.verdict is not None else None


def _lost(run: RunState) -> bool:
    """Whether it is the recording that failed: a run that did not go as it has to says nothing of it."""
    verdict = run.verdict
    return verdict is not None and verdict.value is VerdictValue.FAIL and verdict.about_the_film


def _names(runs: Collection[RunState]) -> str:
    names = [f"{labels.run_name(run)} × {labels.access_name(run)}" for run in runs]
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
