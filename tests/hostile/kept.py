"""Worlds that were judged wrong once, as small as they go, so that they outlive changes of the generator."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.session import AccessType, SessionOrigin
from tests.hostile.moments import Anchor, ClockSpec, Moment, Step
from tests.hostile.world import (
    Act,
    Answer,
    Created,
    Deed,
    EndDate,
    FilmSpec,
    Leave,
    Loose,
    LooseKind,
    Machine,
    Naming,
    Order,
    Outage,
    Plan,
    Port,
    Program,
    Reads,
    Service,
    Topic,
    Visit,
    Wait,
    World,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One world and its story in a sentence."""

    story: str
    world: World


def _plan(kind: DisruptionId, *, lab: bool = False, by_hand: bool = False) -> Plan:
    if lab:
        return Plan(kind, by_hand, AccessType.STANDARD, True, 0.4, 1, 1.5, 20.0, 10.0)
    return Plan(kind, by_hand, AccessType.STANDARD, False, 3.0, 5, 20.0, 900.0, 1800.0)


def _world(
    world_id: str,
    plan: Plan,
    *,
    order: Order = Order(),  # noqa: B008  (frozen)
    machine: Machine = Machine(),  # noqa: B008
    film: FilmSpec = FilmSpec(),  # noqa: B008
    service: Service = Service(),  # noqa: B008
    program: Program = Program(),  # noqa: B008
    origin: SessionOrigin = SessionOrigin.PERSON,
    leave: Leave | None = None,
    acts: tuple[Act, ...] = (),
    connect_s: float = 4.0,
    reads: Reads = Reads(),  # noqa: B008
    visits: tuple[Visit, ...] = (),
    loose: tuple[Loose, ...] = (),
) -> World:
    known = SessionOrigin.PROGRAM if plan.lab else origin
    return World(
        world_id,
        plan,
        connect_s,
        plan.access,
        order,
        machine,
        film,
        service,
        reads,
        program,
        known,
        leave,
        acts,
        visits,
        loose,
    )


def with_person(world: World) -> World:
    """Return the same world, in which a person looks at the end and says what it shows."""
    return replace(world, program=replace(world.program, confirms=True))


