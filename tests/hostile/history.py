"""What really happened in a world, in true time: machines, sessions, films and objects. Nothing here is seen yet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from rdpgui.core.disruption import Effect
from tests.hostile.machines import Happening, StateAt, happenings_of, states_of
from tests.hostile.moments import NEVER, Anchor, Anchors, Moment
from tests.hostile.world import Answer, EndDate, FilmSpec, LooseKind, Naming, Port, Put, World

BUCKET, ELSEWHERE = "recordings", "recordings-new"
TARGET_ID, OTHER_ID = "i-0aaaaaaaaaaaaaaaa", "i-0bbbbbbbbbbbbbbbb"


@dataclass(frozen=True, slots=True)
class Life:
    """One session as it was. ``left_s``: it leaves Active; ``end_date_s``: what the service writes, None missing."""

    name: str
    session_id: str
    instance_id: str
    start_s: float
    end_s: float
    ended_by: str
    left_s: float
    end_date_s: float | None
    document: str
    port: Port
    access: str


@dataclass(frozen=True, slots=True)
class Film:
    """One film as it is: true times of its first and last picture, and until when it showed what was.

    ``still_s``: nothing moves for so long before ``live_s`` (on top of the freezing after it).
    """

    session: str
    spec: FilmSpec
    begins_s: float
    ends_s: float
    live_s: float
    duration_s: float
    still_s: float
    shutdown: bool
    on_target: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """One object in a bucket; ``film`` None when it is none."""

    key: str
    etag: str
    size_bytes: int
    put_s: float
    bucket: str
    session: str
    film: Film | None
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """What happened. ``ended_by`` is the happening that ended the own session, None when it was something else."""

    world: World
    anchors: Anchors
    happenings: tuple[Happening, ...]
    states: tuple[StateAt, ...]
    boots: tuple[float, ...]
    own: Life
    ended_by: Happening | None
    others: tuple[Life, ...]
    objects: tuple[Stored, ...]

    def connected(self, true_s: float) -> bool:
        """Whether the agent reaches Session Manager."""
        down = any(h.agent_lost_s <= true_s < h.up_s for h in self.happenings)
        flaps = ((self.anchors.at(moment), for_s) for moment, for_s in self.world.machine.flaps)
        return not down and not any(at_s <= true_s < at_s + for_s for at_s, for_s in flaps)

    def state(self, true_s: float) -> StateAt:
        """Return EC2's state."""
        return next(state for state in reversed(self.states) if state.at_s <= true_s)

    def boot(self, true_s: float) -> float:
        """Return the last boot before a moment."""
        return max(boot_s for boot_s in self.boots if boot_s <= true_s)


def unfold(world: World, anchors: Anchors) -> History:
    """Return what happened, as far as the anchors have come."""
    happenings = happenings_of(world, anchors)
    own, by = _own_life(world, anchors, happenings)
    anchors = Anchors(anchors.connected_s, anchors.order_s, own.end_s)
    others = tuple(_other_life(world, anchors, number, happenings) for number in range(len(world.visits)))
    boots = (-world.machine.up_before_s, *(h.kernel_s for h in happenings if h.kernel_s < NEVER))
    objects = _objects(world, anchors, own, others, happenings)
    return History(world, anchors, happenings, states_of(world, happenings), boots, own, by, others, objects)


def session_id_of(world: World, name: str) -> str:
    """Return a session id: opaque, the same in each replay."""
    return f"{name}-{hashlib.sha256(f'{world.world_id} {name}'.encode()).hexdigest()[:26]}"


# -- sessions -----------------------------------------------------------------------


