"""Rows of the instance table: an instance joined with its managed node."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState, ManagedNode
from rdpgui.i18n import N_, _
from rdpgui.ui import formats, labels
from rdpgui.ui.models.keyed import Column, KeyedTableModel

_STATE_ORDER = {state: place for place, state in enumerate(InstanceState)}
_SERVER = re.compile(r"Windows Server (?:Version )?(\d{4})(?: R2)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """One line; ``node`` is None while Systems Manager does not list it."""

    instance: Instance
    node: ManagedNode | None


def join_nodes(instances: Iterable[Instance], nodes: Iterable[ManagedNode]) -> tuple[InstanceRow, ...]:
    """Join instances with their nodes, in the order of the instances."""
    by_id = {node.instance_id: node for node in nodes}
    return tuple(InstanceRow(instance, by_id.get(instance.instance_id)) for instance in instances)


def _key(row: InstanceRow) -> InstanceId:
    return row.instance.instance_id


def instance_name(instance: Instance) -> str:
    """Return the name, else the id."""
    return instance.name or instance.instance_id


def os_word(row: InstanceRow) -> str:
    """Return the operating system as short as admins write it, ``WS2022``."""
    name = row.node.platform_name if row.node else ""
    name = name or row.instance.tag("os")
    found = _SERVER.search(name)
    if found:
        return f"WS{found[1]}"
    return name or (_("Windows") if row.instance.platform == "windows" else formats.ABSENT)


def _name(row: InstanceRow) -> str:
    return instance_name(row.instance)


def _name_key(row: InstanceRow) -> str:
    return instance_name(row.instance).lower()


def _state(row: InstanceRow) -> str:
    return labels.word(row.instance.state)


def _state_key(row: InstanceRow) -> int:
    return _STATE_ORDER[row.instance.state]


def _ping(row: InstanceRow) -> str:
    return labels.ping_word(row.node.ping_status if row.node else None)


def _tooltip(row: InstanceRow) -> str:
    instance, node = row.instance, row.node
    parts = [f"{instance.name} {instance.instance_id}".strip(), instance.instance_type, instance.private_ip]
    if instance.state_transition_reason:
        parts.append(instance.state_transition_reason)
    if node is not None:
        parts.append(f"{node.platform_name} {node.platform_version}".strip())
        if node.agent_version:
            parts.append(_("SSM Agent {version}").format(version=node.agent_version))
    parts += [f"{key} = {value}" for key, value in instance.tags]
    return "\n".join(part for part in parts if part)


def _search_text(row: InstanceRow) -> str:
    instance, node = row.instance, row.node
    words = [instance.instance_id, instance.name, instance.state.value, instance.private_ip, instance.instance_type]
    words += [f"{key}={value}" for key, value in instance.tags]
    if node is not None:
        words += [node.ping_status.value, node.platform_name, node.computer_name]
    return "\n".join(words)


def instances_model() -> KeyedTableModel[InstanceRow]:
    """Return the model of the instance table."""
    columns = (
        Column(N_("Name"), _name, _name_key, tooltip=_tooltip),
        Column(N_("State"), _state, _state_key, tone=lambda row: labels.tone(row.instance.state), tooltip=_tooltip),
        Column(N_("SSM"), _ping, tooltip=_tooltip),
        Column(N_("OS"), os_word, tooltip=_tooltip),
    )
    return KeyedTableModel(columns, _key, _search_text)
