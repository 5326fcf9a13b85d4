"""Events as JSON and back: generic over dataclasses, enums, times, tuples and optional values.

The JSON object of an event is ``{"event": "<class name>", "<field>": …}``; what it
holds follows the field types, so that each event is described once, by its class.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from rdpgui.core.errors import EventUnreadable
from rdpgui.core.events import Event
from rdpgui.core.moments import moment_of
from rdpgui.core.run_events import ASIDE

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
_NAME = "event"


@cache
def event_types() -> Mapping[str, type[Event]]:
    """Return every event class by its name in JSON."""
    return {kind.__name__: kind for kind in get_args(Event)}


def event_to_json(event: Event) -> dict[str, Json]:
    """Return the JSON object of an event."""
    encoded = to_json(event)
    assert isinstance(encoded, dict)  # noqa: S101  (an event is a dataclass)
    return {_NAME: type(event).__name__, **encoded}


def event_from_json(value: object) -> Event:
    """Return the event of a JSON object.

    Raises:
        EventUnreadable: it is not an object, names no known event, or a field is wrong, missing or unknown.
    """
    if not isinstance(value, dict):
        raise _unreadable("event", "it is not an object")
    name = value.get(_NAME)
    kind = event_types().get(name) if isinstance(name, str) else None
    if kind is None:
        raise _unreadable("event", f"{name!r} is not an event of this version")
    members = {key: member for key, member in value.items() if key != _NAME}
    decoded: Event = _record(kind, members, kind.__name__)
    return decoded


def dumps(event: Event) -> str:
    """Return the event as one line of JSON."""
    return json.dumps(event_to_json(event), allow_nan=False, separators=(",", ":"))


def loads(text: str) -> Event:
    """Return the event of one line of JSON.

    Raises:
        EventUnreadable: see ``event_from_json``.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable("event", f"it is not JSON ({error})") from error
    return event_from_json(value)


def to_json(value: object) -> Json:
    """Return a value of the domain as JSON.

    Raises:
        EventUnreadable: the value has a type that has no JSON form (a defect), or is a naive time or no finite number.
    """
    match value:
        case Enum():
            return to_json(value.value)
        case None | bool() | int() | str():
            return value
        case float():
            if not math.isfinite(value):
                raise _unreadable("number", f"{value} has no JSON form")
            return value
        case datetime():
            if value.tzinfo is None:
                raise _unreadable("time", f"{value} has no time zone")
            return value.astimezone(UTC).isoformat()
        case tuple() | list():
            return [to_json(item) for item in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            kept = (item for item in fields(value) if not _is_aside(item, value))
            return {item.name: to_json(getattr(value, item.name)) for item in kept}
        case _:
            raise _unreadable("value", f"{type(value).__name__} has no JSON form")


def from_json(hint: Any, value: object, where: str) -> Any:
    """Return the value of the given type.

    Args:
        hint: a type as in an annotation: a dataclass, an enum, a ``NewType``, a tuple, a union, or a plain type.
        value: parsed JSON.
        where: name for the error text, for example ``RunStarted.plan``.

    Raises:
        EventUnreadable: the value does not fit the type; the text names the place.
    """
    if isinstance(hint, NewType):
        return from_json(hint.__supertype__, value, where)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _optional(hint, value, where)
    if origin is tuple:
        return _tuple(hint, value, where)
    if is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise _unreadable(where, "it is not an object")
        return _record(hint, value, where)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint, value, where)
    if hint is datetime:
        return _time(value, where)
    return _plain(hint, value, where)


def _is_aside(item: Field[Any], value: object) -> bool:
    """Whether a field is left out because what it holds lies elsewhere."""
    other = item.metadata.get(ASIDE)
    return other is not None and bool(getattr(value, other))


@cache
def _shape(kind: type) -> tuple[tuple[Field[Any], Any], ...]:
    hints = get_type_hints(kind)
    return tuple((item, hints[item.name]) for item in fields(kind))


def _record(kind: type, members: dict[str, Any], where: str) -> Any:
    shape = _shape(kind)
    unknown = members.keys() - {item.name for item, _ in shape}
    if unknown:
        raise _unreadable(f"{where}.{min(unknown)}", "this version has no such field")
    values: dict[str, Any] = {}
    for item, hint in shape:
        if item.name in members:
            values[item.name] = from_json(hint, members[item.name], f"{where}.{item.name}")
        elif members.get(item.metadata.get(ASIDE, "")):
            values[item.name] = ()
        elif item.default is MISSING and item.default_factory is MISSING:
            raise _unreadable(f"{where}.{item.name}", "it is missing")
    return kind(**values)


def _optional(hint: Any, value: object, where: str) -> Any:
    options = get_args(hint)
    if value is None and types.NoneType in options:
        return None
    others = [option for option in options if option is not types.NoneType]
    if len(others) != 1:
        raise _unreadable(where, "its type is ambiguous")
    return from_json(others[0], value, where)


def _tuple(hint: Any, value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _unreadable(where, "it is not a list")
    arguments = get_args(hint)
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return tuple(from_json(arguments[0], item, f"{where}[{index}]") for index, item in enumerate(value))
    if len(arguments) != len(value):
        raise _unreadable(where, f"it has {len(value)} items instead of {len(arguments)}")
    pairs = zip(arguments, value, strict=True)
    return tuple(from_json(kind, item, f"{where}[{index}]") for index, (kind, item) in enumerate(pairs))


def _enum(kind: type[Enum], value: object, where: str) -> Enum:
    try:
        return kind(value)
    except ValueError as error:
        raise _unreadable(where, f"{value!r} is not one of its words") from error


def _time(value: object, where: str) -> datetime:
    if not isinstance(value, str):
        raise _unreadable(where, "it is not a time")
    try:
        return moment_of(value)
    except ValueError as error:
        reason = str(error) if "zone" in str(error) else f"{value!r} is not a time"
        raise _unreadable(where, reason) from error


def _plain(kind: Any, value: object, where: str) -> Any:
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value, where)
    if kind in (bool, int, float, str) and type(value) is kind:
        return value
    raise _unreadable(where, f"{value!r} is not of type {getattr(kind, '__name__', kind)}")


def _finite(value: int | float, where: str) -> float:
    """Return a number that can be reckoned with: JSON as Python reads it also holds NaN and Infinity."""
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _unreadable(where, "it is no finite number")
    return number


def _unreadable(where: str, reason: str) -> EventUnreadable:
    return EventUnreadable(
        "{where} cannot be read: {reason}.",
        "Open it with the version of the program that wrote it.",
        where=where,
        reason=reason,
    )
