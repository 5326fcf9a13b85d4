"""Why a button cannot be pressed right now: in one place, so that text, tooltip and palette agree.

The rules are ``core/guards.py``; the runner asks them again, with more facts, before it acts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core import guards
from rdpgui.core.account_events import Topic
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState, PingStatus
from rdpgui.core.kinds.kind import Disruption
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.refusal import TargetFacts
from rdpgui.core.state import AppState
from rdpgui.i18n import _, language
from rdpgui.ui import labels
from rdpgui.ui.models.instances import instance_name

_UNKNOWN_YET = "shutdown-behaviour-unknown"
"""Read by the runner before it acts; not known while the window only looks."""


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
        return f"{self.reason}{stop} {self.remedy}".strip()


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
    facts = _facts(state, instance, allow_tag)
    connect = _connect(state, instance)
    act = _connect(state, instance, take_over=is_only_observed(state, instance_id))
    act = act or _unread(state)
    arm = act or _target(facts, DISRUPTIONS[DisruptionId.EC2_REBOOT])
    if instance is not None and instance.state is InstanceState.STOPPED and not state.emergency:
        arm = _tagged(facts)  # starting it again is an order, too
    common = act or _armed(state, instance, now)
    found: dict[DisruptionId, Refusal] = {}
    for disruption_id, disruption in DISRUPTIONS.items():
        refusal = act or _target(facts, disruption) or common
        if refusal is not None:
            found[disruption_id] = refusal
    every = set(found) == set(DISRUPTIONS)
    return Refusals(common or (arm if every else None), found, connect, arm)


def _unread(state: AppState) -> Refusal | None:
    if state.preferences is None and Topic.PREFERENCES not in state.stale:
        return Refusal(_("The recording preferences are being read"), _("Wait a moment."))
    return None


def is_only_observed(state: AppState, instance_id: InstanceId | None) -> bool:
    """Whether all that is under way is an undisturbed connection to this instance, which a disruption may take over."""
    return bool(state.active_runs) and all(
        run.plan.by_hand and run.left is None and run.plan.instance_id == instance_id for run in state.active_runs
    )


def _facts(state: AppState, instance: Instance | None, allow_tag: str) -> TargetFacts | None:
    identity, preferences = state.identity, state.preferences
    if identity is None or instance is None:
        return None
    return TargetFacts(
        account_id=identity.account_id,
        region=identity.region,
        instance=instance,
        protection=None,
        node=state.nodes.get(instance.instance_id),
        connection=None,
        preferences=preferences.preferences if preferences else None,
        preferences_known=preferences is not None,
        allow_tag=allow_tag,
        lab=identity.lab,
        nodes_known=state.nodes_known,
    )


def _target(facts: TargetFacts | None, disruption: Disruption) -> Refusal | None:
    if facts is None:
        return None
    found = (r for r in guards.target_refusals(facts, disruption) if r.guard_id != _UNKNOWN_YET)
    first = next(found, None)
    if first is None:
        return None
    return Refusal(labels.sentence(first.reason, first.fields), labels.sentence(first.remedy, first.fields))


def _tagged(facts: TargetFacts | None) -> Refusal | None:
    """Return why a stopped instance may not be armed."""
    first = guards.refuse_allow_tag(facts) if facts is not None else None
    if first is None:
        return None
    return Refusal(labels.sentence(first.reason, first.fields), labels.sentence(first.remedy, first.fields))


def _connect(state: AppState, instance: Instance | None, *, take_over: bool = False) -> Refusal | None:
    if state.emergency:
        return Refusal(_("Emergency stop is on"), _("Reset it in the banner."))
    if instance is None:
        return Refusal(_("No instance is selected"), _("Select one in the list on the left."))
    if state.active_runs and not take_over:
        return Refusal(_("A run is under way"), _("Wait until it ends, or abort it."))
    if instance.state is not InstanceState.RUNNING:
        text = _("{name} is {state}").format(name=instance_name(instance), state=instance.state.value)
        return Refusal(text, _("Start it and wait until SSM is Online."))
    node = state.nodes.get(instance.instance_id)
    if node is None and not state.nodes_known:
        unread = _("Whether {instance} is a managed node could not be read.").format(instance=instance_name(instance))
        return Refusal(unread, _("Allow ssm:DescribeInstanceInformation and try again."))
    if node is None or node.ping_status is not PingStatus.ONLINE:
        return Refusal(_("SSM does not reach it"), _("Wait until its ping status is Online."))
    if state.preferences is not None and state.preferences.preferences is None:
        remedy = _("Set connection recording preferences in this Region first.")
        return Refusal(_("Recording is not configured"), remedy)
    return None


def _armed(state: AppState, instance: Instance | None, now: datetime) -> Refusal | None:
    arming = state.arming
    if arming is None or not arming.holds_at(now):
        return Refusal(_("Not armed"), _("Press “Arm this instance” first."))
    if instance is None or arming.instance_id != instance.instance_id:
        return Refusal(_("Another instance is armed"), _("Select it, or disarm and arm this one."))
    return None
