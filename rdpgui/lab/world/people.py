"""When the people of a scenario act: each moment plans the deeds that follow it."""

from __future__ import annotations

import logging
from collections import Counter, deque
from datetime import datetime
from functools import partial

from rdpgui.lab.model import LabError
from rdpgui.lab.scenario_people import Moment, PersonAct
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.deeds import Deeds
from rdpgui.lab.world.guests import iso
from rdpgui.lab.world.signals import Listener

_log = logging.getLogger(__name__)
_KEPT = 500


class People(Listener):
    """The scenario's people, and the service where the scenario has it act by itself."""

    def __init__(self, context: Context, deeds: Deeds) -> None:
        self._context = context
        self._deeds = deeds
        self._acting = False
        self._planned: Counter[int] = Counter()
        self._done: deque[dict[str, object]] = deque(maxlen=_KEPT)

    def begin(self, first_instance_id: str) -> None:
        """The scenario's things exist."""
        self._follow(Moment.SEEDED, first_instance_id)

    def done(self) -> list[dict[str, object]]:
        """Return what was done, oldest first, as JSON objects; ``refused`` is empty, or why it could not be done."""
        return list(self._done)

    def act(self, act: PersonAct, instance_id: str) -> str:
        """Let somebody act now; returns why AWS would refuse it, empty for done. What people do is no moment."""
        refused, target = "", instance_id
        with self._context.lock:
            self._acting = True
            try:
                target = self._deeds.do(act, instance_id)
            except LabError as error:
                refused = str(error)
                _log.warning("%s cannot %s: %s", act.who, act.do, refused)
            finally:
                self._acting = False
            at = iso(self._context.timeline.now())
            self._done.append({"at": at, "who": act.who, "do": act.do.value, "instance_id": target, "refused": refused})
        return refused

    def desktop_shown(self, instance_id: str, session_id: str) -> None:
        """The program's remote desktop shows its first frame."""
        if not self._deeds.is_own(session_id):
            self._follow(Moment.CONNECTED, instance_id)

    def session_left(self, instance_id: str, session_id: str) -> None:
        """The program's session has left Active."""
        if not self._deeds.is_own(session_id):
            self._follow(Moment.SESSION_LEFT, instance_id)

    def order_accepted(self, instance_id: str) -> None:
        """An order by API was accepted, unless people of the scenario gave it."""
        if not self._acting:
            self._follow(Moment.ORDER_ACCEPTED, instance_id)

    def desktop_closed(self, instance_id: str, at: datetime) -> None:
        """A guest has ended its remote desktop."""
        self._follow(Moment.DESKTOP_CLOSED, instance_id)

    def instance_stopped(self, instance_id: str) -> None:
        """An instance is stopped."""
        self._follow(Moment.INSTANCE_STOPPED, instance_id)

    def guest_ready(self, instance_id: str) -> None:
        """A guest shows its desktop."""
        self._follow(Moment.DESKTOP_READY, instance_id)

    def _follow(self, moment: Moment, instance_id: str) -> None:
        """Plan what follows a moment."""
        for number, act in enumerate(self._context.scenario.people):
            if act.after is not moment or 0 < act.times <= self._planned[number]:
                continue
            self._planned[number] += 1
            call = partial(self._act, act, instance_id)
            self._context.timeline.after(act.delay_s, call, f"{act.who}: {act.do} after {moment}")

    def _act(self, act: PersonAct, instance_id: str) -> None:
        with self._context.lock:
            if not self._context.closing.is_set():
                self.act(act, instance_id)
