"""Strict reading of JSON into the scenario's dataclasses, with errors that name the member and the remedy."""

from __future__ import annotations

import dataclasses
import difflib
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

_WORDS = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}


class ScenarioError(Exception):
    """A scenario that cannot be used.

    Attributes:
        member: the member at fault, for example ``default.timings.boot_s``.
        message: what is wrong, with the member.
        remedy: what to do about it.
    """

    def __init__(self, member: str, problem: str, remedy: str) -> None:
        self.member = member
        self.message = f"{member}: {problem}."
        self.remedy = remedy
        super().__init__(f"{self.message} {remedy}")


def record_from_json(kind: type[T], value: object, where: str) -> T:
    """Build a dataclass from a JSON object.

    Args:
        kind: a dataclass; its field types say what is allowed, ``metadata`` may give ``min`` and ``max``.
        value: the decoded JSON.
        where: path of the value, for messages.

    Raises:
        ScenarioError: an unknown, missing or wrong member.
    """
    if not isinstance(value, Mapping):
        raise ScenarioError(where, f"is {_word(value)} instead of an object", 'Write it as { "member": value, … }.')
    fields = {item.name: item for item in dataclasses.fields(typing.cast("typing.Any", kind))}
    hints = typing.get_type_hints(kind)
    for name in value:
        if name not in fields:
            near = difflib.get_close_matches(str(name), fields, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Known members: {', '.join(sorted(fields))}."
            raise ScenarioError(f"{where}.{name}", "is not a member of a scenario", hint)
    members: dict[str, object] = {}
    for name, item in fields.items():
        if name in value:
            members[name] = _value(hints[name], value[name], f"{where}.{name}", item.metadata)
        elif item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING:
            raise ScenarioError(f"{where}.{name}", "is missing", "Add it.")
    return kind(**members)


def _value(kind: object, value: object, where: str, limits: Mapping[str, object]) -> object:
    """Read one member by its annotated type."""
    origin = typing.get_origin(kind)
    if origin is tuple:
        return _items(typing.get_args(kind)[0], value, where)
    if origin is dict:
        return _table(typing.get_args(kind)[1], value, where)
    if not isinstance(kind, type):
        raise TypeError(f"{where}: scenarios have no members of type {kind}")
    if issubclass(kind, StrEnum):
        return _choice(kind, value, where)
    if dataclasses.is_dataclass(kind):
        return record_from_json(kind, value, where)
    return _plain(kind, value, where, limits)


def _items(kind: object, value: object, where: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise ScenarioError(where, f"is {_word(value)} instead of a list", "Write it as [ … ].")
    return tuple(_value(kind, item, f"{where}[{index}]", {}) for index, item in enumerate(value))


def _table(kind: object, value: object, where: str) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise ScenarioError(where, f"is {_word(value)} instead of an object", 'Write it as { "name": value, … }.')
    if kind is object:
        return dict(value)
    return {str(name): _value(kind, item, f"{where}.{name}", {}) for name, item in value.items()}


def _choice(kind: type[StrEnum], value: object, where: str) -> StrEnum:
    try:
        return kind(typing.cast("str", value))
    except ValueError:
        words = ", ".join(f'"{member.value}"' for member in kind)
        raise ScenarioError(where, f"is {_word(value)}", f"Use one of: {words}.") from None


def _plain(kind: type, value: object, where: str, limits: Mapping[str, object]) -> object:
    wanted = _WORDS[kind]
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    fits = number and (kind is float or isinstance(value, int)) if kind in (int, float) else isinstance(value, kind)
    if not fits:
        raise ScenarioError(where, f"is {_word(value)}", f"Give {wanted}.")
    if kind is float:
        value = float(typing.cast("float", value))
    low, high = limits.get("min"), limits.get("max")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not float("-inf") < value < float("inf"):
            raise ScenarioError(where, f"is {value}", f"Give {wanted}.")
        if isinstance(low, (int, float)) and value < low:
            raise ScenarioError(where, f"is {value}", f"Give at least {low}.")
        if isinstance(high, (int, float)) and value > high:
            raise ScenarioError(where, f"is {value}", f"Give at most {high}.")
    return value


def _word(value: object) -> str:
    """Name a JSON value for a message."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Mapping():
            return "an object"
        case list():
            return "a list"
        case str():
            return f'"{value[:40]}"'
        case _:
            return str(value)
