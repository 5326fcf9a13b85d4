"""What can go wrong in a world: each function changes one part, or a pair of parts whose errors hide one another."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from rdpgui.core.disruption import DisruptionId, Effect
from rdpgui.core.session import AccessType
from tests.hostile.disturb_recordings import RECORDING_DISTURBANCES
from tests.hostile.moments import Anchor, ClockSpec, Moment, Step
from tests.hostile.world import Act, Answer, Deed, EndDate, FilmSpec, Leave, Outage, Suspend, Topic, World

Disturb = Callable[[World, random.Random], World]

_CAUSES = (
    "a person closes the window",
    "the idle limit of 10 min",
    "the maximum of the session",
    "the channel closes",
    "the guest logs off",
    "the agent restarts",
    "the service ends it",
)
_FORCED = (DisruptionId.EC2_STOP, DisruptionId.EC2_REBOOT, DisruptionId.STOP_FORCE)
_CARRIED_OUT = (*_FORCED, DisruptionId.STOP_SKIP_OS_SHUTDOWN, DisruptionId.HIBERNATE)
_ERRORS = ("RequestLimitExceeded", "UnauthorizedOperation", "InternalError", "AccessDenied")


# -- the order and its effect ---------------------------------------------------------


def left_before_effect(world: World, rng: random.Random) -> World:
    """The session ends by itself between the call and the effect, or around it."""
    after_s = rng.choice((rng.uniform(0.1, 2.0), rng.uniform(0.1, world.plan.delay_s + 1.0), rng.uniform(1.0, 30.0)))
    if world.plan.by_hand:
        first_s = min((act.moment.after_s for act in world.acts), default=10.0)
        after_s = max(0.5, first_s - rng.choice((rng.uniform(0.5, 5.0), rng.uniform(2.0, 118.0))))
        world = _later_acts(world, after_s + 0.5)
    return replace(world, leave=Leave(rng.choice(_CAUSES), Moment(Anchor.ORDER, after_s)))


def _later_acts(world: World, at_least_s: float) -> World:
    """Whoever acts by hand does so after the window was closed: then it is somebody else."""
    acts = tuple(
        replace(act, who="somebody else", moment=Moment(act.moment.anchor, max(at_least_s, act.moment.after_s)))
        for act in world.acts
    )
    return replace(world, acts=acts)


def left_long_before(world: World, rng: random.Random) -> World:
    """The window is closed; the machine goes down up to two minutes later."""
    slow = replace(world.order, obey_s=rng.uniform(5.0, 120.0))
    left = replace(world, order=slow, leave=Leave(rng.choice(_CAUSES), Moment(Anchor.ORDER, rng.uniform(0.2, 4.0))))
    if not world.plan.by_hand:
        return left
    acts = tuple(
        replace(act, who="somebody else", moment=Moment(Anchor.ORDER, 4.0 + rng.uniform(5.0, 118.0)))
        for act in world.acts
    )
    return replace(left, acts=acts)


def obeys_late(world: World, rng: random.Random) -> World:
    """Windows takes its time."""
    return replace(world, order=replace(world.order, obey_s=rng.uniform(5.0, 240.0)))


def is_forced(world: World, rng: random.Random) -> World:
    """Windows never obeys; EC2 cuts after a few minutes."""
    if world.plan.disruption_id not in _FORCED:
        return replace(world, order=replace(world.order, answer=Answer.IGNORED))
    soon_s = 5.0 if world.plan.disruption_id is DisruptionId.STOP_FORCE else 120.0
    return replace(world, order=replace(world.order, obey_s=rng.uniform(soon_s, 240.0), forced=True))


def is_ignored(world: World, rng: random.Random) -> World:
    """Run Command answers, and Windows does nothing; what EC2 accepts it carries out, late.

    But for an interrupt: what Windows makes of it is Windows' own.
    """
    if world.plan.disruption_id in _CARRIED_OUT:
        return replace(world, order=replace(world.order, obey_s=rng.uniform(60.0, 240.0), forced=True))
    if world.plan.by_hand:
        return replace(world, acts=())
    leave = Leave(rng.choice(_CAUSES), Moment(Anchor.ORDER, rng.uniform(1.0, 60.0)))
    return replace(world, order=replace(world.order, answer=Answer.IGNORED), leave=leave)


def never_comes_back(world: World, rng: random.Random) -> World:
    """A machine that crashed stays down, one that restarts hangs, an agent that was stopped is not started again."""
    return replace(world, order=replace(world.order, returns=False))


def is_refused(world: World, rng: random.Random) -> World:
    return replace(world, order=replace(world.order, answer=Answer.REFUSED, error=rng.choice(_ERRORS)))


def answer_is_lost(world: World, rng: random.Random) -> World:
    return replace(world, order=replace(world.order, answer=Answer.LOST))


def answer_is_an_error(world: World, rng: random.Random) -> World:
    """It takes effect although the answer is an error."""
    return replace(world, order=replace(world.order, answer=Answer.ERROR_DONE, error=rng.choice(_ERRORS)))


def outsider_acts(world: World, rng: random.Random) -> World:
    """Somebody else stops, restarts or terminates the target around the order: before it, too late to be seen."""
    deed = rng.choice(list(Deed))
    after_s = rng.choice((rng.uniform(-3.0, 0.2), rng.uniform(0.2, 10.0), rng.uniform(0.2, 120.0)))
    moment = Moment(Anchor.ORDER, after_s)
    return replace(world, acts=(*world.acts, Act("an outsider", deed, moment)))


def restarted_before(world: World, rng: random.Random) -> World:
    """The target restarts between the baseline and the connection; the order then often comes to nothing."""
    machine = world.machine
    down_s = 4.0 + machine.screen_s + machine.off_s + machine.kernel_s + machine.boot_s
    early = Act("updates", Deed.OS_REBOOT, Moment(Anchor.START, rng.uniform(2.5, 4.0)))
    changed = replace(world, acts=(*world.acts, early), connect_s=down_s + rng.uniform(3.0, 60.0))
    return is_ignored(changed, rng) if rng.random() < 0.6 else changed


def restarts_again(world: World, rng: random.Random) -> World:
    """Updates restart it once more."""
    return replace(world, machine=replace(world.machine, again_s=rng.uniform(20.0, 90.0)))


def agent_flaps(world: World, rng: random.Random) -> World:
    """The agent or the network is away for a while."""
    flap = (Moment(Anchor.ORDER, rng.uniform(-15.0, 90.0)), rng.uniform(3.0, 60.0))
    return replace(world, machine=replace(world.machine, flaps=(*world.machine.flaps, flap)))


def network_is_cut(world: World, rng: random.Random) -> World:
    """The instance's network is cut: session and agent go at once, the machine runs on; the order may be ignored."""
    after_s, for_s = rng.uniform(0.5, world.plan.delay_s + 10.0), rng.uniform(5.0, 120.0)
    moment = Moment(Anchor.ORDER, after_s)
    leave = Leave("the instance's network is cut", Moment(Anchor.ORDER, after_s + rng.uniform(-0.3, 1.0)))
    machine = replace(world.machine, flaps=(*world.machine.flaps, (moment, for_s)))
    cut = replace(world, machine=machine, leave=leave)
    return replace(is_ignored(cut, rng), leave=leave) if rng.random() < 0.5 else cut


