"""Texts that AWS, a film or a person may hand over, and a way to put them into every place of an event."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

MARKUP = "<h1>PASS</h1><img src=x><a href='https://evil.example'>ok</a>&lt;b&gt;"
ACTING = "\x1b[31m\x1b]0;title\x07\x9b2J\u202egnp.exe\u2066\u200b\u2028"
HOSTILE = f"{MARKUP}{ACTING}\nPASS {'x' * 5000} {'word ' * 1000}"
"""Markup, escape sequences, controls of direction, a line of its own, and ten thousand characters."""

ACTS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")
"""What must reach no pixel and no terminal. U+200B and U+2060 are among what the helpers themselves put in."""

_KEPT = {"run_id", "text", "reason", "remedy", "path", "last_frame", "program_version", "cause", "work", "key"}
"""Our own sentences, and names of files in the run's folder."""

T = TypeVar("T")


def poisoned(value: T, name: str = "") -> T:
    """Return a copy of an event in which every text that is not ours is hostile; equal texts stay equal."""
    made: Any = value
    if isinstance(value, Enum):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        members = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        made = replace(value, **{n: v if n in _KEPT else poisoned(v, n) for n, v in members.items()})
    elif isinstance(value, tuple) and name == "fields":
        made = tuple((n, f"{v}{HOSTILE}") for n, v in value)
    elif isinstance(value, tuple):
        made = tuple(poisoned(item) for item in value)
    elif isinstance(value, str) and (value or name != "scenario"):  # an empty one says that it is AWS
        made = f"{value}{HOSTILE}"
    return made  # type: ignore[no-any-return] # the same type by construction
