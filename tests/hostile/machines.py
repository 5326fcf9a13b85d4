"""What happens to the target: who takes it down, or its agent alone, when and how, and what EC2 makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rdpgui.core.disruption import DisruptionId, Effect, Origin
from rdpgui.core.instance import InstanceState
from tests.hostile.moments import NEVER, Anchors
from tests.hostile.world import Answer, Deed, Machine, World

ORDER = "the order"
CONNECTS_S = 1.0
"""A person is connected so soon after the target can be reached again."""

USER_CODE, GUEST_CODE = "Client.UserInitiatedShutdown", "Client.InstanceInitiatedShutdown"
SLEEP_CODE = "Client.UserInitiatedHibernate"

_ORDERED = {
    DisruptionId.OS_REBOOT: Deed.OS_REBOOT,
    DisruptionId.OS_SHUTDOWN: Deed.OS_SHUTDOWN,
    DisruptionId.EC2_REBOOT: Deed.EC2_REBOOT,
    DisruptionId.EC2_STOP: Deed.EC2_STOP,
    DisruptionId.STOP_SKIP_OS_SHUTDOWN: Deed.EC2_STOP,
    DisruptionId.STOP_FORCE: Deed.EC2_STOP,
    DisruptionId.HIBERNATE: Deed.EC2_HIBERNATE,
    DisruptionId.DIAGNOSTIC_INTERRUPT: Deed.EC2_INTERRUPT,
    DisruptionId.SSM_AGENT_STOP: Deed.AGENT_STOP,
}
_OUTCOMES = {
    Deed.EC2_STOP: Effect.HALT,
    Deed.OS_SHUTDOWN: Effect.HALT,
    Deed.EC2_TERMINATE: Effect.HALT,
    Deed.EC2_HIBERNATE: Effect.HALT,
    Deed.EC2_REBOOT: Effect.RESTART,
    Deed.EC2_INTERRUPT: Effect.RESTART,
    Deed.OS_REBOOT: Effect.RESTART,
    Deed.AGENT_STOP: Effect.AGENT,
}
_INSIDE = frozenset({Deed.OS_REBOOT, Deed.OS_SHUTDOWN, Deed.AGENT_STOP})


@dataclass(frozen=True, slots=True)
class Happening:
    """A machine goes down, or only its agent, which goes first and its session after it.

    ``begins_s``: the shutdown screen; without a ``screen`` it is when it begins to act. ``cut_s``: the remote desktop.
    """

    cause: str
    deed: Deed
    called_s: float
    begins_s: float
    cut_s: float
    agent_lost_s: float
    off_s: float
    kernel_s: float
    up_s: float
    screen: bool

    @property
    def outcome(self) -> Effect:
        """Return the class of the effect."""
        return _OUTCOMES[self.deed]

    @property
    def origin(self) -> Origin:
        """Return where it came from."""
        return Origin.GUEST if self.deed in _INSIDE else Origin.CONTROL_PLANE

    @property
    def code(self) -> str:
        """Return who EC2 says it was. Source: StateReason."""
        if self.deed is Deed.EC2_HIBERNATE:
            return SLEEP_CODE
        return GUEST_CODE if self.origin is Origin.GUEST else USER_CODE


@dataclass(frozen=True, slots=True)
class StateAt:
    """EC2's state from a moment on. ``words``: how its free text says who did it, before the time; empty for none."""

    at_s: float
    state: InstanceState
    code: str
    reason_at_s: float | None
    words: str = ""


def happenings_of(world: World, anchors: Anchors) -> tuple[Happening, ...]:
    """Return what takes the target down: what is asked of a machine that is down already comes to nothing.

    Updates restart it once more after its first restart, so that what happened stays so when more anchors come.
    """
    wanted = sorted(_wanted(world, anchors), key=_begin)
    again_s = world.machine.again_s
    done: list[Happening] = []
    while wanted:
        item = wanted.pop(0)
        down = any(item.begins_s < other.up_s for other in done if other.deed is not Deed.AGENT_STOP)
        twice = item.deed is Deed.AGENT_STOP and any(item.begins_s < other.up_s for other in done)
        if item.begins_s == NEVER or down or twice:
            continue
        if item.deed is not Deed.AGENT_STOP:  # an agent comes back with its machine, or not at all
            done = [_back_by(other, item) for other in done]
        done.append(item)
        if again_s and item.outcome is Effect.RESTART:
            at_s, lab = item.up_s + again_s, world.plan.lab
            again = _going_down(world.machine, "updates", Deed.OS_REBOOT, item.up_s, at_s, lab=lab)
            wanted, again_s = sorted([*wanted, again], key=_begin), 0.0
    return tuple(done)


