"""Faults as data: what shall go wrong, how often, and for whom.

The same rules serve a test, a scenario and the program's lab panel. Kinds on
the wire change an answer of the endpoint; kinds in the world change what the
guests, brokers and the recorder do.
"""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum


class FaultError(ValueError):
    """A fault rule that cannot be used; the text names the member and the remedy."""


class FaultKind(StrEnum):
    """Everything that can be made to go wrong."""

    THROTTLE = "throttle"
    DENIED = "denied"
    EXPIRED = "expired"
    SERVER_ERROR = "server-error"
    HTML_200 = "html-200"
    HTML_500 = "html-500"
    CUT = "cut"
    CUT_BODY = "cut-body"
    HANG = "hang"
    DELAY = "delay"
    OBJECT_LATE = "object-late"
    OBJECT_MISSING = "object-missing"
    OBJECT_TRUNCATED = "object-truncated"
    OBJECT_ZERO = "object-zero"
    OBJECT_NOT_A_FILM = "object-not-a-film"
    OBJECT_FOREIGN = "object-foreign"
    OBJECT_TWICE = "object-twice"
    DISK_FULL = "disk-full"
    CLOCK_SKEW = "clock-skew"
    SOURCE_FROZEN = "source-frozen"
    UPLOAD_DENIED = "upload-denied"
    KEY_DISABLED = "key-disabled"


WIRE_KINDS: frozenset[FaultKind] = frozenset(
    {
        FaultKind.THROTTLE,
        FaultKind.DENIED,
        FaultKind.EXPIRED,
        FaultKind.SERVER_ERROR,
        FaultKind.HTML_200,
        FaultKind.HTML_500,
        FaultKind.CUT,
        FaultKind.CUT_BODY,
        FaultKind.HANG,
        FaultKind.DELAY,
    }
)
"""Kinds that the front applies to an answer; all others are the world's."""


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One rule.

    Attributes:
        kind: what goes wrong.
        service: signing name of the service (``ssm``, ``ec2`` …) or ``*``; wire kinds only.
        operation: operation name or ``*``. World kinds may name an instance id here.
        times: how often the rule still applies; None means always.
        chance: probability in 0..1 that the rule applies when it matches.
        seconds: duration or delay in seconds, as the kind needs it; may be negative for ``clock-skew``.
        status: HTTP status for ``server-error`` and ``throttle``; None takes that of AWS.
    """

    kind: FaultKind
    service: str = "*"
    operation: str = "*"
    times: int | None = None
    chance: float = 1.0
    seconds: float = 0.0
    status: int | None = None

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> FaultRule:
        """Return the rule written as a JSON object.

        Raises:
            FaultError: a member is unknown, missing or out of range.
        """
        unknown = sorted(set(data) - set(cls.__dataclass_fields__))
        if unknown:
            raise FaultError(f"Unknown member {unknown[0]!r}; known are {', '.join(cls.__dataclass_fields__)}.")
        kind = data.get("kind")
        if kind not in set(FaultKind):
            raise FaultError(f"'kind' is {kind!r}; give one of {', '.join(FaultKind)}.")
        return cls(
            kind=FaultKind(str(kind)),
            service=_text(data, "service"),
            operation=_text(data, "operation"),
            times=_whole(data, "times", 1, 1_000_000),
            chance=_number(data, "chance", 1.0, 0.0, 1.0),
            seconds=_number(data, "seconds", 0.0, -86_400.0, 86_400.0),
            status=_whole(data, "status", 400, 599),
        )

    def to_json(self) -> dict[str, object]:
        """Return the rule as a JSON object."""
        return asdict(self)

    def matches(self, service: str, operation: str) -> bool:
        """Return whether the rule is meant for this call."""
        return self.service in ("*", service) and self.operation in ("*", operation)


def _text(data: Mapping[str, object], name: str) -> str:
    value = data.get(name, "*")
    if not isinstance(value, str) or not value:
        raise FaultError(f"{name!r} is {value!r}; give a name or '*'.")
    return value


def _whole(data: Mapping[str, object], name: str, least: int, most: int) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise FaultError(f"{name!r} is {value!r}; give null or a whole number from {least} to {most}.")
    return value


def _number(data: Mapping[str, object], name: str, default: float, least: float, most: float) -> float:
    value = data.get(name, default)
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not isinstance(value, int | float) or not math.isfinite(value) or not least <= value <= most:
        raise FaultError(f"{name!r} is {value!r}; give a number from {least:g} to {most:g}.")
    return float(value)


@dataclass(slots=True)
class _Entry:
    rule: FaultRule
    left: int | None


class FaultBook:
    """The rules in force. Safe to use from several threads.

    The first rule that matches wins; a rule with ``times`` is used up after
    that many applications and then leaves the list.
    """

    def __init__(self, rules: Collection[FaultRule] = (), *, seed: int | None = None) -> None:
        self._lock = threading.Lock()
        # Not for secrets: a seed makes the chance of a scenario repeatable.
        self._random = random.Random(seed)  # noqa: S311
        self._entries: dict[int, _Entry] = {}
        self._next = 1
        for rule in rules:
            self.add(rule)

    def add(self, rule: FaultRule) -> int:
        """Add a rule; returns its number."""
        with self._lock:
            number = self._next
            self._next += 1
            self._entries[number] = _Entry(rule, rule.times)
            return number

    def remove(self, number: int) -> bool:
        """Remove one rule; returns whether there was one."""
        with self._lock:
            return self._entries.pop(number, None) is not None

    def clear(self) -> None:
        """Remove all rules."""
        with self._lock:
            self._entries.clear()

    def list(self) -> list[dict[str, object]]:
        """Return the rules as JSON objects with ``id`` (their number) and ``left`` (applications left)."""
        with self._lock:
            return [{"id": n, **e.rule.to_json(), "left": e.left} for n, e in self._entries.items()]

    def pick(self, kinds: Collection[FaultKind], service: str, operation: str) -> FaultRule | None:
        """Return and use up the first rule of these kinds that applies to this call.

        Args:
            kinds: the kinds the caller can apply.
            service: signing name of the service.
            operation: operation name, or the instance id for world kinds.
        """
        with self._lock:
            for number, entry in self._entries.items():
                rule = entry.rule
                if rule.kind not in kinds or not rule.matches(service, operation):
                    continue
                if rule.chance < 1.0 and self._random.random() >= rule.chance:
                    continue
                self._use(number, entry)
                return rule
            return None

    def take(self, kind: FaultKind, target: str = "*") -> FaultRule | None:
        """Return and use up a rule of one world kind, None when there is none.

        Args:
            kind: the kind asked for.
            target: instance id, compared with the rule's ``operation``.
        """
        return self.pick((kind,), "*", target)

    def would(self, kind: FaultKind, service: str, operation: str) -> bool:
        """Return whether a rule of this kind stands against a call, without using it up."""
        with self._lock:
            return any(e.rule.kind == kind and e.rule.matches(service, operation) for e in self._entries.values())

    def _use(self, number: int, entry: _Entry) -> None:
        if entry.left is None:
            return
        entry.left -= 1
        if entry.left <= 0:
            del self._entries[number]
