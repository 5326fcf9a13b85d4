"""What can go wrong with recordings: the own film, other people's, and objects that are nobody's."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from rdpgui.core.session import AccessType
from tests.hostile.moments import Anchor, Moment
from tests.hostile.world import Created, FilmSpec, Loose, LooseKind, Naming, Port, Put, Visit, World

Disturb = Callable[[World, random.Random], World]


def _film(world: World, **changes: object) -> World:
    return replace(world, film=replace(world.film, **changes))  # type: ignore[arg-type]  # one place for all


def expected_length_s(world: World) -> float:
    """Return about how long the own session lasts when all goes its way."""
    plan, machine = world.plan, world.machine
    steady_s = plan.steady_s + plan.poll_s / 2 + 4 * world.reads.latency_s
    if plan.by_hand:
        return steady_s + max((act.moment.after_s for act in world.acts), default=0.0) + machine.screen_s
    return steady_s + plan.delay_s + world.order.obey_s + (machine.screen_s if plan.shows_shutdown else 0.0)


# -- the own film ---------------------------------------------------------------------------


def ends_early(world: World, rng: random.Random) -> World:
    early_s = rng.choice((rng.uniform(0.3, 3.0), rng.uniform(2.5, 8.0), rng.uniform(3.0, 60.0)))
    return _film(world, early_s=early_s)


def ends_before_the_call(world: World, rng: random.Random) -> World:
    """The session ends soon after the call, the film shortly before it."""
    changed = replace(world, order=replace(world.order, obey_s=rng.uniform(0.1, 0.6)))
    cut = not changed.plan.shows_shutdown
    screen_s = min(changed.machine.screen_s, rng.uniform(0.2, 1.5))
    after_call_s = changed.plan.delay_s + changed.order.obey_s + (0.0 if cut else screen_s)
    changed = replace(changed, machine=replace(changed.machine, screen_s=screen_s))
    return _film(changed, early_s=after_call_s + rng.uniform(0.1, 2.4))


def goes_on_too_long(world: World, rng: random.Random) -> World:
    """The recorder notices the end late and holds the last picture."""
    lag_s = rng.choice((rng.uniform(0.3, 5.0), rng.uniform(5.0, 90.0)))
    return _film(world, lag_s=lag_s)


def freezes(world: World, rng: random.Random) -> World:
    """The picture stands still, as it is or black, while the film goes on."""
    frozen_s = rng.choice((rng.uniform(3.2, 10.0), rng.uniform(5.0, 90.0)))
    disguise = rng.choice(("", "", "solid-text", "uniform", "black", "none"))
    return _film(world, frozen_s=frozen_s, disguise=disguise)


def goes_black(world: World, rng: random.Random) -> World:
    return _film(world, frozen_s=rng.choice((rng.uniform(0.5, 20.0), 600.0)), black=True)


def holds_its_last_picture(world: World, rng: random.Random) -> World:
    return _film(world, hold_s=rng.choice((rng.uniform(2.0, 12.0), rng.uniform(3.5, 60.0), 600.0)))


def has_a_hole(world: World, rng: random.Random) -> World:
    return _film(world, hole_s=rng.uniform(0.5, 15.0))


def is_truncated(world: World, rng: random.Random) -> World:
    return _film(world, truncated=True, early_s=rng.uniform(0.3, 30.0))


def is_damaged(world: World, rng: random.Random) -> World:
    if rng.random() < 0.5:
        return _film(world, damaged=True)
    return _film(world, undecodable=True)


def bytes_differ(world: World, rng: random.Random) -> World:
    return _film(world, checksum=False)


def looks_otherwise(world: World, rng: random.Random) -> World:
    """The last picture looks like another class, or the shutdown screen does not move."""
    return _film(
        world, disguise=rng.choice(("content", "solid-text", "uniform", "none")), static_screen=rng.random() < 0.5
    )


def starts_late(world: World, rng: random.Random) -> World:
    """Late by a little, or while a person still signs in; then the recorder may state when it was told to begin."""
    if rng.random() < 0.5:
        late_s = rng.uniform(0.1, 0.8) * expected_length_s(world)
        return _film(world, delay_s=late_s, told_s=late_s * rng.choice((0.0, 1.0, 1.0)))
    return _film(world, delay_s=rng.uniform(1.5, 8.0))


def is_never_put(world: World, rng: random.Random) -> World:
    put = rng.choice((Put.NEVER, Put.NEVER, Put.ELSEWHERE))
    return _film(world, put=put, refused=put is Put.NEVER and rng.random() < 0.4)


def is_put_late(world: World, rng: random.Random) -> World:
    """Seconds to a day."""
    late_s = rng.choice((rng.uniform(10.0, 120.0), rng.uniform(100.0, 3000.0), rng.uniform(1000.0, 86_400.0)))
    return _film(world, processing_s=late_s)


def comes_in_pieces(world: World, rng: random.Random) -> World:
    way = rng.random()
    if way < 0.3:
        return _film(world, twice=True)
    if way < 0.6:  # one object, whose upload began while the session still went on, or when it was over
        return _film(world, parts_s=rng.uniform(0.1, 1.0) * (expected_length_s(world) + world.film.processing_s))
    return _film(world, split_s=rng.choice((rng.uniform(0.5, 3.0), rng.uniform(2.0, 20.0))))


def says_nothing_of_its_time(world: World, rng: random.Random) -> World:
    return _film(world, created=rng.choice((Created.NONE, Created.UPLOAD, Created.EPOCH)), dated=False)


def recorder_clock_is_off(world: World, rng: random.Random) -> World:
    return _film(world, recorder_off_s=rng.uniform(-5.0, 5.0), created=Created.START, dated=rng.random() < 0.3)


def is_misnamed(world: World, rng: random.Random) -> World:
    """It names another session, in its metadata or in its key."""
    return _film(world, naming=rng.choice((Naming.ANOTHER, Naming.ANOTHER_KEY)))


# -- other people's sessions and films ------------------------------------------------------


def somebody_else_is_connected(world: World, rng: random.Random) -> World:
    """A session of any kind, before, beside or after, on any instance."""
    return replace(
        world, visits=(*world.visits, _visit(world, rng, rng.uniform(-120.0, 120.0), rng.uniform(2.0, 300.0)))
    )


def two_are_connected(world: World, rng: random.Random) -> World:
    return somebody_else_is_connected(somebody_else_is_connected(world, rng), rng)


def _visit(world: World, rng: random.Random, from_s: float, length_s: float) -> Visit:
    port = rng.choices(list(Port), (70, 18, 12))[0]
    spec = rival_film(world, rng) if port is Port.GUI and rng.random() < 0.9 else None
    access = rng.choice((AccessType.STANDARD, AccessType.JUST_IN_TIME))
    moment = Moment(Anchor.CONNECTED, from_s)
    return Visit(rng.choice(("bob", "carol")), rng.random() < 0.4, port, moment, length_s, spec, access)


def a_colleague_comes_while_one_connects(world: World, rng: random.Random) -> World:
    """With just-in-time access, so that its owner is the one of the own session, or may be."""
    from_s = -rng.choice((rng.uniform(0.1, 3.0), rng.uniform(0.1, 30.0)))
    visit = replace(_visit(world, rng, from_s, rng.choice((rng.uniform(1.0, 40.0), 600.0))), port=Port.GUI)
    visit = replace(visit, on_target=True, access=AccessType.JUST_IN_TIME, film=rival_film(world, rng))
    return replace(world, visits=(*world.visits, visit))


def rival_film(world: World, rng: random.Random) -> FilmSpec:
    """Return another connection's film: made by the same recorder, so named and dated as the own."""
    misnamed = world.film.naming in (Naming.ANOTHER, Naming.ANOTHER_KEY)
    naming = Naming.NOTHING if misnamed else world.film.naming
    return FilmSpec(
        delay_s=rng.uniform(0.1, 1.5),
        still_s=rng.choice((0.0, rng.uniform(0.0, 20.0))),
        frame_rate=world.film.frame_rate,
        created=world.film.created,
        recorder_off_s=world.film.recorder_off_s,
        shift_h=world.film.shift_h,
        dated=world.film.dated,
        naming=naming,
        processing_s=rng.uniform(0.3, 2.5) if world.plan.lab else rng.uniform(3.0, 600.0),
        disguise=rng.choice(("", "solid-text")),
    )