def _back_by(stopped: Happening, item: Happening) -> Happening:
    again = stopped.deed is Deed.AGENT_STOP and stopped.up_s > item.begins_s
    return replace(stopped, up_s=item.up_s) if again else stopped


def _begin(item: Happening) -> float:
    return item.begins_s


def reachable(world: World, at_s: float) -> float:
    """Return the first moment from ``at_s`` on at which the target can be connected to.

    A session runs through the agent, and its remote desktop needs Windows: there is none from the cut until both are
    back. While a shutdown screen is shown it is not known to be refused, so it is not.
    """
    for item in happenings_of(world, Anchors()):
        if item.cut_s <= at_s < item.up_s:
            at_s = item.up_s + CONNECTS_S
    return at_s


def _wanted(world: World, anchors: Anchors) -> list[Happening]:
    plan, order, machine = world.plan, world.order, world.machine
    wanted = []
    for act in world.acts:
        at_s = anchors.at(act.moment)
        obey_s = 0.2 if act.deed in _INSIDE else 1.0
        wanted.append(_going_down(machine, act.who, act.deed, at_s, at_s + obey_s, lab=plan.lab))
    done = order.answer not in (Answer.REFUSED, Answer.IGNORED)
    if plan.disruption_id in _ORDERED and not plan.by_hand and done:
        cut = order.forced or plan.disruption_id is DisruptionId.STOP_SKIP_OS_SHUTDOWN
        begins_s = anchors.order_s + plan.delay_s + order.obey_s
        deed = _ORDERED[plan.disruption_id]
        item = _going_down(machine, ORDER, deed, anchors.order_s, begins_s, cut=cut, lab=plan.lab)
        wanted.append(item if order.returns else replace(item, kernel_s=NEVER, up_s=NEVER))
    return wanted


def _going_down(
    machine: Machine, cause: str, deed: Deed, called_s: float, begins_s: float, *, cut: bool = False, lab: bool
) -> Happening:
    """Return how it goes down.

    A hibernation and a crash take session and agent in one moment, and the machine is off when its memory is written;
    only the lab's guest shows its stop screen, until it is off. An agent that is stopped comes back by itself.
    """
    if deed is Deed.AGENT_STOP:
        cut_s, up_s = begins_s + machine.worker_s, begins_s + machine.away_s
        return Happening(cause, deed, called_s, begins_s, cut_s, begins_s, NEVER, NEVER, up_s, False)
    crash, asleep = deed is Deed.EC2_INTERRUPT, deed is Deed.EC2_HIBERNATE
    screen = lab if crash else not (cut or asleep)
    cut_s = begins_s + machine.screen_s if screen else begins_s
    off_s = cut_s + (machine.off_s if screen and not crash else 0.2)
    lost_s = cut_s + machine.agent_share * (off_s - cut_s)
    if crash or asleep:
        off_s = cut_s + machine.save_s
    back = _OUTCOMES[deed] is Effect.RESTART
    kernel_s = off_s + machine.kernel_s if back else NEVER
    up_s = kernel_s + machine.boot_s
    return Happening(cause, deed, called_s, begins_s, cut_s, lost_s, off_s, kernel_s, up_s, screen)


def states_of(world: World, happenings: tuple[Happening, ...]) -> tuple[StateAt, ...]:
    states = [StateAt(-NEVER, InstanceState.RUNNING, "", None)]
    for item in happenings:
        if item.outcome is not Effect.HALT:
            continue
        terminate = item.deed is Deed.EC2_TERMINATE
        going = InstanceState.SHUTTING_DOWN if terminate else InstanceState.STOPPING
        gone = InstanceState.TERMINATED if terminate else InstanceState.STOPPED
        guest, notice_s = item.origin is Origin.GUEST, world.machine.notice_s
        going_s = item.off_s + notice_s / 2 if guest else item.called_s + 0.2
        gone_s = max(going_s + 0.3, item.off_s + notice_s)
        reason_s = None if guest else item.called_s
        words = world.machine.asleep if item.deed is Deed.EC2_HIBERNATE else "User initiated"
        states += [
            StateAt(going_s, going, item.code, reason_s, words),
            StateAt(gone_s, gone, item.code, reason_s, words),
        ]
    return tuple(states)
