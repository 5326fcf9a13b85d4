"""Drawing a world: every unknown is free, and some parts go wrong.

``draw`` first draws a world in which all goes its way, with everything that AWS leaves open drawn freely (names,
creation times, what EndDate means, how fast which part is, how the clocks stand). Then none, one or several of the
``DISTURBANCES`` happen to it. That several errors hide one another is rare by chance, so some disturbances are such
pairs: they make the rare world common, never the impossible one possible.
"""

from __future__ import annotations

import random
from dataclasses import replace

from rdpgui.core.disruption import DisruptionId, Effect
from rdpgui.core.session import AccessType, SessionOrigin
from tests.hostile.disturb import DISTURBANCES
from tests.hostile.disturb_recordings import a_colleague_comes_while_one_connects
from tests.hostile.machines import reachable
from tests.hostile.moments import Anchor, ClockSpec, Moment
from tests.hostile.world import (
    Act,
    Created,
    Deed,
    EndDate,
    FilmSpec,
    Machine,
    Naming,
    Order,
    Plan,
    Program,
    Reads,
    Service,
    Wait,
    World,
)

KINDS = (
    (DisruptionId.OS_REBOOT, 15),
    (DisruptionId.OS_SHUTDOWN, 15),
    (DisruptionId.EC2_REBOOT, 12),
    (DisruptionId.EC2_STOP, 13),
    (DisruptionId.STOP_SKIP_OS_SHUTDOWN, 8),
    (DisruptionId.STOP_FORCE, 6),
    (DisruptionId.HIBERNATE, 6),
    (DisruptionId.DIAGNOSTIC_INTERRUPT, 6),
    (DisruptionId.SSM_AGENT_STOP, 6),
    (DisruptionId.CONTROL_NONE, 8),
    (DisruptionId.CONTROL_DISCONNECT, 8),
)
_HOW_MANY = ((0, 34), (1, 33), (2, 18), (3, 9), (4, 6))


def draw(world_id: str) -> World:
    """Return the world of an id, ``seed:index``; the same in each replay."""
    rng = random.Random(world_id)
    plan = _plan(rng)
    world = World(
        world_id,
        plan,
        connect_s=rng.uniform(1.5, 6.0) if plan.lab else rng.uniform(4.0, 60.0),
        access=plan.access,
        order=Order(call_s=rng.uniform(0.05, 1.5), obey_s=rng.uniform(0.2, 3.0)),
        machine=_machine(rng, lab=plan.lab),
        film=draw_film(rng, lab=plan.lab),
        service=_service(rng),
        reads=_reads(rng, lab=plan.lab),
        program=_program(rng),
        control_s=rng.uniform(0.1, 1.0),
        origin=SessionOrigin.PROGRAM if plan.lab else rng.choices(list(SessionOrigin), (0, 47, 47, 6))[0],
    )
    if plan.by_hand:
        deed = Deed.OS_REBOOT if plan.effect is Effect.RESTART else Deed.OS_SHUTDOWN
        world = replace(world, acts=(Act("tester", deed, Moment(Anchor.ORDER, rng.uniform(2.0, 60.0))),))
    for disturb in rng.sample(DISTURBANCES, k=_weighed(rng, _HOW_MANY)):
        world = disturb(world, rng)
    world = _signed_for(world, random.Random(f"{world_id} signed"))
    return replace(world, connect_s=reachable(world, world.connect_s))


def _signed_for(world: World, rng: random.Random) -> World:
    """Draw how the role of just-in-time access signs; by numbers of its own, so that no other world changes."""
    world = replace(world, signs_alike=rng.random() < 0.5)
    return a_colleague_comes_while_one_connects(world, rng) if not world.plan.lab and rng.random() < 0.05 else world


def _weighed(rng: random.Random, choices: tuple[tuple[int, int], ...]) -> int:
    return rng.choices([value for value, _ in choices], [weight for _, weight in choices])[0]


def _plan(rng: random.Random) -> Plan:
    kind = rng.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS])[0]
    inside = kind in (DisruptionId.OS_REBOOT, DisruptionId.OS_SHUTDOWN)
    by_hand = inside and rng.random() < 0.3
    access = rng.choice((AccessType.STANDARD, AccessType.JUST_IN_TIME))
    if rng.random() < 0.3:
        return Plan(kind, by_hand, access, True, 0.4, 1, 1.5, 20.0, 10.0)
    end_limit_s, recording_limit_s = rng.choice((300.0, 900.0)), rng.choice((700.0, 700.0, 1800.0))
    delay_s, person_limit_s = rng.choice((5, 15, 30)), rng.choice((900.0, 900.0, 3600.0))
    return Plan(
        kind,
        by_hand,
        access,
        False,
        3.0,
        delay_s,
        20.0,
        end_limit_s,
        recording_limit_s,
        person_limit_s=person_limit_s,
    )