def _own_life(world: World, anchors: Anchors, happenings: tuple[Happening, ...]) -> tuple[Life, Happening | None]:
    start_s = anchors.connected_s
    ends: list[tuple[float, str, Happening | None]] = [(start_s + 3600.0, "the channel's limit of 60 min", None)]
    if world.leave is not None:
        ends.append((anchors.at(world.leave.moment), world.leave.cause, None))
    if world.plan.effect is Effect.NONE and world.order.answer not in (Answer.REFUSED, Answer.IGNORED):
        ends.append((anchors.at(Moment(Anchor.ORDER, world.control_s)), "closed as planned", None))
    ends += [(h.cut_s, h.cause, h) for h in happenings if h.cut_s > start_s]
    end_s, cause, by = min(ends, key=lambda end: end[0])
    service = world.service
    left_s = end_s + service.notice_s
    written = {EndDate.END: end_s, EndDate.NOTICED: left_s, EndDate.MISSING: None}[service.end_date]
    own_id = session_id_of(world, "tester")
    life = Life(
        "tester", own_id, TARGET_ID, start_s, end_s, cause, left_s, written,
        "AWS-StartPortForwardingSession", Port.GUI, world.access.value,
    )  # fmt: skip
    return life, by


def _other_life(world: World, anchors: Anchors, number: int, happenings: tuple[Happening, ...]) -> Life:
    visit, service = world.visits[number], world.service
    name = _name_of(world, number)
    start_s = anchors.at(visit.start)
    end_s, cause = start_s + visit.length_s, visit.who
    for item in happenings:
        if visit.on_target and start_s < item.cut_s < end_s:
            end_s, cause = item.cut_s, item.cause
    instance_id = TARGET_ID if visit.on_target else OTHER_ID
    left_s = end_s + service.notice_s
    written = {EndDate.END: end_s, EndDate.NOTICED: left_s, EndDate.MISSING: None}[service.end_date]
    return Life(
        name, session_id_of(world, name), instance_id, start_s, end_s, cause, left_s, written,
        visit.document, visit.port, visit.access.value,
    )  # fmt: skip


def _name_of(world: World, number: int) -> str:
    return f"{world.visits[number].who}-{number}"


# -- films and objects ----------------------------------------------------------------


def film_of(life: Life, spec: FilmSpec, happenings: tuple[Happening, ...]) -> Film:
    """Return the film that the recorder makes of a connection."""
    begins_s = life.start_s + min(spec.delay_s, 0.6 * (life.end_s - life.start_s))
    ends_s = max(begins_s + 0.2, life.end_s - spec.early_s + spec.lag_s)
    live_s = min(ends_s, life.end_s)
    if spec.frozen_s or spec.hold_s:
        live_s = max(begins_s, min(live_s, ends_s - max(spec.frozen_s, spec.hold_s)))
    on_target = life.instance_id == TARGET_ID
    screen = next((h for h in happenings if on_target and h.screen and h.begins_s < live_s <= h.cut_s + 0.5), None)
    hole_s = min(spec.hole_s, (ends_s - begins_s) / 2)
    if screen is None:
        still_s = min(spec.still_s, live_s - begins_s)
    else:
        still_s = live_s - screen.begins_s if spec.static_screen else 0.0
    return Film(
        life.name, spec, begins_s, ends_s, live_s, ends_s - begins_s - hole_s, still_s, screen is not None, on_target
    )


def _objects(
    world: World, anchors: Anchors, own: Life, others: tuple[Life, ...], happenings: tuple[Happening, ...]
) -> tuple[Stored, ...]:
    found: list[Stored] = []
    if own.end_s < NEVER:
        found += _stored(world, own, world.film, happenings)
    for visit, life in zip(world.visits, others, strict=True):
        if visit.film is not None and life.start_s < NEVER:
            found += _stored(world, life, visit.film, happenings)
    for number, _ in enumerate(world.loose):
        found += _loose(world, anchors, number, found)
    return tuple(found)


