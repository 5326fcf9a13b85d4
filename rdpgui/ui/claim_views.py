"""Claims in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from rdpgui.core.judging.claims import Claim, ClaimId, judge_facts
from rdpgui.core.judging.shell_logs import TO_BE_SEEN
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.shell_log import ShellContrast
from rdpgui.i18n import N_, _
from rdpgui.ui import labels
from rdpgui.ui.panels.claims import ClaimView

_CHECKS: dict[ClaimId, str] = {
    ClaimId.C1: N_("Checked by: the object is this session's and whole, after each of the four disruptions."),
    ClaimId.C2: N_("Checked by: the film ends within the tolerance of the session's end, after each of the four."),
    ClaimId.C3: N_("Checked by: the whole recording is in S3 before the stopped instance is started again."),
    ClaimId.C4: N_("Checked by: a Standard session's recording arrives whole."),
    ClaimId.C5: N_("Checked by: C1 and C2 together."),
    ClaimId.C6: N_("Checked by: rdpgui shell-log, which looks for the log of a shell after a stop."),
}


def claim_views(lines: Iterable[RunSummary], shells: Iterable[ShellContrast] = ()) -> tuple[ClaimView, ...]:
    """Return the six claims as the runs of one place, and its shells whose logs were looked for, leave them."""
    facts = (line.claim for line in lines if line.claim is not None)
    return tuple(_view(claim) for claim in judge_facts(facts, shells))


def _view(claim: Claim) -> ClaimView:
    return ClaimView(
        claim_id=claim.claim_id.value,
        statement=_(claim.text),
        check=_(_CHECKS[claim.claim_id]),
        result=labels.word(claim.result),
        tone=labels.tone(claim.result),
        reason=_reason(claim),
        # A shell is no run: there is nothing to open.
        run_ids=() if claim.claim_id is ClaimId.C6 else tuple(claim.refuting or claim.supporting),
    )


def _reason(claim: Claim) -> str:
    parts = [
        _("Supported by {n}, refuted by {m}.").format(n=len(claim.supporting), m=len(claim.refuting)),
    ]
    if claim.missing:
        names = [
            _(TO_BE_SEEN[name]) if name in TO_BE_SEEN else labels.field_word("disruption", name)
            for name in claim.missing
        ]
        parts.append(_("Still to run: {names}").format(names=_(", ").join(names)))
    return "  ".join(parts)