def other_access(world: World, rng: random.Random) -> World:
    """The console opens another type of session than was planned."""
    other = AccessType.STANDARD if world.access is AccessType.JUST_IN_TIME else AccessType.JUST_IN_TIME
    return replace(world, access=other)


# -- clocks -------------------------------------------------------------------------------


def guest_clock_steps(world: World, rng: random.Random) -> World:
    """The guest's clock is corrected, by NTP or the hypervisor."""
    by_s = rng.choice((2.0, -2.0, 5.0, -5.0, rng.uniform(-20.0, 20.0), rng.choice((-3600.0, -1800.0, 3600.0))))
    step = Step(Moment(Anchor.ORDER, rng.uniform(-20.0, 60.0)), by_s)
    guest = world.machine.guest
    return replace(world, machine=replace(world.machine, guest=replace(guest, steps=(*guest.steps, step))))


def guest_clock_steps_and_nothing_else(world: World, rng: random.Random) -> World:
    """The order comes to nothing, the guest's clock is corrected, the agent may flap, the session ends by itself."""
    return guest_clock_steps(
        agent_flaps(is_ignored(world, rng), rng) if rng.random() < 0.5 else is_ignored(world, rng), rng
    )


def local_clock_steps(world: World, rng: random.Random) -> World:
    """The program's clock is set, at any moment."""
    step = Step(Moment(rng.choice((Anchor.CONNECTED, Anchor.ORDER)), rng.uniform(0.0, 20.0)), _some_seconds(rng))
    local = world.program.local
    return replace(world, program=replace(world.program, local=replace(local, steps=(*local.steps, step))))


