"""The object that a recording becomes: its key, its metadata, and what a fault makes of it."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from rdpgui.lab.faults import FaultKind
from rdpgui.lab.scenario import KeyStyle

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_NOT_A_FILM = b"<!DOCTYPE html>\n<html><head><title>LAB</title></head><body>503 Service Unavailable</body></html>\n"

TAMPERING: tuple[FaultKind, ...] = (
    FaultKind.OBJECT_MISSING,
    FaultKind.OBJECT_ZERO,
    FaultKind.OBJECT_NOT_A_FILM,
    FaultKind.OBJECT_TRUNCATED,
    FaultKind.OBJECT_FOREIGN,
    FaultKind.OBJECT_TWICE,
)
"""Faults that change what is put."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object to be put."""

    key: str
    body: bytes
    content_type: str = "video/mp4"
    metadata: dict[str, str] = field(default_factory=dict)


def object_key(style: KeyStyle, chance: random.Random, connection_id: str, at: datetime) -> str:
    """Return a key. Nobody outside AWS knows the layout, so no client may parse it."""
    word = "".join(chance.choices(_ALPHABET, k=26))
    match style:
        case KeyStyle.OPAQUE:
            return f"{word}.mp4"
        case KeyStyle.DATED:
            return f"{at:%Y/%m/%d/%H}/{word[:12]}.mp4"
        case KeyStyle.CONNECTION:
            return f"connections/{connection_id}/{word[:6]}/recording.mp4"
        case KeyStyle.ODD:
            return f"lab recordings/ü+{word[:6]} (1)/録画 {word[6:12]}"


def objects_of(
    key: str, film: bytes, *, normal: bool, count: int, faults: Collection[FaultKind], foreign: bytes
) -> list[StoredObject]:
    """Return what is put for one recording.

    Args:
        key: key of the first object.
        film: the finished mp4.
        normal: the recorder finished it itself.
        count: objects per connection.
        faults: what goes wrong.
        foreign: another connection's film, used by ``object-foreign``.
    """
    if FaultKind.OBJECT_MISSING in faults:
        return []
    if FaultKind.OBJECT_ZERO in faults:
        film = b""
    elif FaultKind.OBJECT_NOT_A_FILM in faults:
        film = _NOT_A_FILM
    elif FaultKind.OBJECT_FOREIGN in faults:
        film = foreign
    if FaultKind.OBJECT_TRUNCATED in faults:
        film = film[: len(film) * 6 // 10]
    metadata = {"lab": "true", "finalised": "normally" if normal else "not-normally"}
    twice = count > 1 or FaultKind.OBJECT_TWICE in faults
    keys = [key, second_key(key)] if twice else [key]
    return [StoredObject(name, film, metadata=metadata) for name in keys]


def second_key(key: str) -> str:
    """Return the key of a second object of the same connection."""
    stem, dot, end = key.rpartition(".mp4")
    return f"{stem}-2{dot}{end}" if dot else f"{key}-2"