KEPT: tuple[Kept, ...] = (
    Kept(
        "11:250, false PASS: the picture stands on the shutdown screen for the film's last 3.5 s; a person sees it",
        _world("11:250", _plan(DisruptionId.OS_SHUTDOWN), film=FilmSpec(hold_s=3.512), program=Program(confirms=True)),
    ),
    Kept(
        "11:1248, false PASS: no EndDate; the film ends 10 s early and states its end where a start is read",
        _world(
            "11:1248",
            _plan(DisruptionId.EC2_STOP),
            machine=Machine(screen_s=11.653),
            film=FilmSpec(early_s=10.153, created=Created.END),
            service=Service(end_date=EndDate.MISSING),
            connect_s=35.721,
            reads=Reads(latency_s=0.253),
        ),
    ),
    Kept(
        "11:4004, false PASS: power cut accepted and late; the session ends by itself, the agent lives 55 s more",
        _world(
            "11:4004",
            _plan(DisruptionId.STOP_SKIP_OS_SHUTDOWN),
            order=Order(obey_s=58.554),
            leave=Leave("the maximum of the session", Moment(Anchor.ORDER, 2.815)),
        ),
    ),
    Kept(
        "11:5931, false PASS: two empty answers make the session seem over; its EndDate is later, its film ends early",
        _world(
            "11:5931",
            _plan(DisruptionId.OS_SHUTDOWN, by_hand=True),
            machine=Machine(screen_s=11.259),
            film=FilmSpec(early_s=5.739),
            acts=(Act("tester", Deed.OS_SHUTDOWN, Moment(Anchor.ORDER, 10.072)),),
            connect_s=36.286,
            reads=Reads(latency_s=0.407, empty_from=Moment(Anchor.ORDER, 10.285), empty_answers=2),
            program=Program(ClockSpec(-0.016)),
        ),
    ),
    Kept(
        "11:5374, false PASS: a picture that stands for 2.9 s in a film that ends 0.15 s early lacks 3.04 s",
        _world("11:5374", _plan(DisruptionId.EC2_REBOOT), film=FilmSpec(early_s=0.15, hold_s=2.894)),
    ),
    Kept(
        "11:646, false FAIL: the recorder notices the end 88 s late and holds its last picture; it is no other's film",
        _world(
            "11:646",
            _plan(DisruptionId.OS_REBOOT),
            machine=Machine(guest=ClockSpec(-59.713)),
            film=FilmSpec(lag_s=88.314),
            origin=SessionOrigin.UNKNOWN,
        ),
    ),
    Kept(
        "11:1059, false FAIL: the restart ended the session; somebody stops the instance four seconds later",
        _world(
            "11:1059",
            _plan(DisruptionId.EC2_REBOOT, lab=True),
            machine=Machine(1.084, 0.448, boot_s=1.029),
            film=FilmSpec(processing_s=1.888),
            acts=(Act("an outsider", Deed.EC2_STOP, Moment(Anchor.ORDER, 6.49)),),
        ),
    ),
    Kept(
        "99:18756, false PASS: a single picture is held for the whole film, and the power is cut after it",
        _world(
            "99:18756",
            _plan(DisruptionId.STOP_SKIP_OS_SHUTDOWN, lab=True),
            order=Order(obey_s=0.341),
            machine=Machine(guest=ClockSpec(-0.253)),
            film=FilmSpec(delay_s=0.695, hold_s=6.501, disguise="solid-text", processing_s=1.84),
            program=Program(ClockSpec(-23.29)),
            connect_s=3.177,
            reads=Reads(latency_s=0.014),
        ),
    ),
    Kept(
        "99:22573, false PASS: a control's picture stands for 2.8 s in a film that ends 0.25 s early",
        _world(
            "99:22573",
            _plan(DisruptionId.CONTROL_DISCONNECT),
            film=FilmSpec(early_s=0.25, hold_s=2.813),
            connect_s=19.021,
        ),
    ),
    Kept(
        "99:27207: by hand, where no effect is asked for, somebody restarts the instance: a PASS is filed as a restart",
        _world(
            "99:27207",
            _plan(DisruptionId.OS_SHUTDOWN, by_hand=True),
            acts=(Act("an outsider", Deed.EC2_REBOOT, Moment(Anchor.ORDER, 11.848)),),
            connect_s=7.938,
            program=Program(ClockSpec(-1.208)),
        ),
    ),
    Kept(
        "99:2017, false FAIL: seconds are lost in the middle; the painted clock shows that the film reaches the end",
        _world(
            "99:2017",
            _plan(DisruptionId.OS_REBOOT, lab=True, by_hand=True),
            machine=Machine(boot_s=2.048, guest=ClockSpec(-0.08)),
            film=FilmSpec(hole_s=13.517, processing_s=1.183),
            acts=(Act("tester", Deed.OS_REBOOT, Moment(Anchor.ORDER, 24.18)),),
            connect_s=3.999,
            program=Program(ClockSpec(0.123)),
        ),
    ),
    Kept(
        "99:17892, false FAIL: the film goes on in a second object; the first alone is taken for the whole",
        _world(
            "99:17892",
            _plan(DisruptionId.OS_SHUTDOWN),
            film=FilmSpec(naming=Naming.SESSION_KEY, processing_s=581.367, split_s=17.203),
            program=Program(ClockSpec(-0.066), wait=Wait.LIMIT),
            connect_s=23.036,
        ),
    ),
    Kept(
        "777:3308, false FAIL: a control's session begins while updates take the target down, and is cut by them",
        _world(
            "777:3308",
            _plan(DisruptionId.CONTROL_NONE),
            machine=Machine(screen_s=21.851, off_s=16.941, boot_s=49.406, again_s=41.552),
            acts=(Act("updates", Deed.OS_REBOOT, Moment(Anchor.START, 2.671)),),
            connect_s=151.489,
            reads=Reads(latency_s=0.665),
            program=Program(ClockSpec(20.809)),
        ),
    ),
    Kept(
        "42:5456, false FAIL: the same, and the session is known to be no more than one of the port's",
        _world(
            "42:5456",
            _plan(DisruptionId.CONTROL_NONE),
            machine=Machine(screen_s=16.57, boot_s=43.584, again_s=21.592, guest=ClockSpec(7.863)),
            acts=(Act("updates", Deed.OS_REBOOT, Moment(Anchor.START, 2.854)),),
            connect_s=104.74,
            origin=SessionOrigin.UNKNOWN,
        ),
    ),
    Kept(
        "777:11564, false FAIL: no read for 205 s; EndDate is when the service noticed, 36 s after the end",
        _world(
            "777:11564",
            _plan(DisruptionId.EC2_STOP),
            film=FilmSpec(recorder_off_s=2.755),
            service=Service(notice_s=36.191, end_date=EndDate.NOTICED),
            reads=Reads(outages=(Outage(Moment(Anchor.ORDER, 5.005), 205.532, frozenset(Topic)),)),
            program=Program(ClockSpec(21.167)),
            connect_s=18.383,
        ),
    ),
    Kept(
        "2001:1746, false PASS: a film of 1.4 s that is a single picture of before the shutdown, and looks like one",
        _world(
            "2001:1746",
            _plan(DisruptionId.EC2_REBOOT, lab=True),
            machine=Machine(screen_s=1.065, boot_s=1.107),
            film=FilmSpec(delay_s=5.116, frozen_s=87.056, disguise="solid-text", processing_s=0.789),
            program=Program(ClockSpec(-0.153)),
            connect_s=2.249,
            reads=Reads(latency_s=0.022),
        ),
    ),
    Kept(
        "2001:233, false FAIL: a named film goes on in a second object, which was listed and not read",
        _world(
            "2001:233",
            _plan(DisruptionId.EC2_REBOOT),
            film=FilmSpec(naming=Naming.SESSION_METADATA, processing_s=16.404, split_s=19.005),
            program=Program(ClockSpec(-0.084)),
            connect_s=14.963,
        ),
    ),
    Kept(
        "2001:7486, false FAIL: a control; the agent flaps, and the guest's clock is set by an hour",
        _world(
            "2001:7486",
            _plan(DisruptionId.CONTROL_NONE),
            machine=Machine(
                guest=ClockSpec(59.009, steps=(Step(Moment(Anchor.ORDER, -3.876), 3600.0),)),
                flaps=((Moment(Anchor.ORDER, -12.578), 9.129),),
            ),
            program=Program(ClockSpec(-20.119)),
            connect_s=57.351,
        ),
    ),
    Kept(
        "2001:6103: a restart by hand, known by a person only: that nobody knows who did it was not said",
        _world(
            "2001:6103",
            _plan(DisruptionId.OS_REBOOT, lab=True, by_hand=True),
            machine=Machine(boot_s=2.328, guest=ClockSpec(0.206)),
            film=FilmSpec(processing_s=1.474),
            acts=(Act("tester", Deed.OS_REBOOT, Moment(Anchor.ORDER, 23.018)),),
            connect_s=1.552,
            reads=Reads(denied=frozenset({Topic.BOOT})),
            program=Program(ClockSpec(-0.098), confirms=True),
        ),
    ),
    Kept(
        "3001:2996: a restart by hand ended the session; it was filed as the shutdown that came 70 s later",
        _world(
            "3001:2996",
            _plan(DisruptionId.OS_REBOOT, lab=True, by_hand=True),
            machine=Machine(0.881, 0.9, boot_s=2.461),
            film=FilmSpec(naming=Naming.SESSION_METADATA, processing_s=0.57),
            acts=(
                Act("tester", Deed.OS_REBOOT, Moment(Anchor.ORDER, 11.63)),
                Act("an outsider", Deed.OS_SHUTDOWN, Moment(Anchor.ORDER, 81.52)),
            ),
            connect_s=3.133,
            reads=Reads(
                latency_s=0.03,
                outages=(
                    Outage(
                        Moment(Anchor.ORDER, 6.4), 514.3, frozenset({Topic.CONNECTION, Topic.LISTING, Topic.SESSION})
                    ),
                ),
            ),
            program=Program(ClockSpec(24.0), confirms=True),
        ),
    ),
    Kept(
        "5001:14196, false FAIL: a film of somewhere else lies beside the own one, which dates itself from the epoch",
        _world(
            "5001:14196",
            _plan(DisruptionId.EC2_REBOOT, lab=True),
            machine=Machine(guest=ClockSpec(0.28)),
            film=FilmSpec(created=Created.EPOCH, processing_s=0.632),
            program=Program(wait=Wait.LIMIT),
            loose=(
                Loose(
                    LooseKind.OLDER,
                    Moment(Anchor.END, 4.187),
                    5.179,
                    FilmSpec(delay_s=0.168, still_s=15.751, created=Created.EPOCH, processing_s=1.716),
                ),
            ),
            connect_s=4.471,
        ),
    ),
    Kept(
        "5001:18080, false PASS: the film of somebody who connected after the order, dated by a clock that is 3 s off",
        _world(
            "5001:18080",
            _plan(DisruptionId.EC2_STOP, lab=True),
            order=Order(obey_s=0.478),
            machine=Machine(screen_s=0.98, guest=ClockSpec(0.048)),
            program=Program(ClockSpec(-27.447)),
            visits=(
                Visit(
                    "bob",
                    True,
                    Port.GUI,
                    Moment(Anchor.CONNECTED, 1.977),
                    3.151,
                    FilmSpec(
                        delay_s=1.216,
                        disguise="solid-text",
                        frame_rate=1.0,
                        created=Created.UPLOAD,
                        recorder_off_s=-3.138,
                        processing_s=0.861,
                    ),
                ),
            ),
            connect_s=3.458,
            reads=Reads(latency_s=0.015),
        ),
    ),
    Kept(
        "5001:3615, false PASS: the network is cut, session and agent with it; the power is cut a minute later",
        _world(
            "5001:3615",
            _plan(DisruptionId.STOP_SKIP_OS_SHUTDOWN),
            order=Order(obey_s=65.896),
            machine=Machine(guest=ClockSpec(56.369), flaps=((Moment(Anchor.ORDER, 5.718), 100.726),)),
            program=Program(ClockSpec(0.152)),
            leave=Leave("the instance's network is cut", Moment(Anchor.ORDER, 5.975)),
            connect_s=5.424,
        ),
    ),
    Kept(
        "5001:10535, false PASS: a control; somebody restarts the instance while the program is off",
        _world(
            "5001:10535",
            _plan(DisruptionId.CONTROL_NONE),
            machine=Machine(guest=ClockSpec(-0.181)),
            program=Program(ClockSpec(0.016), off=(Moment(Anchor.ORDER, 8.607), 215.404)),
            acts=(Act("an outsider", Deed.EC2_REBOOT, Moment(Anchor.ORDER, 4.349)),),
            connect_s=19.979,
        ),
    ),
    Kept(
        "7001:12636, false FAIL: the agent was lost before the power cut; the clock's step makes it look like the cut",
        _world(
            "7001:12636",
            _plan(DisruptionId.STOP_SKIP_OS_SHUTDOWN),
            machine=Machine(guest=ClockSpec(-49.021), flaps=((Moment(Anchor.ORDER, -13.48), 25.101),)),
            program=Program(ClockSpec(0.009, steps=(Step(Moment(Anchor.ORDER, 14.226), 8.0),))),
            connect_s=4.152,
            reads=Reads(connection_lag_s=1.844),
        ),
    ),
    Kept(
        "70100:1756, false PASS: nobody looks for three minutes; the network is cut in them, and Windows sleeps late",
        _world(
            "70100:1756",
            _plan(DisruptionId.HIBERNATE),
            order=Order(obey_s=138.744),
            machine=Machine(flaps=((Moment(Anchor.ORDER, 2.668), 113.9),)),
            service=Service(notice_s=2.09, end_date=EndDate.NOTICED),
            leave=Leave("the instance's network is cut", Moment(Anchor.ORDER, 3.61)),
            reads=Reads(outages=(Outage(Moment(Anchor.ORDER, 4.84), 165.5, frozenset(Topic)),)),
            program=Program(ClockSpec(-27.21)),
        ),
    ),
    Kept(
        "false PASS: the window is closed; Windows crashes four minutes after the call, which the network had cut off",
        _world(
            "interrupted late",
            _plan(DisruptionId.DIAGNOSTIC_INTERRUPT),
            order=Order(obey_s=230.0),
            machine=Machine(flaps=((Moment(Anchor.ORDER, 4.0), 300.0),)),
            leave=Leave("the instance's network is cut", Moment(Anchor.ORDER, 4.0)),
        ),
    ),
    Kept(
        "false PASS: the window is closed, the agent is stopped a minute later, and nobody looks meanwhile",
        _world(
            "agent stopped unseen",
            _plan(DisruptionId.SSM_AGENT_STOP),
            order=Order(obey_s=60.0),
            leave=Leave("a person closes the window", Moment(Anchor.ORDER, 9.0)),
            reads=Reads(outages=(Outage(Moment(Anchor.ORDER, 8.0), 80.0, frozenset({Topic.CONNECTION})),)),
        ),
    ),
    Kept(
        "false PASS: a control; somebody restarts the instance while its connection cannot be read, and the boot never",
        _world(
            "restarted unseen",
            _plan(DisruptionId.CONTROL_NONE),
            acts=(Act("an outsider", Deed.EC2_REBOOT, Moment(Anchor.ORDER, 10.0)),),
            reads=Reads(
                denied=frozenset({Topic.BOOT}),
                outages=(Outage(Moment(Anchor.ORDER, 5.0), 120.0, frozenset({Topic.CONNECTION})),),
            ),
        ),
    ),
    Kept(
        "71100:361: a restart by hand ended the session; it was filed as the shutdown that came when all was back",
        _world(
            "71100:361",
            _plan(DisruptionId.OS_REBOOT, lab=True, by_hand=True),
            machine=Machine(1.42, 1.0, boot_s=2.1),
            film=FilmSpec(naming=Naming.SESSION_METADATA, processing_s=0.93),
            acts=(
                Act("tester", Deed.OS_REBOOT, Moment(Anchor.ORDER, 33.1)),
                Act("an outsider", Deed.OS_SHUTDOWN, Moment(Anchor.ORDER, 41.5)),
            ),
            reads=Reads(latency_s=0.05, denied=frozenset({Topic.BOOT})),
            program=Program(confirms=True),
        ),
    ),
    Kept(
        "73100:15494, false PASS: a control is not closed, and somebody's stop of the agent ends its session",
        _world(
            "73100:15494",
            _plan(DisruptionId.CONTROL_DISCONNECT, lab=True),
            order=Order(Answer.REFUSED, error="UnauthorizedOperation"),
            machine=Machine(away_s=2.0, worker_s=0.1),
            film=FilmSpec(processing_s=1.2),
            acts=(Act("an outsider", Deed.AGENT_STOP, Moment(Anchor.ORDER, 4.7)),),
            reads=Reads(latency_s=0.03),
        ),
    ),
    Kept(
        "74100:24523, false PASS: somebody else's shutdown cuts the session 1.1 s before the order can act; no EndDate",
        _world(
            "74100:24523",
            _plan(DisruptionId.OS_SHUTDOWN, lab=True),
            machine=Machine(screen_s=1.673, guest=ClockSpec(0.143)),
            film=FilmSpec(processing_s=0.474),
            service=Service(end_date=EndDate.MISSING),
            reads=Reads(offset_error_s=0.148),
            program=Program(ClockSpec(0.09)),
            acts=(Act("an outsider", Deed.OS_SHUTDOWN, Moment(Anchor.ORDER, -1.998)),),
            connect_s=3.463,
        ),
    ),
    Kept(
        "74100:24523, false PASS: the same; the agent was gone before the order can act, the film states no time",
        _world(
            "74100:24523 as drawn",
            _plan(DisruptionId.OS_SHUTDOWN, lab=True),
            order=Order(call_s=0.961, obey_s=0.933),
            machine=Machine(screen_s=1.673, off_s=0.522, agent_share=0.954, guest=ClockSpec(0.143)),
            film=FilmSpec(
                delay_s=1.122,
                early_s=0.304,
                created=Created.UPLOAD,
                naming=Naming.SESSION_METADATA,
                processing_s=0.474,
            ),
            service=Service(notice_s=1.039, end_date=EndDate.MISSING, whole_seconds=True),
            reads=Reads(latency_s=0.06, offset_error_s=0.148),
            program=Program(ClockSpec(0.09), wait=Wait.FIRST, confirms=True),
            acts=(Act("an outsider", Deed.OS_SHUTDOWN, Moment(Anchor.ORDER, -1.998)),),
            connect_s=3.463,
        ),
    ),
    Kept(
        "74100:25181, no false PASS: by hand, before the run came to its disruption; the film shows the stop screen",
        _world(
            "74100:25181",
            _plan(DisruptionId.OS_SHUTDOWN, lab=True, by_hand=True),
            machine=Machine(screen_s=1.174, boot_s=2.283, guest=ClockSpec(-0.142)),
            film=FilmSpec(processing_s=1.675),
            program=Program(ClockSpec(-0.119)),
            acts=(Act("an outsider", Deed.EC2_INTERRUPT, Moment(Anchor.ORDER, -2.714)),),
            connect_s=1.876,
        ),
    ),
)