def _some_seconds(rng: random.Random) -> float:
    return rng.choice((-8.0, -4.0, -2.0, 2.0, 4.0, 8.0, rng.uniform(-15.0, 15.0)))


def local_clock_hides_a_short_film(world: World, rng: random.Random) -> World:
    """The program's clock is set back by as much as the film ends early; EndDate is of no help."""
    by_s = rng.uniform(3.5, 12.0)
    step = Step(Moment(Anchor.CONNECTED, rng.uniform(1.0, world.plan.steady_s)), -by_s)
    program = replace(world.program, local=replace(world.program.local, steps=(step,)))
    service = replace(world.service, end_date=rng.choice((EndDate.MISSING, EndDate.NOTICED, EndDate.END)))
    film = replace(world.film, early_s=max(3.2, by_s + rng.uniform(-1.0, 1.0)))
    return replace(world, program=program, service=service, film=film)


def local_clock_drifts(world: World, rng: random.Random) -> World:
    local = replace(world.program.local, drift=rng.choice((-1, 1)) * rng.uniform(1e-3, 2e-2))
    return replace(world, program=replace(world.program, local=local))


def offset_unknown(world: World, rng: random.Random) -> World:
    return replace(world, reads=replace(world.reads, offset_error_s=None))


def recorder_hides_a_short_film(world: World, rng: random.Random) -> World:
    """The recorder's clock is off by about as much as the film ends early."""
    off_s = rng.uniform(3.0, 5.0)
    film = replace(world.film, recorder_off_s=off_s, early_s=off_s + rng.uniform(0.2, 1.5))
    return replace(world, film=film)


# -- reads ----------------------------------------------------------------------------------


def reads_fail(world: World, rng: random.Random) -> World:
    """Throttled, cut off or expired for a while: one topic, some, or all."""
    topics = list(Topic)
    some = frozenset(topics if rng.random() < 0.4 else rng.sample(topics, k=rng.choice((1, 1, 2, 3))))
    moment = Moment(rng.choice((Anchor.ORDER, Anchor.END)), rng.uniform(-10.0, 20.0))
    outage = Outage(moment, rng.choice((rng.uniform(2.0, 20.0), rng.uniform(20.0, 600.0))), some)
    return replace(world, reads=replace(world.reads, outages=(*world.reads.outages, outage)))


def never_allowed(world: World, rng: random.Random) -> World:
    topic = rng.choice([topic for topic in Topic if topic is not Topic.SESSION])
    return replace(world, reads=replace(world.reads, denied=world.reads.denied | {topic}))


