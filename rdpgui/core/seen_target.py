"""What is known of a target while one only looks at the account: enough for the guards to refuse, never to allow."""

from __future__ import annotations

from collections.abc import Iterable

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.guards import target_refusals
from rdpgui.core.ids import AccountId, Region
from rdpgui.core.instance import Instance
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.refusal import TargetFacts
from rdpgui.core.state import AppState


def seen_target(state: AppState, instance: Instance, allow_tag: str) -> TargetFacts:
    """Return the facts of a target as the snapshot has them. Its protection is not read while one only looks."""
    identity, preferences = state.identity, state.preferences
    return TargetFacts(
        account_id=identity.account_id if identity else AccountId(""),
        region=identity.region if identity else Region(""),
        instance=instance,
        protection=None,
        node=state.nodes.get(instance.instance_id),
        connection=None,
        preferences=preferences.preferences if preferences else None,
        preferences_known=preferences is not None,
        allow_tag=allow_tag,
        lab=identity.lab if identity else False,
        nodes_known=state.nodes_known,
        protection_read=False,
    )


def bears(state: AppState, instance: Instance, kinds: Iterable[DisruptionId], allow_tag: str) -> bool:
    """Whether nothing that is known of an instance forbids one of the kinds; what was not read forbids nothing yet."""
    facts = seen_target(state, instance, allow_tag)
    refusals = (refusal for kind in set(kinds) for refusal in target_refusals(facts, DISRUPTIONS[kind]))
    return all(refusal.guard_id.endswith("-unknown") for refusal in refusals)
