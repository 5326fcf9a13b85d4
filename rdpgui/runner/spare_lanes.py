"""Stopped instances of the lab as lanes of a matrix: started for it, and stopped again after it.

On AWS nobody starts what costs money without being asked: there a lane is an instance that a person has named.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import AwsError, RdpguiError
from rdpgui.core.guards import standing_refusals
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import InstanceState, PingStatus
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.ports import Ports
from rdpgui.core.seen_target import seen_target
from rdpgui.core.settings import Timing
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.by_hand import ByHand
from rdpgui.runner.store import Store


class SpareLanes:
    """Finds, starts and stops them.

    Args:
        ports: the lab. store: what is known of its instances. hand: gives the orders, each on the record.
        timing: the pace of the lab.
    """

    def __init__(self, ports: Ports, store: Store, hand: ByHand, timing: Timing) -> None:
        self._ports = ports
        self._store = store
        self._hand = hand
        self._timing = timing
        self._started: list[InstanceId] = []

    async def find(self, kinds: Iterable[DisruptionId], allow_tag: str, count: int) -> list[InstanceId]:
        """Return up to ``count`` stopped instances that may carry any of the kinds once they run."""
        state, found = self._store.state, list[InstanceId]()
        taken = {run.plan.instance_id for run in state.active_runs}  # it stopped it, and is about to start it again
        for instance in state.instances.values():
            if len(found) >= count:
                break
            if instance.state is not InstanceState.STOPPED or instance.instance_id in taken:
                continue
            try:
                protection = await self._ports.instances.protection(instance.instance_id)
            except AwsError:
                continue  # what protects it is not known
            facts = replace(seen_target(state, instance, allow_tag), protection=protection, protection_read=True)
            if not any(standing_refusals(facts, DISRUPTIONS[kind]) for kind in set(kinds)):
                found.append(instance.instance_id)
        return found

    async def up(self, instance_id: InstanceId) -> InstanceId | None:
        """Start one and wait until it can be used; None when it cannot, and the log says why."""
        try:
            self._started.append(instance_id)  # before: a start without an answer may have taken effect
            await self._hand.start(instance_id)
            deadline_mono_s = self._ports.clock.monotonic() + self._timing.connect_limit_s
            while self._ports.clock.monotonic() < deadline_mono_s:
                nodes = await self._ports.instances.nodes()
                if any(n.instance_id == instance_id and n.ping_status is PingStatus.ONLINE for n in nodes):
                    return instance_id
                await self._ports.clock.sleep(self._timing.poll_run_s)
        except RdpguiError:
            return None
        except Exception as error:  # noqa: BLE001 - a bug while a lane comes up ends no row on another
            report_bug(error, f"starting {instance_id}")
        return None

    async def put_back(self) -> None:
        """Stop what was started, or may have been; what cannot be stopped stays on, and the log says so."""
        while self._started and not self._store.state.emergency:
            try:
                await self._hand.stop_again(self._started.pop())
            except RdpguiError:
                continue  # it was said when it happened
