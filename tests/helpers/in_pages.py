"""Pages for stand-ins of ports that give whole lists: each list is one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, ManagedNode
from rdpgui.core.ports import Page
from rdpgui.core.recording import RecordingObject
from rdpgui.core.session import Session

BY_STAND_IN = "the stand-in that is a test's own gives the whole list"


class InstancesInPages:
    """What an account's stand-in lacks that lists instances and nodes as a whole."""

    async def instances(self) -> tuple[Instance, ...]:
        raise NotImplementedError(BY_STAND_IN)

    async def nodes(self) -> tuple[ManagedNode, ...]:
        raise NotImplementedError(BY_STAND_IN)

    async def instance_page(self, token: str = "") -> Page[Instance]:
        return Page(await self.instances())

    async def instances_of(self, instance_ids: Sequence[InstanceId]) -> tuple[Instance, ...]:
        return tuple(item for item in await self.instances() if item.instance_id in instance_ids)

    async def node_page(self, token: str = "") -> Page[ManagedNode]:
        return Page(await self.nodes())

    async def nodes_of(self, instance_ids: Sequence[InstanceId]) -> tuple[ManagedNode, ...]:
        return tuple(node for node in await self.nodes() if node.instance_id in instance_ids)


class HistoryInPages:
    """What an account's stand-in lacks that lists sessions as a whole."""

    async def sessions(
        self, *, active: bool, target: InstanceId | None = None, since: datetime | None = None
    ) -> tuple[Session, ...]:
        raise NotImplementedError(BY_STAND_IN)

    async def history_page(self, token: str = "") -> Page[Session]:
        return Page(await self.sessions(active=False))


class ObjectsInPages:
    """What a destination's stand-in lacks that lists objects as a whole."""

    async def objects(self, bucket: str) -> tuple[RecordingObject, ...]:
        raise NotImplementedError(BY_STAND_IN)

    async def object_page(self, bucket: str, token: str = "") -> Page[RecordingObject]:
        return Page(await self.objects(bucket))