def empty_once(world: World, rng: random.Random) -> World:
    """One or more answers of DescribeSessions are empty; often while the order takes its time."""
    moment = Moment(Anchor.ORDER, rng.uniform(0.2, 12.0))
    order = replace(world.order, obey_s=rng.uniform(5.0, 60.0)) if rng.random() < 0.7 else world.order
    return replace(
        world, reads=replace(world.reads, empty_from=moment, empty_answers=rng.choice((1, 1, 2, 3))), order=order
    )


def noticed_late(world: World, rng: random.Random) -> World:
    """The service notices the end of the connection late."""
    notice_s = rng.choice((rng.uniform(3.0, 60.0), rng.uniform(30.0, 600.0)))
    return replace(world, service=replace(world.service, notice_s=notice_s))


def no_end_date(world: World, rng: random.Random) -> World:
    return replace(world, service=replace(world.service, end_date=EndDate.MISSING))


def history_late(world: World, rng: random.Random) -> World:
    return replace(world, service=replace(world.service, history_s=rng.uniform(10.0, 1200.0)))


def program_is_off(world: World, rng: random.Random) -> World:
    """Killed and started again later; in the lab a run is not taken up again."""
    if world.plan.lab:
        return world
    from_s = rng.choice((rng.uniform(0.0, 5.0), rng.uniform(0.0, 120.0), rng.uniform(60.0, 600.0)))
    for_s = rng.choice((rng.uniform(1.0, 60.0), rng.uniform(60.0, 1800.0), rng.uniform(1800.0, 20_000.0)))
    return replace(world, program=replace(world.program, off=(Moment(Anchor.ORDER, from_s), for_s)))


def machine_sleeps(world: World, rng: random.Random) -> World:
    """The lid is closed for a while, before the order or after it; a lab would sleep with it."""
    if world.plan.lab:
        return world
    anchor, from_s = rng.choice(
        ((Anchor.CONNECTED, rng.uniform(5.0, 20.0)), (Anchor.ORDER, rng.uniform(2.0, 30.0)), (Anchor.END, 5.0))
    )
    for_s = rng.choice((rng.uniform(1.0, 12.0), rng.uniform(10.0, 300.0), rng.uniform(300.0, 8_000.0)))
    suspend = Suspend(Moment(anchor, from_s + rng.uniform(0.0, 3.0)), for_s, counted=rng.random() < 0.4)
    return replace(world, program=replace(world.program, suspend=suspend))


def disturbed_clock_of_a_control(world: World, rng: random.Random) -> World:
    """A control, in which only the guest's clock is corrected."""
    if world.plan.effect is not Effect.NONE:
        return guest_clock_steps(world, rng)
    step = Step(Moment(Anchor.ORDER, rng.uniform(-5.0, 5.0)), rng.choice((-1, 1)) * rng.uniform(1.5, 6.0))
    guest = ClockSpec(world.machine.guest.offset_s, steps=(step,))
    film = FilmSpec(created=world.film.created, processing_s=world.film.processing_s, naming=world.film.naming)
    return replace(world, machine=replace(world.machine, guest=guest), film=film)


DISTURBANCES: tuple[Disturb, ...] = (
    left_before_effect,
    left_long_before,
    obeys_late,
    is_forced,
    is_ignored,
    is_refused,
    answer_is_lost,
    answer_is_an_error,
    outsider_acts,
    restarted_before,
    restarts_again,
    never_comes_back,
    agent_flaps,
    network_is_cut,
    other_access,
    guest_clock_steps,
    guest_clock_steps_and_nothing_else,
    local_clock_steps,
    local_clock_hides_a_short_film,
    local_clock_drifts,
    offset_unknown,
    recorder_hides_a_short_film,
    reads_fail,
    never_allowed,
    empty_once,
    noticed_late,
    no_end_date,
    history_late,
    program_is_off,
    machine_sleeps,
    disturbed_clock_of_a_control,
    *RECORDING_DISTURBANCES,
)
