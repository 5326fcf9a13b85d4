"""Controls: nothing is disrupted, and the recording must not look as if."""

from __future__ import annotations

from rdpgui.core.disruption import DisruptionId, Effect, Origin
from rdpgui.core.film import TailClass
from rdpgui.core.kinds.kind import Disruption, EndSession, FilmShows
from rdpgui.core.kinds.seen import PROVEN, Evidence, same_boot, was_away, was_unread
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, contradicted, held, moment, not_made


def undisturbed(evidence: Evidence) -> Check:
    """Prove that nothing took effect until the verdict. A correction of the guest's clock is none."""
    seen, tail = evidence.onset, evidence.own_tail
    if seen.halted is not None:
        text = N_("The instance became {state} during a control.")
        return contradicted(PROVEN, text, "control-disrupted", (("state", seen.halted.state.value),))
    if seen.started is not None:
        text = N_("The instance was stopped and started anew during a control (launch time {at}, {zone}).")
        return contradicted(PROVEN, text, "control-disrupted", (("at", moment(seen.started)),))
    if seen.restarted and seen.boot is not None:
        text = N_("The instance was restarted during a control (last boot {boot_at}, {zone}).")
        return contradicted(PROVEN, text, "control-disrupted", (("boot_at", moment(seen.boot.stated_at)),))
    if seen.boot is not None:
        text = N_("The last boot is said to be {boot_at} ({zone}), during a control; that it restarted was not seen.")
        return not_made(PROVEN, text, "control-disrupted", (("boot_at", moment(seen.boot.stated_at)),))
    if (seen.losses or was_away(evidence) or was_unread(evidence)) and not same_boot(evidence):
        text = N_("The agent was not connected for a time during a control; whether it restarted is not known.")
        if was_unread(evidence):
            text = N_("Nobody could see the agent for a time during a control; what happened then is not known.")
        elif not seen.losses:
            text = N_("The program was not running for a time during a control; what happened then is not known.")
        return not_made(PROVEN, text, "control-disrupted")
    if tail in (TailClass.SOLID_TEXT, TailClass.UNIFORM):
        text = N_("The last frame of a control looks like a shutdown ({tail}).")
        return not_made(PROVEN, text, "control-looks-like-shutdown", (("tail", tail.value),))
    if evidence.run.first_left_at is None:
        return not_made(PROVEN, N_("The end of the control's session was not seen."), "session-end-not-seen")
    return held(PROVEN, N_("Nothing was disrupted: running and connected until the session's end."))


CONTROL_NONE = Disruption(
    DisruptionId.CONTROL_NONE,
    name=N_("Control: nothing"),
    consequence=N_("Nothing is disrupted: the session is observed and ends normally."),
    origin=Origin.CONTROL,
    effect=Effect.NONE,
    call="",
    order=None,
    proof=undisturbed,
    film=FilmShows.ANYTHING,
)
CONTROL_DISCONNECT = Disruption(
    DisruptionId.CONTROL_DISCONNECT,
    name=N_("Control: disconnect"),
    consequence=N_("Only the session is ended; the instance keeps running."),
    origin=Origin.CONTROL,
    effect=Effect.NONE,
    call="TerminateSession",
    order=EndSession(),
    proof=undisturbed,
    film=FilmShows.ANYTHING,
)
