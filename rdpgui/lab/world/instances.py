"""Instances: orders against the power tables, and what the guest does then."""

from __future__ import annotations

import uuid

from rdpgui.lab.model import LabError, PowerState
from rdpgui.lab.scenario import ShutdownBehavior
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.guests import Guests
from rdpgui.lab.world.machine import Machine, Moves
from rdpgui.lab.world.power import Cause, Order, answer
from rdpgui.lab.world.protection import require_stoppable, require_terminable
from rdpgui.lab.world.signals import GuestAction, GuestEnd, Listener

_SCREENSHOT_LIMIT_S = 4.0


class Instances(Listener):
    """All instances. EC2 sees a guest only by its power: a crashed one is still running."""

    def __init__(self, context: Context, guests: Guests) -> None:
        self._context = context
        self._guests = guests
        self._moves = Moves(context)
        self._machines: dict[str, Machine] = {}

    def add(self, machine: Machine) -> None:
        """Add an instance in its first state and store that in moto."""
        with self._context.lock:
            self._machines[machine.instance_id] = machine
            self._moves.show(machine)

    def machine(self, instance_id: str) -> Machine:
        """Return an instance. Raises LabError InvalidInstanceID.NotFound."""
        machine = self._machines.get(instance_id)
        if machine is None:
            raise LabError("InvalidInstanceID.NotFound", f"The instance ID '{instance_id}' does not exist")
        return machine

    def all(self) -> list[Machine]:
        """Return all instances in the order of the scenario."""
        return list(self._machines.values())

    def state(self, instance_id: str) -> PowerState:
        """Return the power state. Raises LabError InvalidInstanceID.NotFound."""
        return self.machine(instance_id).power.state

    def status_check(self, instance_id: str) -> str:
        """Return the instance status check as DescribeInstanceStatus names it."""
        with self._context.lock:
            if self.state(instance_id) is not PowerState.RUNNING:
                return "not-applicable"
            guest = self._guests.guest(instance_id)
            if guest is None:
                return "impaired"
            return "ok" if guest.ready else "initializing"

    def start(self, instance_id: str) -> tuple[PowerState, PowerState]:
        """Start; returns (previous, current)."""
        with self._context.lock:
            machine = self.machine(instance_id)
            before = machine.power.state
            after = answer(Order.START, before, instance_id)
            if after is not before:
                self._moves.make(machine, after)
                self._moves.plan(machine, self._context.scenario.timings.pending_s, self._power_on)
            return before, after

    def stop(
        self, instance_id: str, *, force: bool = False, skip_os_shutdown: bool = False, hibernate: bool = False
    ) -> tuple[PowerState, PowerState]:
        """Stop by ACPI, then off; ``skip_os_shutdown`` is a power cut.

        Returns:
            (previous, current).

        Raises:
            LabError: IncorrectInstanceState, OperationNotPermitted (stop protection), UnsupportedOperation (spot,
                instance store), UnsupportedHibernationConfiguration.
        """
        with self._context.lock:
            machine = self.machine(instance_id)
            before = machine.power.state
            after = answer(Order.STOP, before, instance_id)
            require_stoppable(machine, self._context.seam.instances, hibernate=hibernate)
            if after is not before:
                self._moves.make(machine, after, Cause.HIBERNATE if hibernate else Cause.USER)
                action = GuestAction.HIBERNATE if hibernate else GuestAction.SHUTDOWN
                self._bring_down(machine, action, force=force, cut=skip_os_shutdown)
            elif before is PowerState.STOPPING and skip_os_shutdown:
                self._guests.kill(instance_id)
            self._context.signals.order_accepted(instance_id)
            return before, after

    def reboot(self, instance_id: str) -> None:
        """Reboot by the power button; a guest that ignores it is cut off and booted again. The state stays running."""
        with self._context.lock:
            machine = self.machine(instance_id)
            answer(Order.REBOOT, machine.power.state, instance_id)
            machine.restarting = True
            if self._guests.power_button(instance_id, GuestAction.RESTART):
                self._moves.plan(machine, self._context.scenario.timings.hard_stop_s, self._cut)
            else:
                self._boot(machine)
            self._context.signals.order_accepted(instance_id)

    def terminate(self, instance_id: str) -> tuple[PowerState, PowerState]:
        """Terminate; returns (previous, current)."""
        with self._context.lock:
            machine = self.machine(instance_id)
            before = machine.power.state
            after = answer(Order.TERMINATE, before, instance_id)
            if after is not before:
                require_terminable(machine, self._context.seam.instances)
                self._moves.make(machine, after, Cause.USER)
                self._bring_down(machine, GuestAction.SHUTDOWN, force=False, cut=False)
            self._context.signals.order_accepted(instance_id)
            return before, after

    def interrupt(self, instance_id: str) -> None:
        """Crash the guest: a stop screen, then a restart."""
        with self._context.lock:
            machine = self.machine(instance_id)
            answer(Order.INTERRUPT, machine.power.state, instance_id)
            self._guests.send(instance_id, {"do": "crash"})
            self._context.signals.order_accepted(instance_id)

    def screenshot(self, instance_id: str) -> bytes:
        """Return the guest's screen as JPEG; waits for it some seconds, without the lock.

        Raises:
            LabError: IncorrectInstanceState when it does not run, UnsupportedOperation when it does not answer.
        """
        answer(Order.REBOOT, self.state(instance_id), instance_id)
        path = self._context.state_dir / f"screen-{uuid.uuid4().hex}.jpg"
        picture = self._guests.screenshot(instance_id, path, _SCREENSHOT_LIMIT_S)
        if picture is None:
            raise LabError("UnsupportedOperation", f"The console of '{instance_id}' shows nothing: its system is down.")
        return picture

    def cut_power(self, instance_id: str) -> None:
        """SIGKILL the guest without EC2 knowing. Raises LabError IncorrectInstanceState when there is none."""
        with self._context.lock:
            self.machine(instance_id)
            if not self._guests.kill(instance_id):
                raise LabError("IncorrectInstanceState", f"The instance '{instance_id}' has no running system.")

    def power_on(self, instance_id: str) -> None:
        """Boot the guest of a running instance that has none (at seeding)."""
        with self._context.lock:
            machine = self.machine(instance_id)
            if machine.power.state is PowerState.RUNNING:
                self._boot(machine)

    def guest_ended(self, instance_id: str, end: GuestEnd) -> None:
        """Follow what the guest did: power off, restart, or nothing (dead until somebody acts)."""
        machine = self.machine(instance_id)
        restarting, machine.restarting = machine.restarting, False
        machine.hibernated = end.action is GuestAction.HIBERNATE
        match machine.power.state:
            case PowerState.STOPPING | PowerState.SHUTTING_DOWN:
                self._moves.plan(machine, self._context.scenario.timings.stopping_s, self._power_off)
            case PowerState.RUNNING if end.action is GuestAction.SHUTDOWN:
                terminates = self._context.seam.instances.shutdown_behaviour(instance_id) == ShutdownBehavior.TERMINATE
                self._moves.make(
                    machine, PowerState.SHUTTING_DOWN if terminates else PowerState.STOPPING, Cause.INSTANCE
                )
                self._moves.plan(machine, self._context.scenario.timings.stopping_s, self._power_off)
            case PowerState.RUNNING if end.action is GuestAction.RESTART or restarting:
                self._boot(machine)
            case _:
                self._moves.drop(machine)

    def _bring_down(self, machine: Machine, action: GuestAction, *, force: bool, cut: bool) -> None:
        """Ask the guest to go down, or cut it; without a guest go on at once."""
        timings = self._context.scenario.timings
        name = machine.instance_id
        alive = self._guests.kill(name) if cut else self._guests.power_button(name, action)
        if not alive:
            self._moves.plan(machine, timings.stopping_s, self._power_off)
        elif not cut:
            self._moves.plan(machine, timings.hard_stop_s / (4 if force else 1), self._cut)

    def _power_on(self, machine: Machine) -> None:
        self._moves.make(machine, PowerState.RUNNING)
        self._boot(machine)

    def _power_off(self, machine: Machine) -> None:
        stopping = machine.power.state is PowerState.STOPPING
        self._moves.make(machine, PowerState.STOPPED if stopping else PowerState.TERMINATED)
        if stopping:
            self._context.signals.instance_stopped(machine.instance_id)

    def _cut(self, machine: Machine) -> None:
        self._guests.kill(machine.instance_id)

    def _boot(self, machine: Machine) -> None:
        self._moves.drop(machine)
        machine.restarting = False
        wakes, machine.hibernated = machine.hibernated, False
        self._guests.boot(machine.instance_id, machine.spec, wakes=wakes)
