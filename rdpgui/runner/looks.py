"""One look at each topic of an account, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rdpgui.core.account_events import InstancesObserved, ObjectsObserved, PreferencesObserved, SessionsObserved, Topic
from rdpgui.core.events import AccountEvent
from rdpgui.core.freshness import Look
from rdpgui.core.ids import InstanceId
from rdpgui.core.ports import Ports
from rdpgui.core.session import Session
from rdpgui.runner.answers import identity_observed
from rdpgui.runner.inventory import Inventory
from rdpgui.runner.object_list import ObjectList
from rdpgui.runner.pace import Pace
from rdpgui.runner.session_lists import SessionLists
from rdpgui.runner.store import Store

Tell = Callable[[AccountEvent], None]


class Looks:
    """Reads a topic once, and tells what was found and how long it holds.

    Args:
        ports: identity and preferences are read here. inventory, sessions, objects: read the rest, however much it is.
        store: what is known so far.
        pace: when the next look comes.
        tell: is told what was found.
    """

    def __init__(
        self,
        ports: Ports,
        inventory: Inventory,
        sessions: SessionLists,
        objects: ObjectList,
        *,
        store: Store,
        pace: Pace,
        tell: Tell,
    ) -> None:
        self._ports = ports
        self._inventory = inventory
        self._sessions = sessions
        self._objects = objects
        self._store = store
        self._pace = pace
        self._tell = tell

    def interval_s(self, topic: Topic) -> float:
        """Return the pause after a good look, seconds."""
        return self._pace.interval_s(topic, self._pages(topic))

    def _pages(self, topic: Topic) -> int:
        """Return how many calls a look costs, as far as its poll time has to be the longer for it."""
        if topic is Topic.SESSIONS:
            return self._sessions.active_pages
        return self._objects.pages if topic is Topic.OBJECTS else 1

    def _look(self, topic: Topic) -> Look:
        """Return the look that was just had at a topic."""
        due_s = self.interval_s(topic)
        if topic is Topic.OBJECTS and self._objects.in_turns:  # others take turns, too
            due_s += 4 * self._objects.pages * self._pace.apart_s()  # from a listing's begin to the next one's end
        return Look(self._ports.clock.now(), self._ports.clock.monotonic(), due_s)

    async def identity(self) -> None:
        """Look who calls.

        Raises:
            RdpguiError: it could not be read; as with each of the others.
        """
        who = await self._ports.identity.identity()
        self._tell(identity_observed(who, self._look(Topic.IDENTITY)))

    async def instances(self, in_view: Callable[[], Sequence[InstanceId]]) -> None:
        """Look at the instances and their nodes; of a large fleet at those in view and those that runs work on.

        Raises:
            RdpguiError: they could not be read. Nodes alone: after the instances were told.
        """
        inventory = self._inventory
        if inventory.large:
            targets = [run.plan.instance_id for run in self._store.state.active_runs]
            await inventory.read_of(in_view(), targets)
        else:
            await inventory.read_whole(self._tell_some_instances)
        look = self._look(Topic.INSTANCES)
        found = inventory.instances, inventory.nodes
        self._tell(InstancesObserved(look.at, *found, look, inventory.read, inventory.rest_at))
        if inventory.nodes_error is not None:
            raise inventory.nodes_error

    def _tell_some_instances(self) -> None:
        """Show what a first reading has found; of the nodes nothing is known before all are read."""
        look = self._look(Topic.INSTANCES)
        self._tell(InstancesObserved(look.at, self._inventory.instances, None, look))

    async def sessions(self) -> None:
        """Look at the sessions that are active, and at those that have ended where that may be another list."""
        running = bool(self._store.state.active_runs)
        self._tell_sessions(await self._sessions.read(running=running, on_some=self._tell_sessions))

    def _tell_sessions(self, listed: tuple[Session, ...]) -> None:
        if listed == self._store.state.sessions:  # quick: the lists give the same objects for what did not change
            listed = self._store.state.sessions
        look = self._look(Topic.SESSIONS)
        self._tell(SessionsObserved(look.at, listed, look))

    async def preferences(self) -> bool:
        """Look where recordings go, and return whether that is another place than before."""
        before = self._store.state.preferences
        found = await self._ports.preferences.preferences()
        look = self._look(Topic.PREFERENCES)
        self._tell(PreferencesObserved(look.at, found, look))
        return before is None or before.preferences != found

    async def objects(self) -> None:
        """Look at the objects of the destination, once it is known."""
        known = self._store.state.preferences
        if known is None or known.preferences is None:
            return
        bucket = known.preferences.bucket
        begun = self._look(Topic.OBJECTS)
        objects = await self._objects.read(bucket)
        look = self._look(Topic.OBJECTS)
        if self._objects.in_turns:  # what came after its page was read is not in it
            look = replace(look, at=begun.at, mono_s=begun.mono_s)
        self._tell(ObjectsObserved(look.at, bucket, objects, look))
