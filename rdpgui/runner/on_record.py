"""An order outside of runs: guarded, in the account's journal before the call, made once and never repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol

from rdpgui.core.errors import AwsError, MalformedAnswer, RdpguiError, Unreachable
from rdpgui.core.events import HandEvent
from rdpgui.core.guards import refuse_emergency, refuse_unarmed
from rdpgui.core.ids import InstanceId
from rdpgui.core.journal import end_of, seal
from rdpgui.core.noted import PlaceNote
from rdpgui.core.ports import Identity, JournalPort, Ports, RunFolders
from rdpgui.core.refusal import Refusal
from rdpgui.core.texts import N_
from rdpgui.runner.store import Store

Call = Callable[[], Awaitable[object]]
"""What is done, once."""


class Ended(Protocol):
    """Makes the event that says how an order ended."""

    def __call__(self, *, error: str, outcome_known: bool) -> HandEvent:
        """Return it: ``error`` is empty when AWS accepted; the outcome is not known where it may have taken effect."""


class OnRecord:
    """Orders of a person, on the record.

    Args:
        ports: the environment. store: for arming and the emergency stop; is told what happens.
    """

    def __init__(self, ports: Ports, store: Store) -> None:
        self._ports = ports
        self._store = store

    async def guard(self, instance_id: InstanceId) -> Identity:
        """Return who calls, where the target is armed or of the lab.

        Raises:
            GuardRefusal: the emergency stop is latched, or the target is not armed.
            AwsError: who calls, or the target, could not be read.
        """
        who, instance = await self._ports.identity.identity(), await self._ports.instances.instance(instance_id)
        state = self._store.state
        refuse(refuse_emergency(emergency=state.emergency))
        if not who.lab:
            now = self._ports.clock.now()
            refuse(refuse_unarmed(instance, who.account_id, who.region, state.arming, now))
        return who

    async def act(self, intended: HandEvent, ended: Ended, call: Callable[[], Awaitable[object]]) -> None:
        """Journal what is intended, make the call once, and journal how it ended.

        Raises:
            GuardRefusal: the emergency stop came before the call.
            RdpguiError: the call's.
            StorageFull, StorageError: the journal could not be written; before the call, nothing was called.
        """
        await self._record(intended)
        late = refuse_emergency(emergency=self._store.state.emergency)
        if late is not None:  # the disk took its time
            text = N_("the emergency stop came before the call")
            await self._record(ended(error=text, outcome_known=True))
            raise late.as_error()
        try:
            await call()
        except RdpguiError as error:
            known = isinstance(error, AwsError) and not isinstance(error, Unreachable | MalformedAnswer)
            await self._record(ended(error=error.text(), outcome_known=known))
            raise
        except asyncio.CancelledError:
            await self._record(ended(error=N_("cancelled while waiting"), outcome_known=False))
            raise
        await self._record(ended(error="", outcome_known=True))

    async def _record(self, event: HandEvent) -> None:
        """Journal (durably, off the loop) and publish. Cancelled meanwhile, it is published all the same.

        Raises:
            StorageFull, StorageError: it is not in the journal, and nobody has seen it.
        """
        folders = self._ports.folders
        try:
            await asyncio.shield(folders.pen.run(partial(append_action, folders, event)))
        except asyncio.CancelledError:
            self._store.publish(event)
            raise
        self._store.publish(event)


def append_action(folders: RunFolders, event: HandEvent) -> None:
    """Add to the account's journal, durably: for the writer's thread, and in one step, so that no two lines mix.

    Raises:
        StorageFull, StorageError: it is not in the journal.
    """
    append_sealed(folders.actions(), event)


def append_sealed(opened: tuple[JournalPort, Sequence[str]], event: HandEvent | PlaceNote) -> None:
    """Add an event to the end of an open journal, given with its lines, durably; the journal is closed.

    Raises:
        StorageFull, StorageError: it is not in the journal.
    """
    journal, lines = opened
    try:
        line, _end = seal(end_of(lines), event)
        journal.append(line)
    finally:
        journal.close()


def refuse(refusal: Refusal | None) -> None:
    """Raise a refusal, if there is one.

    Raises:
        GuardRefusal: it.
    """
    if refusal is not None:
        raise refusal.as_error()