def a_twin_session(world: World, rng: random.Random) -> World:
    """Somebody else's session lies beside the own; the own film comes later, or never."""
    on_target = rng.random() < 0.5
    from_s = rng.choice((rng.uniform(-2.0, 2.0), rng.uniform(-15.0, 15.0)))
    length_s = expected_length_s(world) + rng.uniform(-3.0, 3.0)
    visit = replace(_visit(world, rng, from_s, max(3.0, length_s)), port=Port.GUI, on_target=on_target)
    visit = replace(visit, film=replace(rival_film(world, rng), disguise="solid-text"))
    changed = replace(world, visits=(*world.visits, visit))
    fate = rng.random()
    if fate < 0.35:
        return _film(changed, put=Put.NEVER)
    if fate < 0.5:
        return _film(changed, put=Put.ELSEWHERE)
    if fate < 0.85:
        later_s = visit.film.processing_s + rng.uniform(5.0, 90.0) if visit.film is not None else 60.0
        return _film(changed, processing_s=later_s)
    return changed


# -- objects without a session ---------------------------------------------------------------


def other_objects(world: World, rng: random.Random) -> World:
    """Older objects, noise, films of another account, an overwrite."""
    kind = rng.choice(list(LooseKind))
    moment = Moment(Anchor.END, rng.uniform(1.0, 900.0))
    if kind in (LooseKind.OLDER, LooseKind.NOISE) and rng.random() < 0.5:
        moment = Moment(Anchor.START, rng.uniform(-5000.0, 0.0))
    loose = Loose(kind, moment, rng.uniform(3.0, 300.0), rival_film(world, rng))
    return replace(world, loose=(*world.loose, loose))


def a_foreign_twin(world: World, rng: random.Random) -> World:
    """A film of like length, of a session that this account does not list, while the own one is missing or late."""
    length_s = max(3.0, expected_length_s(world) + rng.uniform(-2.0, 2.0))
    spec = replace(rival_film(world, rng), naming=Naming.NOTHING, disguise=rng.choice(("", "solid-text", "black")))
    spec = replace(spec, processing_s=rng.choice((rng.uniform(20.0, 600.0), rng.uniform(300.0, 90_000.0))))
    changed = replace(world, loose=(*world.loose, Loose(LooseKind.FOREIGN, Moment(Anchor.END, 20.0), length_s, spec)))
    return _film(changed, put=Put.NEVER) if rng.random() < 0.6 else _film(changed, processing_s=rng.uniform(30.0, 90.0))


RECORDING_DISTURBANCES: tuple[Disturb, ...] = (
    ends_early,
    ends_before_the_call,
    goes_on_too_long,
    freezes,
    goes_black,
    holds_its_last_picture,
    has_a_hole,
    is_truncated,
    is_damaged,
    bytes_differ,
    looks_otherwise,
    starts_late,
    is_never_put,
    is_put_late,
    comes_in_pieces,
    says_nothing_of_its_time,
    recorder_clock_is_off,
    is_misnamed,
    somebody_else_is_connected,
    two_are_connected,
    a_twin_session,
    a_twin_session,
    other_objects,
    a_foreign_twin,
)
