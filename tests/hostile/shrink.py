"""Making a failing world smaller: parts are dropped, and unknowns put right, as long as it fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import Field, fields, replace
from typing import Any

from tests.hostile.moments import ClockSpec
from tests.hostile.world import FilmSpec, Machine, Order, Program, Reads, Service, World

Fails = Callable[[World], bool]
_PARTS: tuple[tuple[str, Any], ...] = (
    ("order", Order()),
    ("machine", Machine()),
    ("film", FilmSpec()),
    ("service", Service()),
    ("reads", Reads()),
    ("program", Program()),
)
_MOST_ROUNDS = 6


def shrink(world: World, fails: Fails) -> World:
    """Return a world with as little in it as can be that still fails."""
    for _ in range(_MOST_ROUNDS):
        before = world
        for smaller in _smaller(world):
            candidate = smaller(world)
            if candidate != world and fails(candidate):
                world = candidate
        if world == before:
            break
    return world


def _smaller(world: World) -> Iterator[Callable[[World], World]]:
    for name in ("visits", "loose", "acts"):
        for item in getattr(world, name):
            yield _without(name, item)
    yield _with("leave", None)
    yield _with("access", world.plan.access)
    for part, default in _PARTS:
        yield _with(part, default)
        for one in fields(default):
            yield _put_right(part, one, default)
    for clock in ("program.local", "machine.guest"):
        part, name = clock.split(".")
        spec: ClockSpec = getattr(getattr(world, part), name)
        for changed in (replace(spec, offset_s=0.0), replace(spec, drift=0.0), replace(spec, steps=spec.steps[:-1])):
            yield _nested(part, name, changed)
    for number, _ in enumerate(world.visits):
        yield _plain_visit(number)


def _without(name: str, item: object) -> Callable[[World], World]:
    def drop(world: World) -> World:
        smaller: World = _set(world, name, tuple(other for other in getattr(world, name) if other != item))
        return smaller

    return drop


def _with(name: str, value: object) -> Callable[[World], World]:
    def put(world: World) -> World:
        smaller: World = _set(world, name, value)
        return smaller

    return put


def _put_right(part: str, one: Field[Any], default: object) -> Callable[[World], World]:
    def put(world: World) -> World:
        changed = _set(getattr(world, part), one.name, getattr(default, one.name))
        smaller: World = _set(world, part, changed)
        return smaller

    return put


def _nested(part: str, name: str, value: object) -> Callable[[World], World]:
    def put(world: World) -> World:
        smaller: World = _set(world, part, _set(getattr(world, part), name, value))
        return smaller

    return put


def _plain_visit(number: int) -> Callable[[World], World]:
    def put(world: World) -> World:
        film = world.visits[number].film if number < len(world.visits) else None
        if film is None:
            return world
        plain = replace(world.visits[number], film=FilmSpec(processing_s=film.processing_s))
        return replace(world, visits=(*world.visits[:number], plain, *world.visits[number + 1 :]))

    return put


def _set(item: Any, name: str, value: object) -> Any:
    return replace(item, **{name: value})