def _stored(world: World, life: Life, spec: FilmSpec, happenings: tuple[Happening, ...]) -> list[Stored]:
    if spec.put is Put.NEVER:
        return []
    film = film_of(life, spec, happenings)
    bucket = ELSEWHERE if spec.put is Put.ELSEWHERE else BUCKET
    key, metadata = _named(world, life, spec)
    put_s = film.ends_s + spec.processing_s
    size = 10_000 + int(film.duration_s * 9_000)
    etag = hashlib.sha256(f"{world.world_id} {key}".encode()).hexdigest()[:32]
    item = Stored(key, etag, size, put_s, bucket, life.name, film, metadata)
    if spec.twice:
        return [item, Stored(f"{key}.copy", etag, size, put_s + 0.4, bucket, life.name, film, metadata)]
    if spec.split_s and film.duration_s > spec.split_s + 1:
        return [_part(item, film, spec.split_s, first=True), _part(item, film, spec.split_s, first=False)]
    return [item]


def _part(item: Stored, film: Film, split_s: float, *, first: bool) -> Stored:
    """Return the part of a film before, or from, ``split_s`` before its end."""
    at_s = film.ends_s - split_s
    begins_s, ends_s = (film.begins_s, at_s) if first else (at_s, film.ends_s)
    live_s = min(film.live_s, ends_s)
    part = Film(
        film.session, film.spec, begins_s, ends_s, max(begins_s, live_s), ends_s - begins_s, film.still_s,
        film.shutdown and not first, film.on_target,
    )  # fmt: skip
    end = "1" if first else "2"
    put_s = item.put_s - (split_s if first else 0.0)
    size = 10_000 + int(part.duration_s * 9_000)
    return Stored(
        f"{item.key}.{end}", item.etag[:-1] + end, size, put_s, item.bucket, item.session, part, item.metadata
    )


def _named(world: World, life: Life, spec: FilmSpec) -> tuple[str, tuple[tuple[str, str], ...]]:
    opaque = hashlib.sha256(f"{world.world_id} {life.name} key".encode()).hexdigest()[:20]
    match spec.naming:
        case Naming.NOTHING:
            return f"2026/01/{opaque}" if int(opaque, 16) % 2 else f"{opaque}.mp4", ()
        case Naming.SESSION_KEY:
            return f"rec/{life.session_id}/{opaque[:4]}.mp4", ()
        case Naming.SESSION_METADATA:
            return f"{opaque}.mp4", (("session-id", life.session_id),)
        case Naming.INSTANCE:
            return f"{life.instance_id}/{opaque}.mp4", ()
        case Naming.ANOTHER:
            return f"{opaque}.mp4", (("session-id", session_id_of(world, "stranger")),)
        case Naming.ANOTHER_KEY:
            other = _name_of(world, 0) if world.visits else "stranger"
            return f"rec/{session_id_of(world, other)}/{opaque[:4]}.mp4", ()


def _loose(world: World, anchors: Anchors, number: int, found: list[Stored]) -> list[Stored]:
    loose = world.loose[number]
    put_s = anchors.at(loose.put)
    key = hashlib.sha256(f"{world.world_id} loose {number}".encode()).hexdigest()[:20]
    if put_s == NEVER:
        return []
    if loose.kind is LooseKind.NOISE:
        return [Stored(f"Port/stderr/{key}.log", key, 120, put_s, BUCKET, "", None)]
    if loose.kind is LooseKind.OVERWRITE:
        own = next((item for item in found if item.session == "tester" and item.bucket == BUCKET), None)
        if own is None or put_s < own.put_s:
            return []
        return [Stored(own.key, key, own.size_bytes, put_s, BUCKET, own.session, own.film, own.metadata)]
    ends_s = put_s - loose.film.processing_s
    spec = loose.film
    begins_s = ends_s - loose.length_s
    live_s = ends_s - max(spec.frozen_s, spec.hold_s)
    film = Film("", spec, begins_s, ends_s, live_s, loose.length_s, spec.still_s, False, False)
    return [Stored(f"{key}.mp4", key, 10_000 + int(loose.length_s * 9_000), put_s, BUCKET, "", film)]
