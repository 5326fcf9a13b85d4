"""Why a button cannot be pressed right now: in one place, so that text, tooltip and palette agree.

The rules are ``core/guards.py`` and nowhere else: what is here only says them. The runner asks them again, with more
facts, before it acts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rdpgui.core import guards
from rdpgui.core.account_events import Topic
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.refusal import Refusal as GuardRefusal
from rdpgui.core.refusal import TargetFacts
from rdpgui.core.seen_target import seen_target
from rdpgui.core.state import AppState
from rdpgui.i18n import N_, _, joined, language
from rdpgui.ui import labels

_UNREACHED = (N_("SSM does not reach it"), N_("Wait until its ping status is Online."))
_SHORTER = {
    "not-running": (N_("{instance} is {state}"), N_("Start it and wait until SSM is Online.")),
    "not-managed": _UNREACHED,
    "not-online": _UNREACHED,
    "no-preferences": (
        N_("Recording is not configured"),
        N_("Set connection recording preferences in this Region first."),
    ),
}
"""Reason and remedy by the guard's word, where a button has little room."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, and what to do; both in the reader's language."""

    reason: str
    remedy: str = ""

    @property
    def short(self) -> str:
        """The reason as a caption, without its full stop."""
        return self.reason.rstrip(".。")

    @property
    def sentence(self) -> str:
        """Reason and remedy."""
        stop = "" if self.reason.endswith((".", "。")) else ("。" if language() == "ja" else ".")
        return joined(f"{self.reason}{stop}", self.remedy)


@dataclass(frozen=True, slots=True)
class Refusals:
    """What is refused for the selected instance.

    Attributes:
        common: holds for every disruption; shown once as the hint.
        disruptions: by id. connect, arm: None when allowed.
    """

    common: Refusal | None
    disruptions: dict[DisruptionId, Refusal]
    connect: Refusal | None
    arm: Refusal | None


def refusals(state: AppState, instance_id: InstanceId | None, now: datetime, allow_tag: str) -> Refusals:
    """Return what is refused, with the reason and the remedy."""
    instance = state.instances.get(instance_id) if instance_id else None
    facts = seen_target(state, instance, allow_tag) if instance is not None else None
    if instance_id is not None and instance is None and instance_id in state.nodes:
        return _of_unlisted(instance_id)
    connect = _connect(state, facts)
    act = _connect(state, facts, take_over=is_only_observed(state, instance_id)) or _unread(state)
    targets = {d: _first(guards.target_refusals(facts, kind)) if facts else None for d, kind in DISRUPTIONS.items()}
    harmful = [targets[kind.disruption_id] for kind in DISRUPTIONS.values() if not kind.is_control]
    arm = act or (harmful[0] if all(harmful) else None)
    if facts is not None and facts.instance.state is InstanceState.STOPPED and not state.emergency:
        tag = guards.refuse_allow_tag(facts)  # starting it again is an order, too
        arm = _phrased(tag) if tag is not None else None
    common = act or _armed(state, instance, now)
    found: dict[DisruptionId, Refusal] = {}
    for disruption_id, target in targets.items():
        refusal = act or target or common
        if refusal is not None:
            found[disruption_id] = refusal
    every = set(found) == set(DISRUPTIONS)
    return Refusals(common or (arm if every else None), found, connect, arm)


def _of_unlisted(instance_id: InstanceId) -> Refusals:
    refusal = _phrased(guards.refuse_unlisted(instance_id))
    return Refusals(refusal, dict.fromkeys(DISRUPTIONS, refusal), refusal, refusal)


def _unread(state: AppState) -> Refusal | None:
    if state.preferences is None and Topic.PREFERENCES not in state.stale:
        return Refusal(_("The recording preferences are being read"), _("Wait a moment."))
    return None


def is_only_observed(state: AppState, instance_id: InstanceId | None) -> bool:
    """Whether all that is under way is an undisturbed connection to this instance, which a disruption may take over."""
    return bool(state.active_runs) and all(
        run.plan.by_hand and run.left is None and run.plan.instance_id == instance_id for run in state.active_runs
    )


def _connect(state: AppState, facts: TargetFacts | None, *, take_over: bool = False) -> Refusal | None:
    if state.emergency:
        return Refusal(_("Emergency stop is on"), _("Reset it in the banner."))
    if facts is None:
        return Refusal(_("No instance is selected"), _("Select one in the list on the left."))
    if state.active_runs and not take_over:
        return Refusal(_("A run is under way"), _("Wait until it ends, or abort it."))
    return _first(r for r in guards.connect_refusals(facts) if r.guard_id != "preferences-unknown")


def _first(found: Iterable[GuardRefusal]) -> Refusal | None:
    first = next(iter(found), None)
    return _phrased(first) if first is not None else None


def _phrased(refusal: GuardRefusal) -> Refusal:
    """Return a refusal in the reader's language, in fewer words where the window has them."""
    reason, remedy = _SHORTER.get(refusal.guard_id, (refusal.reason, refusal.remedy))
    return Refusal(labels.sentence(reason, refusal.fields), labels.sentence(remedy, refusal.fields))


def _armed(state: AppState, instance: Instance | None, now: datetime) -> Refusal | None:
    arming = state.arming
    if arming is None or not arming.holds_at(now):
        return Refusal(_("Not armed"), _("Press “Arm this instance” first."))
    if instance is None or arming.instance_id != instance.instance_id:
        return Refusal(_("Another instance is armed"), _("Select it, or disarm and arm this one."))
    return None
