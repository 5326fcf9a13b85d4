"""The instances and nodes of a Region of any size, for a handful of calls a minute.

A small Region is read whole at each look. In a large one a look asks for what somebody looks at and for what runs work
on; everything else comes round slowly, a page at a turn. What the first reading finds is told while it still goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter

from rdpgui.core.errors import AwsError
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState, ManagedNode, is_hybrid
from rdpgui.core.ports import INSTANCES_AT_ONCE, NODES_AT_ONCE, InstancePort, Page
from rdpgui.runner.concurrency import Together
from rdpgui.runner.listing import Listing, Turn, each_page

WHOLE_PAGES = 2
"""A Region is small as long as a whole reading costs so many calls."""

NODES_A_LOOK = 2 * NODES_AT_ONCE
"""Rows of a very high window."""

_PASSING = frozenset({InstanceState.PENDING, InstanceState.STOPPING, InstanceState.SHUTTING_DOWN})
_PASSING_NAMED = 50
"""Instances on their way to another state that a look asks for besides."""

Told = Callable[[], None]


class Inventory:
    """What is known of instances and nodes.

    Attributes:
        nodes_error: why the nodes could not be read the last time, None when they could.
        read: what the last look has read, None for everything. rest_at: since when the rest has not been read.
        complete: a whole reading has been done.
    """

    def __init__(self, port: InstancePort, now: Callable[[], datetime]) -> None:
        self._port = port
        self._now = now
        self._instances: Listing[Instance] = Listing(attrgetter("instance_id"))
        self._nodes: Listing[ManagedNode] = Listing(attrgetter("instance_id"))
        self._pages = 0
        self._seen: set[Hashable] = set()
        self._seen_nodes: set[Hashable] = set()
        self.nodes_error: AwsError | None = None
        self.complete = False
        self.read: frozenset[InstanceId] | None = None
        self.rest_at: datetime | None = None

    @property
    def large(self) -> bool:
        """Whether a whole reading costs more than a look may."""
        return self.complete and self._pages > WHOLE_PAGES

    @property
    def instances(self) -> tuple[Instance, ...]:
        """Return all instances that are known; the same tuple as long as none is another one."""
        return self._instances.all()

    @property
    def nodes(self) -> tuple[ManagedNode, ...] | None:
        """Return all nodes that are known, None when they could not be read."""
        return self._nodes.all() if self.nodes_error is None else None

    async def read_whole(self, on_some: Told) -> None:
        """Read everything; ``on_some`` is called as rows come, ever more rarely.

        Raises:
            RdpguiError: the instances could not be read.
        """
        begun_at = self._now()
        self._pages, self._seen, self._seen_nodes = 0, set(), set()
        async with Together() as reads:
            reads.start(self._all_instances(on_some))
            reads.start(self._all_nodes())
        self.complete, self.read, self.rest_at = True, None, begun_at

    async def read_of(self, looked_at: Iterable[InstanceId], targets: Iterable[InstanceId]) -> None:
        """Read what is looked at and what runs work on.

        Raises:
            RdpguiError: the instances could not be read.
        """
        named = list(dict.fromkeys((*targets, *looked_at))) or self._first()
        asked = list(dict.fromkeys((*named, *self._passing())))[:INSTANCES_AT_ONCE]
        async with Together() as reads:
            reads.start(self._instances_of([key for key in asked if not is_hybrid(key)]))
            reads.start(self._nodes_of(named[:NODES_A_LOOK]))
        read = frozenset(named[:NODES_A_LOOK])
        if self.read != read:  # the same object as long as the same is read
            self.read = read

    async def read_round(self, turn: Turn) -> None:
        """Read everything once, each page at a turn; what is no longer there is dropped at the end.

        Raises:
            RdpguiError: a page could not be read; the next round begins anew.
        """
        begun_at = self._now()
        self._seen, self._seen_nodes = set(), set()
        pages = await each_page(self._port.instance_page, self._take_instances, turn)
        self._instances.keep(self._seen)
        if self.nodes_error is not None:  # of the nodes nothing is told, of the instances this is the last time
            self.rest_at = begun_at
        self._pages = pages + await self._nodes_round(turn)
        self.rest_at = begun_at

    def _take_instances(self, page: Page[Instance]) -> None:
        self._seen |= self._instances.take(page.rows)

    def _take_nodes(self, page: Page[ManagedNode]) -> None:
        self._seen_nodes |= self._nodes.take(page.rows)

    async def _nodes_round(self, turn: Turn | None) -> int:
        """Read all nodes and return how many pages there were."""
        pages = await each_page(self._port.node_page, self._take_nodes, turn)
        self._nodes.keep(self._seen_nodes)
        return pages

    async def _all_instances(self, on_some: Told) -> None:
        told = 0

        def take(page: Page[Instance]) -> None:
            nonlocal told
            self._take_instances(page)
            if not self.complete and page.following and len(self._instances) > 2 * told:
                told = len(self._instances)  # each time as many more: all of them together cost no square
                on_some()

        self._pages += await each_page(self._port.instance_page, take)
        self._instances.keep(self._seen)

    async def _all_nodes(self) -> None:
        """Read all nodes; why they cannot be read is kept beside the rows."""
        try:
            self._pages += await self._nodes_round(None)
        except AwsError as error:
            self.nodes_error = error
            return
        self.nodes_error = None

    async def _instances_of(self, asked: Sequence[InstanceId]) -> None:
        if not asked:  # there is no such question
            return
        found = self._instances.take(await self._port.instances_of(asked))
        self._seen |= found
        self._instances.drop(key for key in asked if key not in found)

    async def _nodes_of(self, asked: Sequence[InstanceId]) -> None:
        listed: list[ManagedNode] = []
        try:
            for begin in range(0, len(asked), NODES_AT_ONCE):
                listed += await self._port.nodes_of(asked[begin : begin + NODES_AT_ONCE])
        except AwsError as error:
            self.nodes_error = error
            return
        found = self._nodes.take(listed)
        self._seen_nodes |= found
        self._nodes.drop(key for key in asked if key not in found)
        self.nodes_error = None

    def _first(self) -> list[InstanceId]:
        """Return what to ask for while nobody has said what is looked at."""
        return [item.instance_id for item in self.instances[:NODES_AT_ONCE]]

    def _passing(self) -> list[InstanceId]:
        passing = (item.instance_id for item in self.instances if item.state in _PASSING)
        return [instance_id for _turn, instance_id in zip(range(_PASSING_NAMED), passing, strict=False)]
