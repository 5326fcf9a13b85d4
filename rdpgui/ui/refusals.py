"""Why a button cannot be pressed right now: in one place, so that text, tooltip and palette agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.disruption import DISRUPTIONS, DisruptionId
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState, PingStatus
from rdpgui.core.state import AppState
from rdpgui.i18n import _
from rdpgui.ui.models.instances import instance_name
from rdpgui.ui.panels.disruptions import Refusal


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
    connect = _connect(state, instance)
    arm = _arm(state, instance, allow_tag)
    common = arm or _armed(state, instance, now)
    per_button = {disruption_id: common for disruption_id in DISRUPTIONS} if common else {}
    for disruption_id, disruption in DISRUPTIONS.items():
        if disruption.is_control and connect is None:
            per_button.pop(disruption_id, None)
    return Refusals(common, per_button, connect, arm)


def _connect(state: AppState, instance: Instance | None) -> Refusal | None:
    if state.emergency:
        return Refusal(_("Emergency stop is on"), _("Reset it in the banner."))
    if instance is None:
        return Refusal(_("No instance is selected"), _("Select one in the list on the left."))
    if state.active_runs:
        return Refusal(_("A run is under way"), _("Wait until it ends, or abort it."))
    if instance.state is not InstanceState.RUNNING:
        text = _("{name} is {state}").format(name=instance_name(instance), state=instance.state.value)
        return Refusal(text, _("Start it and wait until SSM is Online."))
    node = state.nodes.get(instance.instance_id)
    if node is None or node.ping_status is not PingStatus.ONLINE:
        return Refusal(_("SSM does not reach it"), _("Wait until its ping status is Online."))
    if state.preferences is not None and state.preferences.preferences is None:
        return Refusal(
            _("Recording is not configured"), _("Set connection recording preferences in this Region first.")
        )
    return None


def _arm(state: AppState, instance: Instance | None, allow_tag: str) -> Refusal | None:
    if state.emergency:
        return Refusal(_("Emergency stop is on"), _("Reset it in the banner."))
    if instance is None:
        return Refusal(_("No instance is selected"), _("Select one in the list on the left."))
    key, _sep, value = allow_tag.partition("=")
    if allow_tag and instance.tag(key) != value:
        text = _("Tag {tag} is missing").format(tag=allow_tag)
        return Refusal(text, _("Add the tag to instances that may be disrupted, or change it in Settings."))
    return _connect(state, instance)


def _armed(state: AppState, instance: Instance | None, now: datetime) -> Refusal | None:
    arming = state.arming
    if arming is None or not arming.holds_at(now):
        return Refusal(_("Not armed"), _("Press “Arm this instance” first."))
    if instance is None or arming.instance_id != instance.instance_id:
        return Refusal(_("Another instance is armed"), _("Select it, or disarm and arm this one."))
    return None
