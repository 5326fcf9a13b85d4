"""Rows of the instance table: an instance joined with its managed node."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState, ManagedNode, is_hybrid, unlisted
from rdpgui.i18n import N_, _
from rdpgui.ui import formats, labels
from rdpgui.ui.models.aging import Aging
from rdpgui.ui.models.cells import Column
from rdpgui.ui.models.keyed import KeyedTableModel
from rdpgui.ui.models.row_order import changed_keys
from rdpgui.ui.tokens import Tone

_STATE_ORDER = {state: place for place, state in enumerate(InstanceState)}
_SERVER = re.compile(r"Windows Server (?:Version )?(\d{4})(?: R2)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """One line; ``node`` is None while Systems Manager does not list it, ``listed`` False while EC2 does not."""

    instance: Instance
    node: ManagedNode | None
    listed: bool = True


class Joined:
    """Instances joined with their nodes, in the order of the instances, then the nodes that EC2 does not list.

    What did not change is not joined again.
    """

    def __init__(self) -> None:
        self._instances: Mapping[InstanceId, Instance] = {}
        self._nodes: Mapping[InstanceId, ManagedNode] = {}
        self._whole = False

    def changed(
        self, instances: Mapping[InstanceId, Instance], nodes: Mapping[InstanceId, ManagedNode], *, whole: bool
    ) -> list[InstanceRow] | None:
        """Return the rows that differ from the last time, None when there are others, or when they are all new.

        ``whole``: the instances have been read to their end once. Before that, what is not among them may still come.
        """
        keys, node_keys = changed_keys(self._instances, instances), changed_keys(self._nodes, nodes)
        first = whole is not self._whole
        self._instances, self._nodes, self._whole = instances, nodes, whole
        if first or keys is None or node_keys is None:
            return None
        differing = dict.fromkeys((*keys, *(key for key in node_keys if key in instances or self._is_shown(key))))
        return [self._row(key) for key in differing]

    def rows(self) -> list[InstanceRow]:
        """Return all rows."""
        node_of, instances = self._nodes.get, self._instances
        rows = [InstanceRow(instance, node_of(key)) for key, instance in instances.items()]
        return rows + [self._row(key) for key in self._nodes if key not in instances and self._is_shown(key)]

    def _row(self, key: InstanceId) -> InstanceRow:
        instance, node = self._instances.get(key), self._nodes.get(key)
        if instance is not None or node is None:
            return InstanceRow(self._instances[key], node)
        return InstanceRow(unlisted(node), node, listed=False)

    def _is_shown(self, key: InstanceId) -> bool:
        """Whether a node that EC2 does not list is said to be so."""
        return self._whole or is_hybrid(key)


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


def _state(aging: Aging, row: InstanceRow) -> str:
    if _aged(aging, row):
        return labels.unknown()
    return labels.word(row.instance.state) if row.listed else _unlisted_word(row)


def _unlisted_word(row: InstanceRow) -> str:
    return _("hybrid") if is_hybrid(_key(row)) else _("not in EC2")


def _state_tone(aging: Aging, row: InstanceRow) -> Tone | None:
    return None if _aged(aging, row) else labels.tone(row.instance.state)


def _aged(aging: Aging, row: InstanceRow) -> bool:
    """Whether the state may be another one by now; what is terminated stays so, and what EC2 never lists."""
    if row.instance.state is InstanceState.TERMINATED or is_hybrid(_key(row)):
        return False
    return aging.aged_at(_key(row)) is not None


def _state_key(row: InstanceRow) -> int:
    return _STATE_ORDER.get(row.instance.state, len(_STATE_ORDER))


def _ping(aging: Aging, row: InstanceRow) -> str:
    if aging.aged_at(_key(row)) is not None or not aging.nodes_known:
        return "?"  # the column is as narrow as "Online"; the card and the tooltip say when it was last seen
    return _ping_key(row)


def _ping_key(row: InstanceRow) -> str:
    return labels.ping_word(row.node.ping_status if row.node else None)


def _tooltip(aging: Aging, row: InstanceRow) -> str:
    instance, node = row.instance, row.node
    parts = [_last_seen(aging, row)] if aging.aged_at(_key(row)) is not None else []
    parts += [f"{instance.name} {instance.instance_id}".strip(), instance.instance_type, instance.private_ip]
    if not row.listed:
        parts.append(_("Systems Manager lists it, EC2 does not: nothing here disrupts it."))
    elif instance.flaws:
        parts.append(_("Could not be read: {what}").format(what=", ".join(instance.flaws)))
    if instance.state_transition_reason:
        parts.append(instance.state_transition_reason)
    if node is not None:
        parts.append(f"{node.platform_name} {node.platform_version}".strip())
        if node.agent_version:
            parts.append(_("SSM Agent {version}").format(version=node.agent_version))
    parts += [f"{key} = {value}" for key, value in instance.tags]
    return "\n".join(part for part in parts if part)


def _last_seen(aging: Aging, row: InstanceRow) -> str:
    words = [labels.word(row.instance.state) if row.listed else _unlisted_word(row)]
    if row.node is not None:
        words.append(labels.ping_word(row.node.ping_status))
    return _("Last seen at {at}: {words}").format(at=formats.clock(aging.aged_at(_key(row))), words=", ".join(words))


def _search_text(row: InstanceRow) -> str:
    instance, node = row.instance, row.node
    words = [instance.instance_id, instance.name, instance.private_ip, instance.instance_type]
    words.append(instance.state.value if row.listed else _unlisted_word(row))
    words += [f"{key}={value}" for key, value in instance.tags]
    if node is not None:
        words += [node.ping_status.value, node.platform_name, node.computer_name]
    return "\n".join(words)


def instances_model(aging: Aging) -> KeyedTableModel[InstanceRow]:
    """Return the model of the instance table; ``aging`` says whether its words still hold."""
    tooltip = partial(_tooltip, aging)
    columns = (
        Column(N_("Name"), _name, _name_key, tooltip=tooltip),
        Column(N_("State"), partial(_state, aging), _state_key, tone=partial(_state_tone, aging), tooltip=tooltip),
        Column(N_("SSM"), partial(_ping, aging), _ping_key, tooltip=tooltip),
        Column(N_("OS"), os_word, tooltip=tooltip),
    )
    return KeyedTableModel(columns, _key, _search_text)
