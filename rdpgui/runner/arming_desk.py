"""Arming, disarming and the emergency stop: who may act and for how long, published as events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rdpgui.core.account_events import Armed, Disarmed, EmergencyReset, EmergencyStopped
from rdpgui.core.arming import Arming
from rdpgui.core.errors import GuardRefusal
from rdpgui.core.guards import refuse_emergency
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.ports import Clock
from rdpgui.core.state import AppState
from rdpgui.core.texts import N_
from rdpgui.runner.store import Store

ARMING_CHECK_S = 0.5


class ArmingDesk:
    """Publishes arming and the emergency stop.

    Attributes:
        armed_s: how long arming lasts, seconds; a setting that may change.
    """

    def __init__(self, store: Store, clock: Clock, armed_s: float) -> None:
        self.armed_s = armed_s
        self._store = store
        self._clock = clock

    def arm(self, instance_id: InstanceId, run_id: RunId | None = None) -> None:
        """Arm exactly this target of the account and Region in use: for a person, or for one run's own action.

        Raises:
            GuardRefusal: the emergency stop is latched, or account and Region are not known yet.
        """
        refusal = refuse_emergency(emergency=self._store.state.emergency)
        if refusal is not None:
            raise refusal.as_error()
        identity = self._store.state.identity
        if identity is None:
            raise GuardRefusal(
                N_("The account and Region are not known yet."), N_("Wait for the connection to AWS, then arm again.")
            )
        now = self._clock.now()
        expires_at = now + timedelta(seconds=self.armed_s)
        self._store.publish(Armed(now, identity.account_id, identity.region, instance_id, expires_at, run_id))

    @contextmanager
    def armed_for(self, instance_id: InstanceId, run_id: RunId) -> Iterator[None]:
        """Arm a target for one action of a run only; what a person has armed stays, on this target and on others.

        Raises:
            GuardRefusal: see ``arm``.
        """
        before = self._store.state.arming_for(instance_id, run_id)
        if before is not None and before.instance_id == instance_id and before.holds_at(self._clock.now()):
            yield
            return
        self.arm(instance_id, run_id)
        own = self._store.state.run_armings.get(run_id)
        try:
            yield
        finally:
            if own is not None and self._store.state.run_armings.get(run_id) is own:
                self._store.publish(Disarmed(self._clock.now(), N_("the run has acted"), run_id))

    def disarm(self, reason: str = N_("by hand")) -> None:
        """Go back to read-only, whoever armed; without effect when nothing is armed."""
        for run_id in _armings(self._store.state):
            self._store.publish(Disarmed(self._clock.now(), reason, run_id))

    def emergency_stop(self) -> None:
        """Latch: no new action until it is reset; running waits end as aborted."""
        if not self._store.state.emergency:
            self._store.publish(EmergencyStopped(self._clock.now()))

    def emergency_reset(self) -> None:
        """Release the latch."""
        if self._store.state.emergency:
            self._store.publish(EmergencyReset(self._clock.now()))


class ArmingTimer:
    """Disarms in time, whoever armed."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._seen: dict[RunId | None, tuple[Arming, float]] = {}

    async def go_on(self) -> None:
        """Disarm what expires, again and again, until cancelled."""
        while True:
            self.expire()
            if not self._store.state.armings:
                await self._store.until(_is_armed, None)
            else:
                await self._clock.sleep(ARMING_CHECK_S)

    def expire(self) -> None:
        """Disarm what has expired, by the local time or by a clock that cannot be set back."""
        now, mono_s, armings = self._clock.now(), self._clock.monotonic(), _armings(self._store.state)
        known = self._seen
        self._seen = {}
        for run_id, arming in armings.items():
            seen = known.get(run_id)
            if seen is None or seen[0] != arming:
                seen = (arming, mono_s)
            lasts_s = (arming.expires_at - arming.armed_at).total_seconds()
            if arming.holds_at(now) and mono_s - seen[1] < lasts_s:
                self._seen[run_id] = seen
            else:
                self._store.publish(Disarmed(now, N_("time is up"), run_id))


def _armings(state: AppState) -> dict[RunId | None, Arming]:
    """Return everything that is armed, None for what a person armed."""
    found: dict[RunId | None, Arming] = {} if state.arming is None else {None: state.arming}
    found |= state.run_armings.items()
    return found


def _is_armed(state: AppState) -> bool:
    return bool(state.armings)