def _machine(rng: random.Random, *, lab: bool) -> Machine:
    """How fast Windows shuts down and starts is open; its clock too."""
    off_s = rng.uniform(-0.3, 0.3) if rng.random() < (0.85 if lab else 0.7) else rng.uniform(-60.0, 60.0)
    guest = ClockSpec(off_s, rng.uniform(-5e-5, 5e-5))
    if lab:
        screen_s, off_s, boot_s = rng.uniform(0.8, 2.0), rng.uniform(0.2, 1.0), rng.uniform(1.0, 3.0)
    else:
        screen_s, off_s, boot_s = rng.uniform(1.5, 25.0), rng.uniform(0.3, 20.0), rng.uniform(8.0, 90.0)
    return Machine(
        screen_s,
        off_s,
        rng.uniform(0.5, 3.0),
        boot_s,
        agent_share=rng.random(),
        notice_s=rng.uniform(0.5, 3.0) if lab else rng.uniform(0.5, 10.0),
        guest=guest,
        up_before_s=rng.choice((600.0, 3_600.0, 86_400.0, 3e6)),
        save_s=rng.uniform(0.5, 3.0) if lab else rng.uniform(3.0, 90.0),
        away_s=rng.uniform(1.5, 4.0) if lab else rng.uniform(61.0, 85.0),
        worker_s=rng.uniform(0.0, 0.1) if lab else rng.uniform(0.0, 3.0),
        asleep=rng.choice(("User initiated", "User initiated hibernate", "")),
    )


def draw_film(rng: random.Random, *, lab: bool) -> FilmSpec:
    """Return a recording that goes its way; its names and times are open."""
    created = rng.choices(list(Created), (24, 58, 6, 6, 6))[0]
    naming = rng.choices(list(Naming), (40, 22, 24, 12, 1, 1))[0]
    return FilmSpec(
        delay_s=rng.uniform(0.05, 1.2) if rng.random() < 0.8 else rng.uniform(0.5, 8.0),
        early_s=rng.uniform(0.0, 0.35),
        still_s=rng.uniform(0.0, 0.4) if rng.random() < 0.75 else rng.uniform(2.0, 60.0),
        frame_rate=rng.choice((1.0, 5.0, 10.0, 10.0, 15.0, 30.0)),
        checksum=True if rng.random() < 0.92 else None,
        created=created,
        recorder_off_s=rng.uniform(-0.3, 0.3) if rng.random() < 0.75 else rng.uniform(-5.0, 5.0),
        shift_h=rng.choice((9, -5, 1)) if rng.random() < 0.04 else 0,
        dated=rng.random() < 0.15,
        naming=naming,
        processing_s=rng.uniform(0.3, 2.5) if lab else rng.uniform(3.0, 600.0),
    )


def _service(rng: random.Random) -> Service:
    """When a session leaves Active, and what EndDate means, is unknown."""
    return Service(
        notice_s=rng.uniform(0.2, 3.0),
        history_s=rng.choice((0.0, rng.uniform(0.5, 10.0))),
        end_date=rng.choices(list(EndDate), (70, 24, 6))[0],
        whole_seconds=rng.random() < 0.5,
    )


def _reads(rng: random.Random, *, lab: bool) -> Reads:
    return Reads(
        latency_s=rng.uniform(0.01, 0.1) if lab else rng.uniform(0.05, 0.8),
        instance_lag_s=0.0 if lab else rng.choice((0.0, rng.uniform(0.0, 5.0))),
        connection_lag_s=0.0 if lab else rng.choice((0.0, rng.uniform(0.0, 4.0))),
        uptime=rng.random() < 0.4,
        offset_error_s=rng.uniform(0.05, 0.2) if lab else rng.uniform(0.2, 1.0),
    )


def _program(rng: random.Random) -> Program:
    local = ClockSpec(
        rng.uniform(-0.2, 0.2) if rng.random() < 0.8 else rng.uniform(-30.0, 30.0), rng.uniform(-5e-5, 5e-5)
    )
    return Program(local, wait=rng.choice(list(Wait)), confirms=rng.random() < 0.75)
