"""What EC2 refuses to stop or to terminate."""

from __future__ import annotations

from rdpgui.lab.model import LabError
from rdpgui.lab.moto.instances import InstanceSeam
from rdpgui.lab.scenario import RootDevice
from rdpgui.lab.world.machine import Machine
from rdpgui.lab.world.power import Order, answer


def require_stoppable(machine: Machine, store: InstanceSeam, *, hibernate: bool) -> None:
    """Refuse to stop what EC2 does not stop.

    Source: EC2 User Guide, stop protection, Spot, root device, hibernation.

    Raises:
        LabError: OperationNotPermitted, UnsupportedOperation, UnsupportedHibernationConfiguration.
    """
    name = machine.instance_id
    if store.stop_protected(name):
        raise LabError(
            "OperationNotPermitted",
            f"The instance '{name}' may not be stopped. Modify its 'disableApiStop' instance attribute and try again.",
        )
    if machine.spec.spot:
        raise LabError(
            "UnsupportedOperation",
            f"You can't stop the Spot Instance '{name}' because it is associated with a one-time Spot Instance "
            "request. You can only stop Spot Instances associated with persistent Spot Instance requests.",
        )
    if machine.spec.root_device is RootDevice.INSTANCE_STORE:
        raise LabError(
            "UnsupportedOperation",
            f"The instance '{name}' does not have an 'ebs' root device type and cannot be stopped",
        )
    if hibernate and not machine.spec.hibernation:
        raise LabError(
            "UnsupportedHibernationConfiguration",
            f"The instance '{name}' was not launched with hibernation enabled and cannot be hibernated.",
        )


def require_terminable(machine: Machine, store: InstanceSeam) -> None:
    """Refuse to terminate what is protected from it.

    Raises:
        LabError: OperationNotPermitted.
    """
    if store.termination_protected(machine.instance_id):
        raise LabError(
            "OperationNotPermitted",
            f"The instance '{machine.instance_id}' may not be terminated. "
            "Modify its 'disableApiTermination' instance attribute and try again.",
        )


def require_allowed(order: Order, machine: Machine, store: InstanceSeam, *, hibernate: bool) -> None:
    """Raise what an order would raise; nothing is done.

    Raises:
        LabError: IncorrectInstanceState, or as ``require_stoppable`` and ``require_terminable``.
    """
    after = answer(order, machine.power.state, machine.instance_id)
    if order is Order.STOP:
        require_stoppable(machine, store, hibernate=hibernate)
    elif order is Order.TERMINATE and after is not machine.power.state:
        require_terminable(machine, store)
