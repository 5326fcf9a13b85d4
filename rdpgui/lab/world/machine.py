"""One instance, and its moves: made now, or planned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from rdpgui.lab.model import PowerState
from rdpgui.lab.scenario import InstanceSpec
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.power import Cause, PowerFacts, moved
from rdpgui.lab.world.timeline import Timer


@dataclass(slots=True, eq=False)
class Machine:
    """One instance.

    Attributes:
        restarting: a reboot was ordered; a guest that had to be cut off for it is booted again.
        hibernated: its guest has saved its memory and goes on from there when the instance is started.
        timer: the next timed move, or the hard stop.
        plans: number of the plan that ``timer`` belongs to.
    """

    instance_id: str
    spec: InstanceSpec
    power: PowerFacts
    ip_address: str = ""
    restarting: bool = False
    hibernated: bool = False
    timer: Timer | None = field(default=None, repr=False)
    plans: int = 0


class Moves:
    """Makes the moves of machines and plans the timed ones: each has one at most. Call under the world's lock."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def make(self, machine: Machine, to: PowerState, cause: Cause | None = None) -> None:
        """Bring the machine into another state now; ``cause`` is needed for going down."""
        machine.power = moved(machine.power, to, self._context.timeline.now(), cause)
        self.show(machine)

    def show(self, machine: Machine) -> None:
        """Let moto show the facts."""
        store, power = self._context.seam.instances, machine.power
        store.set_power(
            machine.instance_id,
            power.state,
            reason_code=power.reason_code,
            reason_message=power.reason_message,
            transition_reason=power.transition_reason,
        )
        store.set_launch_time(machine.instance_id, power.launched_at)

    def plan(self, machine: Machine, delay_s: float, move: Callable[[Machine], None]) -> None:
        """Plan the machine's next move; it replaces the one planned before, and is made under the world's lock."""
        self.drop(machine)
        what = f"{move.__name__} of {machine.instance_id}"
        machine.timer = self._context.timeline.after(delay_s, partial(self._fire, machine, move, machine.plans), what)

    def drop(self, machine: Machine) -> None:
        """Forget the planned move."""
        machine.plans += 1
        if machine.timer is not None:
            machine.timer.cancel()
            machine.timer = None

    def _fire(self, machine: Machine, move: Callable[[Machine], None], plan: int) -> None:
        with self._context.lock:
            # A timer that had begun to fire cannot be cancelled any more; its number tells.
            if plan == machine.plans and not self._context.closing.is_set():
                move(machine)
