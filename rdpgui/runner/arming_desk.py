"""Arming, disarming and the emergency stop: who may act, published as events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rdpgui.core.account_events import Armed, Disarmed, EmergencyReset, EmergencyStopped
from rdpgui.core.arming import Arming
from rdpgui.core.errors import GuardRefusal
from rdpgui.core.guards import refuse_emergency
from rdpgui.core.ids import InstanceId
from rdpgui.core.ports import Clock
from rdpgui.core.texts import N_
from rdpgui.runner.store import Store


class ArmingDesk:
    """Publishes arming and the emergency stop.

    Attributes:
        armed_s: how long arming lasts, seconds; a setting that may change.
    """

    def __init__(self, store: Store, clock: Clock, armed_s: float) -> None:
        self.armed_s = armed_s
        self._store = store
        self._clock = clock
        self._seen: tuple[Arming, float] | None = None

    def arm(self, instance_id: InstanceId) -> None:
        """Arm exactly this target of the account and Region in use.

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
        self._store.publish(Armed(now, identity.account_id, identity.region, instance_id, expires_at))

    @contextmanager
    def armed_for(self, instance_id: InstanceId) -> Iterator[None]:
        """Arm a target for one action only; what a person has armed on it stays as it is.

        Raises:
            GuardRefusal: see ``arm``.
        """
        before = self._store.state.arming
        if before is not None and before.instance_id == instance_id and before.holds_at(self._clock.now()):
            yield
            return
        self.arm(instance_id)
        own = self._store.state.arming
        try:
            yield
        finally:
            if self._store.state.arming is own:
                self.disarm(N_("the run has acted"))

    def disarm(self, reason: str = N_("by hand")) -> None:
        """Go back to read-only; without effect when nothing is armed."""
        if self._store.state.arming is not None:
            self._store.publish(Disarmed(self._clock.now(), reason))

    def expire(self) -> None:
        """Disarm when arming has expired, by the local time or by a clock that cannot be set back."""
        arming, mono_s = self._store.state.arming, self._clock.monotonic()
        if arming is None:
            self._seen = None
            return
        if self._seen is None or self._seen[0] != arming:
            self._seen = (arming, mono_s)
        lasts_s = (arming.expires_at - arming.armed_at).total_seconds()
        if not arming.holds_at(self._clock.now()) or mono_s - self._seen[1] >= lasts_s:
            self.disarm(N_("time is up"))

    def emergency_stop(self) -> None:
        """Latch: no new action until it is reset; running waits end as aborted."""
        if not self._store.state.emergency:
            self._store.publish(EmergencyStopped(self._clock.now()))

    def emergency_reset(self) -> None:
        """Release the latch."""
        if self._store.state.emergency:
            self._store.publish(EmergencyReset(self._clock.now()))
