"""What a finished matrix found, in a sentence or two."""

from __future__ import annotations

from collections.abc import Collection

from rdpgui.core.kinds.registry import CONTROLS
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue
from rdpgui.i18n import _
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
    lost = [run for run in others if _value(run) is VerdictValue.FAIL]
    open_ones = [run for run in others if _value(run) not in (VerdictValue.FAIL, VerdictValue.PASS)]
    kept = len(others) - len(lost) - len(open_ones)
    parts = [_("The recording survived {kept} of {n} disruptions.").format(kept=kept, n=len(others))]
    gaps = [run.verdict.gap.high_s for run in others if run.verdict is not None and run.verdict.gap is not None]
    if lost:
        parts.append(_("It did not survive: {names}.").format(names=_names(lost)))
    elif gaps:
        parts.append(_("Its film ended at most {seconds} s before the session.").format(seconds=f"{max(gaps):.2f}"))
    if open_ones:
        parts.append(_("Not decided: {names}.").format(names=_names(open_ones)))
    if controls:
        parts.append(_("The controls ended as they should."))
    tone = Tone.BAD if lost else Tone.WARN if open_ones else Tone.OK
    return " ".join(parts), tone


def _value(run: RunState) -> VerdictValue | None:
    return run.verdict.value if run.verdict is not None else None


def _names(runs: Collection[RunState]) -> str:
    names = [f"{labels.run_name(run)} × {labels.access_name(run)}" for run in runs]
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
