"""Claims in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.cli import quoted
from rdpgui.core.ids import InstanceId
from rdpgui.core.judging.claims import Claim, ClaimId, judge_facts
from rdpgui.core.judging.shell_logs import TO_BE_SEEN
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.shell_log import ShellContrast, ShellSettingsSeen, where_shells_log
from rdpgui.i18n import N_, _, retell
from rdpgui.ui import formats, labels
from rdpgui.ui.panels.claims import ClaimView

_CHECKS: dict[ClaimId, str] = {
    ClaimId.C1: N_("Checked by: the object is this session's and whole, after each of the four disruptions."),
    ClaimId.C2: N_("Checked by: the film ends within the tolerance of the session's end, after each of the four."),
    ClaimId.C3: N_(
        "Checked by: the whole recording comes to S3 while the instance is stopped (lab: before it starts again)."
    ),
    ClaimId.C4: N_("Checked by: a Standard session's recording arrives whole."),
    ClaimId.C5: N_("Checked by: C1 and C2 together."),
    ClaimId.C6: N_("Checked by: rdpgui shell-log, which looks for the log of a shell after a stop."),
}


def claim_views(lines: Iterable[RunSummary], shells: Iterable[ShellContrast] = ()) -> tuple[ClaimView, ...]:
    """Return the six claims as the runs of one place, and its shells whose logs were looked for, leave them."""
    facts = (line.claim for line in lines if line.claim is not None)
    return tuple(_view(claim) for claim in judge_facts(facts, shells))


def with_shells(
    views: Iterable[ClaimView], seen: ShellSettingsSeen | None, line: str, *, lab: bool
) -> tuple[ClaimView, ...]:
    """Return the claims, C6 with where shells log here and the line that runs its contrast.

    ``seen``: None: not read yet.
    """
    now, c6 = _shells_now(seen), ClaimId.C6.value
    how = _("In a terminal: you open a shell and stop the instance; it only looks")
    if lab:
        how = _("In a terminal: a lab of its own plays the person, too; it only looks")
    return tuple(replace(v, now=now, command=line, how=how) if v.claim_id == c6 else v for v in views)


def _shells_now(seen: ShellSettingsSeen | None) -> str:
    """Return what was seen of the preferences, and when: an old look is no statement about now."""
    if seen is None:
        return _("Where shells log here has not been read yet.")
    at = formats.day_clock(seen.at)
    if seen.error:
        return _("Where shells log here could not be read ({at}): {error}").format(at=at, error=retell(seen.error))
    lines = [_("Seen {at}: {what}").format(at=at, what=labels.sentence(*where_shells_log(seen.settings)))]
    odd = seen.settings.odd if seen.settings is not None else ()
    unknown = _("This version does not know what {name} = {value} means.")
    return "  ".join([*lines, *(unknown.format(name=name, value=value) for name, value in odd)])


def shell_log_line(caller: IdentityObserved | None, instance_id: InstanceId | None) -> str:
    """Return the line that runs the guided contrast in this place; the lab plays its own person.

    ``caller``: None: nobody is known to call. ``instance_id``: the one that is selected.
    """
    if caller is None:
        return ""
    if caller.lab:
        return "rdpgui shell-log --scenario shell-log-streamed"
    place = (("profile", caller.profile), ("region", caller.region), ("endpoint-url", caller.endpoint_url))
    words = ["rdpgui shell-log", *(f"--{name} {quoted(value)}" for name, value in place if value)]
    return " ".join([*words, f"--instance {quoted(instance_id or 'INSTANCE_ID')}"])


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
